from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

APPRAISALS = ('4', '3', '2', '1')
TO_REVIEW = [('review_state', '=', 'todo'), ('pharma_team_lead', '=', True)]


class PharmaVisit(models.Model):
    """The manager's review of calls (批阅): appraisal, suggestion, message."""

    _inherit = 'pharma.visit'

    can_review = fields.Boolean(
        compute='_compute_can_review', export_string_translation=False)

    @api.depends('review_state', 'pharma_team_lead', 'review_user_id')
    @api.depends_context('uid')
    def _compute_can_review(self):
        for visit in self:
            visit.can_review = visit.pharma_team_lead and (
                visit.review_state == 'todo'
                or visit.review_state == 'reviewed' and visit.review_user_id == self.env.user)

    # === ACTIONS === #

    def action_review(self, appraisal=False, suggestion='', message=''):
        """Review these calls: the managers of the people, nobody his own. Who reviewed a call may
        correct his review.

        What is said is posted to the call and notified to the person; a review without a remark is
        not.

        :param str appraisal: '4' excellent, '3' good, '2' fair, '1' weak; empty: none
        :param str suggestion: what to do in the next call; kept on the call
        :param str message: a word to the person
        :return: True
        :raise AccessError: who is not manager of the person
        :raise UserError: no recorded call, reviewed by somebody else, or an unknown appraisal
        """
        if appraisal and str(appraisal) not in APPRAISALS:
            raise UserError(self.env._("An appraisal is a number from 1 to 4."))
        self.check_access('read')
        self._check_reviewer()
        self._lock_for_review()
        suggestion, message = (str(text or '').strip() for text in (suggestion, message))
        # sudo: nobody else writes these fields; the reviewer was checked above
        self.sudo().write({
            'review_state': 'reviewed', 'appraisal': appraisal and str(appraisal),
            'suggestion': suggestion or False, 'review_user_id': self.env.uid,
            'review_date': fields.Datetime.now()})
        if appraisal or suggestion or message:
            for visit in self:
                visit._post_review(message)
        return True

    def action_review_without_remark(self):
        """Mark as reviewed those of these calls that wait for it; nobody is notified.

        :return: True
        """
        return self.filtered_domain([('review_state', '=', 'todo')]).action_review()

    def action_open_review(self):
        """Review these calls one after the other, by keyboard.

        :rtype: dict
        """
        return {
            **self.env['ir.actions.actions']._for_xml_id('pharma_crm.pharma_visit_action_review'),
            'params': {'visit_ids': self.ids},
        }

    # === REVIEW === #

    def _check_reviewer(self):
        """Managers of the person review, directors all, nobody his own calls."""
        allowed = self.search(Domain('id', 'in', self.ids) & Domain('pharma_team_lead', '=', True))
        if not self or self - allowed:
            raise AccessError(self.env._(
                "A call is reviewed by a manager of who made it, and never by oneself."))

    def _lock_for_review(self):
        """One review at a time: a second manager waits for the first, and is told.

        :raise UserError: for calls that are not recorded or that somebody else has reviewed
        """
        self.flush_recordset()
        # Whoever comes second gets the first one's answer: his transaction is tried again
        self.env.execute_query(SQL(
            "SELECT id FROM pharma_visit WHERE id = ANY(%s) ORDER BY id FOR UPDATE", self.ids))
        self.invalidate_recordset(['review_state', 'review_user_id', 'review_date'])
        for visit in self:
            if not visit.review_state:
                raise UserError(self.env._(
                    "The call on %s is not recorded yet.", visit.display_name))
            if visit.review_state == 'reviewed' and visit.review_user_id != self.env.user:
                raise UserError(self.env._(
                    "%(user)s has reviewed the call on %(call)s already, on %(date)s. "
                    "Your review was not saved.",
                    user=visit.review_user_id.sudo().name, call=visit.display_name,
                    date=fields.Datetime.to_string(fields.Datetime.context_timestamp(
                        visit, visit.review_date))))

    def _post_review(self, message):
        """Tell the person what his manager says of the call."""
        # sudo: the words of the review in the language of who made the call
        visit = self.sudo().with_context(lang=self.user_id.sudo().lang)
        env = visit.env
        lines = []
        if visit.appraisal:
            label = dict(visit._fields['appraisal']._description_selection(env))
            lines.append(env._("Appraisal: %s", label[visit.appraisal]))
        if visit.suggestion:
            lines.append(env._("Suggestion: %s", visit.suggestion))
        if message:
            lines.append(message)
        visit.message_post(
            body=Markup("<br/>").join(lines), author_id=self.env.user.partner_id.id,
            partner_ids=visit.user_id.partner_id.ids, message_type='comment',
            subtype_xmlid='mail.mt_comment', subject=env._("Review of a Call"))

    # === QUEUE === #

    @api.model
    def get_review_count(self):
        """How many calls wait for a review by the current user; for home screens and the menu bar.

        :rtype: int
        """
        # Also of who acts for a manager, whatever his own role
        return self.search_count(TO_REVIEW) if self.has_access('read') else 0

    @api.model
    def get_review_queue(self, visit_ids=None, limit=200):
        """The calls that wait for a review, the oldest first.

        :param list visit_ids: only these
        :param int limit: at most so many, 500 at most
        :return: {'ids': list of ids, 'count': how many wait}
        :rtype: dict
        """
        domain = Domain(TO_REVIEW)
        if visit_ids:
            domain &= Domain('id', 'in', visit_ids)
        limit = max(1, min(int(limit), 500))
        visits = self.search(domain, order='date_start, id', limit=limit)
        count = len(visits) if len(visits) < limit else self.search_count(domain)
        return {'ids': visits.ids, 'count': count}

    def get_review_card(self):
        """What a manager has to know of a call to review it.

        :return: what the screen shows; lists of texts and of ``{'label', 'value'}``
        :rtype: dict
        """
        self.ensure_one()
        self.check_access('read')
        describe = self._describe_field
        return {
            'id': self.id,
            'can_review': self.can_review,
            'partner': {'id': self.partner_id.id, 'name': self.partner_id.display_name},
            'user': {'id': self.user_id.id, 'name': self.user_id.sudo().name},
            'facts': [
                {'name': name, 'label': self._fields[name]._description_string(self.env),
                 'value': value}
                for name in ('channel', 'purpose_id', 'objective', 'person_ids', 'result_id',
                             'adoption', 'companion_id', 'revisit_date')
                if (value := describe(name))],
            'texts': [
                {'name': name, 'label': self._fields[name]._description_string(self.env),
                 'value': self[name]}
                for name in ('summary', 'need', 'solution') if self[name]],
            'products': [{
                'id': line.id, 'name': line.product_id.sudo().display_name,
                'message': line.message or '', 'reaction': line._describe_reaction(),
                'reaction_code': line.reaction or '',
            } for line in self.product_ids],
            'date_start': fields.Datetime.to_string(self.date_start),
            'duration': self.duration,
            'entry_days': self.entry_days,
            'is_planned': self.is_planned,
            'quality': self.quality,
            'parts': self._explain_quality() if self.state == 'done' else [],
            'flags': self._get_flag_texts(),
            'appraisal': self.appraisal or '',
            'suggestion': self.suggestion or '',
            'review_state': self.review_state or '',
        }

    def _describe_field(self, name):
        """The value of a field as people read it, or an empty text."""
        field, value = self._fields[name], self[name]
        if not value:
            return ''
        if field.type == 'selection':
            return dict(field._description_selection(self.env))[value]
        if field.type == 'date':
            return fields.Date.to_string(value)
        if field.relational:
            # sudo: names of links of a call that the reader sees
            return ", ".join(value.sudo().mapped('display_name'))
        return str(value)
