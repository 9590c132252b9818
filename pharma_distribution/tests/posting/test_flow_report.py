import random
from datetime import date
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import tagged

from ...report.pharma_flow_report import EARLIER, TABLES, YEARS
from ..common import PharmaDistributionCommon

CELLS = 200
GROUPINGS = (
    'month:month', 'month:quarter', 'month:year', 'entry_month:month', 'company_id', 'kind',
    'product_id', 'product_line_id', 'distributor_id', 'distributor_tier', 'partner_id',
    'hospital_id', 'department_id', 'group_id',
    'pharma_type', 'hospital_level', 'hospital_grade', 'state_id', 'pharma_city_id',
    'territory_id', 'region_id', 'province_area_id', 'area_id', 'user_id')
MEASURES = ('quantity', 'amount', 'row_count', *EARLIER)


class FlowReportCommon(PharmaDistributionCommon):
    """Two years of rows that the representative sees a part of.

    Resources, beside those of ``PharmaDistributionCommon``: product lines ``line`` (of ``product``,
    which the representative sells in ``territory``) and ``other_line`` (of ``other_product``, a
    colleague's in ``other_territory``), both territories below a region; ``hospitals``, aligned
    for one line each, for both or for none, with a campus without an address and a
    ``department``; ``other_distributor``, of the second tier, with some of the rows; ``today``,
    ``file`` and ``other_file``, posted.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM pharma_flow_line")
        cls.env['pharma.flow.summary']._rebuild()
        cls.today = cls.env['pharma.access']._get_today()
        cls.report = cls.env['pharma.flow.report']
        cls.line, cls.other_line = cls.env['product.category'].create([
            {'name': name, 'is_product_line': True} for name in ("心血管线", "呼吸线")])
        cls.product.categ_id = cls.line
        cls.other_product = cls._create_product(
            name="岚替格瑞片 5mg*14片", drug_generic_name="岚替格瑞片",
            drug_specification="5mg*14片", categ_id=cls.other_line.id)
        region = cls._create_territory(name="东区", level='region')
        cls.area = cls._create_territory(name="东一地区", level='area', parent_id=region.id)
        cls.territory.parent_id = cls.area
        cls.other_territory = cls._create_territory(name="东岗", parent_id=region.id)
        states = cls.env['res.country.state'].search(
            [('country_id', '=', cls.env.ref('base.cn').id)], limit=3)
        chain = cls._create_partner_of_type('group', name="望澜医联体")
        cls.hospitals = cls.hospital | cls.clinic_hospital
        for number in range(6):
            hospital = cls._create_hospital(
                name=f"岚{number}县医院", territory=False, hospital_level=str(number % 4),
                hospital_grade='a' if number % 2 else False, state_id=states[number % 3].id,
                parent_organisation_id=chain.id if number < 2 else False)
            for line, territory in ((cls.line, cls.territory),
                                    (cls.other_line, cls.other_territory)):
                if number % 3 != (0 if line == cls.line else 1):
                    cls._align(hospital, territory, product_line_id=line.id,
                               date_from='2020-01-01')
            cls.hospitals |= hospital
        cls.campus = cls._create_campus(cls.hospitals[-1], name="东院")
        # Invented names with invented places: people have said whose they are
        for name in cls.hospitals[2:].mapped('name'):
            cls._create_alias(name=name, partner_id=cls.hospitals.filtered_domain(
                [('name', '=', name)]).id)
        cls._create_alias(
            name=cls.campus.complete_name.replace(', ', ''), partner_id=cls.campus.id)
        cls.department = cls._create_department(cls.hospitals[2], name="肿瘤科")
        cls._create_alias(
            name=f"{cls.hospitals[2].name}肿瘤科", partner_id=cls.hospitals[2].id)
        cls.distributor.distributor_tier = '1'
        cls.other_distributor = cls._create_distributor(
            name="望澜二级医药有限公司", distributor_tier='2')
        rows = cls._make_rows(300)
        cls.file = cls._import(cls._make_csv(rows[:250]), name="two_years.csv")
        cls.other_file = cls._import(cls._make_csv(rows[250:]), name="two_years_2.csv",
                                     distributor_id=cls.other_distributor.id)
        cls.files = cls.file | cls.other_file
        cls.ok_count = sum(cls.files.mapped('ok_count'))
        assert cls.ok_count > 250, cls.files.mapped('message')
        cls.files.action_post()

    @classmethod
    def _make_rows(cls, count):
        """Random rows of two years, always the same ones."""
        rng, rows = random.Random(8), []
        names = [*cls.hospitals.mapped('name'), cls.campus.complete_name.replace(', ', ''),
                 f"{cls.hospitals[2].name}（肿瘤科）"]
        for number in range(count):
            product = rng.choice((cls.product, cls.other_product))
            day = cls.today - relativedelta(days=rng.randrange(760))
            quantity = rng.choice((1, 2, 3, 10, -1))
            rows.append(cls._make_row(
                rng.choice(names), str(day), str(quantity), str(quantity * 12.5), **{
                    "商品名称": product.drug_generic_name, "商品规格": product.drug_specification,
                    "批号": str(number)}))
        return rows

    def _get_groups(self, user, groupby, measures, domain=()):
        """Figures as the pivot asks for them: list of (domain of the cell, dict of figures)."""
        report = self.report.with_user(user)
        groups = report.formatted_read_group(
            list(domain), groupby, [f'{measure}:sum' for measure in measures])
        return [(list(Domain(domain) & Domain(group['__extra_domain'])),
                 {measure: group[f'{measure}:sum'] or 0 for measure in measures})
                for group in groups]

    def _sum_rows(self, user, domain, measure):
        """What the rows that a figure opens add up to."""
        action = self.report.with_user(user).action_view_lines(domain, measure)
        rows = self.env[action['res_model']].with_user(user).search(action['domain'])
        if measure == 'row_count':
            return len(rows)
        return sum(rows.mapped(measure.split('_')[0]))


@tagged('post_install', '-at_install')
class TestFlowReport(FlowReportCommon):
    """Sales results: figures, what each role sees of them, and the rows they open."""

    def assertRandomCells(self, user, seed):
        rng, found = random.Random(seed), []
        while len(found) < CELLS:
            groupby = rng.sample(GROUPINGS, rng.choice((1, 2, 2, 3)))
            measures = rng.sample(MEASURES, 2)
            cells = self._get_groups(user, groupby, measures)
            for domain, figures in rng.sample(cells, min(len(cells), 5)):
                measure = rng.choice(measures)
                found.append(figures[measure])
                self.assertAlmostEqual(
                    figures[measure], self._sum_rows(user, domain, measure), 2,
                    f"{groupby} {measure} {domain}")
        # Most of them are not just nothing
        self.assertGreater(sum(bool(value) for value in found), CELLS / 2)

    def test_cells_of_representative_equal_their_rows(self):
        self.assertRandomCells(self.user_representative, 1)

    def test_cells_of_director_equal_their_rows(self):
        self.assertRandomCells(self.user_director, 2)
        self.env['pharma.flow.summary']._fold()
        self.assertRandomCells(self.user_director, 3)

    def test_who_sees_what(self):
        """A representative sees his customers for his line alone, commercial staff and directors
        everything, others nothing.
        """
        def total(user):
            return dict(self.report.with_user(user)._read_group(
                [], ['product_line_id'], ['row_count:sum']))

        everything = total(self.user_director)
        self.assertEqual(sum(everything.values()), self.ok_count)
        for user in (self.user_commercial, self.user_admin, self.user_steward):
            self.assertEqual(total(user), everything)
        own = total(self.user_representative)
        rows = self.env['pharma.flow.line'].with_user(self.user_representative)
        self.assertEqual(sum(own.values()), rows.search_count([('status', '=', 'ok')]))
        self.assertLess(sum(own.values()), self.ok_count)
        for user in (self.user_service, self.user_internal):
            with self.assertRaises(AccessError):
                total(user)

    def test_smallest_table_that_knows(self):
        def table(user, *specs, domain=()):
            report = self.report.with_user(user)
            return report._plan(domain, specs, ['amount:sum']).table

        (territory, trade, terminal_years, place, market, person_years, years, terminal, customer,
         person, whole) = TABLES
        director, representative = self.user_director, self.user_representative
        for specs in (['month:month'], ['product_line_id'], ['user_id', 'month:year'],
                      ['region_id']):
            self.assertEqual(table(director, *specs), territory)
        for specs in (['product_id', 'distributor_tier'], ['product_id', 'month:month']):
            self.assertEqual(table(director, *specs), trade)
        for specs in (['partner_id'], ['state_id'], ['terminal_count:count_distinct']):
            self.assertEqual(table(director, *specs), terminal_years)
            self.assertEqual(table(director, *specs, 'month:month'),
                             place if specs == ['state_id'] else terminal)
            self.assertEqual(table(director, *specs, 'month:month', 'user_id'), customer)
        self.assertEqual(table(director, 'distributor_tier', 'state_id'), place)
        for specs in (['product_id', 'state_id', 'month:month'], ['hospital_level', 'month:month'],
                      ['product_line_id', 'hospital_grade'],
                      ['product_id', 'state_id', 'amount_year_before:sum']):
            self.assertEqual(table(director, *specs), market)
        for specs in (['product_id', 'user_id'], ['product_id', 'region_id', 'month:year']):
            self.assertEqual(table(director, *specs), person_years)
            self.assertEqual(table(director, *specs, 'month:quarter'), person)
        for specs in (['product_id', 'department_id'], ['distributor_id', 'user_id', 'month:year']):
            self.assertEqual(table(director, *specs), years)
            self.assertEqual(table(director, *specs, 'month:quarter'), whole)
        self.assertEqual(
            table(director, 'product_id', domain=[('pharma_type', '=', 'hospital')]), market)
        self.assertEqual(table(director, 'product_id', 'pharma_city_id'), years)
        self.assertEqual(
            table(director, 'product_id', 'pharma_city_id', 'amount_year_before:sum'), whole)
        # A representative's figures need his customers
        self.assertEqual(table(representative, 'month:month'), customer)
        self.assertEqual(table(representative, 'product_id'), years)

    def test_whole_years(self):
        """Which years of a period come from the table by years."""
        def years(*domain):
            plan = self.report.with_user(self.user_director)._plan(
                list(domain), ['product_id', 'pharma_city_id'], ['amount:sum'])
            return plan.years if plan.table in YEARS else None

        self.assertEqual(years(('kind', '=', 'sale')), (None, None))
        self.assertEqual(years(('month', '>=', '2025-01-01'), ('month', '<', '2026-01-01')),
                         (date(2025, 1, 1), date(2026, 1, 1)))
        self.assertEqual(years(('month', '>', '2024-01-01'), ('month', '<=', '2026-03-31')),
                         (date(2025, 1, 1), date(2026, 1, 1)))
        self.assertEqual(years(('month', '<=', date(2025, 12, 1))), (None, date(2026, 1, 1)))
        for domain in (
                [('month', '>=', '2025-02-01'), ('month', '<', '2026-01-01')],
                ['|', ('month', '<', '2025-01-01'), ('month', '>=', '2026-01-01')],
                ['!', ('month', '<', '2025-01-01')], [('month', '=', '2025-01-01')],
                [('month', '>=', '=-1y')], [('entry_month', '>=', '2025-01-01')]):
            self.assertIsNone(years(*domain), domain)

    def test_years_say_the_same_as_months(self):
        """Any period, pending or folded: whole years and the months around them."""
        rng = random.Random(4)
        months = [self.today.replace(day=1) - relativedelta(months=back) for back in range(-6, 32)]
        report, plan_of = type(self.report), type(self.report)._plan
        used = 0
        for number in range(20):
            if number == 10:
                self.env['pharma.flow.summary']._fold()
            first, last = sorted(rng.sample(months, 2))
            domain = [('month', '>=', str(first)), ('month', '<=', str(last))][
                slice(*rng.choice(((0, 2), (0, 1), (1, 2), (0, 0))))]
            question = (domain, rng.choice((
                ['product_id', 'pharma_city_id'], ['distributor_id', 'user_id'],
                ['product_id', 'region_id'], ['state_id'],
                ['month:year', 'hospital_level'], ['department_id'])),
                ['quantity:sum', 'amount:sum', 'row_count:sum', 'terminal_count:count_distinct'])
            for user in (self.user_director, self.user_representative):
                own = self.report.with_user(user)
                used += own._plan(*question).table in YEARS
                found = own._read_group(*question)
                with patch.object(report, '_plan', lambda self, *question: plan_of(
                        self, *question)._replace(table=TABLES[-1], once=False)):
                    self.assertEqual(found, own._read_group(*question), question)
        self.assertGreater(used, 20)

    def test_all_tables_say_the_same(self):
        """Pending or folded, each of the tables gives the same months."""
        def months():
            found = []
            for table in set(TABLES) - YEARS.keys():
                plan = self.report._plan([], ['month'], MEASURES)._replace(table=table)
                with patch.object(type(self.report), '_plan', lambda *args, plan=plan: plan):
                    found.append(self.report.with_user(self.user_director)._read_group(
                        [], ['month:month'],
                        [f'{name}:sum' for name in MEASURES], order='month:month'))
            for other in found[1:]:
                self.assertEqual(found[0], other)
            return found[0]

        pending = months()
        self.env['pharma.flow.summary']._fold()
        self.assertEqual(months(), pending)

    def test_earlier_figures(self):
        """Each month beside the month before and the same month of the year before; growth of
        sums, not the sum of growths.
        """
        report = self.report.with_user(self.user_director)
        rows = report._read_group([], ['month:month'], [
            'amount:sum', 'amount_month_before:sum', 'amount_year_before:sum', 'growth_year:avg'])
        amounts = {month: amount for month, amount, *_more in rows}
        this_month = self.today.replace(day=1)
        self.assertEqual(max(amounts), this_month)
        for month, amount, before, year, growth in rows:
            self.assertEqual(before, amounts.get(month - relativedelta(months=1), 0))
            past = amounts.get(month - relativedelta(months=12), 0)
            self.assertEqual(year, past)
            if past:
                self.assertAlmostEqual(growth, (amount - past) / abs(past), 6)
            else:
                self.assertFalse(growth)
        [[total, growth]] = report._read_group(
            [('month', '=', str(this_month))], [], ['amount:sum', 'growth_month:avg'])
        past = amounts[this_month - relativedelta(months=1)]
        self.assertAlmostEqual(growth, (total - past) / abs(past), 6)

    def test_terminals_are_counted_once(self):
        report = self.report.with_user(self.user_director)
        [[count]] = report._read_group([], [], ['terminal_count:count_distinct'])
        rows = self.env['pharma.flow.line'].search([('status', '=', 'ok')])
        self.assertEqual(count, len(rows.partner_id))
        # Once added up by month, they need not be told apart again
        question = [('kind', '=', 'sale')], ['month:month'], ['terminal_count:count_distinct']
        self.assertTrue(report._plan(*question).once)
        self.assertFalse(report._plan(question[0], ['month:quarter'], question[2]).once)
        for month, count in report._read_group(*question):
            in_month = rows.filtered(lambda row, month=month: row.date.replace(day=1) == month)
            self.assertEqual(count, len(in_month.partner_id))

    def test_filters(self):
        """Conditions of the search box reach the rows as well."""
        for domain in (
                [('month', '>=', date(2020, 1, 15)), ('month', '<', str(self.today))],
                [('month', '<=', str(self.today.replace(day=1))), ('month', '>', '2020-01-01')],
                ['!', ('month', 'in', [str(self.today.replace(day=1)), False])],
                [('entry_month', '!=', False)],
                [('region_id', 'ilike', "东区")], [('region_id', '!=', False)],
                [('area_id', 'child_of', self.area.id)], [('area_id', '=', False)],
                [('state_id', '!=', False), ('state_id.name', 'ilike', "省")],
                [('state_id', 'not in', self.hospitals.state_id[:1].ids)],
                [('territory_id', 'child_of', self.area.id)],
                [('product_line_id', 'in', self.line.ids)],
                [('group_id', '!=', False)], [('hospital_level', '=', '3')],
                [('pharma_type', '=', 'campus')], [('distributor_tier', '=', '2')],
                [('distributor_tier', '!=', '1')], [('department_id', '=', self.department.id)],
                [('department_id', '=', False)], [('department_id', 'ilike', "肿瘤")],
                [('pharma_customer_id', '=', self.hospitals[-1].id)],
                ['|', ('partner_id', 'ilike', "岚1"), ('product_id', '=', self.product.id)]):
            with self.subTest(domain=domain):
                for user in (self.user_director, self.user_representative):
                    [(cell, figures)] = self._get_groups(user, [], ['row_count'], domain)
                    self.assertEqual(
                        figures['row_count'], self._sum_rows(user, cell, 'row_count'))

    def test_terminals_are_counted_cell_by_cell(self):
        """Where no changes wait and no names are asked for."""
        question = [('kind', '=', 'sale')], ['month:month'], ['terminal_count:count_distinct']
        report = self.report.with_user(self.user_director)
        pending = report._read_group(*question)
        self.assertTrue(report._plan(*question).columns)
        self.env['pharma.flow.summary']._fold()
        self.assertIsNone(report._plan(*question).columns)
        self.assertEqual(report._read_group(*question), pending)
        for groups, aggregates in ((['state_id'], question[2]),
                                   (question[1], [*question[2], 'amount:sum'])):
            self.assertTrue(report._plan(question[0], groups, aggregates).columns)
        own = self.report.with_user(self.user_representative)
        self.assertTrue(own._plan(*question).columns)

    def test_what_rows_cannot_tell(self):
        for domain in ([('amount', '>', 5)], [('month', 'ilike', '2026')],
                       [('region_id.name', '=', "x")]):
            with self.assertRaises(UserError):
                self.report.action_view_lines(domain)

    def test_line_of_the_list_opens_its_rows(self):
        self.env['pharma.flow.summary']._fold()
        report = self.report.with_user(self.user_representative)
        for line in report.search([], limit=20):
            action = line.action_view_own_lines()
            rows = self.env['pharma.flow.line'].with_user(self.user_representative).search(
                action['domain'])
            self.assertEqual(len(rows), line.row_count)
            self.assertAlmostEqual(sum(rows.mapped('amount')), line.amount, 2)

    def test_groups_of_the_list_count_its_lines(self):
        for user in (self.user_director, self.user_representative):
            report = self.report.with_user(user)
            for groupby, measure in (('partner_id', 'amount'), ('month:month', 'quantity'),
                                     ('product_id', 'amount_year_before')):
                groups = report.web_read_group([], [groupby], [f'{measure}:sum'])['groups']
                self.assertGreater(len(groups), 1)
                for group in groups:
                    lines = report.search(Domain(group['__extra_domain']))
                    self.assertEqual(group['__count'], len(lines))
                    if measure in MEASURES[:2]:
                        self.assertAlmostEqual(
                            group[f'{measure}:sum'], sum(lines.mapped(measure)), 2)

    def test_plan_in_the_context_is_not_believed(self):
        report = self.report.with_user(self.user_director).with_context(
            pharma_flow_plan=['pg_authid', [1]])
        self.assertTrue(report.search([], limit=1))
        self.assertTrue(report._read_group([], [], ['amount:sum']))

    def test_hook_of_compliance(self):
        """One method hides figures: of rows, results and pages."""
        lines = type(self.env['pharma.flow.line'])
        only = Domain('product_line_id', '=', self.line.id)
        user = self.user_director
        with patch.object(lines, '_get_figures_domain', lambda self: only):
            self.env.registry.clear_cache()
            groups = self.report.with_user(user)._read_group(
                [], ['product_line_id'], ['row_count:sum'])
            self.assertEqual([line for line, _count in groups], [self.line])
            self.assertEqual(
                self.env['pharma.flow.line'].with_user(user).search([]).product_line_id, self.line)
        with patch.object(lines, '_get_figures_domain', lambda self: Domain.FALSE):
            self.env.registry.clear_cache()
            for user in (self.user_director, self.user_representative):
                self.assertFalse(self.report.with_user(user).search([]))
                page = self.report.with_user(user).get_sales_page()
                self.assertFalse(page['figures'][0]['value'])
                self.assertFalse(page['rankings'])
        self.env.registry.clear_cache()


@tagged('post_install', '-at_install')
class TestSalesPage(FlowReportCommon):
    """The page of pictures."""

    def _check_opened(self, user, item, measure='amount', value=None):
        rows = self._sum_rows(user, item['domain'], measure)
        self.assertAlmostEqual(rows, item['value'] if value is None else value, 2)

    def test_every_picture_opens_its_rows(self):
        for user in (self.user_director, self.user_representative, self.user_area_manager):
            report = self.report.with_user(user)
            for period in ('month', 'quarter', 'year'):
                page = report.get_sales_page(period=period)
                for figure in page['figures'][:3]:
                    if figure['domain']:
                        self._check_opened(user, figure)
                for point in page['chart']:
                    if point['domain']:
                        self._check_opened(user, point)
                for ranking in page['rankings']:
                    shares = [float(row['share'].rstrip('%')) for row in ranking['rows']]
                    self.assertEqual(shares, sorted(shares, reverse=True), ranking['key'])
                    for row in ranking['rows'][:3]:
                        total = page['figures'][0]['value']
                        share = self._sum_rows(user, row['domain'], 'amount') / total * 100
                        self.assertAlmostEqual(share, float(row['share'].rstrip('%')), 1)

    def test_who_sees_what(self):
        director = self.report.with_user(self.user_director).get_sales_page(period='year')
        own = self.report.with_user(self.user_representative).get_sales_page(period='year')
        self.assertLess(own['figures'][0]['value'], director['figures'][0]['value'])
        self.assertIn('state_id', [ranking['key'] for ranking in director['rankings']])
        # Where everything stands in one place there is no ranking
        self.assertNotIn('region_id', [ranking['key'] for ranking in own['rankings']])
        with self.assertRaises(AccessError):
            self.report.with_user(self.user_internal).get_sales_page()

    def test_choices(self):
        report = self.report.with_user(self.user_representative)
        page = report.get_sales_page(mine=True, product_line_id=self.line.id, measure='quantity')
        self.assertTrue(page['choices']['mine'])
        self.assertEqual(page['choices']['month'], str(self.today.replace(day=1)))
        first = str((self.today - relativedelta(months=14)).replace(day=1))
        early = report.get_sales_page(month=first)
        self.assertEqual(early['choices']['month'], first)
        self.assertEqual(early['chart'][-1]['title'], first[:7])
        for wrong in ({'measure': 'id'}, {'period': 'x'}):
            with self.assertRaises(AccessError):
                report.get_sales_page(**wrong)

    def test_nothing_sold(self):
        self.files.action_undo()
        page = self.report.with_user(self.user_director).get_sales_page()
        self.assertEqual([figure['value'] for figure in page['figures']], [0, 0, 0, 0])
        self.assertFalse(page['rankings'])
