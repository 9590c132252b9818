from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_visit_review import VisitReviewCase


@tagged('post_install', '-at_install')
class TestCoaching(VisitReviewCase):
    """What a manager saw in a joint call."""

    def _coach(self, **values):
        return self.env['pharma.coaching'].with_user(self.user_area_manager).create({
            'user_id': self.user_representative.id, 'strengths': "准备充分", **values})

    def test_begins_as_a_draft(self):
        """Whatever defaults a client sends."""
        coaching = self.env['pharma.coaching'].with_user(self.user_area_manager).with_context(
            default_state='acknowledged').create({'user_id': self.user_representative.id})
        self.assertEqual(coaching.state, 'draft')

    def test_from_the_call(self):
        """From the joint call to the acknowledgement."""
        visit = self._call(companion_id=self.user_area_manager.id)
        manager = visit.with_user(self.user_area_manager)
        action = manager.action_coach()
        self.assertFalse(action['res_id'])
        with Form(self.env['pharma.coaching'].with_user(self.user_area_manager).with_context(
                **action['context'])) as form:
            form.strengths = "准备充分"
            with form.line_ids.edit(0) as line:
                line.mark = '4'
            with form.line_ids.edit(1) as line:
                line.mark = '3'
        coaching = form.save()
        self.assertRecordValues(coaching, [{
            'user_id': self.user_representative.id, 'visit_id': visit.id, 'mark': 3.5,
            'manager_id': self.user_area_manager.id, 'territory_id': self.area_a.id}])
        self.assertEqual(len(coaching.line_ids), 7)
        self.assertEqual(manager.action_coach()['res_id'], coaching.id)
        person = coaching.with_user(self.user_representative)
        with self.assertRaises(AccessError):
            person.read(['strengths'])
        coaching.action_share()
        self.assertIn(
            self.user_representative.partner_id, coaching.message_ids.notified_partner_ids)
        self.assertEqual(person.strengths, "准备充分")
        self.assertEqual(len(person.line_ids.filtered('mark')), 2)
        person.action_acknowledge()
        self.assertEqual(coaching.state, 'acknowledged')
        self.assertTrue(coaching.acknowledged_on)

    def test_who_reads(self):
        """The person when it is shared, his managers, directors; nobody else."""
        coaching = self._coach()
        coaching.action_share()
        for user in (self.user_representative, self.user_area_manager, self.upper,
                     self.user_director):
            coaching.with_user(user).read(['strengths'])
            coaching.line_ids.with_user(user).read(['mark'])
        for user in (self.colleague, self.other_manager, self.stranger, self.user_product_manager,
                     self.user_steward, self.user_internal):
            with self.assertRaises(AccessError, msg=user.login):
                coaching.with_user(user).read(['strengths'])
            with self.assertRaises(AccessError, msg=user.login):
                coaching.line_ids.with_user(user).read(['mark'])

    def test_who_writes(self):
        """Managers of the person; not he himself, not about oneself, not of another area."""
        coaching = self._coach()
        coaching.action_share()
        for user in (self.user_representative, self.other_manager):
            with self.assertRaises(AccessError):
                coaching.with_user(user).strengths = "x"
            with self.assertRaises(AccessError):
                coaching.line_ids[0].with_user(user).mark = '5'
        for user, person in ((self.user_area_manager, self.user_area_manager),
                             (self.other_manager, self.user_representative),
                             (self.user_representative, self.colleague)):
            with self.assertRaises(AccessError):
                self.env['pharma.coaching'].with_user(user).create({'user_id': person.id})

    def test_acknowledged_stays(self):
        """What the person has read does not change afterwards, nor is it set by writing."""
        coaching = self._coach()
        for values in ({'state': 'acknowledged'}, {'manager_id': self.upper.id},
                       {'acknowledged_on': '2026-01-01'}):
            with self.assertRaises(AccessError):
                coaching.write(values)
            with self.assertRaises(AccessError):
                self._coach(**values)
        with self.assertRaises(AccessError):
            coaching.action_acknowledge()
        coaching.action_share()
        for user in (self.user_area_manager, self.upper, self.user_director):
            with self.assertRaises(AccessError):
                coaching.with_user(user).action_acknowledge()
        coaching.with_user(self.user_representative).action_acknowledge()
        for change in (
                lambda: coaching.write({'strengths': "x"}), coaching.unlink,
                lambda: coaching.line_ids[0].write({'mark': '1'}), coaching.line_ids[0].unlink,
                lambda: coaching.line_ids.create({
                    'coaching_id': coaching.id, 'skill_id': self.env[
                        'pharma.coaching.skill'].sudo().create({'name': "新"}).id})):
            with self.assertRaises(UserError):
                change()
