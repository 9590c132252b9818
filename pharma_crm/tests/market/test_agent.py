from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_market_fact import MarketCase


@tagged('post_install', '-at_install')
class TestAgent(MarketCase):
    """Agents: where they work with what, and which terminals they could open."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        city = cls.env['pharma.division'].create(
            {'name': "望海市", 'code': 'Z1', 'level': 'city',
             'state_id': cls.env.ref('base.state_cn_BJ').id})
        cls.county, cls.other_county = cls.env['pharma.division'].create([
            {'name': name, 'code': code, 'level': 'county', 'parent_id': city.id,
             'state_id': city.state_id.id} for name, code in (("东县", 'Z11'), ("西县", 'Z12'))])
        cls.hospital.pharma_county_id = cls.county
        cls.near = cls._create_hospital(name="东县中医院", pharma_county_id=cls.county.id)
        cls.in_city = cls._create_hospital(name="西县医院", pharma_county_id=cls.other_county.id)
        cls.elsewhere = cls._create_hospital(name="外地医院")
        cls.agent = cls._create_partner_of_type('agent', name="周代理", is_company=False)
        cls.lines = cls.env['pharma.agent.product'].with_user(cls.user_representative)
        cls.openings = cls.env['pharma.agent.opening'].with_user(cls.user_area_manager)

    def _work(self, **values):
        return self.lines.create({
            'agent_id': self.agent.id, 'partner_id': self.hospital.id,
            'product_id': self.theirs.id, 'monthly_quantity': 100, **values})

    def _open(self, *domain):
        return self.openings.search([('agent_id', '=', self.agent.id), *domain])

    def test_openings(self):
        """At his terminal, in its county, in its city: the nearest reason counts once."""
        self._work()
        self._work(product_id=self.others.id, monthly_quantity=50)
        found = {row.partner_id: (row.reason, row.product_count, row.monthly_quantity)
                 for row in self._open()}
        self.assertEqual(found, {
            self.hospital: ('1', 2, 150), self.near: ('2', 2, 150),
            self.in_city: ('3', 2, 150)})
        near = self._open(('partner_id', '=', self.near.id))
        self.assertEqual(
            len(self.lines.search(near.action_view_agent_products()['domain'])), 2)

    def test_blank_without_anything_of_ours(self):
        """Neither an agent's work with ours nor an order of the year: that is blank."""
        self._work()
        blank = ('own_count', '=', 0)
        self.assertEqual(len(self._open(blank)), 3)
        line = self._work(product_id=self.ours.id, partner_id=self.near.id)
        department = self._create_department(self.in_city)
        order = self.env['sale.order'].create({
            'partner_id': department.id, 'order_line': [
                Command.create({'product_id': self.ours.product_variant_id.id})]})
        self.assertEqual(self._open(blank).partner_id, self.hospital | self.in_city)
        order.action_confirm()
        self.env.flush_all()
        self.assertEqual(self._open(blank).partner_id, self.hospital)
        another = self._create_product(name="望舒胶囊")
        self.assertEqual(
            self._open(('missing_product_id', '=', self.ours.id)).partner_id, self.hospital)
        self.assertEqual(len(self._open(('missing_product_id', '=', another.id))), 3)
        order.date_order -= timedelta(days=400)
        line.write({'date_from': self.today - timedelta(days=9),
                    'date_to': self.today - timedelta(days=1)})
        self.env.flush_all()
        self.assertEqual(len(self._open(blank)), 3)

    def test_ended_work_opens_nothing(self):
        """What he gave up, or will begin, is no reason."""
        self._work(date_from=self.today - timedelta(days=90),
                   date_to=self.today - timedelta(days=1))
        self._work(product_id=self.others.id, date_from=self.today + timedelta(days=1))
        self.assertFalse(self._open())

    def test_openings_count_what_one_sees(self):
        """A manager is told neither hidden terminals nor what an agent does there."""
        self.far.pharma_county_id = self.county
        self._work().sudo().partner_id = self.far
        self.env.flush_all()
        self.assertFalse(self._open())
        self.assertTrue(self.openings.with_user(self.user_director).search(
            [('agent_id', '=', self.agent.id), ('partner_id', '=', self.near.id)]))
        for user in (self.user_representative, self.user_internal, self.user_portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self.openings.with_user(user).search([])

    def test_file(self):
        """One file per agent, with his lines, whenever they were entered."""
        before = self._work()
        agents = self.env['pharma.agent'].with_user(self.user_area_manager)
        file = agents.create({'partner_id': self.agent.id, 'grade': 'a'})
        after = self._work(product_id=self.ours.id)
        self.assertEqual(file.line_ids, before | after)
        self.assertRecordValues(file, [{
            'terminal_count': 1, 'own_product_count': 1, 'other_product_count': 1}])
        opened = self.agent.with_user(self.user_area_manager).action_view_market_file()
        self.assertEqual(opened['res_id'], file.id)
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            agents.create({'partner_id': self.agent.id})
        with self.assertRaises(ValidationError):
            agents.create({'partner_id': self.hospital.id})
        with self.assertRaises(AccessError):
            file.with_user(self.user_representative).grade = 'b'

    def test_no_file_yet(self):
        """Who may not make a file is told so; who may gets an empty one for this agent."""
        with self.assertRaises(UserError):
            self.agent.with_user(self.user_representative).action_view_market_file()
        action = self.agent.with_user(self.user_area_manager).action_view_market_file()
        self.assertEqual(action['context'], {'default_partner_id': self.agent.id})
        with self.assertRaises(UserError):
            self.hospital.action_view_market_file()

    def test_same_work_once(self):
        """An agent works with a product at a terminal once at a time."""
        line = self._work(date_from=self.today - timedelta(days=90))
        with mute_logger('odoo.sql_db'), self.assertRaises(IntegrityError):
            self._work()
        line.date_to = self.today - timedelta(days=1)
        self.env.flush_all()
        self._work()
        self.assertEqual(
            self.lines.search_count([('agent_id', '=', self.agent.id),
                                     ('is_current', '=', True)]), 1)
        with self.assertRaises(ValidationError):
            self._work(product_id=self.others.id, agent_id=self.hospital.id)

    def test_hospital_page(self):
        """From the hospital one sees who works there."""
        self._work()
        hospital = self.hospital.with_user(self.user_representative)
        self.assertEqual(hospital.agent_product_count, 1)
        section = next(part for part in hospital.get_customer_page()['sections']
                       if part['key'] == 'agents')
        self.assertEqual([row['title'] for row in section['rows']], ["周代理"])
        self.assertEqual(
            self.lines.search(hospital.action_view_agent_products()['domain']).agent_id,
            self.agent)

    def test_rights(self):
        """Hidden with the terminal, and with the agent."""
        line = self._work()
        self.assertTrue(line.has_access('write'))
        stranger = self._create_partner_of_type(
            'agent', name="远代理", territory=self.far_area)
        hidden = line.sudo().copy({'agent_id': stranger.id})
        self.assertFalse(hidden.with_user(self.user_representative).has_access('read'))
        hidden = line.sudo().copy({'partner_id': self.far.id})
        self.assertFalse(hidden.with_user(self.user_representative).has_access('read'))
        self.assertTrue(hidden.with_user(self.user_director).has_access('read'))
