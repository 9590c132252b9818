import math

from odoo.tests import tagged
from odoo.tools import SQL

from ...report.pharma_flow_report import MARKETS
from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowCustomer(PharmaDistributionCommon):
    """Tables of results by province and kind follow the customers, whoever changes them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Tests do not depend on what else is in the database
        cls.env.cr.execute("DELETE FROM pharma_flow_line")
        cls.summary = cls.env['pharma.flow.summary']
        cls.summary._rebuild()
        cls.customers = cls.env['pharma.flow.customer']
        cls.report = cls.env['pharma.flow.report'].with_user(cls.user_director)
        cls.states = cls.env['res.country.state'].search(
            [('country_id', '=', cls.env.ref('base.cn').id)], limit=2)
        cls.hospital.write({'state_id': cls.states[0].id, 'hospital_level': '3'})
        cls.campus = cls._create_campus(cls.hospital, name="东院", state_id=False)
        cls._create_alias(name="望澜市人民医院东院", partner_id=cls.campus.id)

    def _post(self, *rows):
        file = self._import(self._make_csv(rows))
        file.action_post()
        self.assertEqual((file.state, file.ok_count), ('posted', len(rows)), file.message)
        return file

    def _post_both(self):
        self._post(self._make_row(quantity='2'),
                   self._make_row(customer="望澜市人民医院东院", quantity='5'))
        self.summary._fold()

    def _ask(self, *groupby):
        """Quantities by some facts of customers, and the table that they come from."""
        question = [], list(groupby), ['quantity:sum']
        table = self.report._plan(*question).table
        return table, {
            tuple(getattr(value, 'id', value) for value in row[:-1]): row[-1]
            for row in self.report._read_group(*question)}

    def assertFollowed(self, expected, *groupby):
        """Answers are right before the folding, from another table, and after it."""
        table, found = self._ask(*groupby)
        self.assertNotIn(table, MARKETS)
        self.assertEqual(found, expected)
        self.summary._fold()
        table, found = self._ask(*groupby)
        self.assertIn(table, MARKETS)
        self.assertEqual(found, expected)
        counts = self.summary._count_differences()
        self.assertFalse(any(counts.values()), counts)

    def test_new_customers(self):
        """Rows that are not folded yet count with the customers as they are."""
        self._post(self._make_row(quantity='2'))
        table, found = self._ask('product_id', 'state_id')
        self.assertIn(table, MARKETS)
        self.assertEqual(found, {(self.product.id, self.states[0].id): 2})
        self.summary._fold()
        self.assertEqual(self._ask('product_id', 'state_id'), (table, found))

    def test_province(self):
        """The campus has no address of its own: it goes where its hospital goes."""
        self._post_both()
        self.assertEqual(self._ask('product_id', 'state_id')[1],
                         {(self.product.id, self.states[0].id): 7})
        self.hospital.state_id = self.states[1]
        self.assertFollowed(
            {(self.product.id, self.states[1].id): 7}, 'product_id', 'state_id')
        self.campus.state_id = self.states[0]
        self.assertFollowed({
            (self.distributor.id, self.states[0].id): 5,
            (self.distributor.id, self.states[1].id): 2}, 'distributor_id', 'state_id')

    def test_level_of_the_hospital(self):
        self._post_both()
        self.hospital.hospital_level = '2'
        self.assertFollowed({
            (self.product.id, '2', 'hospital'): 2, (self.product.id, '2', 'campus'): 5},
            'product_id', 'hospital_level', 'pharma_type')

    def test_campus_of_another_hospital(self):
        """One that has no rows itself, and was not known."""
        self._post_both()
        other = self._create_hospital(
            name="望澜市第九医院", territory=False, state_id=self.states[1].id, hospital_level='1')
        self.campus.parent_id = other
        self.assertFollowed({
            (self.product.id, self.states[0].id, '3'): 2,
            (self.product.id, self.states[1].id, '1'): 5},
            'product_id', 'state_id', 'hospital_level')

    def test_change_by_sql(self):
        """Without a word to the results: the next folding sees it."""
        self._post_both()
        self.env.cr.execute(SQL("UPDATE res_partner SET state_id = %s WHERE id = %s",
                                self.states[1].id, self.hospital.id))
        self.env.invalidate_all()
        self.summary._fold()
        table, found = self._ask('product_id', 'state_id')
        self.assertIn(table, MARKETS)
        self.assertEqual(found, {(self.product.id, self.states[1].id): 7})

    def test_merge_and_its_undo(self):
        self._post_both()
        other = self._create_hospital(
            name="望澜市第九医院", territory=False, state_id=self.states[1].id, hospital_level='1')
        merge = self.env['pharma.merge']._merge(other, self.hospital)
        self.assertFollowed({(self.product.id, self.states[1].id, '1'): 7},
                            'product_id', 'state_id', 'hospital_level')
        merge.action_undo()
        self.assertFollowed({(self.product.id, self.states[0].id, '3'): 7},
                            'product_id', 'state_id', 'hospital_level')

    def test_change_asks_for_the_folding(self):
        """Of a customer with results; others change nothing in them."""
        self._post_both()
        triggers = self.env['ir.cron.trigger'].search_count
        fold = [('cron_id', '=', self.env.ref(
            'pharma_distribution.ir_cron_fold_flow_summary').id)]
        before = triggers(fold)
        self.clinic_hospital.state_id = self.states[1]
        self.env.flush_all()
        self.assertFalse(self.customers._is_behind())
        self.assertEqual(triggers(fold), before)
        self.hospital.phone = '0571-87654321'
        self.env.flush_all()
        self.assertFalse(self.customers._is_behind())
        self.hospital.state_id = self.states[1]
        self.assertTrue(self.customers._is_behind())
        self.assertEqual(triggers(fold), before + 1)

    def test_deleted_customers(self):
        """Deleted with their rows before these are folded: nothing of them stays."""
        self._post_both()
        file = self.env['pharma.flow.file'].search([], order='id DESC', limit=1)
        self.assertEqual(self._ask('product_id', 'hospital_level')[1], {(self.product.id, '3'): 7})
        file.action_undo()
        file.unlink()
        self.env['pharma.alias'].search([('partner_id', '=', self.campus.id)]).unlink()
        self.campus.unlink()
        self.assertFalse(self._ask('product_id', 'hospital_level')[1])
        self.summary._fold()
        for table in self.customers._get_tables():
            self.assertFalse(table.search([]), table._name)
        self.summary._rebuild()
        self.assertFalse(self.customers.search([]))

    def test_decimal_numbers(self):
        """Sums are what decimal numbers add up to, though cells hold floats."""
        self._post(*(self._make_row(quantity=quantity, amount=quantity, **{"批号": quantity})
                     for quantity in ('0.1', '0.2', '0.4')))
        for _time in range(2):
            [[quantity, amount]] = self.report._read_group([], [], ['quantity:sum', 'amount:sum'])
            self.assertEqual((quantity, amount), (0.7, 0.7))
            self.assertEqual(self.report._read_group([], ['state_id'], ['amount:sum'])[0][1], 0.7)
            self.summary._fold()
        self._post(*(self._make_row(quantity=quantity, amount=quantity, **{"批号": quantity})
                     for quantity in ('-0.3', '-0.4')))
        [[quantity]] = self.report._read_group([], [], ['quantity:sum'])
        self.assertEqual(quantity, 0)
        self.assertEqual(math.copysign(1, quantity), 1)
        self.summary._fold()
        self.assertFalse(any(self.summary._count_differences().values()))
        self.assertEqual(self.summary.search([]).mapped('quantity'), [0])
