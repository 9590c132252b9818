from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools.i18n import format_list
from odoo.tools.safe_eval import safe_eval

PHARMA_TYPES = [
    ('hospital', "Hospital"),
    ('campus', "Campus"),
    ('primary_care', "Primary Care"),
    ('pharmacy', "Pharmacy"),
    ('group', "Group or Chain"),
    ('distributor', "Distributor"),
    ('agent', "Agent"),
    ('manufacturer', "Manufacturer"),
    ('department', "Department"),
    ('person', "Person"),
]
HOSPITAL_LEVELS = [
    ('1', "Level 1"),
    ('2', "Level 2"),
    ('3', "Level 3"),
    ('0', "Not Rated"),
]
HOSPITAL_GRADES = [
    ('special', "Special"),
    ('a', "Grade A"),
    ('b', "Grade B"),
    ('c', "Grade C"),
    ('0', "Not Graded"),
]
# Where medicine reaches patients: the customers that sales are counted by.
TERMINAL_TYPES = ('hospital', 'campus', 'primary_care', 'pharmacy')
# Hidden from everybody who does not work with doctors.
PERSON_TYPES = ('department', 'person')
COMPANY_TYPES = ('hospital', 'primary_care', 'pharmacy', 'group', 'distributor', 'manufacturer')
# Superiors that the kinds below a hospital need; the other kinds stand alone or anywhere.
PARENT_TYPES = {
    'campus': ('hospital', 'primary_care'),
    'department': ('hospital', 'primary_care', 'campus', 'department'),
}
PERSON_GROUP = 'pharma_crm.group_pharma_crm_person'


class ResPartner(models.Model):
    _inherit = 'res.partner'

    # what it is
    pharma_type = fields.Selection(
        PHARMA_TYPES, string="Customer Type", index='btree_not_null', tracking=True,
        groups='base.group_user')
    pharma_parent_type = fields.Selection(
        related='parent_id.pharma_type', string="Type of Superior", groups='base.group_user')
    hospital_level = fields.Selection(
        HOSPITAL_LEVELS, index='btree_not_null', tracking=True, groups='base.group_user')
    hospital_grade = fields.Selection(
        HOSPITAL_GRADES, tracking=True, groups='base.group_user')
    specialty_id = fields.Many2one(
        'pharma.specialty', index='btree_not_null', groups='base.group_user')

    # where it is
    pharma_city_id = fields.Many2one(
        'pharma.division', string="City (Division)", index='btree_not_null',
        compute='_compute_pharma_city_id', store=True, readonly=False,
        domain="[('level', '=', 'city'), ('state_id', '=?', state_id)]",
        groups='base.group_user')
    pharma_county_id = fields.Many2one(
        'pharma.division', string="County", index='btree_not_null',
        domain="[('level', '=', 'county'), ('state_id', '=?', state_id),"
               " ('parent_id', '=?', pharma_city_id)]",
        groups='base.group_user')

    # what it belongs to
    parent_organisation_id = fields.Many2one(
        'res.partner', string="Member Of", index='btree_not_null', check_company=True,
        domain="[('pharma_type', '=', 'group')]", groups='base.group_user',
        help="The hospital group or pharmacy chain that this customer belongs to")
    member_ids = fields.One2many(
        'res.partner', 'parent_organisation_id', string="Members", groups='base.group_user')

    pharma_child_ids = fields.One2many(
        'res.partner', 'parent_id', string="Departments and Persons",
        domain=[('pharma_type', 'in', ('campus', *PERSON_TYPES)), ('active', '=', True)],
        groups='base.group_user')

    # names
    alias_ids = fields.One2many(
        'pharma.alias', 'partner_id', string="Other Names",
        domain=[('automatic', '=', False)],
        groups='pharma_crm.group_pharma_crm_user')

    # counters
    department_count = fields.Integer(
        compute='_compute_pharma_counts', groups='base.group_user')
    person_count = fields.Integer(
        compute='_compute_pharma_counts', groups='base.group_user')
    member_count = fields.Integer(
        compute='_compute_member_count', groups='base.group_user')

    # === COMPUTE === #

    @api.depends('pharma_county_id', 'state_id')
    def _compute_pharma_city_id(self):
        for partner in self:
            if partner.pharma_county_id:
                partner.pharma_city_id = partner.pharma_county_id.parent_id
            elif partner.pharma_city_id.state_id != partner.state_id:
                partner.pharma_city_id = False

    def _compute_pharma_counts(self):
        counts = {
            (entity.id, kind): count
            for entity, kind, count in self._read_group(
                [('commercial_partner_id', 'in', self.ids), ('pharma_type', 'in', PERSON_TYPES)],
                ['commercial_partner_id', 'pharma_type'], ['__count'])
        }
        for partner in self:
            partner.department_count = counts.get((partner.id, 'department'), 0)
            partner.person_count = counts.get((partner.id, 'person'), 0)

    def _compute_member_count(self):
        counts = dict(self._read_group(
            [('parent_organisation_id', 'in', self.ids)], ['parent_organisation_id'], ['__count']))
        for partner in self:
            partner.member_count = counts.get(partner, 0)

    # === CONSTRAINTS AND ONCHANGES === #

    @api.constrains('pharma_type', 'parent_id')
    def _check_pharma_parent(self):
        labels = dict(self._fields['pharma_type']._description_selection(self.env))
        for partner in self:
            allowed = PARENT_TYPES.get(partner.pharma_type)
            parent_type = partner.parent_id.pharma_type
            if allowed and parent_type not in allowed:
                raise ValidationError(self.env._(
                    "%(name)s: a %(kind)s belongs to one of: %(allowed)s.",
                    name=partner.name, kind=labels[partner.pharma_type],
                    allowed=format_list(
                        self.env, [labels[kind] for kind in allowed], style='or')))

    @api.onchange('pharma_city_id', 'pharma_county_id')
    def _onchange_pharma_division(self):
        division = self.pharma_county_id or self.pharma_city_id
        if division:
            self.update(self._prepare_division_address(division))

    @api.onchange('pharma_type')
    def _onchange_pharma_type(self):
        if self.pharma_type:
            self.is_company = self._is_pharma_company(self.pharma_type, self.is_company)

    # === VIEWS === #

    def _view_get_address(self, arch):
        arch = super()._view_get_address(arch)
        for divisions in arch.iterfind(".//div[@name='pharma_address']"):
            state, street = (
                divisions.getparent().find(f"field[@name='{name}']")
                for name in ('state_id', 'street'))
            # Odoo orders its fields as the company's country does; city and county follow their
            # province where that comes first
            if state is not None and street is not None and state in street.itersiblings(
                    preceding=True):
                state.addnext(divisions)
        return arch

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([
            self._with_division_address(self._with_company_kind(vals)) for vals in vals_list])

    def write(self, vals):
        return super().write(self._with_division_address(self._with_company_kind(vals)))

    @api.model
    def _with_division_address(self, vals):
        """Complete values: an official city or county fills Odoo's own address fields."""
        division_id = vals.get('pharma_county_id') or vals.get('pharma_city_id')
        if not division_id:
            return vals
        division = self.env['pharma.division'].browse(division_id)
        return {**self._prepare_division_address(division), **vals}

    @api.model
    def _prepare_division_address(self, division):
        """Address values that follow from a city or county.

        :param division: a ``pharma.division`` of level city or county
        :rtype: dict
        """
        city = division if division.level == 'city' else division.parent_id
        parts = [city.name] if city.name != division.state_id.name else []
        if division != city:
            parts.append(division.name)
        return {
            'state_id': division.state_id.id,
            'country_id': division.state_id.country_id.id,
            'city': "".join(parts),
        }

    @api.model
    def _with_company_kind(self, vals):
        """Complete values: a hospital is a company, its campuses and departments are not.

        That makes the hospital the commercial entity of everything below it.
        """
        kind = vals.get('pharma_type')
        if not kind or 'is_company' in vals:
            return vals
        return {**vals, 'is_company': self._is_pharma_company(kind, vals.get('is_company'))}

    @api.model
    def _is_pharma_company(self, kind, is_company):
        """Whether a contact of this kind is a company; an agent is one or a person."""
        return bool(is_company) if kind == 'agent' else kind in COMPANY_TYPES

    # === ACTIONS === #

    def action_view_departments(self):
        """Open the departments of this hospital, at every level."""
        return self._action_view_below('pharma_crm.res_partner_action_department')

    def action_view_persons(self):
        """Open the doctors and key persons of this hospital, at every level."""
        return self._action_view_below('pharma_crm.res_partner_action_person')

    def _action_view_below(self, xmlid):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(xmlid)
        action['domain'] = list(
            Domain(safe_eval(action['domain'])) & Domain('commercial_partner_id', '=', self.id))
        action['context'] = {**safe_eval(action['context']), 'default_parent_id': self.id}
        return action

    def action_view_members(self):
        """Open the hospitals or pharmacies of this group or chain."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.res_partner_action_terminal')
        action['domain'] = [('parent_organisation_id', '=', self.id)]
        action['context'] = {'default_parent_organisation_id': self.id}
        return action

    def action_view_hierarchy(self):
        """Open the picture of this hospital with its campuses, departments and persons."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.res_partner_action_hierarchy')
        # No hierarchy_res_id in the context: beside a domain the view would show every contact
        action['domain'] = [('commercial_partner_id', '=', self.commercial_partner_id.id)]
        return action
