from odoo import models
from odoo.tools import SQL

from ...tools.divisions import DivisionIndex
from ...tools.hospital_list import find_table, read_rows
from ...tools.hospital_plan import Customer, Plan
from ...tools.names import normalise
from ..customer.res_partner import TERMINAL_TYPES
from .pharma_hospital_import_line import PARTNER_FIELDS


class PharmaHospitalImport(models.Model):
    """Reading a list, and deciding what it does to the customers that are there."""

    _inherit = 'pharma.hospital.import'

    # === READING === #

    def _get_column_names(self):
        """{column of the engine: what people call it}"""
        env = self.env
        return {
            'name': env._("Name"),
            'ref': env._("Our Code"),
            'province': env._("Province"),
            'city': env._("City"),
            'county': env._("County"),
            'region': env._("Province to County"),
            'division_code': env._("Division Code"),
            'level': env._("Level"),
            'grade': env._("Grade"),
            'street': env._("Address"),
            'phone': env._("Phone"),
            'zip': env._("ZIP"),
            'kind': env._("Customer Type"),
            'territory': env._("Territory"),
            'line': env._("Product Line"),
            'former': env._("Former Name"),
            'alias': env._("Other Name"),
        }

    def _make_plan(self):
        """Read the file and decide about all rows.

        :rtype: Plan
        """
        tables = self._read_tables(find_table, self._get_column_names(), self.env._(
            "No column with the names of hospitals was found in %s. One row above the list must"
            " name the columns, for example 医院名称, 省份, 城市, 级别.", self.name))
        divisions = DivisionIndex(self._get_division_names())
        rows = [row for sheet, table in tables for row in read_rows(table, divisions, sheet)]
        customers, places = self._get_customers(rows), None
        if self._may_align() and any(row.values.get('territory') for row in rows):
            self._add_territories(customers)
            places = self._get_places()
        plan = Plan(customers, self._get_aliases(rows), places)
        for row in rows:
            plan.add(row)
        plan.finish()
        return plan

    def _get_division_names(self):
        """(code, name) of all divisions of today."""
        return [(record.code, record.name) for record in self.env['pharma.division'].search([])]

    def _get_customers(self, rows):
        """All customers that a row could mean, with their values as the engine knows them.

        :param rows: list of HospitalRow
        :rtype: list[Customer]
        """
        partners = self.env['res.partner'].with_context(active_test=False)
        names = list(PARTNER_FIELDS.values())
        partners.flush_model([*names, 'active'])
        refs = {row.values['ref'] for row in rows if row.values.get('ref')}
        query = partners._search([
            '|', '|', ('pharma_type', 'in', TERMINAL_TYPES), ('ref', 'in', list(refs)),
            '&', '&', ('pharma_type', '=', False), ('is_company', '=', True),
            ('parent_id', '=', False),
        ])
        codes = self._get_division_codes()
        customers = []
        for partner_id, active, *values in self.env.execute_query(query.select(
                SQL.identifier(query.table, 'id'), SQL.identifier(query.table, 'active'),
                *(SQL.identifier(query.table, name) for name in names))):
            values = dict(zip(PARTNER_FIELDS, values, strict=True))
            for name in ('province', 'city', 'county'):
                values[name] = codes[name].get(values[name], '')
            values = {name: value or '' for name, value in values.items()}
            terminal = not values['pharma_type'] or values['pharma_type'] in TERMINAL_TYPES
            customers.append(Customer(partner_id, values, active=active, terminal=terminal))
        return customers

    def _get_division_codes(self):
        """{'province': {state id: code}, 'city': {division id: code}, 'county': the same}"""
        codes = {'province': {}, 'city': {}, 'county': {}}
        for division in self.env['pharma.division'].with_context(active_test=False).search([]):
            if division.level == 'province':
                codes['province'][division.state_id.id] = division.code
            else:
                codes[division.level][division.id] = division.code
        return codes

    def _get_aliases(self, rows):
        """(key, partner id or 0, status) of the names known everywhere that stand in the list."""
        keys = {normalise(row.values.get('name')) for row in rows}
        keys.update(normalise(name) for row in rows for name in row.other_names)
        aliases = self.env['pharma.alias'].search_fetch(
            [('kind', '=', 'partner'), ('distributor_id', '=', False), ('key', 'in', list(keys))],
            ['key', 'partner_id', 'status'])
        return [(alias.key, alias.partner_id.id or 0, alias.status) for alias in aliases]
