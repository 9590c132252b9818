from odoo import fields, models


class PharmaTenderStage(models.Model):
    """A step of a tender. Steps are data: they change with every round of procurement."""

    _name = 'pharma.tender.stage'
    _description = "Tender Stage"
    _order = 'sequence, id'

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=50)
    fold = fields.Boolean(string="Folded in Kanban", help="The stage is shown folded, as an end")
    results_public = fields.Boolean(
        help="From this stage on, sales and commercial staff see the tender, its bids and prices. "
             "Before it, only tender staff, product managers and directors do.")
    kind_ids = fields.Many2many(
        'pharma.tender.kind', 'pharma_tender_kind_stage_rel', 'stage_id', 'kind_id',
        string="Used By")
