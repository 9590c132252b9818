import base64
import re
from collections import defaultdict

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.alignment_plan import Wanted
from ...tools.list_table import parse_date
from ...tools.names import fold
from ...tools.realignment_list import find_table, read_rows
from .pharma_alignment import ALIGNMENT_DOMAIN, BELOW_TYPES, OPEN_TYPES


class PharmaRealignment(models.Model):
    """Which customers a re-alignment means: chosen ones, by rule, or as a list says."""

    _inherit = 'pharma.realignment'

    def _get_wanted(self):
        """All lines, those refused with their reason.

        :return: list of ``tools.alignment_plan.Wanted``, not planned yet
        :raise UserError: when what is needed was not entered
        """
        self.ensure_one()
        if self.method == 'file':
            return self._get_wanted_file()
        if not self.territory_id:
            raise UserError(self.env._("Choose the new territory."))
        if self.method == 'hand':
            if not self.partner_ids:
                raise UserError(self.env._("Choose the customers."))
            return self._to_wanted(self.partner_ids)
        return self._get_wanted_rule()

    def _to_wanted(self, partners):
        """Lines of customers for the territory, product line and day of this re-alignment."""
        # These alone: a contact has two hundred columns
        partners.fetch(['active', 'commercial_partner_id', 'company_id', 'name', 'pharma_type'])
        wanted = []
        for partner in partners:
            item = Wanted(
                partner=partner.id, name=partner.name or "", territory=self.territory_id.id,
                line=self.product_line_id.id or 0, day=self.date_from)
            self._refuse_customer(item, partner)
            wanted.append(item)
        return wanted

    def _refuse_customer(self, item, partner):
        """Note why a customer cannot belong to a territory of this company, if so.

        :param Wanted item: its line
        :param partner: the customer, readable
        """
        # sudo: whoever sees a department may know its hospital
        entity = partner.sudo().commercial_partner_id
        if not partner.active:
            item.refuse('customer_archived')
        elif entity != partner:
            item.refuse('customer_below', entity.name)
        elif not partner.pharma_type or partner.pharma_type in (*OPEN_TYPES, *BELOW_TYPES):
            item.refuse('customer_kind')
        elif partner.company_id and partner.company_id != self.company_id:
            item.refuse('customer_company', partner.company_id.sudo().name)

    # === RULE === #

    def _get_wanted_rule(self):
        domain = self._get_rule_domain()
        codes = self._get_rule_codes()
        if domain.is_true() and not codes:
            raise UserError(self.env._("Say which customers are meant: enter a part of the rule."))
        partners = self.env['res.partner']
        if codes:
            domain &= Domain('ref', 'in', codes)
        found = partners.search(domain & Domain(ALIGNMENT_DOMAIN), order='id')
        known = set(partners.with_context(active_test=False).search(
            [('ref', 'in', codes)]).mapped('ref')) if codes else set()
        unknown = [
            Wanted(name=code, territory=self.territory_id.id, day=self.date_from,
                   line=self.product_line_id.id or 0, reason='customer_unknown', detail=code)
            for code in codes if code not in known]
        return self._to_wanted(found) + unknown

    def _get_rule_codes(self):
        return list(dict.fromkeys(re.split(r'[\s,，;；、]+', (self.rule_refs or "").strip()))
                    ) if (self.rule_refs or "").strip() else []

    def _get_rule_domain(self):
        """Domain on customers of all parts of the rule but the codes; true without any.

        :rtype: Domain
        """
        domain = Domain.TRUE
        for name, value in (
            ('state_id', self.rule_state_id.id), ('pharma_city_id', self.rule_city_id.id),
            ('pharma_county_id', self.rule_county_id.id), ('pharma_type', self.rule_type),
            ('hospital_level', self.rule_level),
        ):
            if value:
                domain &= Domain(name, '=', value)
        rows = (Domain('product_line_id', '=', self.product_line_id.id)
                & Domain('company_id', '=', self.company_id.id)
                & Domain('date_from', '<=', self.date_from)
                & (Domain('date_to', '=', False) | Domain('date_to', '>=', self.date_from)))
        if self.rule_territory_id:
            domain &= Domain('alignment_ids', 'any', rows & Domain(
                'territory_id', 'child_of', self.rule_territory_id.id))
        if self.rule_unaligned:
            domain &= Domain('alignment_ids', 'not any', rows)
        return domain

    # === LIST === #

    def _get_wanted_file(self):
        rows = self._read_list()
        codes = {row.code for row in rows if row.code}
        names = {fold(row.name) for row in rows if row.name}
        partners = {'code': self._find_by_code(codes), 'name': self._find_by_name(names)}
        territories, lines = self._find_territories(), self._find_lines()
        return [self._to_wanted_row(row, partners, territories, lines) for row in rows]

    def _read_list(self):
        """The rows of the Excel list.

        :rtype: list[tools.realignment_list.ListRow]
        :raise UserError: when the file cannot be read or names no customers
        """
        if not self.data:
            raise UserError(self.env._("Upload the Excel list."))
        name = self.data_name or ""
        sheets = self._read_sheets(base64.b64decode(self.data), name)
        tables = [(sheet.name, find_table(sheet.rows)) for sheet in sheets]
        rows = [row for sheet, table in tables if table for row in read_rows(table, sheet)]
        if not rows:
            raise UserError(self.env._(
                "No customers were found in %s. One row above the list must name the columns:"
                " 客户编码 or 客户名称, 辖区编码 or 辖区, if needed 产品线 and 开始日期;"
                " the template shows how.", name))
        return rows

    def _find_by_code(self, codes):
        """{code: customers}, archived ones too, among those that the user sees"""
        partners = self.env['res.partner'].with_context(active_test=False)
        return partners.search([('ref', 'in', list(codes))]).grouped('ref')

    def _find_by_name(self, names):
        """{folded name: customers} by all their names, without departments and persons, among those
        that the user sees
        """
        partners = self.env['res.partner'].with_context(active_test=False)
        partners._search_name_flush()
        rows = self.env.execute_query(SQL(
            """ SELECT DISTINCT s.text, s.res_id
                  FROM pharma_search_name s
                  JOIN res_partner p ON p.id = s.res_id
                 WHERE s.model = 'res.partner' AND s.text = ANY(%s)
                   AND p.pharma_type NOT IN ('department', 'person', 'campus') """,
            list(names)))
        visible = set(partners.search([('id', 'in', [res_id for _text, res_id in rows])]).ids)
        found = defaultdict(list)
        for text, res_id in rows:
            if res_id in visible:
                found[text].append(res_id)
        return {text: partners.browse(ids) for text, ids in found.items()}

    def _find_territories(self):
        """{lower case code, or folded name: territories of the company}; a code goes before a name
        """
        found = defaultdict(lambda: self.env['pharma.territory'])
        codes = {}
        for territory in self.env['pharma.territory'].search(
                [('company_id', '=', self.company_id.id)]):
            for name in {territory.name, territory.complete_name}:
                found[fold(name)] |= territory
            if territory.code:
                codes[territory.code.casefold()] = territory
        return {**found, **codes}

    def _find_lines(self):
        """{folded name: product lines}"""
        found = defaultdict(lambda: self.env['product.category'])
        for line in self.env['product.category'].search([('is_product_line', '=', True)]):
            for name in {line.name, line.complete_name}:
                found[fold(name)] |= line
        return found

    def _to_wanted_row(self, row, partners, territories, lines):
        """One row of the list as a line.

        :param ListRow row: the row
        :param dict partners: {'code': {code: customers}, 'name': {folded name: customers}}
        :param dict territories: {code or folded name: territories}
        :param dict lines: {folded name: product lines}
        :rtype: Wanted
        """
        item = Wanted(
            name=row.name or row.code, sheet=row.sheet, number=row.number,
            territory=self.territory_id.id or 0, line=self.product_line_id.id or 0,
            day=self.date_from)
        named = territories.get(row.territory.casefold()) or territories.get(
            fold(row.territory), ())
        if row.territory:
            item.territory = named.id if len(named) == 1 else 0
        if row.line:
            line = lines.get(fold(row.line), ())
            item.line = line.id if len(line) == 1 else 0
        if row.day:
            item.day = self._read_day(row.day)
        partner = self._refuse_or_find(item, row, partners)
        if not item.reason and row.line and not item.line:
            item.refuse('line_unknown', row.line)
        elif not item.reason and not item.day:
            item.refuse('day_unknown', row.day)
        elif not item.reason and not item.territory:
            item.refuse(
                'territory_ambiguous' if named else 'territory_unknown' if row.territory
                else 'territory_missing', row.territory)
        item.partner = partner.id or 0
        return item

    def _read_day(self, text):
        try:
            return parse_date(text)
        except ValueError:
            return None

    def _refuse_or_find(self, item, row, partners):
        """The customer that a row means, or why none.

        :param Wanted item: its line
        :return: the customer; empty when he is not known
        """
        none = self.env['res.partner']
        by_code = self._prefer_customers(partners['code'].get(row.code, none))
        by_name = self._prefer_customers(partners['name'].get(fold(row.name), none))
        found = by_code if row.code else by_name
        if not row.code and not row.name:
            item.refuse('customer_missing')
        elif not found:
            item.refuse('customer_unknown', row.code or row.name)
        elif len(found) > 1:
            item.refuse('customer_ambiguous', row.code or row.name)
        elif row.code and row.name and by_name and found not in by_name:
            item.refuse('code_and_name_differ', found.name)
        else:
            self._refuse_customer(item, found)
            return found
        return none

    def _prefer_customers(self, partners):
        """Of several of one name those that can belong to a territory, if any."""
        if len(partners) < 2:
            return partners
        return partners.filtered(
            lambda partner: partner.active and partner.pharma_type not in OPEN_TYPES
            and partner.pharma_type not in BELOW_TYPES) or partners
