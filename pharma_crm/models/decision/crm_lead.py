from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmLead(models.Model):
    """Who decides about an opportunity, and how far it is on its way into the hospital."""

    _inherit = 'crm.lead'

    pharma_stakeholder_ids = fields.One2many(
        'pharma.stakeholder', 'lead_id', string="Decision Structure",
        groups='pharma_crm.group_pharma_crm_person')
    pharma_step_ids = fields.One2many(
        'pharma.purchase.step', 'lead_id', string="Steps of the Purchase",
        groups='pharma_crm.group_pharma_crm_person')
    pharma_stakeholder_count = fields.Integer(
        string="People Who Decide", compute='_compute_pharma_stance',
        groups='pharma_crm.group_pharma_crm_person')
    pharma_stance = fields.Float(
        string="Weighted Stance", compute='_compute_pharma_stance', digits=(3, 1),
        groups='pharma_crm.group_pharma_crm_person',
        help="From -2, all are against us, to 2, all speak for us; by the weights of those who "
             "decide about this opportunity, else about what its hospital buys")

    @api.depends_context('uid', 'allowed_company_ids')
    @api.depends('partner_id', 'pharma_stakeholder_ids.weight', 'pharma_stakeholder_ids.stance')
    def _compute_pharma_stance(self):
        """Not stored: each reader's own view, of the persons whom he sees."""
        stakeholders = self.env['pharma.stakeholder']
        own = stakeholders._weighted_stance([('lead_id', 'in', self._origin.ids)], 'lead_id')
        # sudo: the hospital of the customer; what is said of it follows the reader's rights
        hospitals = {lead: lead.sudo().partner_id.commercial_partner_id.id for lead in self}
        others = {hospitals[lead] for lead in self if lead._origin.id not in own}
        general = stakeholders._weighted_stance(
            Domain('hospital_id', 'in', others) & Domain('lead_id', '=', False), 'hospital_id')
        for lead in self:
            found = own.get(lead._origin.id)
            lead.pharma_stakeholder_count = found[1] if found else 0
            lead.pharma_stance = (found or general.get(hospitals[lead]) or (0, 0))[0]

    # === ACTIONS === #

    def action_view_stakeholders(self):
        """Open the picture of who decides about this opportunity."""
        self.ensure_one()
        return self.env['pharma.stakeholder']._get_structure_action(
            self.partner_id.commercial_partner_id, self)

    def action_copy_stakeholders(self):
        """Begin with what is known of the hospital: who decides there, who influences whom, and
        the usual steps. What the opportunity has already stays.

        :raise UserError: without a customer
        """
        self.ensure_one()
        self.check_access('write')
        hospital = self.partner_id.commercial_partner_id
        if not hospital:
            raise UserError(self.env._("Choose the customer of the opportunity first."))
        self.env['pharma.stakeholder']._copy_to(self, hospital)
        self.env['pharma.purchase.step']._copy_usual(hospital, self)
        return self.action_view_stakeholders()
