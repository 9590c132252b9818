from odoo import fields, models

NAME_REASONS = [
    ('missing', "No distributor is written"),
    ('several', "Several distributors have this name"),
    ('differs', "The name names different distributors"),
    ('elsewhere', "The name says another place"),
    ('similar', "Only similar to a distributor's name"),
    ('none', "No distributor has this name"),
]


class PharmaFlowHistoryName(models.Model):
    """A distributor's name in a history table that nobody is known by, and the rows that wait."""

    _name = 'pharma.flow.history.name'
    _description = "Unknown Distributor in a History Table"
    _inherit = ['pharma.sheet.mixin']
    _order = 'is_done, row_count desc, id'
    _result_fields = frozenset((
        'history_id', 'company_id', 'name', 'key', 'reason', 'row_count', 'amount', 'places',
        'candidate_ids', 'is_done'))

    history_id = fields.Many2one(
        'pharma.flow.history', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='history_id.company_id', store=True, index=True)
    name = fields.Char(string="Distributor in File", readonly=True)
    key = fields.Char(readonly=True, export_string_translation=False)
    reason = fields.Selection(NAME_REASONS, string="Why", required=True, readonly=True)
    row_count = fields.Integer(string="Rows", readonly=True)
    amount = fields.Float(digits='Product Price', readonly=True)
    places = fields.Char(string="Where It Stands", readonly=True, help="Sheet and row")
    candidate_ids = fields.Many2many('res.partner', string="May Be", readonly=True)
    distributor_id = fields.Many2one(
        'res.partner', index='btree_not_null', ondelete='restrict',
        domain="[('pharma_type', '=', 'distributor')]",
        help="Holds for the tables that come later as well")
    is_done = fields.Boolean(
        string="Imported", readonly=True, help="The rows stand in a file of the distributor")
