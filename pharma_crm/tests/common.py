from odoo import models
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tools import mute_logger

from odoo.addons.base.tests.common import BaseCommon

from ..models.territory.pharma_alignment import OPEN_TYPES

# user attribute -> XML ids of his groups
ROLES = {
    'user_representative': 'pharma_crm.group_pharma_crm_representative',
    'user_area_manager': 'pharma_crm.group_pharma_crm_area_manager',
    'user_product_manager': 'pharma_crm.group_pharma_crm_product_manager',
    'user_steward': 'pharma_crm.group_pharma_crm_steward',
    'user_service': 'pharma_crm.group_pharma_crm_service',
    'user_director': 'pharma_crm.group_pharma_crm_director',
    'user_admin': 'pharma_crm.group_pharma_crm_admin',
    'user_internal': 'base.group_user',
    'user_portal': 'base.group_portal',
}


class PharmaCrmCommon(BaseCommon):
    """Users of every role, and helpers that create the masters.

    Resources, all in the main company, without demo data:

    * one user per role as ``cls.user_<role>``: representative, area_manager, product_manager,
      steward, service, director, admin; ``user_internal`` has none of our groups, ``user_portal``
      is a customer's login. Login and password are ``pharma_<role>``;
    * ``cls.territory``, where the representative, the area manager and the product manager work;
      what the helpers create belongs to it, both since 2020, unless ``territory`` says otherwise
      (False: none);
    * helpers ``_create_hospital``, ``_create_campus``, ``_create_department``, ``_create_person``,
      ``_create_distributor``, ``_create_partner_of_type``, ``_create_product``, ``_create_alias``,
      ``_create_territory``, ``_assign``, ``_align``.
      Each takes field values that override its defaults and returns one record;
    * ``assertResultsClosed`` for models with ``pharma.sheet.mixin``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = 'Asia/Shanghai'
        cls.users_by_role = {}
        cls._create_role_users(ROLES)
        cls.territory = cls._create_territory(name="测试地区")
        for role, user in (
            ('representative', cls.user_representative), ('manager', cls.user_area_manager),
            ('product_manager', cls.user_product_manager),
        ):
            cls._assign(user, cls.territory, role=role, date_from='2020-01-01')

    @classmethod
    def _create_role_users(cls, roles):
        """Create ``cls.user_<role>`` for each of ``{'user_<role>': XML ids of groups}``.

        All at once: every class of tests makes them, and one by one takes four times as long.
        """
        names = [attribute.removeprefix('user_') for attribute in roles]
        with mute_logger('odoo.addons.auth_signup.models.res_users'):
            users = cls.env['res.users'].create([{
                'login': f'pharma_{role}',
                'password': f'pharma_{role}',
                'name': f"Pharma {role.replace('_', ' ').title()}",
                'email': f'{role}@example.com',
                'tz': 'Asia/Shanghai',
                'company_id': cls.env.company.id,
                'company_ids': [Command.set(cls.env.company.ids)],
                'group_ids': [Command.set([
                    cls.env.ref(group.strip()).id for group in groups.split(',')])],
            } for role, groups in zip(names, roles.values(), strict=True)])
        for attribute, role, user in zip(roles, names, users, strict=True):
            setattr(cls, attribute, user)
            cls.users_by_role[role] = user

    @classmethod
    def _create_partner_of_type(cls, pharma_type, territory=None, **values):
        partner = cls.env['res.partner'].create({
            'name': f"测试{pharma_type}",
            'pharma_type': pharma_type,
            'is_company': pharma_type not in ('campus', 'department', 'person'),
            **values,
        })
        if territory is not False and pharma_type not in OPEN_TYPES and (
                partner.commercial_partner_id == partner) and (
                not partner.sudo().alignment_ids):
            cls._align(partner, territory or cls.territory, date_from='2020-01-01')
        return partner

    @classmethod
    def _create_hospital(cls, **values):
        return cls._create_partner_of_type('hospital', **{'name': "海州市人民医院", **values})

    @classmethod
    def _create_campus(cls, hospital, **values):
        return cls._create_partner_of_type(
            'campus', **{'name': "东院区", 'parent_id': hospital.id, **values})

    @classmethod
    def _create_department(cls, parent, **values):
        return cls._create_partner_of_type(
            'department', **{'name': "心血管内科", 'parent_id': parent.id, **values})

    @classmethod
    def _create_person(cls, parent, **values):
        return cls._create_partner_of_type(
            'person', **{'name': "林知远", 'parent_id': parent.id, **values})

    @classmethod
    def _create_distributor(cls, **values):
        return cls._create_partner_of_type(
            'distributor', **{'name': "海州医药有限公司", **values})

    @classmethod
    def _create_product(cls, **values):
        """A product template: a drug in one strength and pack."""
        return cls.env['product.template'].create({
            'name': "阿托伐他汀钙片 20mg*7片",
            'drug_generic_name': "阿托伐他汀钙片",
            'drug_specification': "20mg*7片",
            **values,
        })

    @classmethod
    def _create_alias(cls, **values):
        return cls.env['pharma.alias'].create({'name': "海州人民医院", **values})

    @classmethod
    def _create_territory(cls, **values):
        return cls.env['pharma.territory'].create({'name': "海州地区", **values})

    @classmethod
    def _assign(cls, user, territory, **values):
        """Assign a user to a territory, as representative from today on."""
        return cls.env['pharma.territory.assignment'].sudo().create({
            'user_id': user.id, 'territory_id': territory.id, **values})

    @classmethod
    def _align(cls, partners, territory, **values):
        """Align customers with a territory, for all product lines from today on."""
        return cls.env['pharma.alignment'].sudo().create([
            {'partner_id': partner.id, 'territory_id': territory.id, **values}
            for partner in partners])

    def assertResultsClosed(self, record, user, **values):
        """Whoever may change a file cannot set what became of it, in no way a client has.
        :param record: of a model with ``pharma.sheet.mixin``
        :param user: who may change it
        :param values: with which he may create one
        """
        record = record.with_user(user)
        names = sorted(record._result_fields)
        self.assertTrue(names)
        record.check_access('write')
        with mute_logger('odoo.addons.base.models.ir_model'):
            for name in names:
                with self.subTest(field=name):
                    value = record._fields[name].convert_to_write(record.sudo()[name], record)
                    with self.assertRaises(AccessError):
                        record.write({name: value})
                    with self.assertRaises(AccessError):
                        record.web_save({name: value}, {})
                    with self.assertRaises(AccessError):
                        record.create({**values, name: value})
                    with self.assertRaises(AccessError):
                        record.with_context(**{f'default_{name}': value}).create(values)
        # What a list brings in by Odoo's own import is closed as well
        result = record.load(['.id', 'state'], [[str(record.id), record.sudo().state]])
        self.assertFalse(result['ids'])
        # Nothing that people only read was forgotten
        readonly = {
            field.name for field in record._fields.values()
            if field.store and field.readonly and not field.compute
            and field.name not in models.MAGIC_COLUMNS
            and (field._module or '').startswith('pharma_')}
        self.assertEqual(readonly - {'sha256'}, record._result_fields)
