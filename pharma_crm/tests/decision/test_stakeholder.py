from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common_territory import TerritoryCase


@tagged('post_install', '-at_install')
class TestStakeholder(TerritoryCase):
    """Who decides, who influences whom, and who may know."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep, cls.manager = cls.user_representative, cls.user_area_manager
        cls._assign(cls.rep, cls.area_a, date_from=cls.begin)
        cls._assign(cls.colleague, cls.area_b, date_from=cls.begin)
        cls._assign(cls.manager, cls.region, role='manager', date_from=cls.begin)
        cls.department = cls._create_department(cls.hospital_a, name="药剂科")
        cls.persons = [cls._create_person(cls.department, name=name) for name in (
            "周院长", "吴主任", "郑药师", "王医生")]
        cls.president, cls.chief, cls.pharmacist, cls.doctor = (
            cls._stakeholder(person) for person in cls.persons)
        cls.relative = cls.env.ref('pharma_crm.pharma_influence_kind_relative')
        cls.superior = cls.env.ref('pharma_crm.pharma_influence_kind_superior')
        cls.teacher = cls.env.ref('pharma_crm.pharma_influence_kind_teacher')
        cls.lead = cls.env['crm.lead'].create({
            'name': "进院", 'type': 'opportunity', 'partner_id': cls.hospital_a.id,
            'user_id': cls.rep.id})

    @classmethod
    def _stakeholder(cls, person, user=None, **values):
        return cls.env['pharma.stakeholder'].with_user(user or cls.env.user).create({
            'partner_id': person.id,
            'role_id': cls.env.ref('pharma_crm.pharma_stakeholder_role_user').id, **values})

    def _influence(self, source, target, kind=None, user=None, **values):
        return self.env['pharma.influence'].with_user(user or self.env.user).create({
            'source_id': source.id, 'target_id': target.id,
            'kind_id': (kind or self.superior).id, **values})

    # === STRUCTURE === #

    def test_values(self):
        """Hospital and weight come by themselves; the form needs three clicks."""
        with Form(self.env['pharma.stakeholder'].with_user(self.rep).with_context(
                default_lead_id=self.lead.id)) as form:
            form.partner_id = self.persons[0]
            form.role_id = self.env.ref('pharma_crm.pharma_stakeholder_role_decider')
            form.stance = '-1'
        row = form.record
        self.assertRecordValues(row, [{
            'hospital_id': self.hospital_a.id, 'lead_id': self.lead.id, 'weight': 10,
            'stance_value': -1, 'stance_date': self.today}])
        self.assertEqual(row.display_name, "周院长")

    def test_person_once(self):
        """A person stands once in a decision, but in several decisions."""
        self._stakeholder(self.persons[0], lead_id=self.lead.id)
        self._stakeholder(self.persons[0], product_line_id=self.line_x.id)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self._stakeholder(self.persons[0])

    def test_only_persons(self):
        with self.assertRaises(ValidationError):
            self._stakeholder(self.department)
        other = self.env['crm.lead'].create({'name': "别家", 'partner_id': self.hospital_b.id})
        with self.assertRaises(ValidationError):
            self._stakeholder(self.persons[0], lead_id=other.id, hospital_id=self.hospital_a.id)

    def test_history(self):
        """A changed stance is noted with its date, and before and after."""
        self.env.flush_all()
        self.env.cr.precommit.run()  # nothing is tracked of what this transaction made
        row = self.chief.with_user(self.rep).with_context(
            tracking_disable=False, mail_notrack=False)
        self.env.cr.execute("UPDATE pharma_stakeholder SET stance_date = '2026-01-05'")
        self.env.invalidate_all()
        row.stance = '2'
        row.flush_recordset()
        self.env.cr.precommit.run()
        self.assertEqual(row.stance_date, self.today)
        value = row.message_ids.sudo().tracking_value_ids
        self.assertEqual((value.old_value_char, value.new_value_char), (
            dict(row._fields['stance']._description_selection(self.env))['0'],
            dict(row._fields['stance']._description_selection(self.env))['2']))

    # === INFLUENCE === #

    def test_picture(self):
        """The first influence puts somebody below in the picture, another one only if chosen."""
        first = self._influence(self.president, self.chief, user=self.rep)
        second = self._influence(self.pharmacist, self.chief, self.teacher, user=self.rep)
        self.assertEqual(self.chief.parent_id, self.president)
        self.assertEqual(self.president.child_ids, self.chief)
        second.is_main = True
        self.assertEqual(self.chief.parent_id, self.pharmacist)
        self.assertFalse(first.is_main)
        second.unlink()
        self.assertFalse(self.chief.parent_id)

    def test_moved_in_the_picture(self):
        """Dragging somebody below another one notes the influence; away from all, ends it."""
        self.chief.with_user(self.rep).parent_id = self.president
        influence = self.chief.influence_in_ids
        self.assertRecordValues(influence, [{
            'source_id': self.president.id, 'is_main': True, 'kind_id': self.superior.id}])
        self.chief.with_user(self.rep).parent_id = self.pharmacist
        self.assertEqual(self.chief.parent_id, self.pharmacist)
        self.chief.with_user(self.rep).parent_id = False
        self.assertFalse(self.chief.influence_in_ids.filtered('is_main'))
        self.assertEqual(len(self.chief.influence_in_ids), 2)

    def test_circles(self):
        """The list knows influence in circles; the picture does not."""
        self._influence(self.president, self.chief)
        self._influence(self.chief, self.doctor)
        back = self._influence(self.doctor, self.president, self.teacher)
        self.assertFalse(back.is_main)
        self.assertFalse(self.president.parent_id)
        with self.assertRaises(ValidationError):
            back.is_main = True
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'):
            self._influence(self.chief, self.chief)

    def test_same_decision(self):
        """Influences stay within a hospital or an opportunity."""
        other = self._stakeholder(self.persons[1], lead_id=self.lead.id)
        with self.assertRaises(ValidationError):
            self._influence(self.president, other)

    def test_private(self):
        """Relatives: only where the company keeps such facts, only for who opens both profiles,
        and never in the picture.
        """
        self.env.company.pharma_sensitive_facts = False
        with self.assertRaises(ValidationError):
            self._influence(self.president, self.chief, self.relative)
        self.env.company.pharma_sensitive_facts = True
        private = self._influence(self.president, self.chief, self.relative)
        self.assertFalse(private.is_main)
        with self.assertRaises(ValidationError):
            private.is_main = True
        self.env['pharma.share'].create({
            'partner_id': self.hospital_a.id, 'user_id': self.colleague.id, 'mode': 'work',
            'shared_by_id': self.rep.id})
        for user, sees in ((self.rep, True), (self.manager, True), (self.user_steward, True),
                           (self.colleague, False)):
            rows = self.env['pharma.influence'].with_user(user)
            self.env.invalidate_all()
            self.assertEqual(bool(rows.search([('id', '=', private.id)])), sees, user.login)
            self.assertEqual(
                private in self.chief.with_user(user).influence_in_ids, sees, user.login)
            self.env.invalidate_all()
        self.assertTrue(self.chief.with_user(self.colleague).has_access('write'))
        self.env.company.pharma_sensitive_facts = False
        self.assertFalse(self.env['pharma.influence'].with_user(self.rep).search(
            [('id', '=', private.id)]))

    # === RIGHTS === #

    def test_who_sees(self):
        """Who sees the person and the hospital; nobody else, whatever the way."""
        influence = self._influence(self.president, self.chief)
        for user, sees, works in (
                (self.rep, True, True), (self.manager, True, True),
                (self.user_steward, True, True), (self.user_director, True, True),
                (self.user_product_manager, False, False), (self.colleague, False, False)):
            for row in (self.chief, influence):
                row = row.with_user(user)
                self.assertEqual(row.has_access('read'), sees, user.login)
                self.assertEqual(row.has_access('write'), works, user.login)
        for user in (self.user_service, self.user_internal, self.user_portal):
            self.assertFalse(self.chief.with_user(user).has_access('read'))
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            self._stakeholder(self.persons[2], user=self.colleague,
                              product_line_id=self.line_x.id)
        row = self._stakeholder(
            self._create_person(self.hospital_c, name="孙医生"), user=self.colleague)
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            self._influence(row, self.chief, user=self.colleague)

    def test_opportunities_of_others(self):
        """The structure of a colleague's opportunity is seen with the opportunity."""
        lead = self.env['crm.lead'].create({
            'name': "经理的", 'partner_id': self.hospital_a.id, 'user_id': self.manager.id})
        row = self._stakeholder(self.persons[0], lead_id=lead.id)
        self.assertFalse(row.with_user(self.rep).has_access('read'))
        self.assertTrue(row.with_user(self.manager).has_access('write'))
        self.assertFalse(row.with_user(self.user_steward).has_access('read'))
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            self._stakeholder(self.persons[1], user=self.rep, lead_id=lead.id)
        lead.user_id = self.rep
        self.env['pharma.access']._forget()
        self.env.invalidate_all()
        self.assertTrue(row.with_user(self.rep).has_access('read'))

    # === OPPORTUNITY === #

    def test_weighted_stance(self):
        """By weight; an opportunity without a structure of its own has its hospital's; each
        reader's own view.
        """
        (self.president | self.chief | self.pharmacist | self.doctor).unlink()
        self.assertEqual(self.lead.with_user(self.rep).pharma_stance, 0)
        self._stakeholder(self.persons[0], weight=9, stance='-1')
        self._stakeholder(self.persons[1], weight=3, stance='1')
        self.env.invalidate_all()
        self.assertAlmostEqual(self.lead.with_user(self.rep).pharma_stance, -0.5)
        self.assertEqual(self.lead.with_user(self.rep).pharma_stakeholder_count, 0)
        self._stakeholder(self.persons[0], lead_id=self.lead.id, weight=4, stance='2')
        self.env.invalidate_all()
        self.assertRecordValues(self.lead.with_user(self.rep), [{
            'pharma_stance': 2, 'pharma_stakeholder_count': 1}])
        self.assertEqual(
            self.hospital_a.with_user(self.rep).pharma_stakeholder_count, 2)

    def test_take_over(self):
        """The people, influences and steps of the hospital; twice adds nothing."""
        self._influence(self.president, self.chief, is_main=True, note="多年上级")
        self._influence(self.chief, self.doctor)
        self.hospital_a.with_user(self.rep).action_copy_purchase_steps()
        self.hospital_a.pharma_step_ids[0].decider_id = self.persons[3]
        for _time in range(2):
            self.lead.with_user(self.rep).action_copy_stakeholders()
        rows = self.lead.pharma_stakeholder_ids
        self.assertEqual(rows.partner_id, self.chief.concat(
            self.president, self.chief, self.pharmacist, self.doctor).partner_id)
        chief = rows.filtered(lambda row: row.partner_id == self.persons[1])
        self.assertEqual(chief.parent_id.partner_id, self.persons[0])
        self.assertEqual(chief.influence_in_ids.note, "多年上级")
        steps = self.lead.pharma_step_ids
        self.assertEqual(steps.mapped('name'), self.hospital_a.pharma_step_ids.mapped('name'))
        self.assertEqual(steps[0].decider_id, self.persons[3])

    def test_steps(self):
        """Late, done, to do; who decides works there; the usual steps are the administrator's."""
        steps = self.env['pharma.purchase.step'].with_user(self.rep).create([
            {'name': name, 'lead_id': self.lead.id, **values} for name, values in (
                ("提单", {'date_expected': self._day(-1)}),
                ("药剂科", {'date_expected': self._day(1)}),
                ("药事会", {'date_expected': self._day(-1), 'date_done': self._day(-2)}))])
        self.assertEqual(steps.mapped('state'), ['late', 'todo', 'done'])
        for state in ('late', 'todo', 'done'):
            found = steps.search([('id', 'in', steps.ids), ('state', '=', state)])
            self.assertEqual(found.mapped('state'), [state])
        self.assertEqual(steps.hospital_id, self.hospital_a)
        with self.assertRaises(ValidationError):
            steps[0].decider_id = self._create_person(self.hospital_b, name="外人")
        usual = self.env.ref('pharma_crm.pharma_purchase_step_committee')
        self.assertTrue(usual.with_user(self.rep).has_access('read'))
        self.assertFalse(usual.with_user(self.rep).has_access('write'))
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            self.env['pharma.purchase.step'].with_user(self.rep).create({'name': "新"})
        usual.with_user(self.user_admin).name = "药事管理委员会"

    def test_page(self):
        """The hospital's 360° page tells who decides."""
        self.chief.stance = '-2'
        page = self.hospital_a.with_user(self.rep).get_customer_page()
        section = next(row for row in page['sections'] if row['key'] == 'decision')
        self.assertEqual(section['figures'][0]['value'], 4)
        self.assertEqual(section['figures'][2]['value'], 1)
        self.assertEqual(len(section['rows']), 4)

    def test_hierarchy(self):
        """The picture reads what the list has, by the calls of the web client."""
        self._influence(self.president, self.chief)
        action = self.hospital_a.with_user(self.rep).action_view_stakeholders()
        rows = self.env['pharma.stakeholder'].with_user(self.rep).hierarchy_read(
            [('parent_id', '=', False), *action['domain']], {'partner_id': {}}, 'parent_id',
            'child_ids')
        self.assertEqual(
            {row['id'] for row in rows}, set((self.president | self.pharmacist | self.doctor).ids))
        self.assertEqual(self.lead.with_user(self.rep).action_view_stakeholders()['domain'],
                         [('hospital_id', '=', self.hospital_a.id), ('lead_id', '=', self.lead.id)])

    def test_other_company(self):
        other = self.env['res.company'].create({'name': "乙公司"})
        self.chief.sudo().company_id = other
        self.assertFalse(self.chief.with_user(self.user_director).has_access('read'))

    def test_deleted_person(self):
        """A person who goes takes his roles and influences along."""
        influence = self._influence(self.president, self.chief)
        self.persons[0].with_user(self.user_admin).unlink()
        self.assertFalse(influence.exists())
        self.assertFalse(self.chief.parent_id)
        self.assertEqual(self.env['pharma.stakeholder'].search_count(
            [('hospital_id', '=', self.hospital_a.id)]), 3)

    def test_archived(self):
        """Who left the decision frees his place."""
        self.chief.active = False
        self.env.flush_all()
        self._stakeholder(self.persons[1])
        self.env['pharma.stakeholder'].create([{
            'partner_id': self.persons[1].id, 'lead_id': self.lead.id,
            'role_id': self.chief.role_id.id,
            'influence_in_ids': [Command.clear()]}])
