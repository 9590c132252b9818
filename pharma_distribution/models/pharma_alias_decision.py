from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .pharma_flow_matcher import CUSTOMER_TYPES

# What a decision changes, and its undoing brings back.
DECIDED_COLUMNS = (
    'status', 'partner_id', 'product_id', 'automatic', 'reason', 'confidence', 'relation',
    'match_data', 'by_hand', 'ask_again', 'decided_by_id', 'decided_on')
# So many decisions on one name can be taken back.
UNDO_STEPS = 5


class PharmaAlias(models.Model):
    """Decisions of people, one by one or for many names at once, and their undoing."""

    _inherit = 'pharma.alias'

    # === ACTIONS === #

    def action_choose(self, target_id, relation='same'):
        """Decide that all these names mean one customer or product.

        :param int target_id: id of the partner or the product template
        :param str relation: 'same', or 'department' where they are departments of the customer
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
        self.write({field_name: target.id, 'status': 'confirmed'})
        if relation != 'same':
            # sudo: how the name relates to the customer is written by this method alone
            self.sudo().write({'relation': relation})
        return True

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

    def action_choose_part(self, hospital_id, name):
        """Decide that the names mean a campus or branch of a hospital; it is created where the
        hospital has none of this name.

        :param int hospital_id: id of the hospital
        :param str name: what the campus is called, without the hospital
        :return: id of the campus
        :rtype: int
        """
        self.check_access('write')
        partners = self.env['res.partner']
        name = (name or '').strip()
        if not name:
            raise UserError(self.env._("The campus or branch needs a name, such as 东院区."))
        campus = partners.search([
            ('parent_id', '=', hospital_id), ('pharma_type', '=', 'campus'),
            ('name', '=', name)], limit=1) or partners.create({
                'name': name, 'pharma_type': 'campus', 'parent_id': hospital_id,
                'company_id': partners.browse(hospital_id).company_id.id})
        self.action_choose(campus.id)
        self.sudo().write({'relation': 'campus'})  # as in action_choose
        return campus.id

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

    # === UNDO === #

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
