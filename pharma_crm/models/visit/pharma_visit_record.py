from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

# Products of a line that a record begins with, at most: more would be a catalogue
LINE_PRODUCTS = 5


class PharmaVisit(models.Model):
    """Recording a call within a minute: the dialog is filled from the plan, the last call with the
    customer and the representative's product line, and most of the rest is tapped.
    """

    _inherit = 'pharma.visit'
    _mail_post_access = 'read'  # who reads a call may say something about it

    _reason_check = models.Constraint(
        "CHECK(state NOT IN ('missed', 'cancelled') OR COALESCE(reason, '') != '')",
        "Say why the call was missed or cancelled.")

    # The chatter tells what was put off, from when and why
    date_start = fields.Datetime(tracking=True)
    reason = fields.Char(tracking=True)
    is_late = fields.Boolean(
        string="Entered Late", compute='_compute_is_late', store=True,
        help="Recorded more days after the call than the settings allow; it counts all the same.")
    is_ahead = fields.Boolean(
        compute='_compute_is_ahead', export_string_translation=False,
        help="Planned for later: recorded now, it counts as held just now.")

    # === COMPUTES === #

    @api.depends('entry_days', 'state')
    def _compute_is_late(self):
        for visit in self:
            # sudo: the setting as of the record, whoever records
            limit = visit.company_id.sudo().pharma_late_days
            visit.is_late = visit.state == 'done' and visit.entry_days > limit

    @api.depends('date_start', 'state')
    def _compute_is_ahead(self):
        now = fields.Datetime.now()
        for visit in self:
            visit.is_ahead = visit.state == 'planned' and bool(visit.date_start) and (
                visit.date_start > now)

    # === CONSTRAINTS === #

    @api.constrains('person_ids')
    def _check_person_ids(self):
        """Nobody gets at people through his calls whom he does not see."""
        if not self.env.su:
            for visit in self:
                visit.person_ids.check_access('read')

    # === CRUD === #

    def write(self, vals):
        if vals.get('state', 'done') != 'done':
            self._check_not_recorded()
        result = super().write(vals)
        if 'date_start' in vals:
            # sudo: what was moved ahead has become a plan, which the program alone writes
            ahead = self.filtered(lambda visit: visit.is_ahead and not visit.is_planned).sudo()
            ahead.write({'is_planned': True})
        return result

    def _check_not_recorded(self):
        """What was held is not made unheld.

        :raise UserError: for a recorded call, unless the director asks
        """
        if not self.env.su and not self.env['pharma.access']._sees_all_people() and any(
                visit.state == 'done' for visit in self):
            raise UserError(self.env._(
                "A recorded call stays: correct it, or ask the director to delete it."))

    # === PREFILL === #

    def _get_last_call(self):
        """The last recorded call with the customer that the user may see, his own first.

        :rtype: pharma.visit
        """
        self.ensure_one()
        domain = [('partner_id', '=', self.partner_id.id), ('state', '=', 'done'),
                  ('id', '!=', self._origin.id)]
        return self.search([*domain, ('user_id', '=', self.user_id.id)], limit=1) or (
            self.search(domain, limit=1))

    def _prefill(self):
        """Fill what is empty in a planned call."""
        self.ensure_one()
        missing = {name: value for name, value in self._get_usual_values().items()
                   if not self[name]}
        if missing:
            self.write(missing)

    def _get_usual_values(self):
        """What a record begins with: from the last call, else from what is usual.

        :return: values of fields, without those that are not known
        :rtype: dict
        """
        last = self._get_last_call()
        purpose = last.purpose_id or self.env['pharma.visit.purpose'].search([], limit=1)
        people, products = self._get_usual_people(last), self._get_usual_products(last)
        vals = {
            'purpose_id': purpose.id, 'adoption': last.adoption,
            'person_ids': people and [Command.set(people.ids)],
            'product_ids': [Command.create({'product_id': product.id, 'sequence': number})
                            for number, product in enumerate(products)],
        }
        return {name: value for name, value in vals.items() if value}

    def _get_usual_people(self, last):
        """Whom the representative will have met: the person himself, else who was met last."""
        if self.partner_id.pharma_type == 'person':
            return self.partner_id
        return last.person_ids

    def _get_usual_products(self, last):
        """What the representative will have spoken about: what he did last time, else the first
        products of his line.

        :rtype: product.product
        """
        products = last.product_ids.product_id
        if products or not self.product_line_id:
            return products
        return self.env['product.product'].search(
            [('categ_id', 'child_of', self.product_line_id.id), ('sale_ok', '=', True)],
            limit=LINE_PRODUCTS, order='is_favorite DESC, default_code, id')

    # === ACTIONS === #

    def action_record(self):
        """Open the dialog in which a planned call is recorded, filled with what is known."""
        self.ensure_one()
        if self.state != 'planned' or not self.has_access('write'):
            return {**self._get_dialog('form', self.display_name), 'target': 'current'}
        self._prefill()
        return self._get_dialog('form_record', self.env._("Record Call"))

    def action_done(self):
        """Record calls as held; those that are recorded already stay as they are.

        :raise UserError: without a result, and for calls that were missed or cancelled
        """
        planned = self.filtered(lambda visit: visit.state != 'done')
        for visit in planned:
            if visit.state != 'planned':
                raise UserError(self.env._(
                    "The call on %s was missed or cancelled: plan it again first.",
                    visit.partner_id.display_name))
            if not visit.result_id:
                raise UserError(self.env._(
                    "Choose what came of the call on %s.", visit.partner_id.display_name))
            # In one write, so that it never is a plan for another moment
            visit.write({'state': 'done', **visit._get_moment()})
        return self._get_recorded_notice() if planned else True

    def _get_moment(self):
        """When a call that is recorded ahead of its plan was held: it ended just now."""
        if not self.is_ahead:
            return {}
        start = fields.Datetime.now() - timedelta(minutes=self.duration)
        return {'date_start': start.replace(minute=start.minute // 5 * 5, second=0)}

    def _get_recorded_notice(self):
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {
                'type': 'success', 'message': self.env._("The call is recorded."),
                'next': {'type': 'ir.actions.act_window_close'}}}

    def action_not_held(self):
        """Open the dialog in which a planned call is put off, missed or cancelled, with why."""
        self.ensure_one()
        self.check_access('write')
        return self._get_dialog('form_not_held', self.env._("Not Held"))

    def action_put_off(self):
        """Keep the new time that was entered in the dialog.

        :raise UserError: if it lies in the past or no reason is given
        """
        for visit in self:
            if not visit.reason:
                raise UserError(self.env._("Say why the call was put off."))
            if not visit.is_ahead:
                raise UserError(self.env._("Choose the new time of the call."))
        return True

    def action_miss(self):
        """Planned calls were not held: the customer was not met, for the reason given."""
        return self._leave_plan('missed')

    def action_cancel(self):
        """Planned calls are called off, for the reason given."""
        return self._leave_plan('cancelled')

    def _leave_plan(self, state):
        self._check_not_recorded()
        self.filtered(lambda visit: visit.state == 'planned').write({'state': state})
        return True

    def action_plan_again(self):
        """Missed or cancelled calls are planned again, for the time that they show."""
        self._check_not_recorded()
        self.write({'state': 'planned'})
        return True

    def action_copy_last(self):
        """Take over from the last call with this customer what was spoken about, and with whom.

        :raise UserError: without any
        """
        self.ensure_one()
        last = self._get_last_call()
        if not last:
            raise UserError(self.env._("There is no earlier call with this customer."))
        copied = last.copy_data()[0]
        self.product_ids.unlink()
        self.write({name: copied[name] for name in (
            'purpose_id', 'objective', 'channel', 'duration', 'person_ids', 'product_ids')
            if name in copied})
        # The dialog stays open
        return self._get_dialog('form_record', self.env._("Record Call"))

    def action_repeat(self):
        """Record one more call like this one, held just now by the current user."""
        self.ensure_one()
        visit = self.copy({'user_id': self.env.uid})
        return visit.action_record()

    def _get_dialog(self, view, name):
        """An action that opens this call in one of its forms.

        :param str view: end of the XML id of the view
        :param str name: title of the dialog
        :rtype: dict
        """
        view_id = self.env['ir.model.data']._xmlid_to_res_id(f'pharma_crm.pharma_visit_view_{view}')
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': self.id,
            'name': name, 'target': 'new', 'views': [[view_id, 'form']]}
