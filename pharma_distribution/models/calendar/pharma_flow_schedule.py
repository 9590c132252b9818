from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..posting.pharma_flow_line import FLOW_KINDS

# How many months back duties are made for a new schedule.
MONTHS_BACK = 12


class PharmaFlowSchedule(models.Model):
    """What a distributor has to send every month, until when, and who sees to it."""

    _name = 'pharma.flow.schedule'
    _description = "Collection Schedule"
    _rec_name = 'distributor_id'
    _order = 'distributor_id'
    _check_company_auto = True

    _distributor_uniq = models.UniqueIndex(
        '(distributor_id, company_id)', "This distributor has a collection schedule already.")

    distributor_id = fields.Many2one(
        'res.partner', required=True, index=True, ondelete='cascade', check_company=True,
        domain="[('pharma_type', '=', 'distributor')]")
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        'res.users', string="Responsible", required=True, default=lambda self: self.env.user,
        domain="[('share', '=', False)]")
    contact_id = fields.Many2one(
        'res.partner', check_company=True,
        help="Who is reminded by mail; empty: the distributor itself")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    is_sale = fields.Boolean(string="Sales", default=True)
    is_purchase = fields.Boolean(string="Purchases")
    is_stock = fields.Boolean(string="Stock")
    due_day = fields.Integer(
        required=True, default=5, help="Day of the following month until which the files are due")
    date_from = fields.Date(
        string="First Month", required=True,
        default=lambda self: fields.Date.context_today(self).replace(day=1))

    # === CONSTRAINTS === #

    @api.constrains('due_day')
    def _check_due_day(self):
        for schedule in self:
            if not 1 <= schedule.due_day <= 28:
                raise ValidationError(self.env._("The due day lies between 1 and 28."))

    @api.constrains('user_id')
    def _check_user(self):
        """Whoever cannot see the duty cannot see to it."""
        for schedule in self:
            if not self.env['pharma.flow.duty'].with_user(schedule.user_id).has_access('read'):
                raise ValidationError(self.env._(
                    "%s does not see flow files and cannot be responsible for them.",
                    schedule.user_id.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        schedules = super().create(vals_list)
        schedules._make_duties()
        return schedules

    def write(self, vals):
        result = super().write(vals)
        if {'is_sale', 'is_purchase', 'is_stock', 'due_day', 'date_from', 'active', 'user_id',
                'contact_id'} & set(vals):
            self._make_duties()
        return result

    # === DUTIES === #

    def _make_duties(self):
        """Make the duties of the months that have ended, and drop open ones that do not hold."""
        today = fields.Date.context_today(self)
        duties = self.env['pharma.flow.duty']
        # sudo: duties follow from the schedule, which the user may change
        existing = duties.sudo().search([('schedule_id', 'in', self.ids)])
        known = {(duty.schedule_id.id, duty.kind, duty.month): duty for duty in existing}
        vals_list, wanted = [], set()
        for schedule in self.filtered('active'):
            month = max(
                schedule.date_from, today - relativedelta(months=MONTHS_BACK)).replace(day=1)
            while month < today.replace(day=1):
                for kind in schedule._get_kinds():
                    key = (schedule.id, kind, month)
                    wanted.add(key)
                    vals = schedule._prepare_duty_vals(kind, month)
                    if key not in known:
                        vals_list.append(vals)
                    elif known[key].state in ('open', 'late') and not known[key]._has(vals):
                        known[key].write(vals)
                month += relativedelta(months=1)
        existing.filtered(lambda duty: duty.state in ('open', 'late') and (
            duty.schedule_id.id, duty.kind, duty.month) not in wanted).unlink()
        (existing.exists() + duties.sudo().create(vals_list))._refresh()

    def _get_kinds(self):
        """The kinds of files that the distributor owes."""
        self.ensure_one()
        return [kind for kind, _label in FLOW_KINDS if self[f'is_{kind}']]

    def _prepare_duty_vals(self, kind, month):
        return {
            'schedule_id': self.id, 'kind': kind, 'month': month,
            'due_on': month + relativedelta(months=1, day=self.due_day),
            'user_id': self.user_id.id, 'contact_id': self.contact_id.id,
        }

    @api.model
    def _cron_collect(self):
        """Make the duties of the last month, look what came, tell whoever sees to late ones."""
        for company in self.env['res.company'].search([]):
            schedules = self.with_company(company).search([('company_id', '=', company.id)])
            schedules._make_duties()
            self.env['pharma.flow.duty'].search([
                ('company_id', '=', company.id), ('state', '=', 'late'),
                ('reminded_on', '=', False)])._remind_responsible()
