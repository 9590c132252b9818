import base64

from psycopg2.errors import SerializationFailure

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_concurrency import ConcurrencyCase
from .test_market_fact import MarketCase


@tagged('post_install', '-at_install')
class TestIntelligence(MarketCase):
    """News from the market, and what they are worth."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.news = cls.env['pharma.intelligence'].with_user(cls.user_representative)

    def _tell(self, **values):
        return self.news.create({
            'text': "甲药厂降价\n下月起", 'partner_id': self.hospital.id,
            'product_id': self.theirs.id, **values})

    def test_entry(self):
        """A sentence and a product are enough; the rest follows."""
        news = self._tell()
        self.assertRecordValues(news, [{
            'kind': 'price', 'state': 'new', 'manufacturer_id': self.maker.id,
            'user_id': self.user_representative.id, 'date': self.today,
            'display_name': "甲药厂降价", 'state_id': self.env.ref('base.state_cn_BJ').id}])
        self.assertFalse(self._tell(product_id=self.ours.id).manufacturer_id)

    def test_followers(self):
        """The person's manager follows, and the manager of the product's line where it is ours;
        whoever may not see the customer does not.
        """
        self.news = self.news.with_context(mail_create_nosubscribe=False)
        news = self._tell()
        followers = news.sudo().message_partner_ids
        self.assertIn(self.user_area_manager.partner_id, followers)
        self.assertNotIn(self.user_product_manager.partner_id, followers)
        about_ours = self._tell(product_id=self.ours.id, importance='2')
        self.assertIn(
            self.user_product_manager.partner_id, about_ours.sudo().message_partner_ids)
        told = about_ours.message_ids.filtered(lambda message: "甲药厂降价" in (message.body or ''))
        self.assertEqual(told.author_id, self.user_representative.partner_id)
        self.assertIn(self.user_area_manager.partner_id, told.sudo().notified_partner_ids)

    def test_evaluation(self):
        """Managers and the product's manager say what news are worth, never the author, nobody
        past the buttons, and nobody twice.
        """
        news = self._tell(product_id=self.ours.id)
        self.assertFalse(news.may_evaluate)
        for user in (self.user_representative, self.user_service):
            with self.subTest(user.login), self.assertRaises(AccessError):
                news.with_user(user).action_useful()
        with self.assertRaises(AccessError):
            news.state = 'useful'
        with self.assertRaises(AccessError):
            self._tell(state='useful')
        news.with_user(self.user_product_manager).action_useful()
        self.assertRecordValues(news, [{
            'state': 'useful', 'evaluated_by_id': self.user_product_manager.id}])
        with self.assertRaises(UserError):
            news.with_user(self.user_area_manager).action_useless()
        news.with_user(self.user_area_manager).action_reopen()
        self.assertRecordValues(news, [{
            'state': 'new', 'evaluated_by_id': False, 'evaluated_on': False}])

    def test_no_forged_evaluation(self):
        """Nor is it by defaults of the client, or in the name of somebody else."""
        self.news = self.news.with_context(
            default_state='useful', default_evaluated_by_id=self.user_area_manager.id)
        self.assertRecordValues(self._tell(), [{'state': 'new', 'evaluated_by_id': False}])
        own = self.env['pharma.intelligence'].with_user(self.user_area_manager).create({
            'text': "自己写的", 'user_id': self.user_representative.id})
        with self.assertRaises(AccessError):
            own.action_useful()

    def test_evaluation_by_line(self):
        """A product manager leaves news about another line to others."""
        other = self.env['product.category'].create({'name': "糖尿病线", 'is_product_line': True})
        self.env['pharma.territory.assignment'].search(
            [('user_id', '=', self.user_product_manager.id)]).product_line_id = other
        news = self._tell(product_id=self.ours.id).with_user(self.user_product_manager)
        self.assertTrue(news.has_access('read'))
        self.assertFalse(news.may_evaluate)
        with self.assertRaises(AccessError):
            news.action_useless()

    def test_hidden_with_the_customer(self):
        """News about a customer that one may not see are hidden; those about none are everybody's.
        """
        far = self._tell().sudo()
        far.partner_id = self.far
        self.env.flush_all()
        general = self._tell(partner_id=False)
        found = self.news.search([('id', 'in', (far | general).ids)])
        self.assertEqual(found, general)
        for user in (self.user_internal, self.user_portal):
            with self.subTest(user.login), self.assertRaises(AccessError):
                general.with_user(user).read(['text'])

    def test_files_of_the_first_save(self):
        """A photo taken while entering is seen by whoever sees the news, and by nobody else."""
        photo = self.env['ir.attachment'].with_user(self.user_representative).create({
            'name': "price.jpg", 'datas': base64.b64encode(b'x'), 'res_model': self.news._name})
        news = self._tell(attachment_ids=[(4, photo.id)])
        self.assertEqual(photo.res_id, news.id)
        self.assertTrue(photo.with_user(self.user_area_manager).has_access('read'))
        news.sudo().partner_id = self.far
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(photo.with_user(self.user_area_manager).has_access('read'))

    def test_from_a_call(self):
        """The button of a call fills in what the call says."""
        doctor = self._create_person(self._create_department(self.hospital))
        visit = self.env['pharma.visit'].with_user(self.user_representative).create(
            {'partner_id': doctor.id})
        action = visit.action_report_news()
        news = self.news.with_context(**action['context']).create({'text': "听说要进院"})
        self.assertRecordValues(news, [{
            'partner_id': self.hospital.id, 'informant_id': doctor.id, 'visit_id': visit.id,
            'source': 'call'}])

    def test_fact_of_news(self):
        """News with a price become a market fact that remembers where it comes from."""
        with self.assertRaises(UserError):
            self._tell(product_id=False).action_create_fact()
        news = self._tell()
        action = news.action_create_fact()
        fact = self.facts.with_context(**action['context']).create({'price': 50})
        self.assertEqual((fact.intelligence_id, fact.partner_id), (news, self.hospital))
        self.assertEqual(news.fact_ids, fact)

    def test_work_report(self):
        """The weekly report tells the news of the week, but those of no use."""
        self._tell(importance='2')
        useless = self._tell(text="没用的消息")
        useless.with_user(self.user_area_manager).action_useless()
        report = self.env['pharma.work.report']._open(
            self.user_representative, self.env.company, 'week', self.today)
        report._close()
        self.assertIn("甲药厂降价", report.content)
        self.assertNotIn("没用的消息", report.content)


@tagged('post_install', '-at_install')
class TestIntelligenceConcurrency(ConcurrencyCase):
    """Two managers evaluate the same news at once. These tests commit, and clean up."""

    def setUp(self):
        super().setUp()
        with self._transaction() as env:
            # Not the superuser's own: nobody evaluates himself
            author = env.ref('base.user_admin')
            self.news = env['pharma.intelligence'].with_user(author).sudo().with_context(
                mail_create_nosubscribe=True).create({'text': "并发消息"}).id
        self.addCleanup(self._clean_up)

    def _clean_up(self):
        with self._transaction() as env:
            env['pharma.intelligence'].browse(self.news).unlink()

    def test_one_wins(self):
        """While the first has not committed the second is told; afterwards, too."""
        with self._transaction() as first:
            first['pharma.intelligence'].browse(self.news).action_useful()
            first.flush_all()
            with self._transaction() as second, self.assertRaises(UserError):
                second['pharma.intelligence'].browse(self.news).action_useless()
        with self._transaction() as third, self.assertRaises(UserError):
            third['pharma.intelligence'].browse(self.news).action_useless()
        with self._transaction() as env:
            self.assertEqual(env['pharma.intelligence'].browse(self.news).state, 'useful')

    def test_who_has_seen_an_older_state(self):
        """Whoever began before the other was done is tried again by Odoo, and then told."""
        with self._transaction() as late:
            late['pharma.intelligence'].browse(self.news).read(['state'])
            with self._transaction() as first:
                first['pharma.intelligence'].browse(self.news).action_useful()
            with mute_logger('odoo.sql_db'), self.assertRaises(SerializationFailure):
                late['pharma.intelligence'].browse(self.news).action_useless()
            late.cr.rollback()
