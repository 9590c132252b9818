from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..common_territory import TerritoryCase


@tagged('post_install', '-at_install')
class TestTerritoryScreens(TerritoryCase):
    """What the screens of territories and customers show and offer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._assign(cls.user_representative, cls.area_a)
        cls._assign(cls.colleague, cls.area_b)
        cls.all = (cls.hospital_a + cls.hospital_b + cls.hospital_c + cls.hospital_x
                   + cls.hospital_free)

    def _groups(self, groupby, user=None, partners=None):
        partners = partners or self.all
        groups = self.env['res.partner'].with_user(
            user or self.user_director).formatted_read_group(
            [('id', 'in', partners.ids)], [groupby], ['__count'])
        return {group[groupby] and group[groupby][0]: group['__count'] for group in groups}

    def test_group_by_owner(self):
        """Customers stand with each of their responsible people; opening a group finds them."""
        self._align(self.hospital_a, self.area_b)
        self.assertEqual(self._groups('owner_ids'), {
            self.user_representative.id: 2, self.colleague.id: 2, False: 2})
        partners = self.env['res.partner'].with_user(self.user_director)
        for owner, count in self._groups('owner_ids').items():
            self.assertEqual(partners.search_count(
                [('id', 'in', self.all.ids), ('owner_ids', '=', owner)]), count)
        self.assertEqual(self._groups('owner_ids', self.colleague), {
            self.user_representative.id: 1, self.colleague.id: 2})
        self.assertTrue(partners.fields_get(['owner_ids'])['owner_ids']['groupable'])
        person = self._create_person(self.hospital_b)
        self.assertEqual(
            self._groups('owner_ids', partners=person), {self.user_representative.id: 1})

    def test_territory_of_persons(self):
        """Departments and persons stand in the territory of their hospital."""
        person = self._create_person(self._create_department(self.hospital_a))
        self.assertEqual(person.entity_territory_id, self.area_a)
        self.assertEqual(
            self._groups('entity_territory_id', partners=person), {self.area_a.id: 1})
        found = self.env['res.partner'].search([
            ('id', 'in', (person + self.all).ids),
            ('commercial_partner_id.territory_id', 'child_of', self.region.id)])
        self.assertEqual(
            set(found.ids), {person.id, self.hospital_a.id, self.hospital_b.id,
                             self.hospital_c.id})

    def test_territory_counts(self):
        """A territory counts customers and people with all below, each of them once."""
        self._align(self.hospital_a, self.area_b)
        self._assign(self.colleague, self.area_a)
        self.assertRecordValues(self.region + self.area_a + self.area_x, [
            {'customer_count': 0, 'total_customer_count': 3, 'total_people_count': 2},
            {'customer_count': 2, 'total_customer_count': 2, 'total_people_count': 2},
            {'customer_count': 1, 'total_customer_count': 1, 'total_people_count': 0}])
        manager = self.region.with_user(self.colleague)
        self.assertEqual(manager.total_customer_count, 3)
        action = self.region.action_view_customers()
        self.assertEqual(
            set(self.env['res.partner'].search(action['domain']).ids) & set(self.all.ids),
            {self.hospital_a.id, self.hospital_b.id, self.hospital_c.id})
        people = self.env['pharma.territory.assignment'].search(
            self.region.action_view_people()['domain'])
        self.assertEqual(people.user_id, self.user_representative + self.colleague)
        self.assertNotIn('hierarchy_res_id', str(self.region.action_view_hierarchy()['context']))

    def test_short_names(self):
        """A territory is called by its path, in narrow columns by its name."""
        self.assertEqual(self.area_a.display_name, "华东大区 / 海州地区")
        short = self.area_a.with_context(hierarchical_naming=False)
        self.assertEqual(short.display_name, "海州地区")

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_share_dialog(self):
        """The representative shares his hospital in the dialog; a stranger's is refused."""
        shares = self.env['pharma.share'].with_user(self.user_representative)
        action = self.hospital_a.with_user(self.user_representative).action_share()
        self.assertEqual(action['target'], 'new')
        with Form(shares.with_context(**action['context'])) as form:
            form.user_id = self.colleague
            form.date_to = self._day(9)
        self.assertEqual(self.hospital_a.share_ids.user_id, self.colleague)
        self.assertTrue(self.env['res.partner'].with_user(self.colleague).search_count(
            [('id', '=', self.hospital_a.id)]))
        lead = self.env['crm.lead'].create({
            'name': "进院", 'partner_id': self.hospital_b.id, 'type': 'opportunity',
            'user_id': self.user_representative.id})
        with Form(shares.with_context(**lead.action_share()['context'])) as form:
            form.user_id = self.colleague
        self.assertTrue(
            self.env['crm.lead'].with_user(self.colleague).search_count([('id', '=', lead.id)]))
        with self.assertRaises(AccessError):
            shares.create({'partner_id': self.hospital_c.id, 'user_id': self.colleague.id})

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_own_delegation(self):
        """A representative appoints somebody for himself, for nobody else."""
        delegations = self.env['pharma.delegation'].with_user(self.user_representative)
        with Form(delegations) as form:
            form.delegate_id = self.colleague
            form.date_to = self._day(3)
        delegation = delegations.search([('delegate_id', '=', self.colleague.id)])
        self.assertEqual(delegation.user_id, self.user_representative)
        self.assertTrue(self.env['res.partner'].with_user(self.colleague).search_count(
            [('id', '=', self.hospital_a.id)]))
        with self.assertRaises(AccessError):
            delegations.create({
                'user_id': self.colleague.id, 'delegate_id': self.user_representative.id,
                'date_to': self._day(3)})

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_who_maintains(self):
        """Directors keep the tree, assignments and alignments; the others read."""
        for role in ('representative', 'area_manager', 'product_manager', 'steward'):
            user = self.users_by_role[role]
            with self.subTest(role=role):
                self.assertTrue(self.area_a.with_user(user).name)
                for model, values in (
                    ('pharma.territory', {'name': "新区"}),
                    ('pharma.territory.assignment', {
                        'territory_id': self.area_a.id, 'user_id': user.id}),
                    ('pharma.alignment', {
                        'territory_id': self.area_a.id, 'partner_id': self.hospital_free.id}),
                ):
                    with self.assertRaises(AccessError):
                        self.env[model].with_user(user).create(values)
        with Form(self.env['pharma.territory'].with_user(self.user_director)) as form:
            form.name = "新区"
            form.parent_id = self.region
        self.assertEqual(form.record.complete_name, "华东大区 / 新区")
