from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.fields import Domain

from .res_partner import PHARMA_TYPES

# Above this many customers the completeness is computed anew in the background.
QUEUE_CUSTOMERS = 500
BATCH = 1000


class PharmaPartnerType(models.Model):
    """A kind of customer: which facts we want to know, and the stages that it goes through."""

    _name = 'pharma.partner.type'
    _description = "Customer Type"
    _order = 'sequence, id'
    _rec_name = 'pharma_type'

    _unique_pharma_type = models.Constraint(
        'UNIQUE(pharma_type)', "This kind of customer is there already.")

    pharma_type = fields.Selection(PHARMA_TYPES, string="Customer Type", required=True)
    sequence = fields.Integer(default=10)
    fact_ids = fields.One2many('pharma.partner.fact', 'type_id', string="Facts")
    stage_ids = fields.One2many('pharma.lifecycle.stage', 'type_id', string="Lifecycle Stages")
    # Made from the facts: Odoo's properties know neither required nor read-only.
    property_definition = fields.PropertiesDefinition(string="Own Fields", readonly=True)
    partner_count = fields.Integer(string="Customers", compute='_compute_partner_count')
    incomplete_count = fields.Integer(string="Incomplete", compute='_compute_partner_count')

    # === COMPUTE === #

    @api.depends('pharma_type')
    @api.depends_context('lang')
    def _compute_display_name(self):
        labels = dict(self._fields['pharma_type']._description_selection(self.env))
        for kind in self:
            kind.display_name = labels.get(kind.pharma_type)

    def _compute_partner_count(self):
        partners = self.env['res.partner']
        domain = [('pharma_type', 'in', self.mapped('pharma_type'))]
        counts = dict(partners._read_group(domain, ['pharma_type'], ['__count']))
        incomplete = dict(partners._read_group(
            [*domain, ('completeness', '<', 100)], ['pharma_type'], ['__count']))
        for kind in self:
            kind.partner_count = counts.get(kind.pharma_type, 0)
            kind.incomplete_count = incomplete.get(kind.pharma_type, 0)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        self.env.registry.clear_cache()
        return kinds

    def write(self, vals):
        if 'pharma_type' in vals:
            if any(kind.pharma_type != vals['pharma_type'] for kind in self):
                raise UserError(self.env._("The kind of a customer type stays as it is."))
        return super().write(vals)

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # === ACTIONS === #

    def action_view_partners(self):
        """Open the customers of this type."""
        return self._action_view_partners([('pharma_type', '=', self.pharma_type)])

    def action_view_incomplete(self):
        """Open the customers of this type of which facts are missing."""
        return self._action_view_partners(
            [('pharma_type', '=', self.pharma_type), ('completeness', '<', 100)])

    def _action_view_partners(self, domain):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.res_partner_action_lifecycle')
        action.update({
            'name': self.display_name,
            'domain': domain,
            'view_mode': 'list,kanban,form',
            'views': [(False, 'list'), (False, 'kanban'), (False, 'form')],
            'context': {'default_pharma_type': self.pharma_type},
        })
        return action

    # === BUSINESS === #

    @api.model
    @tools.ormcache()
    def _get_ids_by_kind(self):
        """{pharma_type: id of its customer type}"""
        return {kind.pharma_type: kind.id for kind in self.sudo().search([])}

    def _get_stages(self):
        """Its stages in the order in which a customer goes through them."""
        return self.stage_ids.sorted(lambda stage: (stage.sequence, stage.id))

    @api.model
    def _get_definition_lang(self):
        """The language of the own fields' labels: Odoo keeps one for all users."""
        # XML id of Odoo's own main company; env.company would follow whoever is logged in
        company = self.env.ref('base.main_company').sudo()
        return company.partner_id.lang or self.env.lang or 'en_US'

    def _rebuild_definitions(self):
        """Make the definition of the own fields from the facts, where it differs."""
        for kind in self.with_context(lang=self._get_definition_lang()):
            old = {own['name']: own for own in kind.property_definition}
            definition = [
                fact._prepare_property(old.get(fact.property_key))
                for fact in kind.fact_ids.sorted() if fact.property_key]
            if definition != kind.property_definition:
                kind.property_definition = definition

    def _recompute_completeness(self):
        """Compute the completeness of all customers of these types anew, many in the background."""
        partners = self.env['res.partner'].sudo().with_context(active_test=False)
        for kind in self:
            if partners.search_count(
                    [('pharma_type', '=', kind.pharma_type)], limit=QUEUE_CUSTOMERS + 1,
            ) > QUEUE_CUSTOMERS:
                kind.sudo().with_delay(
                    description=self.env._("Completeness: %s", kind.display_name),
                    identity_key=f'pharma_completeness_{kind.id}',
                )._run_completeness()
            else:
                kind._run_completeness()

    def _run_completeness(self):
        """Job: compute the completeness of the customers of this type anew.

        Runs for all customers, whoever changed the type, so as superuser.
        """
        partners = self.env['res.partner'].sudo().with_context(active_test=False).search(
            [('pharma_type', 'in', self.mapped('pharma_type'))])
        for start in range(0, len(partners), BATCH):
            batch = partners[start:start + BATCH].with_prefetch()
            self.env.add_to_compute(batch._fields['completeness'], batch)
            batch._recompute_recordset(['completeness'])
            batch.flush_recordset(['completeness'])
            batch.invalidate_recordset()
        return self.env._("%s customers computed.", len(partners))

    @api.model
    def _adopt_partners(self):
        """Give customers that were there before their type or its stages what they lack.

        Without tracking: a first value is no change, and the values before would be kept for
        hundreds of thousands of contacts.
        """
        partners = self.env['res.partner'].sudo().with_context(
            active_test=False, tracking_disable=True).search(self._get_orphan_domain())
        for start in range(0, len(partners), BATCH):
            batch = partners[start:start + BATCH].with_prefetch()
            for name in ('partner_type_id', 'lifecycle_stage_id', 'lifecycle_date', 'completeness'):
                self.env.add_to_compute(batch._fields[name], batch)
            batch.flush_recordset()
            batch.invalidate_recordset()

    @api.model
    def _adopt_partners_later(self):
        """The same, in the background when there are many."""
        partners = self.env['res.partner'].sudo().with_context(active_test=False)
        if partners.search_count(
                self._get_orphan_domain(), limit=QUEUE_CUSTOMERS + 1) > QUEUE_CUSTOMERS:
            self.sudo().with_delay(identity_key='pharma_adopt_partners')._adopt_partners()
        else:
            self._adopt_partners()

    @api.model
    def _get_orphan_domain(self):
        """Customers without their type, or without a stage although their type has stages."""
        staged = self.sudo().search([('stage_ids', '!=', False)])
        return Domain('pharma_type', 'in', self.sudo().search([]).mapped('pharma_type')) & (
            Domain('partner_type_id', '=', False)
            | (Domain('lifecycle_stage_id', '=', False)
               & Domain('pharma_type', 'in', staged.mapped('pharma_type'))))
