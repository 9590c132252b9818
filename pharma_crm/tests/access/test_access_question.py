from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common_territory import TerritoryCase


@tagged('post_install', '-at_install')
class TestAccessQuestion(TerritoryCase):
    """Somebody who does not see a customer is told why, and nothing else."""

    def _ask(self, name, user=None):
        return self.env['pharma.access.question'].with_user(
            user or self.user_representative).create({'name': name}).answer

    def assertTold(self, name, *texts, user=None):
        answer = self._ask(name, user)
        for text in texts:
            self.assertIn(text, answer)
        return answer

    def test_seen(self):
        """Who sees the customer is told so, and can open him."""
        self._assign(self.user_representative, self.area_a)
        question = self.env['pharma.access.question'].with_user(
            self.user_representative).create({'name': "H-A"})
        self.assertEqual(question.partner_ids, self.hospital_a)
        self.assertNotIn("海州地区", question.answer)
        self.assertEqual(self._ask("甲医院"), question.answer)
        self.assertEqual(question.action_ask()['res_id'], question.id)

    def test_only_exact(self):
        """Parts, initials and wildcards find nothing."""
        unknown = self._ask("没有这家医院")
        for text in ("甲", "医院", "H-", "%", "甲%", "jyy", "_"):
            with self.subTest(text=text):
                self.assertEqual(self._ask(text), unknown)
        self.assertFalse(self._ask(""))
        self._create_alias(
            name="甲县人民医院", partner_id=self.hospital_a.id, status='confirmed')
        self.assertTold("甲县人民医院", "海州地区")

    def test_alignment(self):
        """Whose customer it is, per line, or that it is nobody's."""
        self._assign(self.colleague, self.area_a)
        answer = self.assertTold("甲医院", "海州地区", "同事")
        self.assertNotIn("乙医院", answer)
        self._align(self.hospital_a, self.area_x, product_line_id=self.line_x.id)
        self.assertTold("甲医院", "云岭地区", "心血管线")
        nobody = self._ask("戊医院")
        self.assertNotIn("地区", nobody)
        self._align(self.hospital_free, self.area_x, date_from=self._day(4))
        self.assertTold("戊医院", "云岭地区", str(self._day(4)), nobody)

    def test_own_assignment(self):
        """What of the asker's assignments ended, begins, or is for another line."""
        assignment = self._assign(
            self.user_representative, self.area_a, date_from=self._day(-9), date_to=self._day(-1))
        self.assertTold("甲医院", str(self._day(-1)))
        assignment.write({'date_from': self._day(5), 'date_to': False})
        self.assertTold("甲医院", str(self._day(5)))
        assignment.write({'date_from': self.today, 'product_line_id': self.line_y.id})
        self.hospital_a.alignment_ids.product_line_id = self.line_x
        self.assertTold("甲医院", "肿瘤线")
        self._assign(self.user_area_manager, self.region, role='manager',
                     date_from=self._day(-9), date_to=self._day(-2))
        self.assertTold("甲医院", "华东大区", str(self._day(-2)), user=self.user_area_manager)
        self.assertNotIn("华东大区", self._ask("丁医院", self.user_area_manager))

    def test_share_and_delegation(self):
        """Until when it was shared, or the asker acted for somebody."""
        self._assign(self.colleague, self.area_a)
        share = self.env['pharma.share'].create({
            'partner_id': self.hospital_a.id, 'user_id': self.user_representative.id,
            'shared_by_id': self.colleague.id,
            'date_from': self._day(-9), 'date_to': self._day(-3)})
        self.assertTold("甲医院", str(self._day(-3)))
        share.write({'date_from': self._day(6), 'date_to': False})
        self.assertTold("甲医院", str(self._day(6)))
        self.env['pharma.delegation'].create({
            'user_id': self.colleague.id, 'delegate_id': self.user_representative.id,
            'date_from': self._day(-5), 'date_to': self._day(-4)})
        self.assertTold("甲医院", str(self._day(-4)))

    def test_archived_and_other_company(self):
        """Archived, or of another company: no more than that."""
        other = self.env['res.company'].create({'name': "另一家公司"})
        self.hospital_a.company_id = other
        answer = self._ask("甲医院")
        self.assertNotIn("海州地区", answer)
        self.assertNotIn("另一家公司", answer)
        self.user_representative.company_ids += other
        question = self.env['pharma.access.question'].with_user(self.user_representative)
        answer = question.with_context(allowed_company_ids=self.env.company.ids).create(
            {'name': "甲医院"}).answer
        self.assertIn("另一家公司", answer)
        self.hospital_b.action_archive()
        self.assertNotIn("海州地区", self._ask("乙医院"))

    def test_persons(self):
        """Who does not work with doctors learns nothing of them; the others whose they are."""
        person = self._create_person(self.hospital_a, name="林问问")
        unknown = self._ask("没有这家医院", self.user_service)
        self.assertEqual(self._ask("林问问", self.user_service), unknown)
        answer = self.assertTold("林问问", "海州地区")
        self.assertNotIn(person.parent_id.name, answer)

    def test_many_of_one_name(self):
        """Many customers of one name: the code is asked for."""
        for _number in range(6):
            self._create_hospital(name="同名医院", territory=False)
        self.assertNotIn("\n", self._ask("同名医院"))

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_rights(self):
        """For every role of the suite, for nobody else; the question is its author's own."""
        self.assertTold("H-A", user=self.user_service)
        for user in (self.user_internal, self.user_portal):
            with self.assertRaises(AccessError):
                self._ask("H-A", user)
        question = self.env['pharma.access.question'].with_user(
            self.user_representative).create({'name': "H-A"})
        with self.assertRaises(AccessError):
            question.with_user(self.colleague).read(['answer'])
