import csv
import logging
import random
import time
from itertools import groupby

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import mute_logger
from odoo.tools.misc import file_open

_logger = logging.getLogger(__name__)

# Name space of the demo records' external ids. No module has this name, so that no upgrade and no
# uninstallation takes them for its own.
DEMO_MODULE = '__pharma_demo__'
# login (and password), name, role, XML ids of the groups
USERS = [
    ('representative1', "李思远", "医药代表", ['pharma_crm.group_pharma_crm_representative']),
    ('representative2', "陈雨彤", "医药代表", ['pharma_crm.group_pharma_crm_representative']),
    ('areamanager', "王建明", "地区经理", ['pharma_crm.group_pharma_crm_area_manager']),
    ('productmanager', "赵欣然", "产品经理", ['pharma_crm.group_pharma_crm_product_manager']),
    ('datasteward', "周敏", "主数据", ['pharma_crm.group_pharma_crm_steward']),
    ('service1', "刘芳", "客服", ['pharma_crm.group_pharma_crm_service']),
    ('director', "孙国栋", "总监", ['pharma_crm.group_pharma_crm_director']),
]


class PharmaDemo(models.AbstractModel):
    """Demo data: invented customers, people, products and documents to try the suite with.

    It is loaded and removed by an administrator, never by Odoo's demo flag, which would turn the
    company into an American one. Every record has an external id in the module '__pharma_demo__':
    loading again adds what is missing and changes nothing else, removing deletes exactly these.

    How to extend: inherit the model; override ``_user_rows`` to add logins,
    ``_load_demo_records`` to make more records with ``_make`` (after super), ``_remove_documents``
    to undo what cannot simply be deleted, such as posted entries (before super).
    """

    _name = 'pharma.demo'
    _description = "Demo Data"

    # === PUBLIC: called by the settings page and by scripts; hidden from RPC === #

    @api.private
    def load_demo(self):
        """Load the demo data, or what is missing of it. Loading twice changes nothing.

        :raise AccessError: if the user is not an administrator
        """
        self._check_admin()
        started = time.monotonic()
        self._demo_env()._load_demo_records()
        _logger.info("Demo data loaded in %.1f s", time.monotonic() - started)

    @api.private
    def remove_demo(self):
        """Delete what :meth:`load_demo` made.

        A demo record that other records use (an order of yours for a demo customer) cannot be
        deleted: it is archived where it can be, and comes back with the next :meth:`load_demo`.

        :return: the names of the records that stay
        :rtype: list(str)
        :raise AccessError: if the user is not an administrator
        """
        self._check_admin()
        started = time.monotonic()
        demo = self._demo_env()
        demo._remove_documents()
        kept = demo._remove_records()
        _logger.info("Demo data removed in %.1f s", time.monotonic() - started)
        return kept

    @api.private
    def is_loaded(self):
        """Whether demo records are in this database.

        :rtype: bool
        """
        hospital = self.sudo()._get('hospital_01')
        return bool(hospital and hospital.active)

    @api.private
    def logins(self):
        """The logins that the demo data made.

        :return: one dict per user: login, password, role, name
        :rtype: list(dict)
        """
        self._check_admin()
        return [
            {'login': login, 'password': login, 'role': role, 'name': name}
            for login, name, role, _groups in self._user_rows()
            if self.sudo()._get(f'user_{login}')
        ]

    @api.private
    def load_data(self):
        """Load the optional sets of public data. Loading twice changes nothing.

        :return: one sentence per set: what was loaded
        :rtype: list(str)
        """
        self._check_admin()
        hospitals = self.env['pharma.hospital.import']._load_official_now()
        return [self.env._(
            "Hospitals: %(new)s new, %(updated)s updated", new=hospitals.new_count,
            updated=hospitals.update_count)]

    @api.model
    def _remove_before_uninstall(self):
        """Demo data goes with the first of the addons that is uninstalled: half of it would name
        records whose tables and columns are dropped.
        """
        if self.is_loaded():
            self.remove_demo()
        # What other records use stays as an ordinary record, and is not found again
        self.env['ir.model.data'].search([('module', '=', DEMO_MODULE)]).unlink()

    # === TOOLS FOR THE STEPS === #

    def _check_admin(self):
        if not self.env.is_system():
            raise AccessError(self.env._("Only an administrator may load or remove data sets."))

    def _demo_env(self):
        """The loader with all rights and without mails, after the administrator was checked."""
        return self.sudo().with_context(
            active_test=False,
            lang='zh_CN' if self.env['res.lang']._lang_get('zh_CN') else self.env.lang,
            mail_activity_quick_update=True, mail_create_nolog=True,
            mail_create_nosubscribe=True, mail_notrack=True,
            no_reset_password=True, tracking_disable=True,
        )

    def _get(self, name):
        """The demo record of this name, or None."""
        return self.env.ref(f'{DEMO_MODULE}.{name}', raise_if_not_found=False) or None

    def _get_all(self, model, names):
        """The demo records of a model that have these names.

        :return: demo name -> record, in the order of the names
        :rtype: dict
        """
        ids = {
            entry.name: entry.res_id
            for entry in self.env['ir.model.data'].sudo().search_fetch(
                [('module', '=', DEMO_MODULE), ('model', '=', model),
                 ('name', 'in', list(names))], ['name', 'res_id'])}
        existing = {
            record.id: record for record in self.env[model].browse(ids.values()).exists()}
        return {name: existing[ids[name]] for name in names if ids.get(name) in existing}

    def _make(self, model, rows):
        """Create the records that do not exist yet.

        :param str model: name of the model
        :param dict rows: demo name -> field values
        :return: demo name -> record, existing and new ones
        :rtype: dict
        """
        known = self._get_all(model, rows)
        # What an earlier removal had to keep
        for record in known.values():
            if 'active' in record and not record.active:
                record.active = True
        missing = [name for name in rows if name not in known]
        created = self.env[model].create([rows[name] for name in missing])
        new = dict(zip(missing, created, strict=True))
        self._name_records(new)
        known |= new
        return {name: known[name] for name in rows}

    def _name_records(self, records):
        """Register records as demo data: demo name -> record."""
        self.env['ir.model.data']._update_xmlids([
            {'xml_id': f'{DEMO_MODULE}.{name}', 'record': record, 'noupdate': True}
            for name, record in records.items()
        ])

    def _read_csv(self, path):
        """The rows of a data file of an addon as dicts."""
        with file_open(path) as file:
            return list(csv.DictReader(file))

    def _random(self, purpose):
        """Chance that falls alike on every loading."""
        return random.Random(f"pharma demo {purpose}")

    # === LOADING === #

    def _load_demo_records(self):
        """Make all records; extended by the other addons of the suite."""
        self._load_masters()

    def _load_masters(self):
        """Make users, customers, people and products."""
        self._load_users()
        self._load_organisations()
        self._load_departments()
        self._load_persons()
        self._load_products()

    def _user_rows(self):
        """Logins: (login, name, role in Chinese, [XML ids of groups])."""
        return list(USERS)

    def _load_users(self):
        rows = self._user_rows()
        partners = self._make('res.partner', {
            f'user_partner_{login}': {
                'name': name, 'email': f'{login}@example.com',
                'lang': self.env.lang, 'tz': 'Asia/Shanghai', **self._user_partner_vals(login),
            } for login, name, _role, _groups in rows
        })
        for login, _name, _role, _groups in rows:
            if not self._get(f'user_{login}') and self.env['res.users'].search_count(
                    [('login', '=', login)]):
                raise UserError(self.env._(
                    "There is a user with the login \"%s\" already, the demo data would make the "
                    "same. Rename that user first.", login))
        self._make('res.users', {
            f'user_{login}': self._user_vals(login, partners[f'user_partner_{login}'], groups)
            for login, _name, _role, groups in rows
        })

    def _user_vals(self, login, partner, groups):
        vals = {
            'login': login, 'password': login, 'partner_id': partner.id,
            'company_id': self.env.company.id,
            'company_ids': [Command.set(self.env.company.ids)],
            'group_ids': [Command.set([self.env.ref(group).id for group in groups])],
        }
        if 'odoobot_state' in self.env['res.users']:
            vals['odoobot_state'] = 'disabled'  # its greeting covers the screen of a phone
        return vals

    def _user_partner_vals(self, login):
        """More values of the contact behind a login, such as the company of a portal user."""
        return {}

    def _load_organisations(self):
        """Customers and trading partners, superiors before those that belong to them."""
        rows = self._read_csv('pharma_crm/demo/organisations.csv')
        counties = {
            county.code: county for county in self.env['pharma.division'].search(
                [('code', 'in', [row['county'] for row in rows])])
        }
        for level in (
            [row for row in rows if not row['group'] and not row['parent']],
            [row for row in rows if row['group'] and not row['parent']],
            [row for row in rows if row['parent']],
        ):
            self._make('res.partner', {
                row['key']: self._organisation_vals(row, counties[row['county']]) for row in level})
        self._load_aliases(rows)

    def _organisation_vals(self, row, county):
        owner = self._get(f"user_{row['owner']}") if row['owner'] else None
        parent = self._get(row['parent']) if row['parent'] else None
        group = self._get(row['group']) if row['group'] else None
        return {
            'name': row['name'],
            'ref': row['ref'] or False,
            'is_company': not parent,
            'pharma_type': row['pharma_type'],
            'hospital_level': row['level'] or False,
            'hospital_grade': row['grade'] or False,
            'parent_id': parent.id if parent else False,
            'parent_organisation_id': group.id if group else False,
            'user_id': owner.id if owner else False,
            'street': row['street'],
            'pharma_city_id': county.parent_id.id,
            'pharma_county_id': county.id,
            'lang': self.env.lang,
        }

    def _load_aliases(self, rows):
        self._make('pharma.alias', {
            f"alias_{row['key']}_{number}": {
                'name': alias, 'kind': 'partner', 'partner_id': self._get(row['key']).id,
            }
            for row in rows if row['aliases']
            for number, alias in enumerate(row['aliases'].split(';'), 1)
        })

    def _load_departments(self):
        rows = self._read_csv('pharma_crm/demo/departments.csv')
        specialties = {
            specialty.code: specialty.id for specialty in self.env['pharma.specialty'].search(
                [('code', 'in', [row['specialty'] for row in rows])])
        }
        self._make('res.partner', {
            row['key']: {
                **self._department_vals(row), 'specialty_id': specialties[row['specialty']],
            } for row in rows
        })

    def _department_vals(self, row):
        parent = self._get(row['parent'])
        return {
            'name': row['name'], 'pharma_type': 'department', 'parent_id': parent.id,
            'user_id': parent.user_id.id, 'lang': self.env.lang,
        }

    def _load_persons(self):
        self._make('res.partner', {
            row['key']: self._person_vals(row)
            for row in self._read_csv('pharma_crm/demo/persons.csv')})

    def _person_vals(self, row):
        department = self._get(row['department'])
        return {
            'name': row['name'], 'pharma_type': 'person', 'function': row['function'],
            'parent_id': department.id, 'specialty_id': department.specialty_id.id,
            'user_id': department.user_id.id, 'lang': self.env.lang,
        }

    def _load_products(self):
        rows = self._read_csv('pharma_crm/demo/products.csv')
        lines = self._make('product.category', {
            f'line_{number}': {'name': name}
            for number, name in enumerate(dict.fromkeys(row['line'] for row in rows), 1)
        })
        line_ids = {line.name: line.id for line in lines.values()}
        self._make('uom.uom', {'uom_pack': {'name': "盒"}})
        self._make('product.template', {
            row['key']: self._product_vals(row, line_ids[row['line']]) for row in rows})

    def _product_vals(self, row, line_id):
        """Values of one product; competitors' products have no price and are not for sale."""
        return {
            'name': row['name'],
            'default_code': row['code'],
            'categ_id': line_id,
            'type': 'consu',
            'uom_id': self._get('uom_pack').id,
            'sale_ok': bool(row['price']),
            'list_price': float(row['price'] or 0),
            'drug_generic_name': row['generic_name'],
            'drug_specification': row['specification'],
            'drug_dosage_form': row['dosage_form'],
            'drug_approval_number': row['approval_number'],
            'drug_manufacturer_id': self._get(row['manufacturer']).id,
            'drug_units_per_pack': float(row['units_per_pack']),
            'drug_packs_per_case': float(row['packs_per_case']),
        }

    # === REMOVING === #

    def _remove_documents(self):
        """Undo what cannot simply be deleted; extended by the other addons of the suite."""

    def _remove_records(self):
        """Delete all demo records, the youngest first.

        :return: the names of those that other records use; they are archived
        :rtype: list(str)
        """
        data = self.env['ir.model.data'].search([('module', '=', DEMO_MODULE)], order='id desc')
        kept = []
        for model, entries in groupby(data, lambda entry: entry.model):
            if model not in self.env:
                continue  # its addon was uninstalled, and its table with it
            records = self.env[model].browse(entry.res_id for entry in entries).exists()
            kept += self._unlink_or_archive(records).mapped('display_name')
        self.env['ir.model.data'].search([('module', '=', DEMO_MODULE)]).filtered(
            lambda entry: entry.model not in self.env
            or not self.env[entry.model].browse(entry.res_id).exists()
        ).unlink()
        return kept

    def _try_unlink(self, records):
        """Delete all or nothing; refusals come from other records that use these."""
        try:
            # The database's refusal is expected: no error in the log
            with mute_logger('odoo.sql_db'), self.env.cr.savepoint():
                records.unlink()
        except (psycopg2.IntegrityError, UserError, ValidationError) as error:
            _logger.info("Demo records of %s stay: %s", records._name, error)
            return False
        return True

    def _unlink_or_archive(self, records):
        """Delete what can be deleted, halving until the refused ones are found; archive these.

        :return: the records that stay
        """
        if not records or self._try_unlink(records):
            return records.browse()
        if len(records) > 1:
            half = len(records) // 2
            return (self._unlink_or_archive(records[:half])
                    | self._unlink_or_archive(records[half:]))
        if 'active' in records:
            try:
                with self.env.cr.savepoint():
                    records.active = False
            except (UserError, ValidationError) as error:
                _logger.info("Demo record of %s stays in use: %s", records._name, error)
        return records
