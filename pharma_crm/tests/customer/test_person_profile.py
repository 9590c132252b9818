import os
import tempfile
from unittest.mock import patch

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ...models.customer import pharma_person_profile_numbers as numbers
from ...models.customer.pharma_person_profile_numbers import KEY_OPTION, KEY_VARIABLE, NUMBERS
from .common_profile import BANK, IDENTITY, PHONE, ProfileCommon

MASKED = {
    'private_phone': '138****1234', 'identity_number': '110****002X', 'bank_account': '****2222'}


@tagged('post_install', '-at_install')
class TestPersonProfile(ProfileCommon):

    def _as(self, role, profile=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (profile or self.profile).with_user(self.users_by_role[role])

    def _columns(self, profile):
        """The row as the database holds it."""
        self.env.flush_all()
        self.env.cr.execute("SELECT * FROM pharma_person_profile WHERE id = %s", [profile.id])
        return self.env.cr.dictfetchone()

    # === ENCRYPTED NUMBERS === #

    def test_column_holds_no_plain_text(self):
        """A look into the database finds neither the numbers nor their parts."""
        row = self._columns(self.profile)
        everything = ' '.join(map(str, row.values()))
        for number in (PHONE, IDENTITY, BANK, BANK.replace(' ', ''), PHONE[-8:], IDENTITY[6:14]):
            self.assertNotIn(number, everything)
        for fname in NUMBERS:
            self.assertTrue(row[f'{fname}_token'].startswith('1:'))
            self.assertNotIn(fname, row, "no column for the field itself")

    def test_masked_by_default(self):
        """Whatever is read is masked, right after writing as well."""
        self.assertRecordValues(self.profile, [MASKED])
        profile = self._as('representative')
        [values] = profile.web_save(
            {'private_phone': '13700001111'}, {fname: {} for fname in NUMBERS})
        self.assertEqual(values['private_phone'], '137****1111')
        self.assertEqual(profile.show_number('private_phone'), '13700001111')
        profile.private_phone = '13700002222'
        self.assertEqual(profile.private_phone, '137****2222')
        fresh = self._create_person(self.department, user_id=self.user_representative.id)
        [values] = self.env['pharma.person.profile'].with_user(self.user_representative).web_save(
            {'partner_id': fresh.id, 'bank_account': '62220000999988887'}, {'bank_account': {}})
        self.assertEqual(values['bank_account'], '****8887')

    def test_show(self):
        """The number comes as it was entered; every showing is a row in the log."""
        profile = self._as('representative')
        for fname, number in (
                ('private_phone', PHONE), ('identity_number', IDENTITY), ('bank_account', BANK)):
            self.assertEqual(profile.show_number(fname), number)
            self.assertEqual(profile.show_number(fname), number)
            rows = self._log_rows(kind='shown', field_name=fname)
            self.assertEqual(len(rows), 2)
            self.assertEqual(rows.user_id, self.user_representative)
            self.assertEqual(rows.partner_id, self.person)
        with self.assertRaises(UserError):
            profile.show_number('private_phone_token')
        self.assertEqual(self._as('steward', self.foreign_profile).show_number('bank_account'), '')
        self.assertFalse(self._log_rows(self.foreign_person, kind='shown'))

    def test_masked_number_written_back_changes_nothing(self):
        """An exported list can be imported again; another masked number is refused."""
        profile = self._as('representative')
        profile.write(MASKED)
        self.assertEqual(profile.show_number('private_phone'), PHONE)
        with self.assertRaises(UserError):
            profile.private_phone = '139****1234'
        profile.private_phone = False
        self.assertFalse(profile.private_phone)
        self.assertFalse(self._columns(profile)['private_phone_digest'])

    def test_form(self):
        """The form is filled by hand: a new profile, then one number of it changed."""
        person = self._create_person(self.department, user_id=self.user_representative.id)
        action = person.with_user(self.user_representative).action_view_private_profile()
        profiles = self.env['pharma.person.profile'].with_user(self.user_representative)
        with Form(profiles.with_context(**action['context'])) as form:
            form.birthday = '1970-11-02'
            form.private_phone = '13600000001'
        profile = form.record
        self.assertEqual(profile.partner_id, person)
        self.assertEqual(profile.birthday_month, '11')
        with Form(profile) as form:
            form.identity_number = IDENTITY
        self.assertEqual(profile.show_number('private_phone'), '13600000001')
        self.assertEqual(person.with_user(self.user_representative)
                         .action_view_private_profile()['res_id'], profile.id)

    def test_search_by_full_number(self):
        """A full number finds its profile in any spelling, a part of it nothing."""
        profiles = self.env['pharma.person.profile'].with_user(self.user_steward)
        for fname, value in [
            ('private_phone', PHONE), ('private_phone', '+86 138-1234-1234'),
            ('identity_number', IDENTITY.lower()), ('bank_account', BANK.replace(' ', '')),
        ]:
            for operator in ('=', 'ilike', 'in'):
                found = profiles.search([(fname, operator, [value] if operator == 'in' else value)])
                self.assertEqual(found, self.profile, (fname, operator))
        for value in ('138', '1234', '138****1234', '13812341235', BANK):
            self.assertFalse(profiles.search([('private_phone', 'ilike', value)]), value)
        both = self.profile + self.foreign_profile
        domain = [('id', 'in', both.ids)]
        self.assertEqual(profiles.search([*domain, ('bank_account', '=', False)]),
                         self.foreign_profile)
        self.assertEqual(profiles.search([*domain, ('bank_account', '!=', False)]), self.profile)
        self.assertEqual(profiles.search([*domain, ('private_phone', '!=', PHONE)]),
                         self.foreign_profile)

    def test_search_is_logged(self):
        """Who guesses the hidden digits leaves a row."""
        self.env['pharma.person.profile'].with_user(self.user_steward).search_count(
            [('private_phone', 'in', [f'1381234{last:04}' for last in range(1200, 1300)])])
        row = self._log_rows(kind='searched')
        self.assertEqual((row.user_id, row.field_name), (self.user_steward, 'private_phone'))
        self.assertFalse(self._log_rows(self.foreign_person, kind='searched'))

    def test_duplicates(self):
        """Two persons with one phone or one identity number are told to who may see both."""
        self.assertFalse(self.profile.has_duplicate)
        self.foreign_profile.write({
            'private_phone': '0086 138 1234 1234', 'bank_account': BANK})
        profile = self._as('steward')
        self.assertEqual(profile.duplicate_ids, self.foreign_person)
        self.assertEqual(profile.search([('has_duplicate', '=', True)]),
                         self.profile + self.foreign_profile)
        profile = self._as('representative')
        self.assertFalse(profile.duplicate_ids, "the other person is none of his")
        self.assertFalse(profile.search([('has_duplicate', '=', True)]))
        self.foreign_profile.write({'private_phone': False})
        self.assertFalse(self._as('steward').has_duplicate, "a bank account may be shared")

    # === KEYS === #

    def test_without_key(self):
        """All else works; the page says what to set, a number is refused with the same words."""
        with patch.dict(os.environ), patch(
                'odoo.addons.pharma_crm.models.customer.pharma_person_profile_numbers._keys_of_file',
                lambda path: ''):
            os.environ.pop(KEY_VARIABLE)
            self.env.invalidate_all()
            profile = self._as('representative')
            for name in (KEY_OPTION, KEY_VARIABLE):
                self.assertIn(name, profile.key_problem)
            self.assertEqual(profile.private_phone, '****')
            profile.hobbies = "登山"
            self.assertEqual(profile.hobbies, "登山")
            for call in (lambda: profile.write({'private_phone': '13500000000'}),
                         lambda: profile.show_number('private_phone'),
                         lambda: profile.search([('private_phone', '=', PHONE)])):
                with self.assertRaisesRegex(UserError, KEY_OPTION):
                    call()
            settings = self.env['res.config.settings'].create({})
            self.assertIn(KEY_OPTION, settings.pharma_key_problem)
        self.env.invalidate_all()
        self.assertFalse(self.profile.key_problem)
        self.assertEqual(self.profile.show_number('private_phone'), PHONE)

    def test_wrong_keys(self):
        """What is no key, and a number of a key that is gone, are told apart."""
        self._use_keys('geheim')
        self.assertIn(KEY_OPTION, self.profile.key_problem)
        self.assertNotIn('geheim', self.profile.key_problem)
        self._use_keys(self.other_key)
        self.assertTrue(self.profile.key_problem)
        self.assertFalse(self.profile._key_problem())
        with self.assertRaises(UserError):
            self.profile.show_number('private_phone')
        self._use_keys(self.key)
        self.env.cr.execute(
            "UPDATE pharma_person_profile SET bank_account_token = private_phone_token"
            " WHERE id = %s", [self.profile.id])
        self.env.invalidate_all()
        self.assertEqual(self.profile.bank_account, '****')
        self.assertTrue(self.profile.key_problem)

    def test_keys_of_configuration_file(self):
        """Without the environment the keys are those of odoo.conf."""
        with patch.dict(os.environ):
            os.environ.pop(KEY_VARIABLE)
            path = self._temporary_file(f'[pharma_crm]\n{KEY_OPTION} = {self.key},\n  x%y\n')
            with patch.dict(numbers.config.options, {'config': path}):
                self.assertEqual(numbers.configured_keys().split(',')[0], self.key)
        self.assertEqual(numbers._keys_of_file('/nowhere/odoo.conf'), '')

    def _temporary_file(self, text):
        with tempfile.NamedTemporaryFile('w', suffix='.conf', delete=False) as handle:
            handle.write(text)
        self.addCleanup(os.unlink, handle.name)
        return handle.name

    def test_rotation(self):
        """A new first key: old numbers are read and found, then encrypted anew, once."""
        self._use_keys(self.other_key, self.key)
        profiles = self.env['pharma.person.profile']
        self.assertEqual(profiles.search([('private_phone', '=', PHONE)]), self.profile)
        self.foreign_profile.private_phone = PHONE
        self.assertEqual(self.profile.duplicate_ids, self.foreign_person, "of two keys")
        before = self._columns(self.profile)
        done, failed = profiles._reencrypt_all()
        self.assertEqual((done, failed), (3, 0))
        after = self._columns(self.profile)
        for fname in NUMBERS:
            self.assertNotEqual(before[f'{fname}_token'], after[f'{fname}_token'])
            self.assertNotEqual(before[f'{fname}_digest'], after[f'{fname}_digest'])
        self.assertEqual(before['write_date'], after['write_date'])
        self.assertEqual(profiles._reencrypt_all(), (0, 0), "a second run finds nothing to do")
        self.assertEqual(self._columns(self.profile), after)
        self._use_keys(self.other_key)
        self.assertEqual(self.profile.show_number('identity_number'), IDENTITY)
        self.assertEqual(profiles.search([('private_phone', '=', PHONE)]),
                         self.profile + self.foreign_profile)

    def test_rotation_in_batches(self):
        """Batches walk over all profiles, also over those that cannot be read."""
        self._use_keys(self.other_key)
        with mute_logger('odoo.addons.pharma_crm.models.customer.pharma_person_profile_numbers'):
            self.assertEqual(self.env['pharma.person.profile']._reencrypt_all(), (0, 4))
        self._use_keys(self.other_key, self.key)
        profiles = self.env['pharma.person.profile']
        last, done, failed = profiles._reencrypt_batch(0, limit=1)
        self.assertEqual((last, done, failed), (self.profile.id, 3, 0))
        last, done, failed = profiles._reencrypt_batch(last, limit=1)
        self.assertEqual((last, done, failed), (self.foreign_profile.id, 1, 0))
        self.assertEqual(profiles._reencrypt_batch(last, limit=1), (None, 0, 0))

    def test_rotation_job(self):
        """The settings' button does it in jobs, each of which queues the next."""
        self._use_keys(self.other_key, self.key)
        settings = self.env['res.config.settings'].create({})
        with trap_jobs() as trap:
            settings.action_pharma_reencrypt()
            trap.assert_jobs_count(1)
            trap.perform_enqueued_jobs()
        self._use_keys(self.other_key)
        self.assertEqual(self.profile.show_number('private_phone'), PHONE)

    # === LOG === #

    def test_opening_is_one_row(self):
        """Opening, reloading and saving the page are one opening; a later one is another."""
        profile = self._as('representative')
        specification = {'hobbies': {}, 'notes': {}, 'private_phone': {}, 'career': {}}
        profile.web_read(specification)
        profile.web_read(specification)
        profile.web_save({'notes': "新"}, specification)
        row = self._log_rows()
        self.assertRecordValues(row, [{
            'user_id': self.user_representative.id, 'partner_id': self.person.id,
            'partner_number': self.person.id, 'kind': 'opened', 'field_name': False}])
        self.env.cr.execute(
            "UPDATE pharma_profile_log SET date = date - interval '6 minutes' WHERE id = %s",
            [row.id])
        self.env.invalidate_all()
        profile.web_read(specification)
        self.assertEqual(len(self._log_rows()), 2)
        self._as('steward').web_read(specification)
        self.assertEqual(len(self._log_rows(user_id=self.user_steward.id)), 1)

    def test_every_way_of_reading_is_logged(self):
        """The web client, an import program, an export: none of them reads without a row."""
        self.user_steward.group_ids += self.env.ref('base.group_allow_export')
        domain = [('id', '=', self.profile.id)]
        specification = {'hobbies': {}}
        for name, kind, read in [
            ('read', 'opened', lambda profile: profile.read(['hobbies'])),
            ('read all', 'opened', lambda profile: profile.read()),
            ('search_read', 'opened', lambda profile: profile.search_read(domain, ['hobbies'])),
            ('web_search_read', 'opened',
             lambda profile: profile.web_search_read(domain, specification)),
            ('export_data', 'exported', lambda profile: profile.export_data(['hobbies'])),
        ]:
            with self.subTest(name=name):
                self.env.cr.execute("DELETE FROM pharma_profile_log")
                self.env.invalidate_all()
                self.assertIn("钓鱼", str(read(self._as('steward'))))
                self.assertEqual(self._log_rows().mapped('kind'), [kind])

    def test_list_is_no_opening(self):
        """The list shows what may stand there, and nothing in it opens a profile."""
        views = self.env['pharma.person.profile'].with_user(self.user_steward).get_views(
            [(False, 'list'), (False, 'kanban')])
        for view in ('list', 'kanban'):
            nodes = etree.fromstring(views['views'][view]['arch']).xpath('//field')
            self.assertGreater(len(nodes), 3)
            self._as('steward').web_search_read([], {node.get('name'): {} for node in nodes})
        self.assertFalse(self._log_rows())

    def test_log_cannot_be_changed(self):
        """Nobody writes or deletes rows, the superuser neither."""
        self._as('representative').show_number('private_phone')
        row = self._log_rows(kind='shown')
        with self.assertRaises(UserError):
            row.sudo().date = fields.Datetime.now()
        with self.assertRaises(UserError):
            row.sudo().unlink()

    def test_erased_person(self):
        """The profile goes with its person; of him the log keeps the number of his record."""
        self._as('representative').show_number('private_phone')
        person_id, row = self.person.id, self._log_rows(kind='shown')
        self.person.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.profile.exists())
        self.assertRecordValues(row, [{'partner_id': False, 'partner_number': person_id}])
        self.assertIn(row, self.env['pharma.profile.log'].with_user(self.user_admin).search([]))

    def test_no_message_tells_a_number(self):
        """Neither the person's messages nor their tracked values know anything of the profile."""
        self.profile.with_context(tracking_disable=False, mail_notrack=False).write(
            {'private_phone': '13311112222', 'hobbies': "XQZ"})
        self.env.flush_all()
        self.env.cr.execute(
            """ SELECT count(*) FROM mail_message
                 WHERE body LIKE '%%13311112222%%' OR body LIKE '%%XQZ%%'
                    OR model = 'pharma.person.profile' """)
        self.assertEqual(self.env.cr.fetchone(), (0,))

    # === FACTS === #

    def test_one_profile_per_person(self):
        """A second profile of one person, and one of a department, are refused."""
        with mute_logger('odoo.sql_db'), self.assertRaises(Exception) as caught:
            self._create_profile(self.person)
        self.assertIn('partner_uniq', str(caught.exception))
        with self.assertRaises(ValidationError):
            self._create_profile(self.department)
        with self.assertRaises(UserError):
            self.profile.copy()

    def test_birthdays(self):
        """Birthdays of a month are found; one to come is refused."""
        self.profile.birthday = '1949-12-31'
        found = self.env['pharma.person.profile'].search([('birthday_month', '=', '12')])
        self.assertIn(self.profile, found)
        self.assertNotIn(self.foreign_profile, found)
        with self.assertRaises(ValidationError):
            self.profile.birthday = fields.Date.add(
                fields.Date.context_today(self.profile), days=2)
