from collections import Counter

from markupsafe import Markup

from odoo import models

from .pharma_handover_plan import MOVE


class PharmaHandover(models.Model):
    """Who is told of a handover: each successor and the managers once, not a hundred times."""

    _inherit = 'pharma.handover'

    def _tell_done(self, items):
        """One message for each successor, one for the managers; a note on what people look up.

        :param items: that moved
        """
        for user in self.env['res.users'].browse({item.user for item in items} | {
                self.to_user_id.id}):
            given = [item for item in items if item.user == user.id]
            self._tell(user.sudo().partner_id, self.env._(
                "%(old)s hands over to you:", old=self.sudo().user_id.name), given)
        managers = self._get_told_managers() - self.env.user
        if managers:
            self._tell(managers.partner_id, self.env._(
                "The work of %(old)s was handed over:", old=self.sudo().user_id.name), items)
        for kind in self._get_moving_kinds():
            if kind.noted:
                self._note_records(kind, [item for item in items if item.key == kind.key])

    def _tell(self, partners, text, items):
        """Post a summary to people.

        :param partners: contacts of users
        :param str text: its first line
        :param items: what it counts
        """
        counts = Counter(item.key for item in items)
        rows = Markup().join(
            Markup("<li>%s: %s</li>") % (kind.label, counts[kind.key])
            for kind in self._get_moving_kinds() if counts[kind.key])
        days = self._describe_days()
        body = Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (text, rows, days)
        # sudo: a colleague is told whatever the author may do with contacts
        self.sudo().message_post(
            body=body, partner_ids=partners.ids, author_id=self.env.user.partner_id.id,
            message_type='comment', subtype_xmlid='mail.mt_comment')

    def _describe_days(self):
        if self.duration == 'temporary':
            return self.env._(
                "From %(first)s to %(last)s", first=self.date_from, last=self.date_to)
        return self.env._("From %s on", self.date_from)

    def _get_told_managers(self):
        """The managers of both, else the directors.

        :rtype: res.users
        """
        access = self.env['pharma.access'].with_company(self.company_id)
        people = self.user_id | self.to_user_id
        managers = self.env['res.users'].concat(
            *access._get_nearest_managers(people).values(), access._get_deciders(self.user_id))
        # sudo: which of them still work here
        return (managers - people).sudo().filtered('active')

    def _note_records(self, kind, items):
        """A note in the messages of what moved, without notifying anybody."""
        old, names = self.sudo().user_id.name, {
            user.id: user.name for user in self._get_people()}
        bodies = {item.record: self.env._(
            "Handed over: %(old)s → %(new)s", old=old, new=names[item.user]) for item in items}
        if bodies:
            # sudo: the right was asked when it was planned
            self.env[kind.model].sudo().browse(bodies)._message_log_batch(bodies)

    def _tell_back(self, kept):
        """Both are told that it came back, and what did not.

        :param list(str) kept: names of what was changed since
        """
        returned = [line for line in self.sudo().line_ids if line.result == 'returned']
        text = self.env._(
            "%(count)s things came back to %(name)s.", count=len(returned),
            name=self.sudo().user_id.name)
        if kept:
            text += " " + self.env._(
                "%(count)s were changed since and stay: %(names)s", count=len(kept),
                names=", ".join(kept[:20]))
        # sudo: as above
        self.sudo().message_post(
            body=text, author_id=self.env.user.partner_id.id, message_type='comment',
            partner_ids=self._get_people().filtered('active').partner_id.ids,
            subtype_xmlid='mail.mt_comment')
        labels = {kind.key: kind for kind in self._get_kinds() if kind.noted}
        for key, kind in labels.items():
            bodies = {line.res_id: self.env._(
                "Given back: %(new)s → %(old)s", new=line.to_user_id.name,
                old=line.handover_id.user_id.name) for line in returned if line.key == key}
            if bodies:
                self.env[kind.model].sudo().browse(bodies)._message_log_batch(bodies)

    def _log_changes(self, promised, plan):
        """What came or went between planning and the day."""
        before = {(item.key, item.record) for item in promised if item.result == MOVE}
        now = {(item.key, item.record) for item in plan if item.result == MOVE}
        self.sudo().message_post(body=self.env._(
            "Since it was planned %(more)s things came in addition, %(less)s no longer had to move.",
            more=len(now - before), less=len(before - now)))
