from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_change import ChangeCase


@tagged('post_install', '-at_install')
class TestChangeNew(ChangeCase):
    """New customers, usable at once; and what takes a request where the company wants it."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(
            'odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model'))

    def _new(self, user=None, kind='new_customer', **values):
        request = self.env['pharma.change.request'].with_user(
            user or self.user_representative).propose(kind, False, {
                'name': "新医院", 'pharma_type': 'hospital', **values}, "新开业")
        return request.with_env(self.env)

    def test_usable_at_once(self):
        """The asker and his manager work with the new doctor before anybody has accepted him."""
        request = self._new(
            kind='new_person', name="顾清源", pharma_type='person', parent_id=self.department.id)
        doctor = request.partner_id
        self.assertRecordValues(doctor, [{
            'pharma_verified': 'unverified', 'create_uid': self.user_representative.id}])
        for user in (self.user_representative, self.user_area_manager):
            visit = self.env['pharma.visit'].with_user(user).create({
                'partner_id': doctor.id, 'date_start': '2026-03-02 02:00:00'})
            self.assertEqual(visit.user_id, user)
        doctor.with_user(self.user_representative).phone = '137'
        self._as(request).action_accept()
        # what was entered since stays
        self.assertRecordValues(doctor, [{'pharma_verified': 'verified', 'phone': '137'}])

    def test_new_hospital(self):
        """It belongs to the asker's territory, like one that he enters himself."""
        hospital = self._new(phone='1').partner_id
        self.assertEqual(hospital.territory_id, self.territory)
        self.assertTrue(hospital.with_user(self.user_area_manager).has_access('write'))
        self.assertFalse(hospital.with_user(self.colleague).has_access('read'))

    def test_corrected_and_left_out(self):
        request = self._new(phone='1', website='https://x.example.com')
        lines = {line.field_name: line for line in self._as(request).line_ids}
        lines['website'].action_leave()
        with self.assertRaises(UserError):
            lines['name'].action_leave()
        self._as(request)._correct_values({'name': "新城医院"})
        self._as(request).action_accept()
        self.assertRecordValues(request.partner_id, [{
            'name': "新城医院", 'phone': '1', 'website': False, 'pharma_verified': 'verified'}])

    def test_not_about_another_customer(self):
        """A request of a new customer is not turned on one who was there before."""
        request = self._new(phone='1')
        mine = request.with_user(self.user_representative)
        mine.action_withdraw()
        for values in ({'partner_id': self.hospital.id}, {'kind': 'facts'}):
            with self.assertRaises(UserError):
                mine.write(values)
        # Nor does one that only says so empty what was left out
        other = self._propose(kind='new_customer', values={
            'name': "甲院", 'pharma_type': 'primary_care', 'phone': '0571-2'})
        lines = {line.field_name: line for line in self._as(other).line_ids}
        lines['phone'].action_leave()
        self._as(other).action_accept()
        self.assertEqual(self.hospital.phone, '0571-1')

    def test_refused(self):
        """It is archived; who asked may take a draft or open request back likewise."""
        request = self._new()
        self._as(request)._refuse("已有此院")
        self.assertFalse(request.partner_id.active)
        given_up = self._new(name="另一新医院")
        self._as(given_up, self.user_representative).action_cancel()
        self.assertFalse(given_up.partner_id.active)

    def test_refused_as_the_same(self):
        """Without a merge it is archived, and the request says which one it is."""
        request = self._new()
        # which the asker does not see
        self._as(request)._refuse("已有此院", self.far)
        self.assertEqual(request.same_as_id, self.far)
        mine = self._as(request, self.user_representative)
        self.assertTrue(mine.has_access('read'))
        with self.assertRaises(AccessError):
            mine.read(['same_as_id'])
        self.assertNotIn(self.far.name, request.message_ids[0].body)
        if 'pharma.merge.wizard' in self.env:
            action = self._as(request).action_merge()
            self.assertEqual(
                set(action['context']['default_partner_ids']),
                {self.far.id, request.partner_id.id})
        else:
            self.assertFalse(request.partner_id.active)
            with self.assertRaises(UserError):
                self._as(request).action_merge()

    def test_suspected(self):
        """Who decides sees which customers a new one may be the same as."""
        request = self._new(name="海州市第一人民医院", street="健康路1号")
        self.assertFalse(self._as(request).suspect_ids)
        twin = self._create_hospital(name="海州市第一人民医院", street="健康路1号")
        self.env.invalidate_all()
        self.assertEqual(self._as(request).suspect_ids, twin)

    def test_entered_when_accepted(self):
        """Who may not enter such a customer asks for it; it is entered when that is accepted."""
        for user, kind in ((self.user_representative, 'distributor'),
                           (self.user_product_manager, 'hospital')):
            request = self._new(user, name=f"新{kind}", pharma_type=kind)
            self.assertFalse(request.partner_id)
            self._as(request).action_accept()
            self.assertRecordValues(request.partner_id, [{
                'name': f"新{kind}", 'pharma_type': kind, 'pharma_verified': 'verified',
                'create_uid': self.user_steward.id}])

    def test_needs_a_name(self):
        with self.assertRaises(UserError):
            self._new(name=False)
        with self.assertRaises(AccessError):
            self._new(self.user_service, kind='new_person', pharma_type='person')

    # === BY REQUEST === #

    def test_directly_by_default(self):
        """Nothing changes for those who may write today."""
        hospital = self.env['res.partner'].with_user(self.user_representative).create({
            'name': "直接录入", 'pharma_type': 'hospital'})
        self.assertEqual(hospital.pharma_verified, 'verified')
        self.assertFalse(hospital.change_request_ids)
        self.hospital.with_user(self.user_representative).phone = '0571-7'

    def test_entered_by_request(self):
        """However a customer is entered, the request comes by itself; stewards enter directly."""
        self._by_request('new_customer', 'new_person')
        Partner = self.env['res.partner'].with_context(default_pharma_type='hospital')
        hospital = Partner.with_user(self.user_representative).create({'name': "新院"})
        request = hospital.change_request_ids
        self.assertRecordValues(request, [{
            'state': 'submitted', 'kind': 'new_customer', 'is_new': True}])
        self.assertEqual(hospital.pharma_verified, 'unverified')
        person = self.env['res.partner'].with_user(self.user_representative).create({
            'name': "新医生", 'pharma_type': 'person', 'parent_id': self.department.id,
            'function': "主治"})
        self.assertEqual(
            set(person.change_request_ids.line_ids.mapped('field_name')),
            {'name', 'pharma_type', 'parent_id', 'function'})
        self._as(request).action_accept()
        self.assertEqual(hospital.pharma_verified, 'verified')
        entered = Partner.with_user(self.user_steward).create({'name': "主数据录入"})
        self.assertFalse(entered.change_request_ids)
        plain = self.env['res.partner'].with_user(self.user_representative).create({
            'name': "印刷厂"})
        self.assertEqual(plain.pharma_verified, 'verified')

    def test_facts_by_request(self):
        """Facts of verified customers are closed, other fields and unverified ones are not."""
        self._by_request('facts')
        hospital = self.hospital.with_user(self.user_representative)
        with self.assertRaises(UserError):
            hospital.phone = '0571-8'
        with self.assertRaises(UserError):
            hospital.with_user(self.user_director).write({'name': "改名"})
        hospital.write({'phone': '0571-1', 'comment': "备注"})
        self.hospital.with_user(self.user_steward).phone = '0571-6'
        self.hospital.pharma_verified = 'unverified'
        hospital.phone = '0571-8'
        self.hospital.pharma_verified = 'verified'
        self.assertTrue(hospital.pharma_by_request)
        self.assertFalse(self.hospital.with_user(self.user_steward).pharma_by_request)
        # posts are another matter
        self.doctor.with_user(self.user_representative).function = "主任"

    def test_director_accepts_by_request(self):
        """Those who accept are not bound by what they decide about."""
        self._by_request('facts', 'post', 'close', 'new_customer')
        self.env.ref('pharma_crm.tier_definition_change_steward').active = False
        self._level()
        request = self._propose()
        self._as(request, self.user_director).action_accept()
        self.assertEqual(self.hospital.phone, '0571-2')
        new = self._new(self.user_representative)
        self.assertEqual(len(new.partner_id.change_request_ids), 1)
        closed = self._propose(values={}, kind='close')
        self._as(closed, self.user_director).action_accept()
        self.assertFalse(self.hospital.active)
        with self.assertRaises(UserError):
            self.far.with_user(self.user_director).phone = '1'

    def test_posts_by_request(self):
        """Neither the person's contact, nor his posts, nor the dialog get around it."""
        self._by_request('post')
        doctor = self.doctor.with_user(self.user_representative)
        post = doctor.affiliation_ids
        other = self._create_department(self.hospital, name="外科")
        today = self.env['pharma.access']._get_today()
        self.doctor.affiliation_ids.date_from = '2020-01-01'
        for change in (
            lambda: doctor.write({'parent_id': other.id}),
            lambda: doctor.write({'function': "主任"}),
            lambda: post.write({'post': "主任"}),
            post.unlink,
            lambda: post.create({'person_id': doctor.id, 'place_id': other.id}),
            lambda: self.env['pharma.affiliation.change'].with_user(
                self.user_representative).create({
                    'person_id': doctor.id, 'date': today, 'leaves': True}).action_apply(),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                change()
        self.assertEqual(doctor.action_change_post()['res_model'], 'pharma.change.proposal')
        doctor.phone = '136'
        request = self._propose(self.doctor, {
            'place_id': other.id, 'date_from': str(today)}, kind='post')
        self._as(request).action_accept()
        self.assertEqual(self.doctor.parent_id, other)

    def test_archived_by_request(self):
        self._by_request('close')
        with self.assertRaises(UserError):
            self.doctor.with_user(self.user_representative).action_archive()
        self.doctor.with_user(self.user_steward).action_archive()

    def test_form_is_readonly(self):
        """Where facts take a request, the form does not let one type them in vain."""
        arch = self.env['res.partner'].get_view(view_type='form')['arch']
        self.assertIn('pharma_by_request', arch)
        partners = self.env['res.partner'].with_user(self.user_internal)
        self.assertTrue(partners.get_views([(False, 'form')])['views']['form']['arch'])
