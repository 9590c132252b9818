import base64
import json

from odoo import api, fields, models
from odoo.tools import file_open, groupby, split_every

from ...tools.list_table import UPDATE
from .pharma_hospital_import_line import PARTNER_FIELDS
from .pharma_import_line_mixin import read_plain

OFFICIAL_LIST = 'pharma_crm/data/official/hospitals.csv'
BATCH = 500


class PharmaHospitalImport(models.Model):
    """A list of hospitals on its way to the customers, and what became of it."""

    _name = 'pharma.hospital.import'
    _description = "Hospital List Import"
    _inherit = ['pharma.import.mixin']

    _import_sequence = 'pharma_crm.seq_pharma_hospital_import'

    line_ids = fields.One2many('pharma.hospital.import.line', 'import_id', copy=False)

    # === ACTIONS === #

    def action_view_partners(self):
        """Open the customers of this list."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.res_partner_action_terminal')
        partners = self.line_ids.partner_id
        return {**action, 'domain': [('id', 'in', partners.ids)], 'context': {}}

    def action_view_lines(self):
        """Open the rows of this list; the context may choose a result by its filter."""
        return self._open_lines('pharma_crm.pharma_hospital_import_line_action')

    @api.model
    def action_load_official(self):
        """Load the list of 6,753 hospitals that comes with the addon, in the background.

        :return: the action that opens the import
        :raise AccessError: unless the user may import lists
        """
        record = self._create_official()
        record._enqueue('_run')
        return {
            'type': 'ir.actions.act_window',
            'res_model': self._name,
            'res_id': record.id,
            'view_mode': 'form',
            'views': [(False, 'form')],
        }

    @api.model
    def _load_official_now(self):
        """Load the list that comes with the addon at once.

        :return: the import
        :raise UserError: when it cannot be done
        """
        record = self._create_official()
        record._import()
        return record

    @api.model
    def _create_official(self):
        self.check_access('create')
        with file_open(OFFICIAL_LIST, 'rb') as file:
            return self.create({
                'name': self.env._("Hospitals with fever clinics (2020).csv"),
                'data': base64.b64encode(file.read()),
            })

    # === IMPORT === #

    def _apply_plan(self, plan):
        divisions = self._get_division_ids()
        self._create_partners(plan, divisions)
        journals = self._update_partners(plan, divisions)
        self._create_aliases(plan, journals)
        self._align_customers(plan, journals)
        return journals

    def _get_division_ids(self):
        """{code: (field, id, name)} of all divisions, provinces as states."""
        divisions = {}
        for division in self.env['pharma.division'].search([]):
            record = division.state_id if division.level == 'province' else division
            divisions[division.code] = (record.id, division.name)
        return divisions

    def _get_quiet_partners(self):
        """Contacts without messages and followers: thousands at once, told by the import itself."""
        return self.env['res.partner'].with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True,
            mail_notrack=True, no_vat_validation=True, _partners_skip_fields_sync=True)

    def _prepare_partner_vals(self, changes, divisions):
        """Values of a contact.

        :param dict changes: fields of the engine and their values; places as codes
        :param dict divisions: from ``_get_division_ids``
        """
        vals = {}
        for name, value in changes.items():
            if name in ('province', 'city', 'county'):
                value = divisions[value][0] if value else False
            vals[PARTNER_FIELDS[name]] = value
        if changes.get('province'):
            # The cached look-up: env.ref() would ask the database for every row
            vals['country_id'] = self.env['ir.model.data']._xmlid_to_res_id('base.cn')
        # Where counties stand right below a province, the county is the city of the address.
        place = changes.get('city') or ''
        if place[2:] == '90':
            place = changes.get('county') or ''
        if place:
            vals['city'] = divisions[place][1]
        return vals

    def _create_partners(self, plan, divisions):
        partners = self._get_quiet_partners()
        done = 0
        for customers in split_every(BATCH, plan.created):
            created = partners.create([
                {'is_company': True, **self._prepare_partner_vals(customer.changes, divisions)}
                for customer in customers])
            for customer, partner in zip(customers, created, strict=True):
                customer.id = partner.id
            self.env.flush_all()
            done += len(customers)
            self._report_progress(5 + 85 * done // len(plan.created))

    def _update_partners(self, plan, divisions):
        """Write what changed, equal changes together.

        :return: {partner id: journal} of the customers that were there before
        """
        partners = self._get_quiet_partners()
        changed = {
            item.customer.id: item.customer for item in plan.items
            if item.result == UPDATE and item.customer.changes}
        partners.browse(changed).fetch([*PARTNER_FIELDS.values(), 'city', 'country_id'])
        journals = {}
        changes = [
            (partner, self._prepare_partner_vals(changed[partner.id].changes, divisions))
            for partner in partners.browse(changed)]
        for partner, vals in changes:
            old = read_plain(partner, vals)
            journals[partner.id] = {'old': old, 'new': vals}
        for _key, same in groupby(changes, lambda change: json.dumps(change[1], sort_keys=True)):
            partners.concat(*(partner for partner, _vals in same)).write(same[0][1])
        return journals

    def _create_aliases(self, plan, journals):
        """Record the other names; those of customers that were there before go to the journal."""
        owners = {id(item.customer): item.customer for item in plan.items if item.customer}
        vals_list = [
            {'name': name, 'kind': 'partner', 'partner_id': customer.id, 'status': 'confirmed'}
            for customer in owners.values() for name in customer.other_names]
        aliases = self.env['pharma.alias'].with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True,
        ).create(vals_list)
        created = {customer.id for customer in plan.created}
        for alias in aliases:
            if alias.partner_id.id not in created:
                journal = journals.setdefault(alias.partner_id.id, {})
                journal.setdefault('alias_ids', []).append(alias.id)

    def _prepare_lines_vals(self, plan, journals):
        names = dict(self._get_division_names())
        for item in plan.items:
            values = item.row.values
            codes = dict.fromkeys(filter(None, map(values.get, ('province', 'city', 'county'))))
            customer_id = item.customer.id if item.customer else 0
            yield {
                'name': values.get('name'),
                'place': " ".join(dict.fromkeys(names[code] for code in codes)),
                'partner_id': customer_id or False,
                'journal': item.result == UPDATE and journals.get(customer_id) or False,
            }
