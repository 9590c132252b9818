import os
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ...models.customer import pharma_person_profile_numbers
from ...models.customer.pharma_person_profile_numbers import KEY_VARIABLE
from ...models.setup import pharma_health_check as module
from ...tools.crypto import generate_key
from .test_setup import SetupCase


@tagged('post_install', '-at_install')
class TestHealth(SetupCase):
    """Every check finds what it is there for, and only that."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.health = cls.env['pharma.health.check'].with_user(cls.user_admin)
        cls.today = cls.env['pharma.access']._get_today()
        # What stands in the database before does not matter here
        cls.env.cr.execute("UPDATE queue_job SET state = 'done'")
        cls.env.cr.execute(
            "UPDATE ir_cron SET nextcall = now() + interval '1 day', failure_count = 0")
        cls.env.invalidate_all()

    def _set_keys(self, keys):
        for patcher in (
            patch.dict(os.environ, {KEY_VARIABLE: keys}),
            # The machine's own odoo.conf may have a key
            patch.object(pharma_person_profile_numbers, '_keys_of_file', lambda path: ''),
        ):
            patcher.start()
            self.addCleanup(patcher.stop)
        self.env.invalidate_all()

    def _check(self, key):
        """Run one check as the administrator."""
        self.env.flush_all()
        return self.health._run_check(self.health._get_check(key))

    def assertHealth(self, key, state, *texts):
        result = self._check(key)
        self.assertEqual(result['state'], state, result['message'])
        for text in texts:
            self.assertIn(text, result['message'])
        return result

    # === WORK === #

    def _create_job(self, **columns):
        job = self.health.with_delay(description="Testjob")._job_check('key').db_record()
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "UPDATE queue_job SET %s WHERE id = %s",
            SQL(", ").join(SQL("%s = %s", SQL.identifier(name), value)
                           for name, value in columns.items()), job.id))
        self.env.invalidate_all()

    def test_failed_jobs(self):
        self.assertHealth('jobs_failed', 'good')
        self._create_job(state='failed')
        result = self.assertHealth('jobs_failed', 'bad', "1", "Testjob")
        self.assertFalse(result['buttons'])  # jobs are the business of Odoo's administrators
        self.user_admin.group_ids += self.env.ref('queue_job.group_queue_job_manager')
        action = self._check('jobs_failed')['buttons'][0]['action']
        self.assertEqual(len(self.env[action['res_model']].search(action['domain'])), 1)

    def test_stuck_jobs(self):
        """Waiting or working for too long; one that is to wait does not count."""
        ago = fields.Datetime.now() - timedelta(hours=5)
        self._create_job(state='pending')
        self._create_job(state='pending', date_created=ago,
                         eta=fields.Datetime.now() + timedelta(hours=1))
        self._create_job(state='started', date_started=fields.Datetime.now(), date_created=ago)
        self.assertHealth('jobs_stuck', 'good')
        self._create_job(state='pending', date_created=ago)
        self._create_job(state='started', date_started=ago)
        self.assertHealth('jobs_stuck', 'bad', "2")

    def test_scheduled_actions(self):
        self.assertHealth('crons', 'good')
        cron = self.env.ref('pharma_crm.ir_cron_territory')
        for vals, state in (
            ({'active': False}, 'look'),
            ({'nextcall': fields.Datetime.now() - timedelta(hours=3)}, 'bad'),
            ({'failure_count': 2}, 'bad'),
        ):
            before = {name: cron[name] for name in vals}
            cron.write(vals)
            self.assertHealth('crons', state, cron.name)
            cron.write(before)
        self.assertHealth('crons', 'good')

    def test_imports(self):
        """Failed, waiting for nothing, forgotten; of all kinds of lists."""
        self.env.cr.execute("UPDATE pharma_hospital_import SET state = 'done'")
        self.env.invalidate_all()
        self.assertHealth('imports', 'good')
        for model in ('pharma.hospital.import', 'pharma.setup.import'):
            self.assertIn(model, self.health._get_import_models())
            record = self.env[model].create({'name': "x", 'data': b'eA=='})
            record.state = 'failed'
            self.assertHealth('imports', 'look', "1")
            record.state = 'queued'
            result = self.assertHealth('imports', 'bad')
            self.assertEqual(result['buttons'][0]['action']['domain'], [('id', 'in', record.ids)])
            self.health.with_delay(
                identity_key=f'{model}-{record.id}-_run')._job_check('key')
            self.assertHealth('imports', 'good')
            record.state = 'ready'
            self.assertHealth('imports', 'good')
            self.env.flush_all()
            self.env.cr.execute(SQL(
                "UPDATE %s SET write_date = now() - interval '8 days' WHERE id = %s",
                SQL.identifier(record._table), record.id))
            self.env.invalidate_all()
            self.assertHealth('imports', 'look')
            record.state = 'done'

    # === DATA === #

    def test_key(self):
        """No key matters once there are numbers; an old one waits for its rotation."""
        self._set_keys('')
        self.assertHealth('key', 'look', "0")
        self._set_keys('no key')
        self.assertHealth('key', 'look')
        old, new = generate_key(), generate_key()
        self._set_keys(old)
        self.assertHealth('key', 'good', "0")
        person = self._create_person(self._create_hospital())
        self.env['pharma.person.profile'].create({
            'partner_id': person.id, 'private_phone': '13812341234'})
        self.assertHealth('key', 'good', "1")
        self._set_keys(f'{new},{old}')
        self.assertFalse(self.assertHealth('key', 'look', "1")['buttons'])
        self._set_keys('')
        self.assertHealth('key', 'bad', "1")

    def test_key_repair(self):
        """Administrators of Odoo encrypt anew from here; nobody else."""
        self.user_admin.group_ids += self.env.ref('base.group_system')
        old, new = generate_key(), generate_key()
        self._set_keys(old)
        self.env['pharma.person.profile'].create({
            'partner_id': self._create_person(self._create_hospital()).id,
            'private_phone': '13812341234'})
        self._set_keys(f'{new},{old}')
        self.assertTrue(self.assertHealth('key', 'look')['buttons'])
        with trap_jobs() as trap:
            self.health.action_repair('key')
            trap.perform_enqueued_jobs()
        self.assertHealth('key', 'good')
        self.user_admin.group_ids -= self.env.ref('base.group_system')
        with self.assertRaises(AccessError):
            self.health.action_repair('key')

    def test_numbers(self):
        """Each number is decrypted; those of a lost key and changed ones are counted."""
        self._set_keys(generate_key())
        hospital = self._create_hospital()
        profiles = self.env['pharma.person.profile'].create([{
            'partner_id': self._create_person(hospital, name=f"人{n}").id,
            'private_phone': f'1381234123{n}', 'identity_number': '110101199003071233',
        } for n in range(3)])
        with patch('odoo.addons.pharma_crm.models.setup.pharma_health_data.CHUNK', 2):
            self.assertHealth('numbers', 'good', "6")
        self.env.cr.execute(
            "UPDATE pharma_person_profile SET private_phone_token = identity_number_token"
            " WHERE id = %s", profiles[0].ids)
        self.env.invalidate_all()
        self.assertHealth('numbers', 'bad', "1", "6")
        self._set_keys(generate_key())
        self.assertHealth('numbers', 'bad', "6")
        self._set_keys('')
        self.assertHealth('numbers', 'bad', "6")

    def test_names(self):
        """Missing, surplus and wrong rows of the index are counted, repaired, and right then."""
        partners = self._create_hospital() + self._create_hospital(name="海州新安医院")
        self.env.flush_all()
        self.assertHealth('names', 'good')
        self.env.cr.execute(
            "DELETE FROM pharma_search_name WHERE model = 'res.partner' AND res_id = %s",
            [partners[0].id])
        self.env.cr.execute(
            "UPDATE pharma_search_name SET grams = '{x}' WHERE model = 'res.partner'"
            " AND res_id = %s", [partners[1].id])
        self.env.cr.execute(
            "INSERT INTO pharma_search_name"
            " (model, res_id, source, text, letters, sort_key, owner, grams)"
            " VALUES ('res.partner', 999999999, 'name', 'x', 'x', 'x', 0, '{x}')")
        result = self.assertHealth('names', 'bad', "1")
        self.assertEqual(result['buttons'][0]['args'], ['names'])
        self.health.action_repair('names')
        self.assertHealth('names', 'good')
        self.assertEqual(
            self.env['pharma.health.check'].search([('key', '=', 'names')]).state, 'good')
        with patch.object(type(self.env['pharma.search.name']), '_index') as index:
            self.health.action_repair('names')
        index.assert_not_called()

    def test_database(self):
        self.assertHealth('database', 'good', "PostgreSQL", "MB")
        problems = self.health._get_database_problems
        for values, states in (
            ((150018, 'UTF8', 'C.UTF-8'), []), ((180000, 'UTF8', 'zh_CN.utf8'), []),
            ((150018, 'SQL_ASCII', 'C'), ['bad', 'look']), ((150018, 'UTF8', 'C'), ['look']),
            ((140005, 'UTF8', 'en_US.UTF-8'), ['look']),
        ):
            self.assertEqual([state for state, _text in problems(*values)], states, values)

    # === PEOPLE === #

    def test_territory_on_customers(self):
        area = self._create_territory()
        hospital, other = (self._create_hospital(name=name, territory=False)
                           for name in ("海州安康医院", "海州新安医院"))
        self._align(hospital, area)
        self.assertHealth('territories', 'good')
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET territory_id = CASE WHEN id = %s THEN %s::int END"
            " WHERE id = ANY(%s)", [other.id, area.id, [hospital.id, other.id]])
        self.env.invalidate_all()
        result = self.assertHealth('territories', 'bad', "2")
        self.assertEqual(
            set(self.env['res.partner'].search(result['buttons'][1]['action']['domain']).ids),
            {hospital.id, other.id})
        self.health.action_repair('territories')
        self.assertHealth('territories', 'good')
        self.assertEqual((hospital.territory_id, other.territory_id.id), (area, False))

    def test_users_without(self):
        """Without role, without territory of today; who ended yesterday has none."""
        area = self._create_territory()
        assigned = new_test_user(
            self.env, login='t_assigned', name="有辖区",
            groups='pharma_crm.group_pharma_crm_representative')
        lonely = new_test_user(
            self.env, login='t_lonely', name="无辖区",
            groups='pharma_crm.group_pharma_crm_representative')
        assignment = self._assign(assigned, area, date_from='2025-01-01')
        without_role, without_territory = self.health._get_users_without()
        self.assertIn(self.user_internal, without_role)
        self.assertIn(lonely, without_territory)
        self.assertNotIn(assigned, without_role | without_territory)
        self.assertFalse((self.user_steward | self.user_portal | self.user_service)
                         & (without_role | without_territory))
        assignment.date_to = self.today - timedelta(days=1)
        self.assertIn(assigned, self.health._get_users_without()[1])
        self.assertHealth('roles', 'look', "无辖区")
        self.health._get_users_without()[1].active = False
        self.assertHealth('roles', 'good')

    def test_territories_without_people(self):
        self._clear_territories()
        area = self._create_territory()
        self.assertHealth('staff', 'look', "1", area.name)
        assignment = self._assign(self.user_representative, area, date_from='2025-01-01')
        self.assertHealth('staff', 'good', "1")
        assignment.date_to = self.today - timedelta(days=1)
        self.assertHealth('staff', 'look', "1")

    def test_customers_without_territory(self):
        self.env['res.partner'].search([('pharma_type', '!=', False)]).active = False
        hospital = self._create_hospital(territory=False)
        self._create_person(self._create_department(hospital))
        self._create_distributor()
        result = self.assertHealth('coverage', 'look', "1")
        found = self.env['res.partner'].search(result['buttons'][0]['action']['domain'])
        self.assertEqual(found, hospital)
        self._align(hospital, self._create_territory(), date_from=self.today + timedelta(days=1))
        self.assertHealth('coverage', 'look', "1")
        hospital.alignment_ids.date_from = self.today
        self.assertHealth('coverage', 'good', "1")

    def test_ended(self):
        delegations = self.env['pharma.delegation']
        delegations.search([]).unlink()
        delegations.create([{
            'user_id': self.user_representative.id, 'delegate_id': self.user_director.id,
            'date_from': day, 'date_to': day,
        } for day in (self.today, self.today - timedelta(days=1), self.today - timedelta(days=2))])
        self.assertHealth('ended', 'good', "1", "2")

    # === PAGE === #

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_roles(self):
        """Only administrators of the suite look, run and repair, by whatever way."""
        for role, user in self.users_by_role.items():
            health = self.env['pharma.health.check'].with_user(user)
            setup = self.env['pharma.setup'].with_user(user)
            with self.subTest(role=role):
                if role == 'admin':
                    self.assertTrue(health.get_page()['sections'])
                    self.assertTrue(setup.get_page()['sections'])
                    continue
                for call in (
                    health.get_page, setup.get_page, setup.action_load_hospitals,
                    lambda health=health: health.action_run('rights'),
                    lambda health=health: health.action_repair('territories'),
                    lambda health=health: health.search_count([]),
                ):
                    with self.assertRaises(AccessError):
                        call()
        with self.assertRaises(AccessError):
            self.health.create({'key': 'x'})
        with self.assertRaises(AccessError):
            self.health._get_record('key').with_user(self.user_admin).write({'state': 'good'})

    def test_page(self):
        """Quick checks are fresh, long ones as they were last; nothing is missing."""
        page = self.health.get_page()
        cards = {card['key']: card for section in page['sections'] for card in section['cards']}
        self.assertEqual(set(cards), {check.key for check in self.health._get_health_checks()})
        self.assertEqual(sum(page['counts'].values()), len(cards))
        self.assertEqual(cards['names']['state'], 'unknown')
        self.health.action_run('names')
        cards = {card['key']: card for section in self.health.get_page()['sections']
                 for card in section['cards']}
        self.assertEqual(cards['names']['state'], 'good')
        self.assertTrue(cards['names']['checked_on'])

    def test_long_checks_of_large_databases(self):
        """They run in the background, once however often one clicks."""
        with patch.object(module, 'SMALL_DATABASE', 0), trap_jobs() as trap:
            self.health.action_run('names')
            self.health.action_run('names')
            trap.assert_jobs_count(1)
            card = self.health._get_card(
                self.health._get_check('names'), self.health.search([('key', '=', 'names')]))
            self.assertTrue(card['waits'])
            self.assertFalse(card['buttons'])
            with patch.object(type(self.health), '_has_live_job', lambda self, pattern: False):
                # The job is gone: the check may be asked for again
                card = self.health._get_card(
                    self.health._get_check('names'), self.health.search([('key', '=', 'names')]))
            self.assertNotIn('waits', card)
            self.assertEqual(card['buttons'][0]['args'], ['names'])
            trap.perform_enqueued_jobs()
        self.assertEqual(self.health.search([('key', '=', 'names')]).state, 'good')

    def test_unknown_check(self):
        for key in ('no_such', 'admin', '__class__'):
            for method in ('action_run', 'action_repair'):
                with self.assertRaises(UserError):
                    getattr(self.health, method)(key)
        with self.assertRaises(UserError):
            self.health.action_repair('database')

    def test_check_that_fails(self):
        """It is bad by itself and leaves the others alone."""
        with patch.object(type(self.health), '_check_staff', lambda self: self.env.cr.execute(
                "SELECT 1 / 0")), self.assertLogs(module._logger, 'ERROR'), mute_logger(
                'odoo.sql_db'):
            self.assertHealth('staff', 'bad', "division by zero")
        self.assertHealth('database', 'good')

    def test_night(self):
        """All are checked at night; each bad one is one activity per administrator until good."""
        area, hospital = self._create_territory(), self._create_hospital(territory=False)
        self._align(hospital, area)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET territory_id = NULL WHERE id = %s", hospital.ids)
        self.env.invalidate_all()
        checks = self.env['pharma.health.check'].sudo()
        for _night in range(2):
            checks._cron_run_checks()
            record = checks.search([('key', '=', 'territories')])
            self.assertEqual(record.state, 'bad')
            activities = record.activity_ids.filtered(
                lambda activity: activity.user_id == self.user_admin)
            self.assertEqual(len(activities), 1)
            self.assertFalse(record.activity_ids.filtered(
                lambda activity: activity.user_id == self.user_director))
        self.assertEqual(
            set(checks.search([]).mapped('key')), {c.key for c in checks._get_health_checks()})
        self.assertFalse(checks.search([('key', '=', 'names')]).activity_ids)
        self.env['pharma.alignment']._refresh_territories()
        checks._cron_run_checks()
        self.assertEqual(record.state, 'good')
        self.assertFalse(record.activity_ids)
