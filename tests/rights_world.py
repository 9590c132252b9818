"""Records of every kind of the rights table, for the tests driven by it."""

import base64
from contextlib import ExitStack
from datetime import timedelta
from itertools import count
from unittest.mock import patch

from rights_calls import RightsCalls
from rights_change_request import RightsChangeRequest
from rights_compliance import RightsCompliance
from rights_cycle import RightsCycle
from rights_documents import RightsDocuments
from rights_duplicate import RightsDuplicate
from rights_handover import RightsHandover
from rights_leads import RightsLeads
from rights_market import RightsMarket
from rights_merge import RightsMerge
from rights_papers import RightsPapers
from rights_plan import RightsPlan
from rights_reports import RightsReports
from rights_review import RightsReview
from rights_table import RightsTable

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.pharma_tender.tests.common import PharmaTenderCommon

# Whose record -> who works on it
OWNERS = {
    'own': 'rep', 'team': 'colleague', 'line': 'liner', 'read': 'stranger', 'work': 'stranger',
    'far': 'stranger', 'comp': 'foreigner', 'any': 'root',
}
CUSTOMERS = ('own', 'team', 'line', 'read', 'work', 'far', 'comp')


class RightsWorld(
        RightsMerge,
        RightsHandover,
        RightsCalls,
        RightsChangeRequest,
        RightsCompliance,
        RightsCycle,
        RightsReports,
        RightsDocuments,
        RightsDuplicate,
        RightsLeads,
        RightsMarket,
        RightsPapers,
        RightsPlan,
        RightsReview,
        PharmaTenderCommon):
    """A company with two regions, another company, and a record for each line of the table.

    ===========  ==============================================================================
    territory    people
    ===========  ==============================================================================
    region       area (manager), prod (product manager of line X)
    area_a       rep (line X), liner (line Y); customers 'own' (all lines) and 'line' (line Y)
    area_b       colleague; customer 'team'
    distant      stranger; customers 'read', 'work' (shared with rep, area, prod) and 'far'
    (company B)  foreigner; customer 'comp'
    ===========  ==============================================================================

    Resources: ``table``; ``users``: one of each role of the table and of the colleagues above, by
    code; ``customers[whose]``: ``{'hospital', 'campus', 'department', 'person'}``;
    ``records[model, kind, whose]``.

    How records are made: ``_make_<model>(Model, kind, whose, owner)`` makes one through the given
    model, so with the rights of its user; ``_have_<model>(kind, whose)`` gives one that nobody
    enters like this. Where a model has both, ``_have`` makes the records of the table and
    ``_make`` tries to create one.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.table = RightsTable.load()
        cls.numbers = count(1)
        cls.today = cls.env['pharma.access']._get_today()
        cls.company_b = cls.env['res.company'].create({'name': "另一公司"})
        cls._make_users()
        cls._make_territories()
        cls._make_customers()
        cls._make_shares()
        cls.records = {}
        for right in cls.table.rights:
            if right.kind != 'own dialog':
                cls._record(*right[:3])
        cls.env.flush_all()

    @classmethod
    def _without_reasons(cls):
        """Refusals that do not say why: finding the words takes as long as all the rest."""
        rule, access = type(cls.env['ir.rule']), type(cls.env['ir.model.access'])
        stack = ExitStack()
        for model in (rule, access):
            stack.enter_context(patch.object(
                model, '_make_access_error', lambda *args: AccessError("refused")))
        return stack

    # === PEOPLE === #

    @classmethod
    def _make_users(cls):
        cls.users = {'root': cls.env.user, 'pub': cls.env.ref('base.public_user')}
        portal = ('hosp', 'dist', 'pub')
        representative = cls.table.roles['rep']
        cls._add_users([
            *(cls._prepare_user(role, group, 'base.group_allow_export')
              for role, group in cls.table.roles.items() if role not in portal),
            *(cls._prepare_user(name, representative)
              for name in ('colleague', 'liner', 'stranger')),
            cls._prepare_user(
                'foreigner', representative, company_id=cls.company_b.id,
                company_ids=[Command.set(cls.company_b.ids)]),
        ])

    @classmethod
    def _prepare_user(cls, role, *groups, **values):
        login = f'rights_{role}'
        return {
            'login': login, 'password': login, 'name': f"权 {role}", 'tz': 'Asia/Shanghai',
            'email': f'{login}@example.com',
            'group_ids': [Command.set([cls.env.ref(group).id for group in groups])], **values}

    @classmethod
    def _add_users(cls, values):
        """Make users, all at once: one by one takes four times as long."""
        with mute_logger('odoo.addons.auth_signup.models.res_users'):
            users = cls.env['res.users'].create(values)
        cls.users |= {user.login.removeprefix('rights_'): user for user in users}

    # === CUSTOMERS === #

    @classmethod
    def _make_territories(cls):
        cls.line_x, cls.line_y = cls.env['product.category'].create([
            {'name': "线甲", 'is_product_line': True}, {'name': "线乙", 'is_product_line': True}])
        cls.product.categ_id = cls.line_x
        cls.product_y = cls._create_product(name="测试替尼片 1mg*7片", categ_id=cls.line_y.id)
        cls.region = cls._create_territory(name="东区")
        cls.area_a = cls._create_territory(name="甲地区", parent_id=cls.region.id)
        cls.area_b = cls._create_territory(name="乙地区", parent_id=cls.region.id)
        cls.distant = cls._create_territory(name="西区")
        cls.area_of_b = cls._create_territory(name="外区", company_id=cls.company_b.id)
        cls.assignments = {}
        for user, territory, role, line in (
            ('area', cls.region, 'manager', None), ('prod', cls.region, 'product_manager', 'x'),
            ('rep', cls.area_a, 'representative', 'x'),
            ('liner', cls.area_a, 'representative', 'y'),
            ('colleague', cls.area_b, 'representative', None),
            ('stranger', cls.distant, 'representative', None),
            ('foreigner', cls.area_of_b, 'representative', None),
        ):
            cls.assignments[user] = cls._assign(
                cls.users[user], territory, role=role, date_from='2020-01-01',
                product_line_id={'x': cls.line_x, 'y': cls.line_y}[line].id if line else False)

    @classmethod
    def _make_customers(cls):
        territories = {
            'own': cls.area_a, 'team': cls.area_b, 'line': False, 'read': cls.distant,
            'work': cls.distant, 'far': cls.distant, 'comp': cls.area_of_b}
        cls.customers = {}
        for whose in CUSTOMERS:
            company = cls.company_b.id if whose == 'comp' else False
            hospital = cls._create_hospital(
                name=f"权{whose}医院", territory=territories[whose], company_id=company,
                phone=cls._secret(whose, 'hospital'))
            if whose == 'line':
                cls._align(hospital, cls.area_a, date_from='2020-01-01',
                           product_line_id=cls.line_y.id)
            campus = cls._create_campus(
                hospital, name=f"权{whose}院区", company_id=company,
                phone=cls._secret(whose, 'campus'))
            department = cls._create_department(
                hospital, name=f"权{whose}药剂科", company_id=company,
                phone=cls._secret(whose, 'department'))
            person = cls._create_person(
                department, name=f"权{whose}医生", company_id=company,
                phone=cls._secret(whose, 'person'), email=f'{whose}@rights.example.com')
            cls.customers[whose] = {
                'hospital': hospital, 'campus': campus, 'department': department,
                'person': person}
        cls.distributors = {
            'own': cls._create_distributor(name="权甲医药"),
            'far': cls._create_distributor(name="权乙医药"),
            'comp': cls._create_distributor(name="权丙医药", company_id=cls.company_b.id)}
        cls.plain, cls.plain_of_b = cls.env['res.partner'].create([
            {'name': "权印刷厂", 'is_company': True},
            {'name': "权外厂", 'is_company': True, 'company_id': cls.company_b.id}])
        cls._make_portal_users()

    @classmethod
    def _make_portal_users(cls):
        pharmacist = cls._create_person(
            cls.customers['own']['hospital'], name="权药师", email='pharmacist@rights.example.com',
            phone=cls._secret('own', 'login'))
        buyer = cls.env['res.partner'].create({
            'name': "权采购", 'parent_id': cls.distributors['own'].id,
            'email': 'buyer@rights.example.com'})
        cls._add_users([
            cls._prepare_user(
                role, cls.table.roles[role], partner_id=partner.id, email=partner.email)
            for role, partner in (('hosp', pharmacist), ('dist', buyer))])

    @classmethod
    def _secret(cls, whose, kind):
        """A fact by which the tests look for customers through whatever links them."""
        return f"T-{whose}-{kind}"

    @classmethod
    def _make_shares(cls):
        cls.shares = {}
        for whose in ('read', 'work'):
            for role in ('rep', 'area', 'prod'):
                cls.shares[whose, role] = cls.env['pharma.share'].create({
                    'partner_id': cls.customers[whose]['hospital'].id, 'mode': whose,
                    'user_id': cls.users[role].id, 'shared_by_id': cls.users['stranger'].id})

    # === RECORDS === #

    @classmethod
    def _record(cls, model, kind, whose):
        """The record of a line of the table, made when first asked for."""
        key = model, kind, whose
        if key not in cls.records:
            name = model.replace('.', '_')
            if hasattr(cls, f'_have_{name}'):
                record = getattr(cls, f'_have_{name}')(kind, whose)
            else:
                make = getattr(cls, f'_make_{name}', None)
                assert make, f"{model}: write _make_{name} or _have_{name}, see tests/README.md"
                record = make(cls.env[model], kind, whose, cls.users[OWNERS[whose]])
            assert len(record) == 1, f"no record for {key}: {record}"
            # without the company that it may have been made for
            cls.records[key] = cls.env[model].browse(record.id)
        return cls.records[key]

    @classmethod
    def _company(cls, whose):
        return cls.company_b if whose == 'comp' else cls.env.company

    @classmethod
    def _name(cls):
        return f"权新{next(cls.numbers)}"

    # === CUSTOMERS AND THEIR FACTS === #

    @classmethod
    def _have_res_partner(cls, kind, whose):
        if kind == 'distributor':
            return cls.distributors[whose]
        if kind in ('group', 'manufacturer'):
            return cls._create_partner_of_type(kind, name=cls._name())
        if kind == 'plain contact':
            return cls.plain_of_b if whose == 'comp' else cls.plain
        if kind == 'person with a login':
            return cls.users['hosp'].partner_id
        return cls.customers[whose][kind]

    @classmethod
    def _make_res_partner(cls, Model, kind, whose, owner):
        vals = {'name': cls._name()}
        if whose == 'comp':
            vals['company_id'] = cls.company_b.id
        if kind in ('campus', 'department', 'person'):
            above = cls.customers[whose]['department' if kind == 'person' else 'hospital']
            vals['parent_id'] = above.id
        if kind != 'plain contact':
            vals['pharma_type'] = kind
        return Model.create(vals)

    @classmethod
    def _have_res_users(cls, kind, whose):
        return cls.users['hosp' if kind == 'person with a login' else 'colleague']

    @classmethod
    def _make_res_partner_bank(cls, Model, kind, whose, owner):
        return Model.create({
            'partner_id': cls.customers[whose]['hospital'].id,
            'acc_number': f'6222{next(cls.numbers):08}'})

    @classmethod
    def _have_pharma_affiliation(cls, kind, whose):
        return cls.customers[whose]['person'].affiliation_ids

    @classmethod
    def _make_pharma_affiliation(cls, Model, kind, whose, owner):
        return Model.create({
            'person_id': cls.customers[whose]['person'].id,
            'place_id': cls.customers[whose]['hospital'].id})

    @classmethod
    def _make_pharma_affiliation_change(cls, Model, kind, whose, owner):
        return Model.create({
            'person_id': cls.customers['own']['person'].id,
            'place_id': cls.customers['own']['hospital'].id})

    @classmethod
    def _make_pharma_person_profile(cls, Model, kind, whose, owner):
        person = cls._create_person(
            cls.customers[whose]['department'], name=cls._name(),
            company_id=cls.customers[whose]['person'].company_id.id)
        return Model.create({'partner_id': person.id, 'hobbies': "钓鱼"})

    @classmethod
    def _have_pharma_profile_log(cls, kind, whose):
        person = cls.customers[whose]['person']
        cls.env['pharma.profile.log']._record(person, 'opened')
        return cls.env['pharma.profile.log'].search([('partner_id', '=', person.id)])

    @classmethod
    def _make_pharma_alias(cls, Model, kind, whose, owner):
        vals = {'name': cls._name(), 'company_id': cls._company(whose).id}
        if kind == 'name of a hospital':
            vals['partner_id'] = cls.customers[whose]['hospital'].id
        elif kind == 'name of a product':
            vals |= {'kind': 'product', 'product_id': cls.product.id}
        else:
            vals |= {'status': 'ignored' if kind == 'ignored name' else 'todo',
                     'distributor_id': cls.distributors['own'].id}
        return Model.create(vals)

    @classmethod
    def _have_pharma_source_report(cls, kind, whose):
        return cls.env['pharma.source.report'].search([
            ('partner_id', '=', cls.customers[whose]['hospital'].id), ('customer_count', '=', 1)])

    @classmethod
    def _make_pharma_score_model(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'pharma_type': 'agent',
            'company_id': cls.company_b.id if whose == 'comp' else False})

    @classmethod
    def _make_pharma_score_criterion(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'model_id': cls._record('pharma.score.model', 'model', whose).id,
            'field_path': 'state_id'})

    @classmethod
    def _make_pharma_score_point(cls, Model, kind, whose, owner):
        return Model.create({
            'criterion_id': cls._record('pharma.score.criterion', 'model', whose).id, 'value': '1'})

    @classmethod
    def _make_pharma_score_band(cls, Model, kind, whose, owner):
        return Model.create({
            'model_id': cls._record('pharma.score.model', 'model', whose).id,
            'name': cls._name(), 'minimum': next(cls.numbers)})

    @classmethod
    def _have_pharma_score(cls, kind, whose):
        hospital = cls.customers[whose]['hospital']
        cls.env.ref('pharma_crm.pharma_score_model_hospital')._compute_scores(hospital.ids)
        return hospital.main_score_id

    @classmethod
    def _have_pharma_score_history(cls, kind, whose):
        score = cls._record('pharma.score', 'grade', whose)
        return cls.env['pharma.score.history'].create({
            'model_id': score.model_id.id, 'partner_id': score.partner_id.id,
            'old_grade': 'D', 'new_grade': 'A'})

    @classmethod
    def _have_pharma_score_curve(cls, kind, whose):
        cls.env.flush_all()
        return cls.env['pharma.score.curve'].browse(cls._record('pharma.score', 'grade', whose).id)

    @classmethod
    def _make_pharma_hospital_import(cls, Model, kind, whose, owner):
        data = base64.b64encode(f"医院名称,省份\n{cls._name()}医院,浙江省\n".encode())
        return Model.create({
            'name': "list.csv", 'data': data, 'company_id': cls._company(whose).id})

    @classmethod
    def _have_pharma_hospital_import_line(cls, kind, whose):
        return cls.env['pharma.hospital.import.line'].create({
            'import_id': cls._record('pharma.hospital.import', 'list', whose).id,
            'name': cls._name(), 'result': 'new'})

    @classmethod
    def _have_pharma_import_progress(cls, kind, whose):
        return cls.env['pharma.import.progress'].create({
            'model': 'pharma.hospital.import',
            'res_id': cls._record('pharma.hospital.import', 'list', whose).id})

    @classmethod
    def _make_pharma_setup_import(cls, Model, kind, whose, owner):
        return Model.create({
            'name': "list.csv", 'data': base64.b64encode(b'x'), 'kind': 'user',
            'company_id': cls._company(whose).id})

    @classmethod
    def _have_pharma_setup_import_line(cls, kind, whose):
        return cls.env['pharma.setup.import.line'].create({
            'import_id': cls._record('pharma.setup.import', 'list', whose).id,
            'name': cls._name(), 'result': 'new'})

    @classmethod
    def _have_pharma_health_check(cls, kind, whose):
        return cls.env['pharma.health.check'].create({'key': cls._name()})

    @classmethod
    def _have_pharma_search_name(cls, kind, whose):
        return cls.env['pharma.search.name'].search(
            [('res_id', '=', cls.customers['own']['hospital'].id), ('model', '=', 'res.partner')],
            limit=1)

    # === TERRITORIES === #

    @classmethod
    def _have_pharma_territory(cls, kind, whose):
        return {'own': cls.area_a, 'far': cls.distant, 'comp': cls.area_of_b}[whose]

    @classmethod
    def _make_pharma_territory(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name(), 'company_id': cls._company(whose).id})

    @classmethod
    def _have_pharma_territory_assignment(cls, kind, whose):
        return cls.assignments[OWNERS[whose]]

    @classmethod
    def _make_pharma_territory_assignment(cls, Model, kind, whose, owner):
        user = 'foreigner' if whose == 'comp' else 'colleague'
        return Model.create({
            'user_id': cls.users[user].id,
            'territory_id': cls._have_pharma_territory(kind, whose).id, 'role': 'manager'})

    @classmethod
    def _have_pharma_alignment(cls, kind, whose):
        return cls.customers[whose]['hospital'].alignment_ids

    @classmethod
    def _make_pharma_alignment(cls, Model, kind, whose, owner):
        territory = cls.area_of_b if whose == 'comp' else cls.region
        return Model.create({
            'partner_id': cls.customers[whose]['hospital'].id, 'territory_id': territory.id,
            'product_line_id': cls.line_x.id})

    # === RE-ALIGNMENT === #

    @classmethod
    def _make_pharma_realignment(cls, Model, kind, whose, owner):
        territory = cls.area_of_b if whose == 'comp' else cls.area_a
        return Model.create({
            'name': cls._name(), 'territory_id': territory.id,
            'company_id': cls._company(whose).id})

    @classmethod
    def _have_pharma_realignment_line(cls, kind, whose):
        hospital = cls.customers[whose]['hospital']
        record = cls.env['pharma.realignment'].create({
            'territory_id': cls.area_b.id, 'partner_ids': [Command.set(hospital.ids)]})
        record.action_preview()
        return record.line_ids

    @classmethod
    def _have_pharma_coverage_report(cls, kind, whose):
        cls.env.flush_all()
        return cls.env['pharma.coverage.report'].search([
            ('partner_id', '=', cls.customers[whose]['hospital'].id)], limit=1)

    @classmethod
    def _make_pharma_access_question(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _make_pharma_delegation(cls, Model, kind, whose, owner):
        start = cls.today + timedelta(days=400)  # so that it gives nobody anything
        return Model.create({
            'user_id': cls.users[OWNERS[whose]].id, 'delegate_id': cls.users['root'].id,
            'date_from': start, 'date_to': start, 'company_id': cls._company(whose).id})

    @classmethod
    def _have_pharma_share(cls, kind, whose):
        if whose in ('read', 'work'):
            return cls.shares[whose, 'rep']
        share = cls._make_pharma_share(
            cls.env['pharma.share'], kind, whose, cls.users[OWNERS[whose]])
        if kind == 'share that ended':
            yesterday = cls.today - timedelta(days=1)
            share.write({'user_id': cls.users['rep'].id, 'date_from': yesterday,
                         'date_to': yesterday})
        return share

    @classmethod
    def _make_pharma_share(cls, Model, kind, whose, owner):
        return Model.create({
            'partner_id': cls.customers[whose]['hospital'].id, 'user_id': cls.users['none'].id,
            'shared_by_id': owner.id, 'company_id': cls._company(whose).id})
