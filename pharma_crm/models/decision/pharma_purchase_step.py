from odoo import api, fields, models
from odoo.exceptions import ValidationError

STEP_STATES = [
    ('todo', "To Do"),
    ('done', "Done"),
    ('late', "Late"),
]


class PharmaPurchaseStep(models.Model):
    """A step on the way of a product into a hospital (进院流程): 科室提单, 药剂科, 药事会 …

    Steps of an opportunity have dates; those of a hospital tell how it usually goes there; those
    without a hospital how it goes anywhere, which the administrator keeps.
    """

    _name = 'pharma.purchase.step'
    _description = "Step of the Purchase"
    _inherit = ['pharma.access.mixin']
    _order = 'hospital_id NULLS FIRST, lead_id NULLS FIRST, sequence, id'
    _check_company_auto = True
    _pharma_access_columns = ('hospital_id', 'decider_id')
    _pharma_access_companies = True

    name = fields.Char(string="Step", required=True, translate=False)
    sequence = fields.Integer(default=10)
    hospital_id = fields.Many2one(
        'res.partner', index='btree_not_null', ondelete='cascade',
        domain=[('pharma_type', 'not in', (False, 'campus', 'department', 'person'))],
        compute='_compute_hospital_id', store=True, readonly=False, precompute=True,
        help="Empty: how it usually goes, whatever the hospital")
    lead_id = fields.Many2one(
        'crm.lead', string="Opportunity", index='btree_not_null', ondelete='cascade',
        check_company=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, readonly=True,
        default=lambda self: self.env.company)
    decider_id = fields.Many2one(
        'res.partner', string="Who Decides", index='btree_not_null', ondelete='set null',
        domain="[('pharma_type', 'in', ('person', 'department')),"
               " ('commercial_partner_id', '=?', hospital_id)]")
    date_expected = fields.Date(string="Expected On")
    date_done = fields.Date(string="Done On")
    note = fields.Char()
    state = fields.Selection(
        STEP_STATES, string="Status", compute='_compute_state', search='_search_state')

    # === COMPUTE === #

    @api.depends('lead_id')
    def _compute_hospital_id(self):
        for step in self:
            step.hospital_id = (
                step.lead_id.partner_id.commercial_partner_id or step.hospital_id)

    @api.depends('date_expected', 'date_done')
    def _compute_state(self):
        today = self.env['pharma.access']._get_today()
        for step in self:
            late = step.date_expected and step.date_expected < today
            step.state = 'done' if step.date_done else 'late' if late else 'todo'

    @api.model
    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env['pharma.access']._get_today()
        done = fields.Domain('date_done', '!=', False)
        late = ~done & fields.Domain('date_expected', '<', today)
        domains = {'done': done, 'late': late, 'todo': ~done & ~late}
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    # === CONSTRAINTS === #

    @api.constrains('decider_id', 'hospital_id')
    def _check_decider(self):
        for step in self:
            if step.decider_id and step.decider_id.commercial_partner_id != step.hospital_id and (
                    step.hospital_id not in step.decider_id.affiliation_ids.hospital_id):
                raise ValidationError(self.env._(
                    "%(person)s does not work at %(hospital)s.",
                    person=step.decider_id.display_name, hospital=step.hospital_id.name or ''))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = self.env['crm.lead'].browse(
            vals['lead_id'] for vals in vals_list if vals.get('lead_id'))
        if leads:  # who has no right to opportunities at all enters steps of hospitals
            leads.check_access('read')
        return super().create(vals_list)

    # === RIGHTS === #

    @api.model
    def _pharma_link_domain(self, mode):
        """As with the persons who decide: the opportunity must be the reader's."""
        return super()._pharma_link_domain(mode) & self.env['pharma.stakeholder']._lead_domain(
            'read' if mode == 'read' else 'write')

    # === BUSINESS === #

    @api.model
    def _copy_usual(self, hospital, lead=None):
        """Copy how it usually goes: at the hospital for an opportunity, else anywhere.

        :param hospital: ``res.partner``
        :param lead: ``crm.lead`` or None
        :return: the new steps, none if there are some already
        :rtype: pharma.purchase.step
        """
        lead = lead or self.env['crm.lead']
        company = ('company_id', '=', (lead.company_id or self.env.company).id)
        own = [company, ('hospital_id', '=', hospital.id), ('lead_id', '=', lead.id)]
        if self.search_count(own, limit=1):
            return self.browse()
        usual = self.browse()
        if lead:
            usual = self.search(
                [company, ('hospital_id', '=', hospital.id), ('lead_id', '=', False)])
        usual = usual or self.search(
            [company, ('hospital_id', '=', False), ('lead_id', '=', False)])
        return self.create([{
            'name': step.name, 'sequence': step.sequence, 'note': step.note,
            'decider_id': step.decider_id.id, 'hospital_id': hospital.id, 'lead_id': lead.id,
            'company_id': company[2]} for step in usual])
