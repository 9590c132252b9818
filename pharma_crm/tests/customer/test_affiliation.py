# pylint: disable=translation-required  # texts that people wrote
from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from ..common import PharmaCrmCommon


class AffiliationCommon(PharmaCrmCommon):
    """A person with a post in a department of one hospital, and another hospital."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=cls.user_representative)
        cls.affiliations = cls.env['pharma.affiliation']
        cls.hospital = cls._create_hospital()
        cls.department = cls._create_department(cls.hospital)
        cls.other_hospital = cls._create_hospital(name="山城市中心医院")
        cls.other_department = cls._create_department(cls.other_hospital, name="心内科")
        cls.person = cls._create_person(cls.department, function="科主任")
        cls.first = cls.person.affiliation_ids
        cls.first.date_from = '2015-03-01'
        cls.today = fields.Date.context_today(cls.person)
        cls.chief = cls.env.ref('pharma_crm.title_doctor_1')

    def _create_affiliation(self, place, **values):
        return self.affiliations.create({
            'person_id': self.person.id, 'place_id': place.id, **values})

    def _current_primary(self):
        return self.affiliations.search([
            ('person_id', '=', self.person.id), ('is_primary', '=', True)])


@tagged('post_install', '-at_install')
class TestAffiliation(AffiliationCommon):
    """Posts of persons, their history, and the one that places a person in the tree."""

    def test_person_gets_his_primary_post(self):
        """Entering a person with a place enters his post."""
        self.assertRecordValues(self.first, [{
            'place_id': self.department.id, 'hospital_id': self.hospital.id, 'post': "科主任",
            'is_primary': True, 'state': 'current', 'date_to': False}])
        self.assertFalse(self._create_partner_of_type('person', name="无处").affiliation_ids)

    def test_several_posts(self):
        """A second post leaves the first one in charge; choosing it moves the person."""
        second = self._create_affiliation(
            self.other_department, post="特聘专家", title_id=self.chief.id)
        self.assertEqual(self.person.parent_id, self.department)
        second.is_primary = True
        self.assertFalse(self.first.is_primary)
        self.assertEqual(self._current_primary(), second)
        self.assertEqual(self.person.parent_id, self.other_department)
        self.assertEqual(self.person.commercial_partner_id, self.other_hospital)
        self.assertEqual(self.person.function, "特聘专家、主任医师")
        self.assertEqual(self.first.state, 'current')

    def test_exactly_one_primary(self):
        """The end of the primary post hands over to the one taken up last."""
        early = self._create_affiliation(self.hospital, date_from='2016-01-01')
        late = self._create_affiliation(self.other_department, date_from='2020-01-01')
        self.first.date_to = self.today - timedelta(days=1)
        self.assertEqual(self._current_primary(), late)
        self.assertEqual(self.person.parent_id, self.other_department)
        late.date_to = self.today - timedelta(days=1)
        self.assertEqual(self._current_primary(), early)
        early.date_to = self.today - timedelta(days=1)
        self.assertFalse(self._current_primary())
        self.assertFalse(self.person.parent_id)
        self.assertEqual(len(self.person.affiliation_ids), 3)

    def test_primary_cannot_be_taken_away(self):
        """Somebody with posts has a primary one, whatever is unticked or deleted."""
        second = self._create_affiliation(self.other_department)
        self.first.is_primary = False
        self.assertEqual(self._current_primary(), self.first)
        self.first.with_user(self.user_steward).unlink()
        self.assertEqual(self._current_primary(), second)
        self.assertEqual(self.person.parent_id, self.other_department)

    @mute_logger('odoo.sql_db')
    def test_database_refuses_contradictions(self):
        """A second primary post, twice the same place at a time, an end before the beginning."""
        second = self._create_affiliation(self.other_department, date_from='2020-01-01')
        with self.assertRaises(IntegrityError):
            self.env.cr.execute(
                "UPDATE pharma_affiliation SET is_primary = TRUE WHERE id = %s", [second.id])
        with self.assertRaises(IntegrityError):
            self._create_affiliation(
                self.other_department, date_from='2019-01-01', date_to='2020-01-01')
            self.env.flush_all()
        with self.assertRaises(IntegrityError):
            second.date_to = '2019-12-31'
            self.env.flush_all()
        self.env.invalidate_all()
        past = self._create_affiliation(
            self.other_department, date_from='2018-01-01', date_to='2019-12-31')
        self.assertEqual(past.state, 'past')

    def test_posts_are_of_persons_in_places(self):
        """A department has no posts, and nobody works in a doctor."""
        with self.assertRaises(ValidationError):
            self.affiliations.create({
                'person_id': self.department.id, 'place_id': self.hospital.id})
        with self.assertRaises(ValidationError):
            self._create_affiliation(self._create_person(self.department, name="别人"))

    def test_state_is_searched_as_shown(self):
        """Searching a state finds the posts that show it."""
        posts = self.first + self._create_affiliation(
            self.hospital, date_to=self.today - timedelta(days=1)) + self._create_affiliation(
            self.other_hospital, date_from=self.today + timedelta(days=1)
            ) + self._create_affiliation(self.other_department)
        for state in ('past', 'current', 'future'):
            found = posts.search([('id', 'in', posts.ids), ('state', '=', state)])
            self.assertEqual(found, found & posts.filtered(lambda post, s=state: post.state == s))
            self.assertEqual(len(found), 2 if state == 'current' else 1)

    # === CHANGE === #

    def _change(self, **values):
        form = Form(self.env['pharma.affiliation.change'].with_context(
            **self.person.action_change_post()['context']))
        for field, value in values.items():
            setattr(form, field, value)
        form.save().action_apply()

    def test_change_of_hospital(self):
        """One action ends the old post, opens the new one, and keeps what was."""
        order = self.env['sale.order'].create({'partner_id': self.person.id})
        note = self.person.message_post(body="谈过")
        self._change(
            date=self.today, place_id=self.other_department, post="副院长", title_id=self.chief)
        self.assertEqual(self.person.parent_id, self.other_department)
        self.assertEqual(self.person.complete_name, "山城市中心医院, 心内科, 林知远")
        self.assertEqual(self.person.function, "副院长、主任医师")
        self.assertRecordValues(self.person.affiliation_ids.sorted('date_from'), [
            {'place_id': self.department.id, 'date_from': fields.Date.to_date('2015-03-01'),
             'date_to': self.today - timedelta(days=1), 'is_primary': False, 'post': "科主任"},
            {'place_id': self.other_department.id, 'date_from': self.today, 'date_to': False,
             'is_primary': True, 'post': "副院长"},
        ])
        self.assertEqual(order.partner_id, self.person)
        self.assertIn(note, self.person.message_ids)
        told = self.person.message_ids.filtered(lambda message: "心内科" in message.body)
        self.assertIn("科主任", told[0].body)
        self.assertFalse(self.env['pharma.search.name'].sudo()._check_consistency())

    def test_promotion_in_the_same_department(self):
        """A new post at the same place is a new row."""
        self._change(date=self.today, place_id=self.department, post="院长")
        self.assertEqual(self.person.parent_id, self.department)
        self.assertEqual(self.person.function, "院长")
        self.assertEqual(len(self.person.affiliation_ids), 2)

    def test_change_to_a_place_where_he_works_already(self):
        """Who goes over to his second place for good goes on with the post there."""
        second = self._create_affiliation(self.other_department, date_from='2020-01-01')
        self._change(date=self.today, place_id=self.other_department, post="科主任")
        self.assertEqual(self._current_primary(), second)
        self.assertEqual(self.first.date_to, self.today - timedelta(days=1))
        self.assertEqual(self.person.function, "科主任")

    def test_change_in_the_future(self):
        """A change from next week on happens next week, by the daily job."""
        day = self.today + timedelta(days=7)
        self._change(date=day, place_id=self.other_department)
        new = self.person.affiliation_ids - self.first
        self.assertEqual((new.state, self.first.state), ('future', 'current'))
        self.assertEqual(self.person.parent_id, self.department)
        self.env.cr.execute(
            "UPDATE pharma_affiliation SET date_from = date_from - 7, date_to = date_to - 7"
            " WHERE person_id = %s", [self.person.id])
        self.env.invalidate_all()
        self.affiliations.sudo()._cron_drive_persons()
        self.assertEqual(self._current_primary(), new)
        self.assertEqual(self.person.parent_id, self.other_department)

    def test_leaving(self):
        """Who leaves without a new post is in no hospital, his past stays."""
        self._change(date=self.today, leaves=True)
        self.assertFalse(self.person.parent_id)
        self.assertEqual(self.first.state, 'past')
        self.department.invalidate_recordset()
        self.assertEqual(self.department.present_count, 0)

    def test_change_is_refused(self):
        """Not before the old post began, and not without a place."""
        with self.assertRaises(UserError):
            self.person._change_post(fields.Date.to_date('2015-03-01'), self.other_department)
        change = self.env['pharma.affiliation.change'].create({'person_id': self.person.id})
        with self.assertRaises(UserError):
            change.action_apply()
        self.assertEqual(self.person.parent_id, self.department)

    # === FROM THE CONTACT === #

    def test_place_entered_on_the_contact(self):
        """Another superior is a change from today on; of one entered today, a correction."""
        self.person.parent_id = self.other_department
        self.assertEqual(self.first.date_to, self.today - timedelta(days=1))
        new = self._current_primary()
        self.assertEqual((new.place_id, new.date_from), (self.other_department, self.today))
        self.assertEqual(new.post, "科主任")
        self.person.parent_id = self.other_hospital
        self.assertEqual(self._current_primary(), new)
        self.assertEqual(new.place_id, self.other_hospital)
        self.assertEqual(len(self.person.affiliation_ids), 2)
        self.person.parent_id = False
        self.assertFalse(new.exists())
        self.assertEqual(self.person.affiliation_ids, self.first)

    def test_function_entered_on_the_contact(self):
        """Another function is another post; the title stays where the text names it."""
        self.first.title_id = self.chief
        self.assertEqual(self.person.function, "科主任、主任医师")
        self.person.function = "院长、主任医师"
        self.assertEqual((self.first.post, self.first.title_id), ("院长", self.chief))
        self.person.function = "顾问"
        self.assertFalse(self.first.title_id)
        self.assertEqual((self.first.post, self.person.function), ("顾问", "顾问"))

    def test_posts_entered_in_the_form(self):
        """The list of posts on the person's page."""
        with Form(self.person) as form:
            with form.affiliation_ids.new() as line:
                line.place_id = self.other_department
                line.post = "会诊专家"
        second = self.person.affiliation_ids - self.first
        self.assertEqual(self._current_primary(), self.first)
        with Form(self.person) as form:
            index = form.record.affiliation_ids.ids.index(second.id)
            with form.affiliation_ids.edit(index) as line:
                line.is_primary = True
        self.assertEqual(self._current_primary(), second)
        self.assertEqual(self.person.parent_id, self.other_department)

    def test_new_person_with_posts(self):
        """A person entered with his place and a further post has both."""
        person = self._create_person(self.department, name="双聘", affiliation_ids=[
            Command.create({'place_id': self.other_department.id})])
        self.assertEqual(person.parent_id, self.department)
        self.assertEqual(
            person.affiliation_ids.place_id, self.department + self.other_department)

    def test_department_shows_present_and_former(self):
        """The button counts who is there and opens who is and who was."""
        self._create_person(self.department, name="周雨")
        self._change(date=self.today, place_id=self.other_department)
        for place, present, all_rows in (
            (self.department, 1, 2), (self.hospital, 1, 2), (self.other_department, 1, 1),
        ):
            place.invalidate_recordset()
            self.assertEqual(place.present_count, present)
            domain = place.action_view_affiliations()['domain']
            self.assertEqual(self.affiliations.search_count(domain), all_rows)
            self.assertEqual(
                self.affiliations.search_count([*domain, ('state', '=', 'current')]), present)

    @mute_logger('odoo.sql_db')
    def test_places_with_history_stay(self):
        """A department where somebody was is archived, not deleted; a person takes his posts."""
        self._change(date=self.today, place_id=self.other_department)
        with self.assertRaises(IntegrityError):
            self.department.sudo().unlink()
            self.env.flush_all()
        self.env.invalidate_all()
        posts = self.person.affiliation_ids
        self.person.sudo().unlink()
        self.assertFalse(posts.exists())

    def test_many_persons_at_once(self):
        """Entering people costs as many statements for 60 as for 10, but for their own rows."""
        def count(people):
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env['res.partner'].create([
                {'name': f"员工{number}", 'pharma_type': 'person', 'parent_id': self.department.id}
                for number in range(people)])
            self.env.flush_all()
            return self.env.cr.sql_log_count - before
        count(1)
        few, many = count(10), count(60)
        # Odoo synchronizes each contact with its company in several statements of its own
        self.assertLess(many, few + 50 * 6)


@tagged('post_install', '-at_install')
class TestAffiliationRights(AffiliationCommon):
    """Who sees persons sees their posts, who maintains persons maintains them."""

    MAINTAIN = ('representative', 'area_manager', 'director', 'steward', 'admin')
    DELETE = ('steward', 'admin')

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_roles(self):
        """Reading, writing, entering and deleting, role by role."""
        for role, user in self.users_by_role.items():
            post = self.first.with_user(user)
            sees = role in self.MAINTAIN or role == 'product_manager'
            with self.subTest(role=role):
                self.assertEqual(post.has_access('read'), sees)
                self.assertEqual(post.has_access('write'), role in self.MAINTAIN)
                self.assertEqual(
                    self.affiliations.with_user(user).has_access('create'), role in self.MAINTAIN)
                self.assertEqual(post.has_access('unlink'), role in self.DELETE)
                if sees:
                    self.assertIn(post, post.search([('hospital_id', '=', self.hospital.id)]))
                    names = post.read(['place_id', 'hospital_id'])[0]
                    self.assertEqual(names['hospital_id'][1], self.hospital.name)
                else:
                    with self.assertRaises(AccessError):
                        post.search([])
                    with self.assertRaises(AccessError):
                        post.formatted_read_group([], ['place_id'], ['__count'])

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_posts_follow_the_visibility_of_persons(self):
        """A post of a person who is hidden is hidden, in lists, counts and by its id."""
        user = self.user_internal
        self.env['ir.model.access'].sudo().create({
            'name': 'test', 'model_id': self.env['ir.model']._get_id('pharma.affiliation'),
            'group_id': self.env.ref('base.group_user').id, 'perm_read': True})
        self.assertTrue(self.first.with_user(self.user_product_manager).search_count(
            [('id', '=', self.first.id)]))
        posts = self.affiliations.with_user(user)
        self.assertFalse(posts.search_count([('id', '=', self.first.id)]))
        self.assertFalse(posts.formatted_read_group(
            [('id', '=', self.first.id)], ['hospital_id'], ['__count']))
        with self.assertRaises(AccessError):
            posts.browse(self.first.id).read(['post'])

    def test_forms_of_others(self):
        """Who may not see posts opens and changes the contacts that he sees."""
        for role in ('service', 'internal'):
            with self.subTest(role=role):
                self.users_by_role[role].sudo().group_ids += self.env.ref(
                    'base.group_partner_manager')
                with Form(self.hospital.with_user(self.users_by_role[role])) as form:
                    form.phone = f"0518-{role}"
                self.assertEqual(self.hospital.phone, f"0518-{role}")

    def test_rule_costs_nothing_for_who_sees_persons(self):
        """The rule asks nothing of contacts where everybody is visible."""
        query = self.affiliations.with_user(self.user_director)._search([])
        plan = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        self.assertNotIn('res_partner', str(plan))

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_other_company(self):
        """Posts of another company's persons are not seen."""
        companies = self.env['res.company'].with_user(self.user_admin).sudo()
        other = companies.create({'name': "另一家公司"})
        sudo = self.env['res.partner'].sudo()
        hospital = sudo.create({
            'name': "别家医院", 'pharma_type': 'hospital', 'company_id': other.id})
        person = sudo.create({
            'name': "别家人", 'pharma_type': 'person', 'parent_id': hospital.id,
            'company_id': other.id})
        post = person.affiliation_ids
        self.assertEqual(post.company_id, other)
        for role in ('representative', 'director', 'steward'):
            user = self.users_by_role[role]
            self.assertFalse(self.affiliations.with_user(user).search([('id', '=', post.id)]))
            with self.assertRaises(AccessError):
                self.affiliations.with_user(user).browse(post.id).read(['post'])

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_change_needs_the_right(self):
        """A product manager looks on, service does not even open the dialog."""
        for role in ('product_manager', 'service', 'internal', 'portal'):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.env['pharma.affiliation.change'].with_user(self.users_by_role[role]).create({
                    'person_id': self.person.id})
        with self.assertRaises(AccessError):
            self.person.with_user(self.user_product_manager)._change_post(
                self.today, self.other_department)

    def test_titles(self):
        """The list of titles in order of rank; stewards keep it."""
        self.assertEqual(self.env['pharma.title'].search([], limit=2).mapped('name'),
                         ["主任医师", "副主任医师"])
        self.assertFalse(self.env['pharma.title'].has_access('write'))
        self.assertTrue(self.env['pharma.title'].with_user(self.user_steward).has_access('create'))
