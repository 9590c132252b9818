from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

TERRITORY_LEVELS = [
    ('region', "Region"),
    ('province', "Provincial Area"),
    ('area', "Area"),
    ('position', "Position"),
]


class PharmaTerritory(models.Model):
    """A part of the company's market (辖区): 大区, 省区, 地区, down to the post of one person.

    People are assigned to it and customers are aligned with it, both with dates and by product
    line; who sees what follows from these two alone (see ``pharma.access``).
    """

    _name = 'pharma.territory'
    _description = "Territory"
    _inherit = ['mail.thread']
    _parent_store = True
    _order = 'complete_name, id'
    _rec_name = 'complete_name'
    _rec_names_search = ['complete_name', 'code']
    _check_company_auto = True

    _code_uniq = models.UniqueIndex(
        '(company_id, code) WHERE code IS NOT NULL', "Another territory has this code.")

    name = fields.Char(required=True, tracking=True)
    code = fields.Char(
        help="As your lists name it; files refer to territories by it", tracking=True)
    complete_name = fields.Char(compute='_compute_complete_name', store=True, recursive=True)
    level = fields.Selection(TERRITORY_LEVELS)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)

    parent_id = fields.Many2one(
        'pharma.territory', string="Belongs To", index=True, ondelete='restrict',
        check_company=True, tracking=True)
    parent_path = fields.Char(index=True)
    child_ids = fields.One2many('pharma.territory', 'parent_id', string="Territories Below")

    assignment_ids = fields.One2many(
        'pharma.territory.assignment', 'territory_id', string="People")
    alignment_ids = fields.One2many(
        'pharma.alignment', 'territory_id', string="Customers",
        groups='pharma_crm.group_pharma_crm_user')
    manager_id = fields.Many2one(
        'res.users', compute='_compute_manager_id', inverse='_inverse_manager_id',
        search='_search_manager_id',
        help="Who is assigned as manager today. A new manager is assigned from today on")
    representative_ids = fields.Many2many(
        'res.users', string="Representatives", compute='_compute_representative_ids')
    is_managed = fields.Boolean(
        compute='_compute_is_managed', search='_search_is_managed',
        export_string_translation=False,
        help="Whether the current user may give its customers another territory")
    customer_count = fields.Integer(
        string="Customers Today", compute='_compute_customer_count',
        groups='pharma_crm.group_pharma_crm_user',
        help="Customers aligned with this territory today, without the territories below")
    total_customer_count = fields.Integer(
        string="Customers with All Below", compute='_compute_total_counts',
        groups='pharma_crm.group_pharma_crm_user')
    total_people_count = fields.Integer(
        string="People with All Below", compute='_compute_total_counts',
        groups='pharma_crm.group_pharma_crm_user')

    # === COMPUTE === #

    @api.depends('name', 'parent_id.complete_name')
    def _compute_complete_name(self):
        for territory in self:
            superior = territory.parent_id.complete_name
            territory.complete_name = f"{superior} / {territory.name}" if superior else (
                territory.name)

    @api.depends('name', 'complete_name')
    @api.depends_context('hierarchical_naming')
    def _compute_display_name(self):
        # In narrow columns the name alone, as product categories do
        whole = self.env.context.get('hierarchical_naming', True)
        for territory in self:
            territory.display_name = territory.complete_name if whole else territory.name

    @api.depends('assignment_ids.user_id', 'assignment_ids.role', 'assignment_ids.date_from',
                 'assignment_ids.date_to')
    def _compute_manager_id(self):
        for territory in self:
            territory.manager_id = territory._get_current('manager').user_id[:1]

    def _inverse_manager_id(self):
        today = self.env['pharma.access']._get_today()
        # Before anything changes: ending an assignment computes the field anew
        managers = [(territory, territory.manager_id) for territory in self]
        for territory, manager in managers:
            current = territory._get_current('manager')
            if current.user_id == manager:
                continue
            current._end(today)
            if manager:
                territory.assignment_ids = [Command.create({
                    'user_id': manager.id, 'role': 'manager', 'date_from': today})]

    @api.model
    def _search_manager_id(self, operator, value):
        if operator not in ('in', 'any'):
            return NotImplemented
        assignments = Domain('role', '=', 'manager') & Domain('state', '=', 'current')
        if operator == 'any':
            return Domain('assignment_ids', 'any', assignments & Domain('user_id', 'any', value))
        managed = Domain('assignment_ids', 'any', assignments)
        found = Domain('assignment_ids', 'any', assignments & Domain('user_id', 'in', value))
        return found | ~managed if False in value else found

    @api.depends('assignment_ids.user_id', 'assignment_ids.role', 'assignment_ids.date_from',
                 'assignment_ids.date_to')
    def _compute_representative_ids(self):
        for territory in self:
            territory.representative_ids = territory._get_current('representative').user_id

    @api.depends_context('uid')
    def _compute_is_managed(self):
        managed = set(self._search([('id', 'in', self._origin.ids), ('is_managed', '=', True)]))
        for territory in self:
            territory.is_managed = territory._origin.id in managed

    @api.model
    def _search_is_managed(self, operator, value):
        if operator != 'in':
            return NotImplemented
        access = self.env['pharma.access']
        if access._aligns_all():
            return Domain.TRUE
        access._flush()
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s = ANY(ARRAY(SELECT managed.territory_id FROM (%s) managed))",
            SQL.identifier(alias, 'id'), access._managed_sql()))

    def _compute_customer_count(self):
        alignments = self.env['pharma.alignment']
        counts = dict(alignments._read_group(
            [('territory_id', 'in', self.ids), ('state', '=', 'current')],
            ['territory_id'], ['partner_id:count_distinct'])
        ) if alignments.has_access('read') else {}
        for territory in self:
            territory.customer_count = counts.get(territory, 0)

    def _compute_total_counts(self):
        below = self.search([('id', 'child_of', self.ids)])
        for field, model, linked in (
            ('total_customer_count', 'pharma.alignment', 'partner_id'),
            ('total_people_count', 'pharma.territory.assignment', 'user_id'),
        ):
            totals = {territory_id: set() for territory_id in self.ids}
            for territory, ids in self.env[model]._read_group(
                    [('territory_id', 'in', below.ids), ('state', '=', 'current')],
                    ['territory_id'], [f'{linked}:array_agg_distinct']):
                for part in territory.parent_path.split('/')[:-1]:
                    # one customer may belong to several territories below
                    totals.get(int(part), set()).update(ids)
            for territory in self:
                territory[field] = len(totals.get(territory.id, ()))

    # === CONSTRAINTS === #

    @api.constrains('parent_id')
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._("A territory cannot be below itself."))

    @api.constrains('active')
    def _check_active(self):
        archived = self.filtered(lambda territory: not territory.active)
        today = self.env['pharma.access']._get_today()
        open_ended = Domain('territory_id', 'in', archived.ids) & (
            Domain('date_to', '=', False) | Domain('date_to', '>=', today))
        for model in ('pharma.territory.assignment', 'pharma.alignment'):
            # sudo: what the author does not see counts as well
            used = self.env[model].sudo().search(open_ended, limit=1)
            if used:
                raise ValidationError(self.env._(
                    "%(territory)s has people or customers (%(example)s): end these first.",
                    territory=used.territory_id.display_name, example=used.display_name))

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if 'parent_id' in vals:
            self.env['pharma.access']._forget()
        return result

    # === BUSINESS === #

    def _get_current(self, role):
        """The assignments of today with a role.

        :param str role: one of ``ROLES`` of assignments
        """
        return self.assignment_ids.filtered(
            lambda assignment: assignment.role == role and assignment.state == 'current')

    # === ACTIONS === #

    def action_view_hierarchy(self):
        """Open the picture of this territory with all below."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_territory_action_hierarchy')
        # No hierarchy_res_id in the context: beside a domain the view would show everything
        return {**action, 'domain': [('id', 'child_of', self.id)]}

    def action_view_people(self):
        """Open the assignments to this territory and those below, past ones too."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_territory_assignment_action')
        return {**action, 'domain': [('territory_id', 'child_of', self.id)],
                'context': {'default_territory_id': self.id, 'search_default_current': 1}}

    def action_view_customers(self):
        """Open the customers aligned today with this territory or one below."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.res_partner_action_terminal')
        action['domain'] = [('alignment_ids', 'any', [
            ('territory_id', 'child_of', self.id), ('state', '=', 'current')])]
        action['context'] = {}
        return action
