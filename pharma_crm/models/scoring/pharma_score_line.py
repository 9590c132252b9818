from odoo import api, fields, models


class PharmaScorePoint(models.Model):
    """Points of a criterion for one value, or from one number on."""

    _name = 'pharma.score.point'
    _description = "Points of a Criterion"
    _order = 'sequence, limit desc, id'

    criterion_id = fields.Many2one(
        'pharma.score.criterion', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(default=10)
    value = fields.Char(string="Stored Value", help="How the value is stored")
    label = fields.Char(string="Possible Value", translate=True)
    limit = fields.Float(string="From", digits=(16, 2))
    points = fields.Float(required=True, default=0, digits=(16, 2))

    @api.model_create_multi
    def create(self, vals_list):
        points = super().create(vals_list)
        points.criterion_id.model_id._compute_later()
        return points

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys() <= {'label', 'sequence'}:
            self.criterion_id.model_id._compute_later()
        return result

    def unlink(self):
        score_models = self.criterion_id.model_id
        result = super().unlink()
        score_models._compute_later()
        return result


class PharmaScoreBand(models.Model):
    """A grade (等级) and the value from which on it is given."""

    _name = 'pharma.score.band'
    _description = "Customer Grade"
    _order = 'minimum desc, id'

    _name_uniq = models.Constraint(
        'UNIQUE(model_id, name)', "This grade is there already.")
    _minimum_uniq = models.Constraint(
        'UNIQUE(model_id, minimum)', "Two grades cannot begin at the same value.")

    model_id = fields.Many2one(
        'pharma.score.model', string="Score Model", required=True, index=True, ondelete='cascade')
    name = fields.Char(string="Customer Grade", required=True)
    minimum = fields.Float(string="From Value", required=True, digits=(16, 2))
    color = fields.Integer()
    note = fields.Char(string="Meaning", translate=True)

    @api.model_create_multi
    def create(self, vals_list):
        bands = super().create(vals_list)
        bands.model_id._compute_later()
        return bands

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {'name', 'minimum', 'model_id'}:
            self.model_id._compute_later()
        return result

    def unlink(self):
        score_models = self.model_id
        result = super().unlink()
        score_models._compute_later()
        return result
