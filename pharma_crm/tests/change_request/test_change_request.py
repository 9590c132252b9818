from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_change import ChangeCase


@tagged('post_install', '-at_install')
class TestChangeRequest(ChangeCase):
    """What people propose, and what becomes of it."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(
            'odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model'))

    def test_accept(self):
        """A telephone number is proposed, nothing changes until a steward accepts, who asked is
        told."""
        request = self._propose(values={'phone': '0571-2', 'hospital_level': '2'})
        self.assertRecordValues(request, [{
            'state': 'submitted', 'user_id': self.user_representative.id,
            'pharma_type': 'hospital', 'territory_id': self.territory.id}])
        # what is as proposed already makes no line
        self.assertRecordValues(request.line_ids, [{
            'field_name': 'phone', 'old_value': '0571-1', 'proposed_value': '0571-2',
            'old_text': '0571-1', 'current_text': '0571-1', 'is_conflict': False}])
        self.assertEqual(self.hospital.phone, '0571-1')
        self.assertIn(self.user_steward, request.activity_ids.user_id)
        self.assertNotIn(self.user_representative, request.activity_ids.user_id)
        self._as(request).action_accept()
        self.assertRecordValues(request, [{
            'state': 'done', 'decided_by_id': self.user_steward.id}])
        self.assertEqual(self.hospital.phone, '0571-2')
        self.assertFalse(request.activity_ids)
        self.assertIn(
            self.user_representative.partner_id, request.message_ids[0].notified_partner_ids)
        with self.assertRaises(UserError):
            self._as(request, self.steward2).action_accept()

    def test_steward_writes(self):
        """The change is written with the steward's own name and rights."""
        request = self._propose()
        self._as(request).action_accept()
        self.assertEqual(self.hospital.write_uid, self.user_steward)

    def test_correct_and_leave_out(self):
        """One fact is corrected, another is left out; the asker is told which."""
        request = self._propose(values={
            'phone': '0571-2', 'street': "健康路1号", 'hospital_level': '3'})
        steward = self._as(request)
        dialog = self.env['pharma.change.proposal'].with_user(self.user_steward).with_context(
            default_request_id=request.id)
        form = Form(dialog)
        self.assertEqual(form.phone, '0571-2')
        form.phone = '0571-3'
        form.save().action_correct()
        steward.line_ids.filtered(lambda line: line.field_name == 'hospital_level').action_leave()
        steward.action_accept()
        self.assertRecordValues(self.hospital, [{
            'phone': '0571-3', 'street': "健康路1号", 'hospital_level': '2'}])
        lines = {line.field_name: line for line in request.line_ids}
        self.assertTrue(lines['phone'].is_corrected)
        self.assertEqual(lines['phone'].proposed_value, '0571-2')
        self.assertIn(lines['hospital_level'].label, request.message_ids[0].body)

    def test_nothing_taken(self):
        request = self._propose()
        self._as(request).line_ids.action_leave()
        with self.assertRaises(UserError):
            self._as(request).action_accept()
        self._as(request).line_ids.action_take()
        self._as(request).action_accept()
        self.assertEqual(self.hospital.phone, '0571-2')

    def test_refuse(self):
        """Never without a reason, which the asker reads."""
        request = self._propose()
        refusal = self.env['pharma.change.refusal'].with_user(self.user_steward)
        with self.assertRaises(UserError):
            refusal.create({'request_id': request.id, 'reason': " "}).action_refuse()
        refusal.create({'request_id': request.id, 'reason': "总机未换"}).action_refuse()
        self.assertRecordValues(request, [{'state': 'refused', 'decision_note': "总机未换"}])
        self.assertEqual(self.hospital.phone, '0571-1')
        self.assertIn("总机未换", request.message_ids[0].body)
        self.assertIn(
            self.user_representative.partner_id, request.message_ids[0].notified_partner_ids)

    def test_conflict(self):
        """A customer that was changed meanwhile is shown, and not overwritten unseen."""
        request = self._propose()
        self.hospital.phone = '0571-9'
        line = request.line_ids
        line.invalidate_recordset()
        self.assertTrue(line.is_conflict)
        self.assertEqual(line.current_text, '0571-9')
        self.assertTrue(self._as(request).has_conflict)
        with self.assertRaisesRegex(UserError, '0571-9'):
            self._as(request).action_accept()
        with self.assertRaisesRegex(UserError, '0571-9'):
            self._as(request).validate_tier()
        self.assertEqual(request.state, 'submitted')
        self._as(request).action_accept_over()
        self.assertEqual(self.hospital.phone, '0571-2')

    def test_same_change_meanwhile(self):
        """What somebody entered meanwhile as proposed is no conflict."""
        request = self._propose()
        self.hospital.phone = '0571-2'
        self._as(request).action_accept()
        self.assertEqual(request.state, 'done')

    def test_draft_and_back(self):
        """Taken back, changed and submitted again; given up."""
        request = self._propose()
        mine = self._as(request, self.user_representative)
        with self.assertRaises(UserError):
            mine.write({'reason': "改了"})
        mine.action_withdraw()
        self.assertFalse(request.review_ids)
        self.assertFalse(request.activity_ids)
        mine.write({'reason': "改了"})
        form = Form(self.env['pharma.change.proposal'].with_user(
            self.user_representative).with_context(default_request_id=request.id))
        form.phone = '0571-4'
        form.save().action_submit()
        self.assertEqual(request.line_ids.mapped('proposed_value'), ['0571-4'])
        self.assertEqual(request.state, 'submitted')
        mine.action_cancel()
        self.assertEqual(request.state, 'cancelled')
        with self.assertRaises(UserError):
            self._as(request).action_accept()
        with self.assertRaises(UserError):
            mine.action_submit()

    def test_dialog_on_the_page(self):
        """Today's facts are there; only what is changed is proposed."""
        action = self.hospital.with_user(self.user_representative).action_propose_change()
        form = Form(self.env[action['res_model']].with_user(
            self.user_representative).with_context(**action['context']))
        self.assertEqual((form.name, form.phone, form.hospital_level), ("甲医院", '0571-1', '2'))
        form.hospital_level = '3'
        form.reason = "卫健委公告"
        request = self.env['pharma.change.request'].browse(form.save().action_submit()['res_id'])
        self.assertRecordValues(request.line_ids, [{
            'field_name': 'hospital_level', 'proposed_value': '3'}])
        self.assertEqual(request.reason, "卫健委公告")

    def test_values_are_checked(self):
        """Types, choices, records, at the proposal and once more at the end."""
        for values in ({'hospital_level': '9'}, {'phone': 5}, {'phone': 'x' * 501},
                       {'specialty_id': 10 ** 8}, {'specialty_id': '1'}, {'name': ['x']},
                       {'parent_organisation_id': self.hospital.id}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._propose(values=values)
        for values in ({'user_id': 1}, {'pharma_verified': 'verified'}, {'comment': "x"},
                       {'date_from': '2026-01-01'}, {'company_id': 1}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self._propose(values=values)
        with self.assertRaises(UserError):
            self._propose(values={'phone': '0571-1'})
        specialty = self.env['pharma.specialty'].create({'name': "临时科", 'code': 'T9'})
        request = self._propose(self.doctor, {'specialty_id': specialty.id})
        specialty.unlink()
        with self.assertRaises(ValidationError):
            self._as(request).action_accept()
        self.assertEqual(request.state, 'submitted')

    def test_constraints_at_the_end(self):
        """What the customer's own rules refuse is refused, and nothing is half done."""
        campus = self._create_campus(self.hospital)
        request = self._propose(campus, {'parent_id': self.far.id}, user=self.user_director)
        self.far.pharma_type = 'distributor'
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._as(request).action_accept()
        request.invalidate_recordset()
        self.assertEqual(request.state, 'submitted')
        self.assertEqual(campus.parent_id, self.hospital)

    def test_post(self):
        """A doctor moves, another leaves: his posts keep the past."""
        other = self._create_department(self.hospital, name="外科")
        day = self.env['pharma.access']._get_today()
        self.doctor.affiliation_ids.date_from = '2020-01-01'
        with self.assertRaises(UserError):
            self._propose(self.doctor, {
                'place_id': self.department.id, 'date_from': str(day)}, kind='post')
        request = self._propose(self.doctor, {
            'place_id': other.id, 'date_from': str(day), 'post': "主任"}, kind='post')
        self._as(request).action_accept()
        self.assertEqual((self.doctor.parent_id, self.doctor.function), (other, "主任"))
        self.assertEqual(
            self.doctor.affiliation_ids.sorted('id').mapped('state'), ['past', 'current'])
        self.doctor.affiliation_ids.filtered('is_primary').date_from = '2021-01-01'
        leaves = self._propose(self.doctor, {
            'place_id': False, 'post': False, 'date_from': str(day)}, kind='post')
        self._as(leaves).action_accept()
        self.assertEqual(set(self.doctor.affiliation_ids.mapped('state')), {'past'})

    def test_close(self):
        """A hospital closes with all below; who also works elsewhere stays there."""
        self._create_department(self.far, name="科室")
        self.env['pharma.affiliation'].create({
            'person_id': self.doctor.id, 'place_id': self.far.id})
        gone = self._create_person(self.department, name="离去者")
        with self.assertRaises(UserError):
            self.env['pharma.change.request'].with_user(self.user_representative).propose(
                'close', self.hospital.id)
        request = self._propose(values={}, kind='close')
        self._as(request).action_accept()
        self.assertFalse((self.hospital | self.department | gone).filtered('active'))
        self.assertTrue(self.doctor.active)
        self.assertEqual(self.doctor.parent_id, self.far)

    def test_evidence(self):
        """Files of the asker are read by whoever reads the request; nobody attaches another's."""
        mine = self.env['ir.attachment'].with_user(self.user_representative).create({
            'name': "照片.txt", 'raw': b'x'})
        request = self._propose(attachment_ids=mine.ids)
        self.assertEqual(self._as(request).attachment_ids.raw, b'x')
        with self.assertRaises(AccessError):
            mine.with_user(self.colleague).read(['raw'])
        other = self.env['ir.attachment'].with_user(self.colleague).create({
            'name': "x.txt", 'raw': b'y'})
        with self.assertRaises(AccessError):
            self._propose(attachment_ids=other.ids)

    def test_many_at_once(self):
        """Two requests accepted from the list; a demo of the queue's filter."""
        requests = self._propose() | self._propose(self.doctor, {'phone': '138'})
        steward = self.env['pharma.change.request'].with_user(self.user_steward)
        self.assertLessEqual(set(requests.ids), set(steward.search([
            ('can_decide', '=', True)]).ids))
        self._as(requests).action_accept()
        self.assertEqual(requests.mapped('state'), ['done', 'done'])
        self.assertFalse(steward.search([
            ('can_decide', '=', True), ('id', 'in', requests.ids)]))

    def test_home(self):
        """The home screens count what waits for whom."""
        def figure(user):
            home = self.env['pharma.home'].with_user(user).get_home()
            figures = [figure for section in home['sections']
                       for figure in section.get('figures', ()) if figure.get('key') == 'changes']
            return figures[0]['value'] if figures else None
        before = figure(self.user_steward)
        self._propose()
        self.assertEqual(figure(self.user_steward), before + 1)
        self.assertEqual(figure(self.user_area_manager), 0)
        self.assertIsNone(figure(self.user_representative))

    def test_reminder(self):
        """Who has chosen short messages or mails is told that it is his turn, or what became of
        his request, once."""
        reminders = self.env['pharma.reminder']
        company, now = self.env.company, None
        users = self.user_representative | self.user_steward
        request = self._propose()

        def found():
            return [(user, values['state']) for user, _key, values, record
                    in reminders._find_change(company, users, now) if record == request]
        self.assertEqual(found(), [(self.user_steward, 'submitted')])
        self._as(request).action_accept()
        self.assertEqual(found(), [(self.user_representative, 'done')])
        self.assertIn(request.name, reminders._words_change(
            {'number': request.name, 'state': 'done'}))
