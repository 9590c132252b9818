from odoo import fields, models

REACTIONS = [
    ('positive', "Positive"),
    ('neutral', "Neutral"),
    ('doubtful', "Doubtful"),
    ('negative', "Negative"),
]


class PharmaVisitProduct(models.Model):
    """A product that was spoken about in a call: the message, and how it was taken."""

    _name = 'pharma.visit.product'
    _description = "Product of a Call"
    _order = 'sequence, id'

    _product_uniq = models.UniqueIndex(
        '(visit_id, product_id)', "Each product stands once in a call.")

    visit_id = fields.Many2one('pharma.visit', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        'product.product', required=True, index=True, ondelete='restrict')
    message = fields.Char(help="What was said about the product")
    reaction = fields.Selection(REACTIONS, copy=False)

    def _describe_reaction(self):
        """How it was taken, in the reader's words; empty if it is not told."""
        labels = dict(self._fields['reaction']._description_selection(self.env))
        return labels.get(self.reaction, '')
