import os
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ...models.customer import pharma_person_profile_numbers
from ...models.customer.pharma_person_profile_numbers import KEY_VARIABLE
from ...tools.crypto import generate_key
from ..common import PharmaCrmCommon
from ..list_import.test_hospital_import import make_xlsx
from ..list_import.test_setup_import import TERRITORY_HEADER, USER_HEADER


class SetupCase(PharmaCrmCommon):

    def _clear_territories(self):
        """Territories of before do not count."""
        for model in ('pharma.territory.assignment', 'pharma.alignment'):
            self.env[model].search([]).unlink()
        self.env['pharma.territory'].search([]).active = False


@tagged('post_install', '-at_install')
class TestSetup(SetupCase):
    """Every step of the checklist follows the data, there and back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.setup = cls.env['pharma.setup'].with_user(cls.user_admin)

    def _step(self, key):
        page = self.setup.get_page()
        return next(step for step in page['sections'][0]['cards'] if step['key'] == key)

    def assertStep(self, key, state, *texts):
        step = self._step(key)
        self.assertEqual(step['state'], state, step['message'])
        for text in texts:
            self.assertIn(text, step['message'])
        return step

    def _set_keys(self, keys):
        for patcher in (
            patch.dict(os.environ, {KEY_VARIABLE: keys}),
            # The machine's own odoo.conf may have a key
            patch.object(pharma_person_profile_numbers, '_keys_of_file', lambda path: ''),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)

    def test_company(self):
        company = self.env.company
        company.write({
            'name': "海州药业", 'street': "新华路1号", 'city': "海州", 'vat': False,
            'state_id': self.env.ref('base.state_cn_JS').id, 'phone': '0518-1'})
        self.assertStep('company', 'look', "海州药业")
        company.partner_id.with_context(no_vat_validation=True).vat = '91320700MA00000000'
        self.assertStep('company', 'good')
        company.name = "My Company"
        self.assertStep('company', 'look')

    def test_key(self):
        """The key is wanted only where somebody keeps private numbers."""
        self._set_keys('')
        total = self.setup.get_page()['total']
        self.assertStep('key', 'later')
        self._set_keys(generate_key())
        self.assertStep('key', 'good')
        self.assertEqual(self.setup.get_page()['total'], total + 1)
        self.env['pharma.person.profile'].create({
            'partner_id': self._create_person(self._create_hospital()).id,
            'private_phone': '13812341234'})
        self._set_keys('')
        self.assertStep('key', 'look')

    def test_product_lines(self):
        self.env['product.category'].search([]).is_product_line = False
        product = self._create_product()
        self.assertStep('lines', 'look', "0")
        line = self.env['product.category'].create({'name': "线", 'is_product_line': True})
        outside = self._step('lines')['message']
        product.categ_id = line.copy({'name': "下", 'parent_id': line.id, 'is_product_line': False})
        self.assertStep('lines', 'good', "1")
        inside = self._step('lines')['message']
        self.assertNotEqual(inside, outside)
        self._create_product(sale_ok=False)  # a competitor's is in no line of ours
        self.assertEqual(self._step('lines')['message'], inside)

    def test_territories(self):
        self._clear_territories()
        step = self.assertStep('territories', 'look', "0")
        self.assertEqual([button['name'] for button in step['buttons']], ['upload', 'template'])
        territory = self._create_territory()
        self._create_territory(name="另一区")
        self._assign(self.user_representative, territory)
        step = self.assertStep('territories', 'good', "2", "1")
        self.assertEqual(
            self.env['pharma.territory'].search(step['buttons'][-1]['action']['domain']).name,
            "另一区")

    def test_users(self):
        """Done once somebody works in the field and all of them have a territory."""
        field_users = self.env['res.users'].search([('group_ids', 'in', [
            self.env.ref(f'pharma_crm.group_pharma_crm_{role}').id
            for role in ('representative', 'area_manager', 'product_manager')])])
        self._clear_territories()
        (field_users - self.user_representative).active = False
        self.assertStep('users', 'look', "1")
        self._assign(self.user_representative, self._create_territory())
        self.assertStep('users', 'good', "1")
        self.user_representative.active = False
        self.assertStep('users', 'look', "0")

    def test_hospitals_and_alignments(self):
        self.env['res.partner'].search([('pharma_type', '!=', False)]).active = False
        self.assertStep('hospitals', 'look')
        self.assertStep('alignments', 'look')
        hospital = self._create_hospital(territory=False)
        pharmacy = self._create_partner_of_type('pharmacy', territory=False)
        self.assertStep('hospitals', 'good', "1")
        territory = self._create_territory()
        self._align(hospital, territory)
        step = self.assertStep('alignments', 'look', "1")
        self.assertEqual(
            self.env['res.partner'].search(step['buttons'][0]['action']['domain']), pharmacy)
        self._align(pharmacy, territory)
        self.assertStep('alignments', 'good', "2")

    def test_jobs(self):
        self.env.cr.execute("UPDATE queue_job SET state = 'done'")
        self.env.cr.execute(
            "UPDATE ir_cron SET nextcall = now() + interval '1 day', failure_count = 0")
        self.env.invalidate_all()
        self.assertStep('jobs', 'good')
        self.env.ref('pharma_crm.ir_cron_territory').failure_count = 3
        self.assertStep('jobs', 'look')

    def test_progress(self):
        page = self.setup.get_page()
        states = [card['state'] for card in page['sections'][0]['cards']]
        self.assertEqual(page['done'], states.count('good'))
        self.assertEqual(page['total'], len(states) - states.count('later'))

    def test_load_hospitals(self):
        """Only administrators of the suite start the list that comes with it."""
        with trap_jobs() as trap:
            action = self.setup.action_load_hospitals()
            trap.assert_jobs_count(1)
        self.assertEqual(action['res_model'], 'pharma.hospital.import')
        with self.assertRaises(AccessError):
            self.env['pharma.setup'].with_user(self.user_steward).action_load_hospitals()

    def test_buttons_open(self):
        """All buttons lead to something that the administrator may open."""
        self._create_territory()
        self._create_hospital()
        pages = (self.setup.get_page(), self.setup.env['pharma.health.check'].get_page())
        buttons = [button for page in pages for section in page['sections']
                   for card in section['cards'] for button in card['buttons']]
        self.assertGreater(len(buttons), 12)
        for button in buttons:
            action = button.get('action')
            if not action:
                self.assertIn('method', button)
            elif action['type'] == 'ir.actions.act_window':
                with self.subTest(button=button['label']):
                    model = self.setup.env[action['res_model']]
                    model.get_views(action['views'])
                    if isinstance(action.get('domain'), list):
                        model.search(action['domain'], limit=1)
            else:
                self.assertIn(action['type'], ('ir.actions.act_url', 'ir.actions.client'))

    def test_after_install(self):
        """Whoever installs the addon lands on the checklist."""
        todo = self.env.ref('pharma_crm.todo_setup')
        self.assertEqual(todo.action_id.path, 'pharma-setup')


@tagged('post_install', '-at_install')
class TestSetupUi(SetupCase, HttpCase):
    """The pages in a real browser, as the suite's administrator."""

    def _serve(self, name, *rows):
        self.env['ir.attachment'].create({
            'name': name, 'url': f'/pharma_crm_test/{name}', 'public': True,
            'raw': make_xlsx(*rows)})

    def test_checklist(self):
        self._clear_territories()
        self._serve('territories.xlsx', TERRITORY_HEADER, ('巡访大区', 'TT1', '', '大区'),
                    ('巡访地区', 'TT2', 'TT1', '地区'), ('坏区', 'TT3', '火星', ''))
        self._serve('users.xlsx', USER_HEADER, (
            't_tour_user', '巡访代表', '', '', '代表', 'TT2', '', '', ''))
        self.start_tour('/odoo/pharma-setup', 'pharma_crm_setup', login='pharma_admin')
        user = self.env['res.users'].search([('login', '=', 't_tour_user')])
        assignment = self.env['pharma.territory.assignment'].search([('user_id', '=', user.id)])
        self.assertRecordValues(assignment.territory_id, [{
            'code': 'TT2', 'complete_name': "巡访大区 / 巡访地区"}])

    def test_health(self):
        self._create_hospital(territory=False)
        self.env['pharma.health.check'].search([]).unlink()
        self.env.flush_all()
        self.start_tour('/odoo/pharma-health', 'pharma_crm_health', login='pharma_admin')
        self.assertEqual(
            self.env['pharma.health.check'].search([('key', '=', 'names')]).state, 'good')
