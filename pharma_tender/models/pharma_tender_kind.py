from odoo import api, fields, models


class PharmaTenderKind(models.Model):
    """A kind of tender (national procurement, listing, negotiation, …) with its stages."""

    _name = 'pharma.tender.kind'
    _description = "Tender Kind"
    _order = 'sequence, id'

    _code_uniq = models.Constraint('UNIQUE(code)', "This code of a tender kind exists already.")

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="Short technical code, by which imports find the kind")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=50)
    color = fields.Integer()
    stage_ids = fields.Many2many(
        'pharma.tender.stage', 'pharma_tender_kind_stage_rel', 'kind_id', 'stage_id',
        string="Stages")
    tender_count = fields.Integer(string="Tenders", compute='_compute_tender_count')

    # === COMPUTE === #

    def _compute_tender_count(self):
        counts = dict(self.env['pharma.tender']._read_group(
            [('kind_id', 'in', self.ids)], ['kind_id'], ['__count']))
        for kind in self:
            kind.tender_count = counts.get(kind, 0)

    # === ACTIONS === #

    def action_view_tenders(self):
        """Open the tenders of this kind in their stages."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_tender.pharma_tender_action')
        action['domain'] = [('kind_id', '=', self.id)]
        action['context'] = {'default_kind_id': self.id}
        return action

    # === BUSINESS === #

    @api.model
    def _by_code(self, code):
        """The kind with a code, archived ones included; empty when it was deleted."""
        return self.with_context(active_test=False).search([('code', '=', code)], limit=1)

    def _published_stage(self):
        """Where published results enter: the stage of results, else the first public one."""
        self.ensure_one()
        results = self.env.ref(
            'pharma_tender.pharma_tender_stage_results', raise_if_not_found=False)
        if results and results in self.stage_ids:
            return results
        return self.stage_ids.filtered('results_public')[:1] or self.stage_ids[-1:]
