from odoo import api, fields, models

from ...tools.call_quality import CODES

ELEMENTS = {
    'purpose': "Purpose",
    'products': "Products, Messages, Reactions",
    'people': "People Met",
    'result': "Result",
    'need': "Needs and Questions",
    'solution': "Answer or Solution",
    'next': "Next Step",
    'duration': "Length",
    'on_time': "Recorded in Time",
    'planned': "Planned",
}


class PharmaVisitElement(models.Model):
    """What makes a record of a call good, and how much it counts (效度系数).

    The elements are those that the calculation knows; companies set the coefficients.
    """

    _name = 'pharma.visit.element'
    _description = "Element of Call Quality"
    _order = 'sequence, id'

    _code_uniq = models.UniqueIndex('(code)', "Each element stands once.")
    _coefficient_check = models.Constraint(
        'CHECK(coefficient >= 0)', "A coefficient is not negative.")

    name = fields.Char(required=True, translate=True)
    code = fields.Selection(
        [(code, ELEMENTS[code]) for code in CODES], required=True, readonly=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    note = fields.Char(string="When It Is Got", translate=True, readonly=True)
    coefficient = fields.Float(
        required=True, default=1.0, digits=(5, 2),
        help="How much the element counts beside the others")

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {'coefficient', 'active'}:
            self.env['pharma.visit']._rate_later()
        return result

    @api.model
    def _get_coefficients(self):
        """The coefficients of the elements in use, by code.

        :rtype: dict(str, float)
        """
        # sudo: how calls are rated is no secret
        return {element.code: element.coefficient for element in self.sudo().search([])}
