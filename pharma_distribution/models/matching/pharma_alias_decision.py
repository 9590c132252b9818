from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .pharma_flow_matcher import CUSTOMER_TYPES

# What a decision changes, and its undoing brings back.
DECIDED_COLUMNS = (
    'status', 'partner_id', 'product_id', 'automatic', 'reason', 'confidence', 'relation',
    'match_data', 'by_hand', 'ask_again', 'decided_by_id', 'decided_on')
# Who decides what a name means at all distributors.
EVERYWHERE_GROUPS = (
    'pharma_crm.group_pharma_crm_steward',
    'pharma_distribution.group_pharma_distribution_admin')
# So many decisions on one name can be taken back.
UNDO_STEPS = 5


class PharmaAlias(models.Model):
    """Decisions of people, one by one or for many names at once, and their undoing."""

    _inherit = 'pharma.alias'

    # === ACTIONS === #

    def action_choose(self, target_id, relation='same', everywhere=False, is_new=False):
        """Decide that all these names mean one customer or product.

        :param int target_id: id of the partner or the product template
        :param str relation: 'same', or 'department' where they are departments of the customer
        :param bool everywhere: for all distributors, see ``_may_decide_everywhere``
        :param bool is_new: one has just created it for this, and taking the decision back archives
            it where nothing else uses it
        :return: ids of the names that were decided
        :rtype: list[int]
        """
        self.check_access('write')
        field_name = 'partner_id' if self[:1].kind == 'partner' else 'product_id'
        if len(set(self.mapped('kind'))) > 1:
            raise UserError(self.env._(
                "Customers and products cannot be decided in one go: choose names of one kind."))
        target = self[field_name].browse(target_id).exists()
        target.check_access('read')
        if not target or (field_name == 'partner_id'
                          and target.pharma_type not in CUSTOMER_TYPES):
            raise UserError(self.env._(
                "Choose an organisation: a name cannot stand for a department or a person."))
        names = self._get_everywhere() if everywhere else self
        names.write({field_name: target.id, 'status': 'confirmed'})
        if relation != 'same':
            # sudo: how the name relates to the customer is written by this method alone
            names.sudo().write({'relation': relation})
        if is_new:
            names._note_made(target)
        return names.ids

    def action_choose_best(self, least=0.0):
        """Decide that each name means the first of those suggested.

        :param float least: names whose first candidate scores less stay open, from 0 to 1
        :return: ids of the names that were decided
        :rtype: list[int]
        """
        self.check_access('write')
        chosen = {}
        for alias in self:
            best = (alias.candidates or [None])[0]
            if alias.status in ('todo', 'suggested') and best and best[1] >= least:
                chosen.setdefault((alias.kind, best[0]), self.browse())
                chosen[alias.kind, best[0]] |= alias
        decided = self.browse()
        for (kind, target_id), aliases in chosen.items():
            target = self.env[
                'res.partner' if kind == 'partner' else 'product.template'].browse(target_id)
            if target.exists() and target.active and target.has_access('read'):
                aliases._write_decision({
                    'partner_id' if kind == 'partner' else 'product_id': target_id,
                    'status': 'confirmed'})
                decided |= aliases
        decided._apply_to_flow()
        return decided.ids

    def action_choose_part(self, hospital_id, name, everywhere=False):
        """Decide that the names mean a campus or branch of a hospital; it is created where the
        hospital has none of this name.

        :param int hospital_id: id of the hospital
        :param str name: what the campus is called, without the hospital
        :param bool everywhere: as of ``action_choose``
        :return: ids of the names that were decided
        :rtype: list[int]
        """
        self.check_access('write')
        partners = self.env['res.partner']
        name = (name or '').strip()
        if not name:
            raise UserError(self.env._("The campus or branch needs a name, such as 东院区."))
        campus = partners.with_context(active_test=False).search([
            ('parent_id', '=', hospital_id), ('pharma_type', '=', 'campus'),
            ('name', '=', name)], order='active DESC', limit=1)
        is_new = not campus.active
        if not campus:
            campus = partners.create({
                'name': name, 'pharma_type': 'campus', 'parent_id': hospital_id,
                'company_id': partners.browse(hospital_id).company_id.id})
        elif is_new:
            campus.active = True
        decided = self.browse(self.action_choose(campus.id, 'campus', everywhere))
        if is_new:
            decided._note_made(campus)
        return decided.ids

    def action_ignore_everywhere(self):
        """The names are not ours, whoever writes them: see ``everywhere`` of ``action_choose``.

        :return: ids of the names that were decided
        :rtype: list[int]
        """
        names = self._get_everywhere()
        names.action_ignore()
        return names.ids

    def action_confirm(self):
        """Confirm automatic decisions: they are people's from now on."""
        self.check_access('write')
        for (field_name, target), aliases in self.filtered('automatic').grouped(
                lambda alias: (('partner_id', alias.partner_id) if alias.kind == 'partner'
                               else ('product_id', alias.product_id))).items():
            # the rows mean what they meant
            aliases._write_decision({field_name: target.id, 'status': 'confirmed'})
        return True

    def action_suggest(self):
        """Ask the program again, for instance after new customers were created."""
        self.check_access('write')
        self._ask()
        return True

    def action_undo_decision(self):
        """Take one's last decision on each of these names back, as it was before."""
        self.check_access('write')
        # sudo: the program's own notes are brought back as they were
        for alias in self.sudo():
            last = (alias.undo_data or [None])[-1]
            if not last or last['uid'] != self.env.uid:
                raise UserError(self.env._(
                    "There is no decision of yours on %s to take back: somebody else has decided"
                    " since, or nobody has.", alias.name))
        self.flush_model()
        targets = self._targets()
        made = self._get_made()
        self.env.cr.execute(SQL(
            """ UPDATE pharma_alias alias
                   SET (%(columns)s, undo_data) = (
                       SELECT %(columns)s, alias.undo_data - (-1)
                         FROM jsonb_populate_record(NULL::pharma_alias, alias.undo_data -> (-1)))
                 WHERE id = ANY(%(ids)s) """,
            columns=SQL(", ").join(map(SQL.identifier, DECIDED_COLUMNS)), ids=self.ids))
        self.invalidate_recordset()
        self._index_targets(targets | self._targets())
        self._apply_to_flow()
        self._message_log_batch({alias.id: self.env._("The decision was taken back.")
                                 for alias in self})
        self._remove_made(made)
        return True

    def action_ask_distributor(self):
        """Write to the distributor of the names what they mean; they stay open."""
        self.check_access('write')
        distributor = self.distributor_id
        if len(distributor) != 1:
            raise UserError(self.env._("Choose names of one distributor to ask it."))
        body = Markup("<p>%s</p><ul>%s</ul><p>%s</p>") % (
            self.env._("Please tell us whom or what these names in your reports mean: for each of"
                       " them the full name and the address, or the specification and the maker."),
            Markup().join(Markup("<li>%s</li>") % name for name in self.mapped('name')),
            self.env._("Thank you."))
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Ask the Distributor"),
            'res_model': 'mail.compose.message',
            'views': [(False, 'form')],
            'target': 'new',
            'context': {
                'default_model': 'res.partner',
                'default_res_ids': distributor.ids,
                'default_partner_ids': distributor.ids,
                'default_composition_mode': 'comment',
                'default_subject': self.env._("Names in your sales reports"),
                'default_body': body,
                'pharma_asked_alias_ids': self.ids,
            },
        }

    def _mark_asked(self):
        """Note that the distributor was asked about the names today."""
        self.check_access('write')
        # sudo: written by this method alone
        self.sudo().write({'asked_on': fields.Datetime.now()})

    # === EVERYWHERE === #

    @api.model
    def _may_decide_everywhere(self):
        """Whether the user may decide what a name means at all distributors: who answers for the
        names as a whole, not who works on the files of some distributors."""
        return any(map(self.env.user.has_group, EVERYWHERE_GROUPS))

    def _get_everywhere(self):
        """The decisions that make a decision one for all distributors: that for everywhere, which
        is put down where there is none, and those that people have not decided at any of them.

        :rtype: pharma.alias
        """
        if not self._may_decide_everywhere():
            raise AccessError(self.env._(
                "Data stewards and administrators decide what a name means at all distributors."))
        names = self
        for (kind, key, company), aliases in self.grouped(
                lambda alias: (alias.kind, alias.key, alias.company_id)).items():
            same = self.search([
                ('kind', '=', kind), ('key', '=', key), ('company_id', '=', company.id),
                '|', '|', ('distributor_id', '=', False), ('automatic', '=', True),
                ('status', 'in', ('todo', 'suggested'))])
            if all(same.mapped('distributor_id')) or not same:
                same |= self.create({
                    'name': aliases[0].name, 'kind': kind, 'company_id': company.id})
            names |= same
        return names

    # === UNDO === #

    def _note_made(self, target):
        """Note that the last decision brought a customer or product with it.

        :param target: res.partner or product.template, the user's own and new
        """
        if target.create_uid != self.env.user:
            return
        # sudo: the program's own note, written by the decision alone
        for alias in self.sudo():
            alias.undo_data = [*alias.undo_data[:-1],
                               {**alias.undo_data[-1], 'made': [target._name, target.id]}]

    def _get_made(self):
        """What the last decisions on these names brought with them.

        :return: set of (model, id)
        """
        # sudo: the program's own notes
        return {tuple(last['made']) for alias in self.sudo() if (
            last := alias.undo_data[-1]).get('made')}

    def _remove_made(self, made):
        """Archive what was created for decisions that are taken back, where nothing else uses it.

        :param made: set of (model, id)
        """
        for model, target_id in made:
            target = self.env[model].browse(target_id).exists()
            if not target or target.write_uid != self.env.user or not target.has_access('write'):
                continue
            field_name = 'partner_id' if model == 'res.partner' else 'product_id'
            # sudo: names and rows that the user may not see use it as well
            uses = self.sudo().search_count([(field_name, '=', target_id)], limit=1) or (
                self.env['pharma.flow.line'].sudo().search_count(
                    [(field_name, '=', target_id)], limit=1))
            if not uses and not (model == 'res.partner' and target.child_ids):
                target.active = False
        # names for everywhere that nobody decided on: they were put down for the decision
        self.filtered(lambda alias: (
            not alias.distributor_id and alias.status == 'todo' and not alias.sudo().undo_data
            and alias.create_uid == self.env.user)).sudo().unlink()

    def _get_undo_data(self):
        """The decisions as they are, each after those that it replaced.

        :return: dict id of the name -> list of dicts, JSON
        """
        self.flush_recordset()
        rows = self.env.execute_query(SQL(
            """ SELECT alias.id, row_to_json(d)
                  FROM pharma_alias alias
            CROSS JOIN LATERAL (SELECT %s) d WHERE alias.id = ANY(%s) """,
            SQL(", ").join(SQL.identifier('alias', name) for name in DECIDED_COLUMNS), self.ids))
        now = {alias_id: {**values, 'uid': self.env.uid} for alias_id, values in rows}
        return {alias.id: [*(alias.undo_data or [])[1 - UNDO_STEPS:], now[alias.id]]
                for alias in self}
