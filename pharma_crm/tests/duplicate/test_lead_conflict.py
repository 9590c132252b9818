from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common_territory import TerritoryCase


@tagged('post_install', '-at_install')
class TestLeadConflict(TerritoryCase):
    """Two people with one customer and one product line (撞单)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign(cls.user_representative, cls.area_a, date_from=cls.begin)
        cls._assign(cls.colleague, cls.area_x, date_from=cls.begin)
        cls._assign(cls.user_area_manager, cls.region, role='manager', date_from=cls.begin)
        cls.department = cls._create_department(cls.hospital_a)
        cls.conflicts = cls.env['pharma.lead.conflict']
        # The colleague sees the hospital by a share
        cls.env['pharma.share'].create({
            'partner_id': cls.hospital_a.id, 'user_id': cls.colleague.id, 'mode': 'work',
            'date_from': cls.begin, 'date_to': cls.today})
        cls.first = cls._lead(cls.user_representative, name="先登记")

    @classmethod
    def _lead(cls, user, **values):
        return cls.env['crm.lead'].with_context(tracking_disable=False).with_user(user).create({
            'name': "商机", 'type': 'opportunity', 'user_id': user.id,
            'partner_id': cls.hospital_a.id, 'product_line_id': cls.line_x.id, **values})

    def _open(self):
        return self.conflicts.search(
            [('customer_id', '=', self.hospital_a.id), ('state', '=', 'open')])

    def test_registered(self):
        """It is listed, also on the hospital's department; the holder is told once."""
        before = self.hospital_a.message_ids
        second = self._lead(self.colleague, partner_id=self.department.id, name="科室用药计划")
        conflict = self._open()
        self.assertEqual((conflict.lead_id, conflict.other_id), (second, self.first))
        self.assertEqual(conflict.product_line_id, self.line_x)
        told = self.env['mail.message'].search(
            [('model', '=', 'res.partner'), ('res_id', '=', self.hospital_a.id),
             ('message_type', '=', 'user_notification')]) - before
        self.assertEqual(told.notified_partner_ids, self.user_representative.partner_id)
        self.assertIn(self.colleague.name, told.body)
        self.assertNotIn(second.name, told.body)
        second.name = "改名"
        second.write({'stage_id': second.stage_id.id})
        self.assertEqual(self._open(), conflict)

    def test_no_conflict(self):
        """Another line, oneself, another hospital, what is lost."""
        self._lead(self.colleague, product_line_id=self.line_y.id)
        mine = self._lead(self.user_representative)
        self._lead(self.colleague, partner_id=self.hospital_x.id)
        self.assertFalse(self._open())
        (self.first + mine).action_set_lost()
        self._lead(self.colleague)
        self.assertFalse(self._open())

    def test_over(self):
        """Lost, moved to another line or taken over, it is over; back again, it is open again."""
        second = self._lead(self.colleague)
        conflict = self._open()
        second.product_line_id = self.line_y
        self.assertEqual(conflict.state, 'over')
        second.product_line_id = False
        self.assertEqual(conflict.state, 'open')
        self.first.action_set_lost()
        self.assertEqual(conflict.state, 'over')

    def test_told_on_the_form(self):
        """Who holds the customer, and the colleague's opportunity as far as the asker sees it."""
        self._lead(self.colleague, name="秘密商机")
        form = Form(self.env['crm.lead'].with_user(self.user_representative))
        form.name = "新商机"
        form.partner_id = self.hospital_a
        self.assertTrue(form.has_conflict)
        self.assertIn("海州地区", form.conflict_text)
        self.assertNotIn("秘密商机", form.conflict_text)
        self.assertIn(self.user_area_manager.name, form.conflict_text)
        form.product_line_id = self.line_y
        self.assertFalse(form.has_conflict)
        # The manager sees all opportunities of the hospital
        own = self.first.with_user(self.user_area_manager)
        self.assertIn("秘密商机", own.conflict_text)

    def test_typed_name(self):
        """The name of a company that is a stranger's customer: whom to ask, nothing of it."""
        self.hospital_x.write({'name': "云岭市星渚医院", 'ref': 'SECRET-1'})
        boss = self.user_product_manager
        self._assign(boss, self.other_region, role='manager', date_from=self.begin)
        lead = self.env['crm.lead'].with_user(self.user_representative).create({
            'name': "线索", 'partner_name': "云岭市星渚医院",
            'user_id': self.user_representative.id})
        self.assertTrue(lead.has_conflict)
        self.assertIn(boss.name, lead.conflict_text)
        self.assertNotIn("SECRET", lead.conflict_text)
        lead.partner_name = "云岭市无名医院"
        self.assertFalse(lead.conflict_text)

    def test_list(self):
        """Managers of the hospital settle it, with a note; nothing else can be written."""
        self._lead(self.colleague)
        conflict = self._open()
        manager = conflict.with_user(self.user_area_manager)
        manager.note = "归先登记者"
        with self.assertRaises(AccessError):
            manager.state = 'settled'
        manager.action_settle()
        self.assertEqual((conflict.state, conflict.decided_by_id),
                         ('settled', self.user_area_manager))
        with self.assertRaises(UserError):
            manager.action_settle()
        for role in ('representative', 'product_manager', 'steward', 'service', 'internal'):
            with self.subTest(role=role), self.assertRaises(AccessError), mute_logger(
                    'odoo.addons.base.models.ir_model'):
                conflict.with_user(self.users_by_role[role]).action_settle()
        # the manager of another region does not see it
        self.env['pharma.territory.assignment'].search(
            [('user_id', '=', self.user_area_manager.id)]).unlink()
        self.assertFalse(self.conflicts.with_user(self.user_area_manager).search(
            [('id', '=', conflict.id)]))

    def test_plain_contacts(self):
        """Opportunities with contacts of no kind are Odoo's business."""
        contact = self.env['res.partner'].create({'name': "某公司"})
        for user in (self.user_representative, self.colleague):
            lead = self._lead(user, partner_id=contact.id)
            self.assertFalse(lead.has_conflict)
        self.assertFalse(self.conflicts.search([('customer_id', '=', contact.id)]))
