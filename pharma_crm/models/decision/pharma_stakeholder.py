from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STANCES = [
    ('-2', "Opposes Us"),
    ('-1', "Has Doubts"),
    ('0', "Neutral"),
    ('1', "Supports Us"),
    ('2', "Speaks for Us"),
]
CLOSENESS = [
    ('0', "Not Met"),
    ('1', "Knows Us"),
    ('2', "Regular Contact"),
    ('3', "Trusts Us"),
    ('4', "Partner"),
]
LOYALTIES = [
    ('0', "Unknown"),
    ('1', "With a Competitor"),
    ('2', "Changes Sides"),
    ('3', "Prefers Us"),
    ('4', "Stands by Us"),
]


class PharmaStakeholder(models.Model):
    """A person in the decision structure (决策体系) of a hospital, for all product lines or one,
    or of one opportunity: his role, his weight, where he stands, and whom he listens to.

    What he likes and dislikes is private and stays in ``pharma.person.profile``. The picture shows
    each person below the one who influences him most: the main one among his
    ``pharma.influence``.
    """

    _name = 'pharma.stakeholder'
    _description = "Decision Role"
    _inherit = ['mail.thread', 'pharma.access.mixin', 'pharma.customer.mixin']
    _order = 'hospital_id, lead_id NULLS FIRST, weight DESC, id'
    _rec_name = 'partner_id'
    _rec_names_search = ['partner_id']
    _check_company_auto = True
    _mail_post_access = 'read'
    _pharma_access_columns = ('partner_id', 'hospital_id')
    _pharma_access_companies = True

    _person_uniq = models.UniqueIndex(
        '(company_id, hospital_id, partner_id, COALESCE(lead_id, 0), COALESCE(product_line_id, 0))'
        ' WHERE active', "This person has a role in this decision already.")
    _weight_check = models.Constraint(
        'CHECK(weight BETWEEN 1 AND 10)', "Weights go from 1 to 10.")

    partner_id = fields.Many2one(
        'res.partner', string="Person", required=True, index=True, ondelete='cascade',
        domain=[('pharma_type', '=', 'person')])
    function = fields.Char(related='partner_id.function')
    department_id = fields.Many2one(related='partner_id.parent_id', string="Department")
    hospital_id = fields.Many2one(
        'res.partner', string="Decision Of", required=True, index=True, ondelete='cascade',
        domain=[('pharma_type', 'not in', (False, 'campus', 'department', 'person'))],
        compute='_compute_hospital_id', store=True, readonly=False, precompute=True)
    lead_id = fields.Many2one(
        'crm.lead', string="Opportunity", index='btree_not_null', ondelete='cascade',
        check_company=True, help="Empty: whatever the hospital decides")
    product_line_id = fields.Many2one(
        'product.category', index='btree_not_null', ondelete='restrict',
        domain=[('is_product_line', '=', True)], help="Empty: all product lines")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, readonly=True,
        default=lambda self: self.env.company)
    active = fields.Boolean(default=True)

    # what he is in the decision
    role_id = fields.Many2one(
        'pharma.stakeholder.role', required=True, index=True, ondelete='restrict', tracking=True)
    weight = fields.Integer(
        compute='_compute_weight', store=True, readonly=False, precompute=True, required=True,
        tracking=True, aggregator='avg', help="What his word counts, from 1 to 10")
    stance = fields.Selection(STANCES, required=True, default='0', index=True, tracking=True)
    stance_value = fields.Integer(
        string="Stance from -2 to 2", compute='_compute_stance_value', store=True,
        aggregator='avg')
    stance_date = fields.Date(
        string="Stance Since", compute='_compute_stance_date', store=True, precompute=True)
    closeness = fields.Selection(CLOSENESS, required=True, default='0', tracking=True)
    loyalty = fields.Selection(LOYALTIES, required=True, default='0', tracking=True)
    note = fields.Text(string="What Matters to Him", help="In this decision, for his work")

    # whom he listens to
    influence_in_ids = fields.One2many(
        'pharma.influence', 'target_id', string="Influenced By",
        groups='pharma_crm.group_pharma_crm_person')
    influence_out_ids = fields.One2many(
        'pharma.influence', 'source_id', string="Influences",
        groups='pharma_crm.group_pharma_crm_person')
    parent_id = fields.Many2one(
        'pharma.stakeholder', string="Influenced Most By", compute='_compute_parent_id',
        inverse='_inverse_parent_id', store=True, index='btree_not_null', ondelete='set null',
        domain="[('hospital_id', '=', hospital_id), ('lead_id', '=', lead_id), ('id', '!=', id)]")
    child_ids = fields.One2many('pharma.stakeholder', 'parent_id', string="Listen to Him")

    # === COMPUTE === #

    @api.depends('partner_id', 'role_id')
    def _compute_display_name(self):
        for stakeholder in self:
            # sudo: who sees the row sees the person
            stakeholder.display_name = stakeholder.sudo().partner_id.name or ''

    @api.depends('lead_id', 'partner_id')
    def _compute_hospital_id(self):
        for stakeholder in self:
            stakeholder.hospital_id = (
                stakeholder.lead_id.partner_id.commercial_partner_id
                or stakeholder.hospital_id or stakeholder.partner_id.commercial_partner_id)

    @api.depends('role_id')
    def _compute_weight(self):
        for stakeholder in self:
            stakeholder.weight = stakeholder.role_id.weight or stakeholder.weight or 3

    @api.depends('stance')
    def _compute_stance_value(self):
        for stakeholder in self:
            stakeholder.stance_value = int(stakeholder.stance or 0)

    @api.depends('stance')
    def _compute_stance_date(self):
        today = self.env['pharma.access']._get_today()
        for stakeholder in self:
            stakeholder.stance_date = today

    @api.depends('influence_in_ids.is_main', 'influence_in_ids.source_id')
    def _compute_parent_id(self):
        for stakeholder in self:
            stakeholder.parent_id = stakeholder.influence_in_ids.filtered('is_main').source_id[:1]

    def _inverse_parent_id(self):
        """Moved in the picture: the influence of the one above becomes the main one, and is noted
        where nobody had.
        """
        for stakeholder in self:
            superior = stakeholder.parent_id
            rows = stakeholder.influence_in_ids
            if not superior:
                rows.filtered('is_main').is_main = False
                continue
            known = rows.filtered(
                lambda row, superior=superior: row.source_id == superior and not row.is_sensitive)
            if known:
                known[0].is_main = True
            else:
                self.env['pharma.influence'].create({
                    'source_id': superior.id, 'target_id': stakeholder.id, 'is_main': True,
                    'kind_id': self.env['pharma.influence']._get_usual_kind().id})

    # === CONSTRAINTS === #

    @api.constrains('partner_id', 'hospital_id')
    def _check_person(self):
        for stakeholder in self:
            if stakeholder.partner_id.pharma_type != 'person':
                raise ValidationError(self.env._(
                    "%s is no person: people decide.", stakeholder.partner_id.display_name))
            if stakeholder.hospital_id.commercial_partner_id != stakeholder.hospital_id:
                raise ValidationError(self.env._(
                    "%(name)s goes with %(hospital)s: it decides as a whole.",
                    name=stakeholder.hospital_id.name,
                    hospital=stakeholder.hospital_id.commercial_partner_id.name))

    @api.constrains('lead_id', 'hospital_id')
    def _check_lead(self):
        for stakeholder in self:
            # sudo: the customer of an opportunity that the author was able to choose
            customer = stakeholder.lead_id.sudo().partner_id.commercial_partner_id
            if stakeholder.lead_id and customer and customer != stakeholder.hospital_id:
                raise ValidationError(self.env._("The opportunity is of another customer."))

    @api.constrains('parent_id')
    def _check_parent_id(self):
        if self._has_cycle():
            raise ValidationError(self.env._(
                "In the picture nobody stands above himself: choose another main influence."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = self.env['crm.lead'].browse(
            vals['lead_id'] for vals in vals_list if vals.get('lead_id'))
        if leads:  # who has no right to opportunities at all enters rows of hospitals
            leads.check_access('read')
        return super().create(vals_list)

    # === RIGHTS === #

    @api.model
    def _pharma_link_domain(self, mode):
        """Besides its customers, the opportunity that a row belongs to must be the reader's."""
        return super()._pharma_link_domain(mode) & self._lead_domain(
            'read' if mode == 'read' else 'write')

    @api.model
    def _lead_domain(self, operation):
        """Rows of no opportunity, or of one that the current user may read or change.

        :param str operation: 'read' or 'write'
        :rtype: Domain
        """
        # Rules are asked in superuser mode; whose opportunities count is the user's matter
        leads = self.env(su=False)['crm.lead'].with_context(active_test=False)
        domain = Domain('lead_id', '=', False)
        if not leads.has_access(operation):
            return domain
        rule = self.env['ir.rule'].with_env(leads.env)._compute_domain('crm.lead', operation)
        if Domain(rule).is_true():
            return Domain.TRUE
        return domain | Domain('lead_id', 'in', leads.sudo()._search(rule))

    # === BUSINESS === #

    def _stands_below(self, other):
        """Whether somebody is, in the picture, another one or anywhere below him.

        :rtype: bool
        """
        self.ensure_one()
        above, seen = self, self.browse()
        while above and above not in seen:
            if above == other:
                return True
            seen |= above
            above = above.parent_id
        return False

    @api.model
    def _copy_to(self, lead, hospital):
        """Copy the structure of a hospital to an opportunity: the people, those of its product line
        before those for all lines, and the influences among them that the current user sees.

        :param lead: ``crm.lead`` whose own rows stay as they are
        :param hospital: ``res.partner``
        """
        line = lead.product_line_id
        company = lead.company_id or self.env.company
        known = lead.pharma_stakeholder_ids.partner_id
        sources = self.search([
            ('hospital_id', '=', hospital.id), ('lead_id', '=', False),
            ('company_id', '=', company.id), ('partner_id', 'not in', known.ids),
            ('product_line_id', 'in', [False, line.id])])
        copies = {}
        for source in sources.sorted(lambda row: not row.product_line_id):
            if source.partner_id not in copies:
                copies[source.partner_id] = source, self.create({
                    **{name: source[name] for name in ('stance', 'closeness', 'loyalty', 'note')},
                    'partner_id': source.partner_id.id, 'role_id': source.role_id.id,
                    'weight': source.weight, 'hospital_id': hospital.id, 'lead_id': lead.id,
                    'company_id': company.id})
        new = dict(copies.values())
        influences = sources.influence_in_ids.filtered(
            lambda row: row.source_id in new and row.target_id in new)
        self.env['pharma.influence'].create([{
            'source_id': new[row.source_id].id, 'target_id': new[row.target_id].id,
            'kind_id': row.kind_id.id, 'strength': row.strength, 'is_main': row.is_main,
            'note': row.note} for row in influences])

    # === ACTIONS === #

    def action_view_structure(self):
        """Open the whole structure that this person stands in."""
        self.ensure_one()
        return self._get_structure_action(self.hospital_id, self.lead_id)

    @api.model
    def _get_structure_action(self, hospital, lead=None):
        """Action that opens the picture of a hospital's structure or of an opportunity's.

        :param hospital: ``res.partner``
        :param lead: ``crm.lead`` or None
        :rtype: dict
        """
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_stakeholder_action_structure')
        lead = lead or self.env['crm.lead']
        return {
            **action,
            'domain': [('hospital_id', '=', hospital.id), ('lead_id', '=', lead.id)],
            'context': {'default_hospital_id': hospital.id, 'default_lead_id': lead.id},
            'display_name': self.env._("Who decides: %s", (lead or hospital).display_name)}

    @api.model
    def _weighted_stance(self, domain, groupby):
        """Stances weighed, as far as the current user sees the persons.

        :param domain: which rows
        :param str groupby: 'lead_id' or 'hospital_id'
        :return: (average from -2 to 2, persons) by id
        :rtype: dict(int, tuple(float, int))
        """
        totals = {}
        if not self.has_access('read'):
            return totals
        for record, weight, stance, count in self._read_group(
                domain, [groupby, 'weight', 'stance_value'], ['__count']):
            total = totals.setdefault(record.id, [0, 0, 0])
            total[0] += weight * stance * count
            total[1] += weight * count
            total[2] += count
        return {
            key: (weighed / weights, count)
            for key, (weighed, weights, count) in totals.items()}
