from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

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
        'pharma.specialty', string="Specialty", index='btree_not_null', groups='base.group_user')

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

    # names
    alias_ids = fields.One2many(
        'pharma.alias', 'partner_id', string="Other Names", groups='base.group_user')

    # rights and counters
    pharma_access = fields.Boolean(
        compute='_compute_pharma_access', search='_search_pharma_access', groups='base.group_user')
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

    @api.depends_context('uid')
    def _compute_pharma_access(self):
        readable = set(self._search([('id', 'in', self.ids), ('pharma_access', '=', True)]))
        for partner in self:
            partner.pharma_access = partner.id in readable

    @api.model
    def _search_pharma_access(self, operator, value):
        """Customers that the current user may see; the one place where that is decided.

        Whoever sees all gets no condition at all: a sub-query costs a scan of the table.
        """
        if operator != 'in':
            return NotImplemented
        if self.env.su or self.env.user.has_group(PERSON_GROUP):
            return Domain.TRUE
        visible = Domain('pharma_type', '=', False) | Domain('pharma_type', 'not in', PERSON_TYPES)
        if not self.env.user._is_internal():
            # A portal user is a person himself
            visible |= Domain('id', '=', self.env.user.partner_id.id)
        return visible
