from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_change import ChangeCase


@tagged('post_install', '-at_install')
class TestChangeLevels(ChangeCase):
    """Levels of approval, by OCA's tier validation."""

    def setUp(self):
        super().setUp()
        self.enterContext(mute_logger(
            'odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model'))

    def test_two_levels(self):
        """The director agrees to new hospitals after the steward; other requests end there."""
        level = self._level(pharma_kind='facts', pharma_customer_type='hospital')
        self.assertEqual(level.model, 'pharma.change.request')
        request, other = self._propose(), self._propose(self.doctor, {'phone': '138'})
        reviews = request.review_ids.sorted('sequence')
        self.assertEqual(reviews.mapped('status'), ['pending', 'waiting'])
        self.assertEqual(len(other.review_ids), 1)
        with self.assertRaises(AccessError):
            self._as(request, self.user_director).action_accept()
        self._as(request).action_accept()
        self.assertEqual(request.state, 'submitted')
        self.assertEqual(self.hospital.phone, '0571-1')
        self.assertEqual(reviews.mapped('status'), ['approved', 'pending'])
        # whose turn it is has something to do
        self.assertIn(self.user_director, request.activity_ids.user_id)
        self.assertNotIn(self.user_steward, request.activity_ids.user_id)
        with self.assertRaises(AccessError):
            self._as(request).action_accept()
        self._as(request, self.user_director).action_accept()
        self.assertEqual((request.state, self.hospital.phone), ('done', '0571-2'))
        self.assertEqual(request.decided_by_id, self.user_director)

    def test_refused_at_the_second_level(self):
        self._level()
        request = self._propose()
        self._as(request).action_accept()
        self._as(request, self.user_director)._refuse("不同意")
        self.assertEqual(request.state, 'refused')
        self.assertEqual(self.hospital.phone, '0571-1')
        self.assertEqual(
            request.review_ids.sorted('sequence').mapped('status'), ['approved', 'rejected'])

    def test_steward_writes_after_others(self):
        """A distributor is no customer that directors delete or managers change: the steward who
        approved writes it, though the last word is another's."""
        self._level(pharma_reviewer='manager')
        distributor = self._create_distributor()
        request = self._propose(distributor, {'phone': '9'})
        self._as(request).action_accept()
        self._as(request, self.user_area_manager).action_accept()
        self.assertEqual((request.state, distributor.phone), ('done', '9'))
        self.assertEqual(distributor.write_uid, self.user_steward)

    def test_corrected_after_the_steward(self):
        """What somebody else corrects afterwards is not written with the steward's rights."""
        self._level(pharma_reviewer='manager')
        distributor = self._create_distributor()
        request = self._propose(distributor, {'phone': '9'})
        self._as(request).action_accept()
        manager = self._as(request, self.user_area_manager)
        manager._correct_values({'phone': '8'})
        with self.assertRaises(AccessError), self.cr.savepoint():
            manager.action_accept()
        self.assertFalse(distributor.phone)

    def test_last_level_without_rights(self):
        """Who may not change the customer cannot be the only one: he is told, nothing is done."""
        self.env.ref('pharma_crm.tier_definition_change_steward').active = False
        self._level(pharma_reviewer='manager')
        distributor = self._create_distributor()
        request = self._propose(distributor, {'phone': '9'})
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._as(request, self.user_area_manager).action_accept()
        request.invalidate_recordset()
        self.assertEqual(request.state, 'submitted')
        self.assertFalse(distributor.phone)

    def test_named_person_and_manager(self):
        """Levels may be a named person and the asker's manager."""
        person = new_test_user(
            self.env, login='change_named', groups='pharma_crm.group_pharma_crm_product_manager')
        self._assign(person, self.territory, role='product_manager', date_from='2020-01-01')
        self._level(pharma_reviewer='user', reviewer_id=person.id)
        self._level(pharma_reviewer='manager')
        request = self._propose()
        reviews = request.review_ids.sorted('sequence')
        self.assertEqual(reviews[1].reviewer_ids, person)
        self.assertEqual(reviews[2].reviewer_ids, self.user_area_manager)
        for user in (self.user_steward, person, self.user_area_manager):
            self._as(request, user).action_accept()
        self.assertEqual((request.state, self.hospital.phone), ('done', '0571-2'))

    def test_administrator_is_a_steward(self):
        """Who has a role by another one that includes it decides too."""
        request = self._propose()
        self.assertIn(self.user_admin, request.review_ids.reviewer_ids)
        self._as(request, self.user_admin).action_accept()
        self.assertEqual(request.state, 'done')

    def test_later_steward(self):
        """Who becomes a steward while requests wait decides about them."""
        request = self._propose()
        later = new_test_user(
            self.env, login='change_later', groups='pharma_crm.group_pharma_crm_steward')
        self._as(request, later).action_accept()
        self.assertEqual(request.state, 'done')

    def test_nobody_to_decide(self):
        """A level whose person may not see the customer is told at once, not found out later."""
        self._level(pharma_reviewer='user', reviewer_id=self.colleague.id)
        with self.assertRaises(UserError):
            self._propose()
        self.assertTrue(self._propose(self.far, user=self.user_director))

    def test_without_levels(self):
        """Data stewards decide where no level is set up; one that is set up since holds."""
        self.env.ref('pharma_crm.tier_definition_change_steward').active = False
        request = self._propose()
        self.assertFalse(request.review_ids)
        with self.assertRaises(AccessError):
            self._as(request, self.user_area_manager).action_accept()
        self.assertTrue(self._as(request).can_decide)
        later = self._propose(self.doctor, {'phone': '138'})
        self._as(request).action_accept()
        self.assertEqual(request.state, 'done')
        self._level()
        with self.assertRaises(AccessError):
            self._as(later).action_accept()

    def test_set_up_by_the_administrator(self):
        """An administrator of the suite sets up these levels, and no others."""
        levels = self.env['tier.definition'].with_user(self.user_admin)
        level = levels.create({'pharma_reviewer': 'director', 'pharma_kind': 'new_customer'})
        self.assertRecordValues(level, [{
            'model': 'pharma.change.request', 'review_type': 'group', 'approve_sequence': True,
            'reviewer_group_id': self.env.ref('pharma_crm.group_pharma_crm_director').id,
            'definition_domain': "[('kind', '=', 'new_customer')]"}])
        first = self.env.ref('pharma_crm.tier_definition_change_steward')
        self.assertLess(level.sequence, first.sequence)
        level.write({'pharma_reviewer': 'manager', 'pharma_kind': False})
        self.assertRecordValues(level, [{
            'review_type': 'field', 'definition_domain': False, 'reviewer_group_id': False}])
        self.assertEqual(level.sudo().reviewer_field_id.name, 'manager_ids')
        with self.assertRaises(AccessError):
            levels.create({
                'name': "x", 'model_id': self.env['ir.model']._get_id('res.partner')})
        with self.assertRaises(AccessError):
            levels.with_user(self.user_steward).create({'pharma_reviewer': 'director'})
