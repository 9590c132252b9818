from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_market_fact import MarketCase


@tagged('post_install', '-at_install')
class TestProductFile(MarketCase):
    """The file of a product: facts, documents, cost and discounts, defects, comparison."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_line = cls.env['product.category'].create(
            {'name': "糖尿病线", 'is_product_line': True})
        cls.ours_y = cls._create_product(name="望双胍片", categ_id=cls.other_line.id)
        cls.env['pharma.territory.assignment'].search(
            [('user_id', '=', cls.user_product_manager.id)]).product_line_id = cls.line

    def test_product_manager_keeps_his_line(self):
        """He changes the products of his line and competitors' products, and makes new ones; the
        other lines are others' work.
        """
        user = self.user_product_manager
        self.ours.with_user(user).drug_insurance_class = 'a'
        self.theirs.with_user(user).drug_arguments = "价格高"
        self.env['product.template'].with_user(user).create(
            {'name': "新片", 'categ_id': self.line.id})
        with self.assertRaises(AccessError):
            self.ours_y.with_user(user).drug_insurance_class = 'a'
        with self.assertRaises(AccessError):
            self.env['product.template'].with_user(user).create(
                {'name': "新片", 'categ_id': self.other_line.id})
        with self.assertRaises(AccessError):
            self.ours.with_user(self.user_representative).drug_insurance_class = 'a'
        self.ours_y.with_user(self.user_steward).drug_insurance_class = 'b'
        self.ours_y.with_user(self.user_director).drug_insurance_class = 'b'
        # His line until yesterday
        self.env['pharma.territory.assignment'].search(
            [('user_id', '=', user.id)]).date_to = self.today - timedelta(days=1)
        with self.assertRaises(AccessError):
            self.ours.with_user(user).drug_insurance_class = 'b'

    # === DOCUMENTS === #

    def _document(self, **values):
        return self.env['pharma.product.document'].create({
            'name': "批件", 'product_id': self.ours.id, 'user_id': self.user_product_manager.id,
            'valid_until': self.today + timedelta(days=30), **values})

    def _remind(self):
        with self.enter_registry_test_mode():  # it commits what is done
            self.env.ref('pharma_crm.ir_cron_product_document').method_direct_trigger()
        self.env.invalidate_all()

    def test_documents_are_reminded_of_once(self):
        """In time, once, and again only when they were renewed."""
        due = self._document()
        later = self._document(valid_until=self.today + timedelta(days=300))
        expired = self._document(valid_until=self.today - timedelta(days=1))
        unlimited = self._document(valid_until=False)
        documents = due | later | expired | unlimited
        self.assertEqual(
            documents.mapped('state'), ['expiring', 'valid', 'expired', 'valid'])
        for state, found in (
                ('expiring', due), ('expired', expired), ('valid', later | unlimited)):
            self.assertEqual(documents.search(
                [('state', '=', state), ('id', 'in', documents.ids)]), found)
        self._remind()
        self._remind()
        self.assertEqual([len(document.activity_ids) for document in documents], [1, 0, 1, 0])
        self.assertEqual(due.activity_ids.user_id, self.user_product_manager)
        due.valid_until = self.today + timedelta(days=60)
        self.assertFalse(due.reminded)

    def test_documents_of_who_left(self):
        """Nobody's to-do stops the others."""
        left = self._document(user_id=self.user_internal.id)
        self.user_internal.active = False
        due = self._document()
        self._remind()
        self.assertFalse(left.activity_ids)
        self.assertTrue(due.activity_ids)

    def test_documents_by_role(self):
        """Read by the staff with a role, kept by the manager of the line, not for the portal."""
        document, other = self._document(), self._document(product_id=self.ours_y.id)
        self.assertTrue(other.with_user(self.user_representative).has_access('read'))
        document.with_user(self.user_product_manager).number = "1"
        for user, record in (
                (self.user_product_manager, other), (self.user_representative, document)):
            with self.subTest(user.login), self.assertRaises(AccessError):
                record.with_user(user).number = "2"
        for user in (self.user_portal, self.user_internal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                document.with_user(user).read(['name'])

    # === COST AND DISCOUNTS === #

    def _policy(self, **values):
        return self.env['pharma.product.policy'].create({
            'product_id': self.ours.id, 'cost': 10, 'date_from': self.today,
            'discount_ids': [Command.create({'pharma_type': 'hospital', 'discount': 5})],
            **values})

    def test_policy_is_closed(self):
        """Representatives and their managers see neither cost nor limits, in no way; a product
        manager those of his line.
        """
        policy, other = self._policy(), self._policy(product_id=self.ours_y.id)
        for user in (self.user_representative, self.user_area_manager, self.user_service,
                     self.user_steward, self.user_internal, self.user_portal):
            with self.subTest(user.login):
                for model in (policy, policy.discount_ids):
                    with self.assertRaises(AccessError):
                        model.with_user(user).search([])
                    with self.assertRaises(AccessError):
                        model.with_user(user).read(['display_name'])
        self.assertFalse(self.ours.with_user(self.user_representative).may_see_policies)
        managers = self.env['pharma.product.policy'].with_user(self.user_product_manager)
        self.assertEqual(managers.search([('id', 'in', (policy | other).ids)]), policy)
        self.assertEqual(
            policy.discount_ids.with_user(self.user_product_manager).search(
                [('policy_id', 'in', (policy | other).ids)]), policy.discount_ids)
        self.assertFalse(self.ours_y.with_user(self.user_product_manager).may_see_policies)
        self.assertTrue(other.with_user(self.user_director).has_access('write'))

    def test_policies_do_not_overlap(self):
        """One policy a day; the limit of the day is found."""
        policy = self._policy(date_to=self.today + timedelta(days=9))
        with self.assertRaises(ValidationError):
            self._policy(date_from=self.today + timedelta(days=9))
        self._policy(date_from=self.today + timedelta(days=10), discount_ids=[
            Command.create({'pharma_type': 'hospital', 'discount': 8})])
        limit = policy._get_limit
        self.assertEqual(limit(self.ours, 'hospital', self.today), 5)
        self.assertEqual(limit(self.ours, 'hospital', self.today + timedelta(days=10)), 8)
        self.assertIsNone(limit(self.ours, 'pharmacy', self.today))
        self.assertIsNone(limit(self.ours, 'hospital', self.today - timedelta(days=1)))
        self.assertEqual((policy.margin, policy.is_current), (75, True))
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            policy.discount_ids.discount = 101
            self.env.flush_all()

    # === DEFECTS === #

    def test_defect(self):
        """Anybody reports, service and the product's manager correct; the correction is told."""
        defects = self.env['pharma.product.defect'].with_user(self.user_representative)
        defect = defects.create({
            'name': "铝塑板破损", 'product_id': self.ours.id, 'lot': "A1",
            'partner_id': self.hospital.id})
        self.assertFalse(defect.may_handle)
        for values in ({'state': 'done'}, {'correction': "x"}):
            with self.subTest(values), self.assertRaises(AccessError):
                defect.write(values)
        with self.assertRaises(AccessError):
            defects.create({'name': "x", 'product_id': self.ours.id, 'state': 'rejected'})
        handled = defect.with_user(self.user_product_manager)
        handled.action_handle()
        with self.assertRaises(UserError):
            handled.action_done()
        handled.correction = "换模具"
        handled.action_done()
        self.assertRecordValues(defect, [{'state': 'done', 'date_done': self.today}])
        handled.state = 'handling'
        self.assertFalse(defect.date_done)
        product = self.ours.with_user(self.user_representative)
        self.assertEqual(product.pharma_defect_count, 1)
        hidden = defect.sudo().copy({'partner_id': self.far.id})
        self.assertFalse(hidden.with_user(self.user_representative).has_access('read'))
        other = defect.sudo().copy({'product_id': self.ours_y.id, 'partner_id': False})
        with self.assertRaises(AccessError):
            other.with_user(self.user_product_manager).action_handle()

    # === HISTORY === #

    def test_history(self):
        """What opens is what was counted: calls, orders, opportunities, as the reader sees them."""
        visit = self.env['pharma.visit'].with_user(self.user_representative).create({
            'partner_id': self.hospital.id, 'product_ids': [
                Command.create({'product_id': self.ours.product_variant_id.id})]})
        lead = self.env['crm.lead'].create({
            'name': "进院", 'partner_id': self.hospital.id, 'type': 'opportunity',
            'user_id': self.user_representative.id})
        order = self.env['sale.order'].create({
            'partner_id': self.hospital.id, 'opportunity_id': lead.id,
            'user_id': self.user_representative.id, 'order_line': [
                Command.create({'product_id': self.ours.product_variant_id.id})]})
        product = self.ours.with_user(self.user_representative)
        self.assertRecordValues(product, [{
            'pharma_visit_count': 1, 'pharma_order_count': 1, 'pharma_lead_count': 1}])
        for action, record in (
                (product.action_view_visits(), visit), (product.action_view_orders(), order),
                (product.action_view_leads(), lead)):
            self.assertEqual(self.env[action['res_model']].search(action['domain']), record)
        hidden = self.ours.with_user(self.user_service)
        self.assertEqual((hidden.pharma_lead_count, hidden.pharma_visit_count), (0, 0))

    # === COMPARISON === #

    def test_comparison(self):
        """Ours first, then who has the same generic name or was named; empty rows are left out."""
        statin = self._create_product(name="另一他汀片", drug_generic_name="另一他汀片",
                                      sale_ok=False)
        self.ours.rival_their_ids = statin
        self.ours.drug_evidence = "终点研究"
        self._fact(price=60)
        self._fact(price=50, partner_id=self._create_hospital(name="二院").id)
        self._fact().sudo().write({'partner_id': self.far.id, 'price': 10})
        table = self.ours.with_user(self.user_representative).get_comparison()
        self.assertEqual([product['id'] for product in table['products']], [
            self.ours.id, *(self.others | self.theirs).sorted('name').ids, statin.id])
        rows = {row['key']: row['cells'] for row in table['rows']}
        self.assertEqual(rows['drug_evidence'], ["终点研究", '', '', ''])
        self.assertNotIn('drug_storage', rows)
        # Of the terminals that the reader sees
        seen = next(cell for cell in rows['seen'] if cell)
        self.assertIn('50', seen)
        self.assertNotIn('10.00', seen)
        self.assertIn("终点研究", self.ours.with_user(self.user_representative).comparison)
        back = self.theirs.with_user(self.user_representative).get_comparison()
        self.assertEqual([product['is_ours'] for product in back['products']], [True, False])
        self.assertIn(self.ours, statin.rival_ids)

    def test_comparison_is_not_for_customers(self):
        """What we say about competitors stays with the staff."""
        self.ours.drug_evidence = "终点研究"
        with self.assertRaises(AccessError):
            self.ours.with_user(self.user_portal).read(['drug_evidence'])
        with self.assertRaises(AccessError):
            self.ours.with_user(self.user_portal).get_comparison()

    def test_print(self):
        """The table comes out on paper as on the screen."""
        html = self.env['ir.actions.report'].with_user(
            self.user_representative)._render_qweb_html(
                'pharma_crm.report_product_comparison', self.ours.ids)[0].decode()
        self.assertIn(self.theirs.name, html)
