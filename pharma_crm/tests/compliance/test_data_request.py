# pylint: disable=translation-required  # texts that people wrote
import io
import json
import zipfile

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, HttpCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import PharmaCrmCommon

NAME = "诸葛知远"
PHONE = '13912345678'
OTHER_PHONE = '139 1234 5678'
MAIL = 'zgzy@example.com'
PIXEL = (b'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E'
         b'rkJggg==')


@tagged('post_install', '-at_install')
class TestDataRequest(PharmaCrmCommon, HttpCase):
    """A person's data are handed out and erased on request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.director = new_test_user(
            cls.env, 'pharma_second_director', 'pharma_crm.group_pharma_crm_director',
            email='second@example.com', name="Second Director")
        cls.hospital = cls._create_hospital()
        cls.department = cls._create_department(cls.hospital)
        cls.person = cls._create_person(
            cls.department, name=NAME, phone=PHONE, email=MAIL, function="副主任医师",
            comment="<p>住在江边</p>", image_1920=PIXEL, website='https://zgzy.example.com')
        cls.env['pharma.person.profile'].create({
            'partner_id': cls.person.id, 'hobbies': "下围棋", 'birthday': '1975-03-04'})
        cls.other = cls._create_person(cls.department, name="王海")
        cls.visit = cls.env['pharma.visit'].create({
            'partner_id': cls.person.id, 'user_id': cls.user_representative.id,
            'person_ids': [Command.link(cls.other.id)],
            'summary': f"与诸葛主任谈随访，{NAME}要文献，手机{OTHER_PHONE}", 'date_start':
            '2026-03-02 02:00:00'})
        cls.visit.message_post(body=f"{NAME}很满意")
        cls.lead = cls.env['crm.lead'].create({
            'name': f"{NAME}提单", 'type': 'opportunity', 'partner_id': cls.person.id,
            'contact_name': NAME, 'expected_revenue': 100})
        cls.env['ir.attachment'].create([
            {'name': f'{NAME}.txt', 'raw': b'x', 'res_model': 'res.partner',
             'res_id': cls.person.id},
            {'name': f'{NAME}的名片.txt', 'raw': b'y', 'res_model': 'pharma.visit',
             'res_id': cls.visit.id}])
        # About others, and yet it names him
        cls.hospital.message_post(body=f"新主任是{NAME}，电话{PHONE}")
        cls.person.write({'email': 'new@example.com', 'phone': PHONE})
        cls.person.activity_schedule(summary=f"问候{NAME}", user_id=cls.user_representative.id)
        cls.env['pharma.alias'].create({
            'name': "诸葛老师傅", 'partner_id': cls.person.id, 'status': 'confirmed'})
        cls.env.flush_all()

    def _request(self, kind, user=None, **values):
        return self.env['pharma.data.request'].with_user(user or self.user_steward).create({
            'kind': kind, 'partner_id': self.person.id, **values})

    def _find(self, *texts):
        """Tables of the whole database with a row that holds one of these texts in any column."""
        self.env.flush_all()
        self.env.cr.execute(
            """ SELECT table_name FROM information_schema.tables
                 WHERE table_schema = current_schema AND table_type = 'BASE TABLE' """)
        found = {}
        for table, in self.env.cr.fetchall():
            self.env.cr.execute(SQL(
                "SELECT count(*) FROM %s t WHERE t::text LIKE ANY(%s)", SQL.identifier(table),
                [f'%{text}%' for text in texts]))
            count = self.env.cr.fetchone()[0]
            if count:
                found[table] = count
        return found

    def _erase(self, request=None):
        request = request or self._request('erase')
        wizard = self.env['pharma.data.erase'].with_user(self.user_director).create({
            'request_id': request.id, 'number': self.person.id})
        with trap_jobs() as trap:
            wizard.action_erase()
            trap.assert_jobs_count(1)
            self.assertEqual(request.state, 'running')
            trap.perform_enqueued_jobs()
        return request

    # === COPY === #

    def test_copy_of_everything(self):
        """The copy holds his record, the private profile, calls, opportunities, messages and files;
        of other people nothing.
        """
        request = self._request('export')
        name, data = request._make_copy()
        self.assertNotIn(NAME, name)
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            names = file.namelist()
            told = json.loads(file.read(next(one for one in names if one.endswith('.json'))))
            page = file.read(next(one for one in names if one.endswith('.html'))).decode()
            self.assertTrue(any(NAME in one for one in names))
            self.assertTrue(any(one.endswith('.png') for one in names))
        models = {section['model'] for section in told['sections']}
        self.assertLessEqual({
            'res.partner', 'pharma.person.profile', 'pharma.visit', 'crm.lead', 'mail.message',
            'pharma.affiliation', 'pharma.alias'}, models)
        for text in (NAME, PHONE, "下围棋", "与诸葛主任谈随访", "很满意", "住在江边"):
            self.assertIn(text, json.dumps(told, ensure_ascii=False))
            self.assertIn(text, page)
        self.assertNotIn("王海", page)
        self.assertEqual((request.state, request.copy_count), ('done', 1))
        logged = self.env['pharma.profile.log'].search([('partner_id', '=', self.person.id)])
        self.assertIn('exported', logged.mapped('kind'))
        self.assertEqual(logged.user_id, self.user_steward)

    def test_copy_over_the_web(self):
        """It is downloaded by stewards and directors, and not stored."""
        request = self._request('export')
        self.env.flush_all()
        before = self.env['ir.attachment'].search_count([])
        for login, status in (
                ('pharma_representative', 404), ('pharma_area_manager', 404),
                ('pharma_steward', 200)):
            self.authenticate(login, login)
            with mute_logger('odoo.http'):
                answer = self.url_open(request.with_user(
                    self.user_steward).action_download()['url'])
            self.assertEqual(answer.status_code, status, login)
        self.assertEqual(answer.headers['Content-Type'], 'application/zip')
        self.assertEqual(self.env['ir.attachment'].search_count([]), before)

    # === ERASURE === #

    def test_nothing_is_left(self):
        """After an erasure no column of the whole database holds name, phone, address of mail or
        picture; what was done with him stays.
        """
        texts = (NAME, PHONE, OTHER_PHONE, MAIL, 'new@example.com', "下围棋", "住在江边",
                 "诸葛主任", "诸葛老师傅", 'zgzy.example.com')
        before = self._find(*texts)
        self.assertLessEqual({'res_partner', 'pharma_visit', 'mail_message', 'crm_lead',
                              'ir_attachment', 'mail_activity', 'pharma_alias'}, before.keys())
        profile_image = self.env['ir.attachment'].search([
            ('res_model', '=', 'res.partner'), ('res_id', '=', self.person.id),
            ('res_field', '!=', False)])
        self.assertTrue(profile_image)
        request = self._erase()
        self.assertEqual(request.state, 'done')
        self.assertEqual(self._find(*texts), {})
        self.assertFalse(profile_image.exists())
        # the business
        self.assertTrue(self.visit.exists())
        self.assertEqual(self.visit.partner_id, self.person)
        self.assertIn("谈随访", self.visit.summary)
        self.assertEqual(self.lead.expected_revenue, 100)
        self.assertIn(str(self.person.id), self.person.name)
        self.assertFalse(self.person.active)
        self.assertEqual(self.person.parent_id, self.department)
        self.assertFalse(self.person.phone or self.person.email or self.person.function
                         or self.person.image_1920)
        self.assertFalse(self.env['pharma.person.profile'].search([
            ('partner_id', '=', self.person.id)]))
        self.assertEqual(self.other.name, "王海")
        self.assertEqual(request.sudo().report['mentions'], {})
        self.assertFalse(self.env['pharma.search.name']._check_consistency())

    def test_merged_records(self):
        """What was merged into him goes as well, and with it what the merge has kept."""
        source = self._create_person(
            self.department, name="上官致远", phone='13787654321', email='sgzy@example.com')
        source.message_post(body="上官主任要资料")
        self.env['pharma.merge']._merge(self.person, source)
        self.env.flush_all()
        self.env.invalidate_all()
        texts = ("上官致远", '13787654321', 'sgzy@example.com', "上官主任", NAME, PHONE)
        self.assertTrue(self.env['pharma.merge'].search([
            ('partner_id', '=', self.person.id)]).can_undo)
        self._erase()
        self.assertEqual(self._find(*texts), {})
        self.assertFalse(self.env['pharma.merge'].search([
            ('partner_id', '=', self.person.id)]).can_undo)

    def test_it_can_be_done_again(self):
        """A second erasure changes nothing."""
        self._erase()
        state = self.person.read(['name', 'active', 'parent_id', 'complete_name'])
        summary = self.visit.summary
        self._erase(self._request('erase'))
        self.assertEqual(
            self.person.read(['name', 'active', 'parent_id', 'complete_name']), state)
        self.assertEqual(self.visit.summary, summary)

    def test_somebody_of_the_same_name(self):
        """What is about another person of the same name stays; the request tells where."""
        far = self._create_hospital(name="远方医院")
        same = self._create_person(far, name=NAME, phone='13800000001')
        same.message_post(body=f"{NAME}退休了")
        request = self._erase()
        self.assertEqual(same.name, NAME)
        self.assertIn(NAME, same.message_ids[0].body)
        self.assertIn('res_partner', request.sudo().report['mentions'])
        self.assertFalse(self._find(PHONE, OTHER_PHONE))
        self.assertNotIn(NAME, self.visit.summary)
        self.assertIn('alert-warning', request.with_user(self.user_director).plan)

    def test_plan_is_effect(self):
        """What the dialog shows is what is done."""
        request = self._request('erase')
        data = self.env['pharma.personal.data'].with_context(lang=self.user_director.lang)
        plan = data._get_plan(self.person)
        shown = str(request.with_user(self.user_director).with_context(
            lang=self.user_director.lang).plan)
        for title, _count, _what, _why in plan:
            self.assertIn(title, shown)
        self._erase(request)
        self.assertEqual(
            sorted(row[1:3] for row in request.sudo().report['plan']),
            sorted([count, what] for _title, count, what, _why in plan))

    def test_all_or_nothing(self):
        """An error in the middle leaves everything as it was."""
        request = self._request('erase')
        request.sudo().write({'state': 'running', 'decided_by_id': self.user_director.id})
        data = type(self.env['pharma.personal.data'])
        self.patch(data, '_rewrite_everywhere', lambda self, *args: 1 / 0)
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            request._job_erase()
        self.env.invalidate_all()
        self.assertEqual(self.person.name, NAME)
        self.assertEqual(request.state, 'running')

    # === WHO === #

    def test_two_people_are_needed(self):
        """Whoever has entered a request does not decide on the erasure; a steward never does."""
        request = self._request('erase', self.user_director)
        for user in (self.user_director, self.user_steward):
            with self.assertRaises(AccessError):
                request.with_user(user)._erase()
        self.assertEqual(request.state, 'received')
        request.with_user(self.director)._lock()
        with self.assertRaises(UserError):
            self.env['pharma.data.erase'].with_user(self.director).create({
                'request_id': request.id, 'number': self.person.id + 1}).action_erase()
        with trap_jobs():
            request.with_user(self.director)._erase()
        with self.assertRaisesRegex(UserError, "meanwhile|已"):
            request.with_user(self.director)._erase()

    def test_dialog(self):
        """The dialog tells the number that is to be written, and what will happen."""
        request = self._request('erase').with_user(self.user_director)
        action = request.action_ask_erase()
        with Form(self.env[action['res_model']].with_user(self.user_director).with_context(
                **action['context'])) as form:
            self.assertEqual(form.partner_number, self.person.id)
            self.assertTrue(form.plan)
            form.number = self.person.id
        with trap_jobs():
            form.record.action_erase()
        self.assertEqual(request.state, 'running')

    def test_request_stays_what_it_is(self):
        """Nobody turns another's request into an erasure, or into one of another person."""
        request = self._request('export').with_user(self.user_director)
        for values in ({'kind': 'erase'}, {'partner_id': self.other.id}):
            with self.assertRaises(UserError):
                request.write(values)
        request.channel = 'visit'

    def test_open_proposals_fall(self):
        """What was proposed of the person is gone, and brings him back no more."""
        proposal = self.env['pharma.change.request'].with_user(self.user_director).propose(
            'facts', self.person.id, {'name': "欧阳新名", 'phone': '13700001111'}, "见名片")
        request = self._request('erase').with_user(self.user_director)
        self.env['pharma.data.erase'].with_user(self.user_director).create({
            'request_id': request.id, 'number': self.person.id}).action_erase()
        request.sudo()._job_erase()
        self.assertEqual(proposal.sudo().state, 'cancelled')
        self.assertFalse(self._find("欧阳新名", '13700001111'))
        with self.assertRaises(UserError):
            proposal.with_user(self.user_steward).action_accept_over()

    def test_rights(self):
        """Requests are for stewards and directors; nobody writes what became of one."""
        request = self._request('erase')
        for user in (self.user_representative, self.user_area_manager, self.user_product_manager,
                     self.user_service, self.user_internal):
            with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
                request.with_user(user).read(['partner_id'])
            with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
                self._request('export', user)
        for vals in ({'state': 'done'}, {'requested_by_id': self.user_admin.id},
                     {'report': {}}, {'copy_count': 3}):
            with self.assertRaises(AccessError):
                request.with_user(self.user_director).write(vals)
            with self.assertRaises(AccessError):
                self._request('export', **vals)
        made = self.env['pharma.data.request'].with_user(self.user_steward).with_context(
            default_state='done', default_requested_by_id=self.user_admin.id).create({
                'kind': 'export', 'partner_id': self.person.id})
        self.assertEqual(
            (made.state, made.requested_by_id), ('received', self.user_steward))
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            request.with_user(self.user_admin).unlink()

    def test_refusal(self):
        """A refusal needs a reason, and closes the request."""
        request = self._request('erase').with_user(self.user_director)
        with self.assertRaises(UserError):
            request.action_refuse()
        request.refusal = 'law'
        request.action_refuse()
        self.assertEqual(request.state, 'refused')
        with self.assertRaises(UserError):
            request.write({'ground': 'purpose'})

    def test_only_persons_outside(self):
        """Hospitals have no personal data, employees ask the department of personnel."""
        with self.assertRaises(UserError):
            self._request('export', partner_id=self.hospital.id)
        self.person.user_ids = [Command.create({
            'login': 'doctor', 'partner_id': self.person.id, 'name': NAME,
            'group_ids': [Command.set(self.env.ref('base.group_user').ids)]})]
        with self.assertRaises(UserError):
            self._request('erase')

    def test_portal_login(self):
        """The login of a person in the portal is closed with him."""
        user = new_test_user(self.env, 'doctor_login', 'base.group_portal', name=NAME)
        user.partner_id.write({'pharma_type': 'person', 'parent_id': self.department.id})
        self.person = user.partner_id
        self._erase()
        self.assertFalse(user.active)
        self.assertNotIn('doctor', user.login)

    def test_deadline(self):
        """15 working days, and late ones are found."""
        request = self._request('export', date_received='2026-11-20')
        self.assertEqual(str(request.deadline), '2026-12-11')
        late = self._request('erase', date_received='2020-01-01')
        self.assertTrue(late.is_late)
        self.assertIn(late, self.env['pharma.data.request'].search([('is_late', '=', True)]))

    def test_new_models_are_found(self):
        """A link to a contact, and a component of a linked record, are found by reflection."""
        data = self.env['pharma.personal.data']
        self.assertIn('partner_id', data._get_link_fields()['pharma.visit'])
        self.assertIn('person_ids', data._get_link_fields()['pharma.visit'])
        self.assertIn(('pharma.visit.product', 'visit_id'),
                      data._get_component_fields()['pharma.visit'])
        for model in ('mail.message', 'mail.activity', 'ir.attachment', 'tier.review'):
            self.assertIn(model, data._get_reference_fields())
        linked = data._get_linked(self.person)
        self.assertIn(self.visit.id, linked['pharma.visit'])
        self.assertIn(self.visit.message_ids[0].id, linked['mail.message'])
        self.assertNotIn(self.hospital.id, linked.get('res.partner', ()))
