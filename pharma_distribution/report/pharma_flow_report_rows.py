from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .pharma_flow_report import EARLIER, UPPER

# Fields of results that rows have as well, and where rows find the others.
ROW_FIELDS = {
    'company_id': 'company_id', 'kind': 'kind', 'product_id': 'product_id',
    'product_line_id': 'product_line_id', 'distributor_id': 'distributor_id',
    'partner_id': 'partner_id', 'territory_id': 'territory_id', 'user_id': 'user_id',
    'department_id': 'department_id',
    'distributor_tier': 'distributor_id.distributor_tier',
    'pharma_customer_id': 'pharma_customer_id',
    'hospital_id': 'partner_id.commercial_partner_id',
    'group_id': 'partner_id.commercial_partner_id.parent_organisation_id',
    'pharma_type': 'partner_id.pharma_type',
    'hospital_level': 'partner_id.commercial_partner_id.hospital_level',
    'hospital_grade': 'partner_id.commercial_partner_id.hospital_grade',
}
# The customer's own address, else that of its hospital.
PLACES = ('state_id', 'pharma_city_id')
COUNTED = Domain('status', '=', 'ok') & Domain('file_state', '=', 'posted')


class PharmaFlowReport(models.Model):
    """From figures to the rows that they add up."""

    _inherit = 'pharma.flow.report'

    # === ACTIONS === #

    @api.model
    @api.readonly
    def action_view_lines(self, domain, measure=None):
        """Open the rows of files that a figure adds up.

        :param list domain: of the figure, on this model
        :param str measure: which figure; of the month or year before those rows are opened
        :return: an action on ``pharma.flow.line``
        :rtype: dict
        :raise UserError: for a condition that rows cannot tell
        """
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_line_action_sell_through')
        return {**action, 'domain': list(self._get_line_domain(domain, measure)),
                'context': {'sell_through': True}, 'mobile_view_mode': 'kanban',
                'views': [(False, 'list'), (False, 'kanban'), (False, 'pivot'), (False, 'graph'),
                          (False, 'form')]}

    def action_view_own_lines(self):
        """Open the rows of this line of the list."""
        self.ensure_one()
        names = ('company_id', 'kind', 'month', 'entry_month', 'product_id', 'product_line_id',
                 'distributor_id', 'partner_id', 'department_id', 'territory_id', 'user_id')
        values = self.read(names, load='')[0]
        return self.action_view_lines([(name, '=', values[name]) for name in names])

    # === DOMAINS === #

    @api.model
    def _get_line_domain(self, domain, measure=None):
        """The rows behind a figure.

        :param domain: of the figure, on this model
        :param str measure: as of :meth:`action_view_lines`
        :return: domain on ``pharma.flow.line``
        :rtype: Domain
        """
        shift = EARLIER.get(measure, 0)
        rows = Domain(domain).map_conditions(
            lambda condition: self._get_row_condition(condition, shift))
        if shift:
            # As the report has it: what lies ahead has no figures before it
            last = self._get_last_month() + relativedelta(months=1 - shift)
            rows &= Domain('date', '<', fields.Date.to_string(last))
        return rows & COUNTED

    @api.model
    def _get_row_condition(self, condition, shift):
        name, operator, value = condition.field_expr, condition.operator, condition.value
        first, _dot, rest = name.partition('.')
        if name == 'month':
            return self._get_month_condition('date', operator, value, shift)
        if name == 'entry_month':
            # An own one, else that of the day
            return (Domain('entry_month', '!=', False)
                    & self._get_month_condition('entry_month', operator, value, shift)
                    | Domain('entry_month', '=', False)
                    & self._get_month_condition('date', operator, value, shift))
        if first in PLACES:
            own = Domain(f'partner_id.{name}', operator, value)
            hospital = Domain(f'partner_id.commercial_partner_id.{name}', operator, value)
            has = Domain(f'partner_id.{first}', '!=', False)
            return has & own | ~has & hospital
        if first in UPPER:
            if rest:
                raise UserError(self.env._("Group by \"%s\" itself to see its rows.",
                                           self._fields[first].string))
            return self._get_upper_condition(first, operator, value)
        if first in ROW_FIELDS:
            path = f'{ROW_FIELDS[first]}.{rest}' if rest else ROW_FIELDS[first]
            return Domain(path, operator, value)
        raise UserError(self.env._(
            "The rows behind this figure cannot be told by \"%s\".",
            self._fields[first].string if first in self._fields else name))

    @api.model
    def _get_month_condition(self, name, operator, value, shift):
        """A condition on a month, as one on the days of rows.

        :param str name: field of rows
        :param int shift: months by which the figures were brought forward
        """
        if operator in ('in', 'not in'):
            months = Domain.OR(
                self._get_days(name, month, shift) if month else Domain(name, '=', False)
                for month in value)
            return months if operator == 'in' else ~months
        if operator in ('=', '!='):
            days = self._get_days(name, value, shift) if value else Domain(name, '=', False)
            return days if operator == '=' else ~days
        if operator not in ('>', '>=', '<', '<='):
            raise UserError(self.env._("A month cannot be compared by \"%s\".", operator))
        # Months stand for their first day: one is after a day where the whole month is
        day = fields.Date.to_date(value)
        month = day.replace(day=1)
        if operator in ('>', '<=') or day != month:
            month += relativedelta(months=1)
        bound = fields.Date.to_string(month - relativedelta(months=shift))
        return Domain(name, '>=' if operator in ('>', '>=') else '<', bound)

    @api.model
    def _get_days(self, name, month, shift):
        first = fields.Date.to_date(month) - relativedelta(months=shift)
        if first.day != 1:
            return Domain.FALSE
        return (Domain(name, '>=', fields.Date.to_string(first))
                & Domain(name, '<', fields.Date.to_string(first + relativedelta(months=1))))

    @api.model
    def _get_upper_condition(self, name, operator, value):
        """A condition on an upper territory, as one on the territories of rows.

        :param str name: one of ``UPPER``
        """
        # sudo: the names of territories are no secret, and what rows are seen the rules say
        territories = self.env['pharma.territory'].sudo().with_context(active_test=False)
        if operator in ('=', '!=', 'in', 'not in'):
            values = {value} if operator in ('=', '!=') else set(value)
        else:
            field = 'id' if operator in ('child_of', 'parent_of') else 'complete_name'
            values = set(territories.search(Domain(field, operator, value)).ids)
        upper = self.env.execute_query(SQL(
            "SELECT id, %s FROM (%s) t", SQL.identifier(name), self._sql_upper_territories()))
        below = [territory for territory, above in upper if (above or False) in values]
        found = Domain('territory_id', 'in', below)
        if False in values or None in values:
            found |= Domain('territory_id', '=', False)
        return ~found if operator in ('!=', 'not in') else found
