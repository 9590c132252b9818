from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

STRENGTHS = [
    ('1', "Weak"),
    ('2', "Medium"),
    ('3', "Strong"),
]


class PharmaInfluence(models.Model):
    """One person of a decision structure influences another, and why (影响关系).

    People influence each other in circles: the list allows that. The picture follows the one main
    influence of each person, and there nobody stands above himself. Private kinds, such as
    relatives, are never the main one and are seen like a private profile.
    """

    _name = 'pharma.influence'
    _description = "Influence"
    _inherit = ['pharma.access.mixin']
    _order = 'target_id, is_main DESC, strength DESC, id'
    _rec_name = 'kind_id'
    _pharma_access_columns = ('source_partner_id', 'target_partner_id')
    _pharma_access_companies = True

    _kind_uniq = models.Constraint(
        'UNIQUE(source_id, target_id, kind_id)', "This influence is noted already.")
    _self_check = models.Constraint(
        'CHECK(source_id != target_id)', "Nobody influences himself.")
    _main_uniq = models.UniqueIndex(
        '(target_id) WHERE is_main', "Each person has one main influence.")

    source_id = fields.Many2one(
        'pharma.stakeholder', string="Who Influences", required=True, index=True,
        ondelete='cascade')
    target_id = fields.Many2one(
        'pharma.stakeholder', string="Whom", required=True, index=True, ondelete='cascade')
    source_partner_id = fields.Many2one(
        related='source_id.partner_id', string="Influencing Person", store=True, index=True)
    target_partner_id = fields.Many2one(
        related='target_id.partner_id', string="Influenced Person", store=True, index=True)
    hospital_id = fields.Many2one(related='target_id.hospital_id', string="Decision Of")
    lead_id = fields.Many2one(related='target_id.lead_id', string="Opportunity")
    company_id = fields.Many2one(related='target_id.company_id', store=True, index=True)
    kind_id = fields.Many2one(
        'pharma.influence.kind', string="As His", required=True, index=True, ondelete='restrict',
        default=lambda self: self._get_usual_kind())
    is_sensitive = fields.Boolean(related='kind_id.is_sensitive', store=True)
    strength = fields.Selection(STRENGTHS, required=True, default='2')
    is_main = fields.Boolean(string="Main Influence", help="The one that the picture shows")
    note = fields.Char(string="Why")
    pharma_private = fields.Boolean(
        compute='_compute_pharma_private', search='_search_pharma_private',
        export_string_translation=False, groups='base.group_user')

    # === COMPUTE === #

    @api.depends('source_id', 'target_id', 'kind_id')
    def _compute_display_name(self):
        for influence in self:
            # sudo: who sees the row sees both persons
            record = influence.sudo()
            names = filter(
                None, (record.source_partner_id.name, record.target_partner_id.name))
            influence.display_name = f"{' → '.join(names)} ({record.kind_id.name or ''})"

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_pharma_private(self):
        allowed = set(self._search(
            Domain('id', 'in', self._origin.ids) & self._private_domain()))
        for influence in self:
            influence.pharma_private = not influence._origin or influence._origin.id in allowed

    @api.model
    def _search_pharma_private(self, operator, value):
        return self._private_domain() if operator == 'in' else NotImplemented

    @api.model
    def _private_domain(self):
        """Rows that are not private, and private ones for who opens both persons' profiles.

        As with profiles the user counts and not the mode.

        :rtype: Domain
        """
        open_rows = Domain('is_sensitive', '=', False)
        if not self.env['pharma.person.profile']._sensitive_facts_allowed():
            return open_rows
        return open_rows | (
            Domain('source_partner_id.private_profile_access', '=', True)
            & Domain('target_partner_id.private_profile_access', '=', True))

    @api.model
    def _get_usual_kind(self):
        """What is noted when somebody is moved in the picture.

        :rtype: pharma.influence.kind
        """
        return self.env['pharma.influence.kind'].search([('is_sensitive', '=', False)], limit=1)

    # === CONSTRAINTS === #

    @api.constrains('source_id', 'target_id')
    def _check_structure(self):
        for influence in self:
            source, target = influence.source_id, influence.target_id
            if (source.hospital_id, source.lead_id, source.company_id) != (
                    target.hospital_id, target.lead_id, target.company_id):
                raise ValidationError(self.env._(
                    "%(one)s and %(other)s do not stand in the same decision.",
                    one=source.display_name, other=target.display_name))

    @api.constrains('is_main', 'kind_id')
    def _check_main(self):
        for influence in self:
            if influence.is_main and influence.kind_id.is_sensitive:
                raise ValidationError(self.env._(
                    "A private influence is not shown in the picture: choose another main one."))

    @api.constrains('kind_id')
    def _check_sensitive(self):
        allowed = self.env['pharma.person.profile']._sensitive_facts_allowed()
        if not allowed and any(influence.kind_id.is_sensitive for influence in self):
            raise ValidationError(self.env._(
                "The company keeps no sensitive facts of persons, so no private influences."))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_stakeholders(vals_list)
        self._make_room([vals['target_id'] for vals in vals_list
                         if vals.get('is_main') and vals.get('target_id')])
        influences = super().create(vals_list)
        influences._choose_main()
        return influences

    def write(self, vals):
        self._check_stakeholders([vals])
        if vals.get('is_main'):
            self._make_room(self.target_id.ids)
        return super().write(vals)

    @api.model
    def _make_room(self, target_ids):
        """Another influence becomes the main one of these people: the one before is not any more.

        :param list target_ids: of ``pharma.stakeholder``
        """
        if not target_ids:
            return
        # sudo: also a main one that the author does not see
        self.sudo().search([
            ('target_id', 'in', target_ids), ('is_main', '=', True)]).is_main = False
        # Before the new one: one of them is the main one at any time
        self.flush_model(['is_main'])

    @api.model
    def _check_stakeholders(self, vals_list):
        """Nobody hangs an influence on people whom he does not work with.

        :raise AccessError: for a person whom the current user may not change
        """
        ids = {vals[name] for vals in vals_list for name in ('source_id', 'target_id')
               if vals.get(name)}
        self.env['pharma.stakeholder'].browse(ids).check_access('write')

    def _choose_main(self):
        """The first influence on somebody is his main one, unless it is private or would put
        somebody above himself.
        """
        for influence in self:
            target = influence.target_id
            if not (influence.is_sensitive or target.parent_id or influence.is_main
                    or influence.source_id._stands_below(target)):
                influence.is_main = True
