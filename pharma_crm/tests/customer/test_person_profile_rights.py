from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...models.customer.pharma_person_profile import SENSITIVE_FACTS
from .common_profile import PHONE, ProfileCommon

# role -> sees the own person's profile, sees a stranger's, may delete
RIGHTS = {
    'representative': (True, False, False),
    'area_manager': (True, True, False),
    'product_manager': (False, False, False),
    'steward': (True, True, True),
    'service': (False, False, False),
    'director': (True, True, False),
    'admin': (True, True, True),
    'internal': (False, False, False),
    'portal': (False, False, False),
}
QUIET = ('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model', 'odoo.http',
         'odoo.models')


@tagged('post_install', '-at_install')
class TestPersonProfileRights(ProfileCommon, HttpCase):
    """Who reads private profiles, role by role, through every way that a client has."""

    def _profiles(self, role):
        self.env.flush_all()
        self.env.invalidate_all()
        return self.env['pharma.person.profile'].with_user(self.users_by_role[role])

    def _rpc(self, role, method, *args, model='pharma.person.profile', **kwargs):
        """call_kw as the web client does it; the error's name instead of the result if it fails."""
        self.authenticate(f'pharma_{role}', f'pharma_{role}')
        response = self.url_open(
            f'/web/dataset/call_kw/{model}/{method}', json={'jsonrpc': '2.0', 'params': {
                'model': model, 'method': method, 'args': list(args), 'kwargs': kwargs}}).json()
        if 'error' in response:
            return response['error']['data']['name'].split('.')[-1]
        return response['result']

    @mute_logger(*QUIET)
    def test_read_write_create_delete(self):
        """The table of rights in the README holds, record by record."""
        for role, (own, foreign, delete) in RIGHTS.items():
            for profile, allowed in ((self.profile, own), (self.foreign_profile, foreign)):
                with self.subTest(role=role, person=profile.partner_id.name):
                    profile = self._profiles(role).browse(profile.id)
                    self.assertEqual(profile.has_access('read'), allowed)
                    self.assertEqual(profile.has_access('write'), allowed)
                    self.assertEqual(profile.has_access('unlink'), delete)
                    if allowed:
                        profile.write({'notes': role})
                        self.assertEqual(profile.show_number('private_phone')[:2], '13')
                    else:
                        for call in (lambda p: p.read(['notes']), lambda p: p.write({'notes': 'x'}),
                                     lambda p: p.show_number('private_phone')):
                            with self.assertRaises(AccessError):
                                call(profile)

    @mute_logger(*QUIET)
    def test_create(self):
        """Profiles are entered of those persons whose profile one may see."""
        for role, (own, foreign, _delete) in RIGHTS.items():
            for place, allowed in ((self.department, own), (self.foreign_hospital, foreign)):
                person = self._create_person(place, name="新人")
                with self.subTest(role=role, place=place.name):
                    values = {'partner_id': person.id, 'private_phone': PHONE}
                    if allowed:
                        self._profiles(role).create(values)
                    else:
                        with self.assertRaises(AccessError):
                            self._profiles(role).create(values)
                            self.env.flush_all()

    @mute_logger(*QUIET)
    def test_searches_counts_groups(self):
        """What is hidden is neither found, counted, grouped nor suggested."""
        domain = [('id', 'in', (self.profile + self.foreign_profile).ids)]
        for role, (own, foreign, _delete) in RIGHTS.items():
            with self.subTest(role=role):
                visible = (self.profile if own else self.profile.browse()) + (
                    self.foreign_profile if foreign else self.profile.browse())
                profiles = self._profiles(role)
                if not visible:
                    for method, arguments in (
                            ('search', [domain]), ('search_count', [domain]),
                            ('name_search', ["顾怀谨"]), ('search_read', [domain, ['notes']]),
                            ('formatted_read_group', [domain, ['gender'], ['__count']])):
                        with self.assertRaises(AccessError):
                            getattr(profiles, method)(*arguments)
                    continue
                self.assertEqual(profiles.search(domain), visible)
                self.assertEqual(profiles.search_count(domain), len(visible))
                self.assertEqual(
                    profiles.web_search_read(domain, {'notes': {}})['length'], len(visible))
                groups = profiles.formatted_read_group(domain, ['gender'], ['__count'])
                self.assertEqual(sum(group['__count'] for group in groups), len(visible))
                self.assertEqual(bool(profiles.name_search("别家的人")), foreign)
                self.assertTrue(profiles.name_search("顾怀谨"))
                self.assertEqual(
                    bool(profiles.search([('private_phone', '=', '13900000000')])), foreign)

    def test_share_does_not_open_profiles(self):
        """Who gets a person shared, even to work on, does not get his private profile."""
        self.env['pharma.share'].create({
            'partner_id': self.foreign_person.id, 'user_id': self.user_representative.id,
            'mode': 'work'})
        person = self.foreign_person.with_user(self.user_representative)
        self.assertTrue(person.has_access('write'))
        self.assertFalse(person.private_profile_access)
        self.assertFalse(
            self._profiles('representative').search([('id', '=', self.foreign_profile.id)]))

    def test_delegate(self):
        """Who acts for the representative meets his customers as prepared as he would."""
        self.territory.assignment_ids.filtered(
            lambda assignment: assignment.user_id == self.user_representative
        ).user_id = self.user_director
        self.assertFalse(
            self._profiles('representative').search([('id', '=', self.profile.id)]))
        self.env['pharma.delegation'].create({
            'user_id': self.user_director.id, 'delegate_id': self.user_representative.id,
            'date_to': self.env['pharma.access']._get_today()})
        self.assertTrue(
            self._profiles('representative').search([('id', '=', self.profile.id)]))

    def test_smart_button(self):
        """The button of a person's page is there for those who may open the profile."""
        for role, (own, foreign, _delete) in RIGHTS.items():
            if role == 'portal':
                continue
            self.env.invalidate_all()
            user = self.users_by_role[role]
            with self.subTest(role=role):
                partners = self.env['res.partner'].with_user(user)
                arch = partners.get_view(self.env.ref('base.view_partner_form').id)['arch']
                buttons = etree.fromstring(arch).xpath(
                    "//button[@name='action_view_private_profile']")
                self.assertEqual(bool(buttons), own)
                if own:
                    for person, allowed in ((self.person, own), (self.foreign_person, foreign)):
                        person = person.with_user(user)
                        self.assertEqual(person.private_profile_access, allowed)
                        if allowed:
                            self.assertTrue(person.action_view_private_profile()['res_id'])
                        else:
                            with self.assertRaises(AccessError):
                                person.action_view_private_profile()
                    self.assertFalse(self.hospital.with_user(user).private_profile_access)

    @mute_logger(*QUIET)
    def test_web_client(self):
        """The same through the web client's calls, masked; the columns are closed to everybody."""
        for role in ('representative', 'product_manager', 'service', 'internal', 'portal', 'admin'):
            own = RIGHTS[role][0]
            with self.subTest(role=role):
                result = self._rpc(role, 'web_read', [self.profile.id], {'private_phone': {}})
                shown = self._rpc(role, 'show_number', [self.profile.id], 'private_phone')
                if own:
                    self.assertEqual(result[0]['private_phone'], '138****1234')
                    self.assertEqual(shown, PHONE)
                else:
                    self.assertEqual((result, shown), ('AccessError', 'AccessError'))
                for call in (('read', [self.profile.id], ['private_phone_token']),
                             ('search_count', [('private_phone_digest', '=', 'x')]),
                             ('write', [self.profile.id], {'private_phone_token': 'x'}),
                             ('formatted_read_group', [], ['private_phone_digest'], ['__count'])):
                    self.assertEqual(self._rpc(role, *call), 'AccessError', call)
                self.assertEqual(self._rpc(role, '_number', [self.profile.id], 'private_phone'),
                                 'AccessError')
        self.assertNotIn(PHONE, str(self._rpc('admin', 'read', [self.profile.id])))

    @mute_logger(*QUIET)
    def test_json2(self):
        """An external program with a user's key reads what the user reads: masked, and logged."""
        for role, (own, _foreign, _delete) in RIGHTS.items():
            if role == 'portal':
                continue
            with self.subTest(role=role):
                key = self.env['res.users.apikeys'].with_user(self.users_by_role[role])._generate(
                    'rpc', 'test', fields.Datetime.now() + timedelta(hours=1))
                response = self.url_open(
                    '/json/2/pharma.person.profile/search_read',
                    json={'domain': [['id', '=', self.profile.id]],
                          'fields': ['private_phone', 'hobbies']},
                    headers={'Authorization': f'bearer {key}'})
                self.assertEqual(response.status_code, 200 if own else 403)
                self.assertNotIn(PHONE, response.text)
                if own:
                    self.assertEqual(response.json(), [{
                        'id': self.profile.id, 'private_phone': '138****1234', 'hobbies': "钓鱼"}])
                user = self.users_by_role[role]
                self.assertEqual(len(self._log_rows(user_id=user.id, kind='opened')), int(own))

    @mute_logger(*QUIET)
    def test_export(self):
        """Exports hold masked numbers, and only what the user sees."""
        columns = ['partner_id/name', 'private_phone', 'identity_number', 'bank_account']
        for role, (own, foreign, _delete) in RIGHTS.items():
            user = self.users_by_role[role]
            if role != 'portal':
                user.group_ids += self.env.ref('base.group_allow_export')
            for profile, allowed in ((self.profile, own), (self.foreign_profile, foreign)):
                with self.subTest(role=role, person=profile.partner_id.name):
                    profile = self._profiles(role).browse(profile.id)
                    if allowed:
                        [row] = profile.export_data(columns)['datas']
                        self.assertIn('****', row[1])
                        with self.assertRaises(AccessError):
                            profile.export_data(['private_phone_token'])
                    elif role != 'portal':
                        with self.assertRaises(AccessError):
                            profile.export_data(columns)

    def test_facts_are_not_grouped(self):
        """Groups of private facts would read them without a row in the log."""
        profiles = self._profiles('steward')
        for groupby, aggregates in ((['hobbies'], []), ([], ['hobbies:array_agg'])):
            with self.assertRaises(AccessError):
                profiles.formatted_read_group([], groupby, aggregates)

    # === SENSITIVE FACTS === #

    @mute_logger(*QUIET)
    def test_sensitive_facts_off(self):
        """Without the company's setting nobody reads, writes, finds, groups or exports them."""
        self.profile.write({'family': "一子", 'ethnicity': "汉"})
        self.assertFalse(self.env.company.pharma_sensitive_facts, "off by default")
        for role in ('representative', 'steward', 'director', 'admin'):
            self.users_by_role[role].group_ids += self.env.ref('base.group_allow_export')
            with self.subTest(role=role):
                profile = self._profiles(role).browse(self.profile.id)
                self.assertFalse(SENSITIVE_FACTS & profile.fields_get().keys())
                self.assertFalse(SENSITIVE_FACTS & profile.read()[0].keys())
                arch = profile.get_view(view_type='form')['arch']
                for call in (lambda p: p.read(['family']),
                             lambda p: p.web_read({'family': {}}),
                             lambda p: p.write({'family': "x"}),
                             lambda p: p.search([('ethnicity', '=', "汉")]),
                             lambda p: p.search([], order='family'),
                             lambda p: p.formatted_read_group([], ['ethnicity'], ['__count']),
                             lambda p: p.export_data(['family'])):
                    with self.assertRaises(AccessError):
                        self.env.invalidate_all()
                        call(profile)
                for fname in SENSITIVE_FACTS:
                    self.assertNotIn(f'name="{fname}"', arch)

    def test_sensitive_facts_on(self):
        """With the setting they are as the other facts; one company without it closes them."""
        self.env.company.pharma_sensitive_facts = True
        profile = self._profiles('representative').browse(self.profile.id)
        profile.write({'family': "一子", 'habits': "不抽烟", 'marital_status': 'married'})
        self.assertEqual(profile.read(['family'])[0]['family'], "一子")
        arch = profile.get_view(view_type='form')['arch']
        for fname in SENSITIVE_FACTS:
            self.assertIn(f'name="{fname}"', arch)
        other = self.env['res.company'].create({'name': "另一家公司"})
        self.user_representative.company_ids += other
        self.env.invalidate_all()
        both = profile.with_context(allowed_company_ids=(self.env.company + other).ids)
        with self.assertRaises(AccessError):
            both.read(['family'])

    # === COMPANIES, LOG === #

    def test_other_company(self):
        """Profiles belong to the company of their person."""
        other = self.env['res.company'].create({'name': "另一家公司"})
        (self.hospital + self.department + self.person).company_id = other
        for role in ('representative', 'area_manager', 'steward', 'director', 'admin'):
            with self.subTest(role=role):
                self.assertFalse(self._profiles(role).search([('id', '=', self.profile.id)]))
        self.user_steward.company_ids = [Command.link(other.id)]
        steward = self._profiles('steward').with_context(allowed_company_ids=other.ids)
        self.assertEqual(steward.search([('id', '=', self.profile.id)]), self.profile)
        steward.browse(self.profile.id).show_number('private_phone')
        logs = self.env['pharma.profile.log'].with_user(self.user_admin)
        self.assertFalse(logs.search([('partner_number', '=', self.person.id)]))

    @mute_logger(*QUIET)
    def test_log(self):
        """The log is read by the administrator alone, and written by nobody."""
        self._profiles('representative').browse(self.profile.id).show_number('private_phone')
        row = self._log_rows(kind='shown')
        for role in RIGHTS:
            with self.subTest(role=role):
                logs = self.env['pharma.profile.log'].with_user(self.users_by_role[role])
                self.env.invalidate_all()
                if role == 'admin':
                    self.assertEqual(logs.search([('id', '=', row.id)]), row)
                else:
                    with self.assertRaises(AccessError):
                        logs.search([])
                for operation in ('write', 'create', 'unlink'):
                    self.assertFalse(logs.browse(row.id).has_access(operation))

    @mute_logger(*QUIET)
    def test_rotation_is_for_administrators(self):
        """Encrypting anew is called by nobody else."""
        for role in RIGHTS:
            with self.subTest(role=role), self.assertRaises(AccessError):
                self._profiles(role).action_reencrypt()

    # === SCREEN === #

    def test_tour(self):
        """A representative opens a doctor's profile, sees the phone masked, and shows it."""
        self.start_tour('/odoo/doctors', 'pharma_crm_private_profile',
                        login='pharma_representative', timeout=120)
        self.assertEqual(self.profile.hobbies, "书法")
        self.assertEqual(self.profile.private_phone, '138****1234')
        self.assertEqual(
            sorted((row.kind, row.field_name) for row in self._log_rows()),
            [('opened', False), ('shown', 'private_phone')])
        self.assertEqual(self._log_rows().user_id, self.user_representative)
