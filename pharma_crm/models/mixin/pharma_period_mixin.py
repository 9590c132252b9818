from odoo import api, fields, models
from odoo.fields import Domain

PERIOD_STATES = [
    ('future', "Not Begun"),
    ('current', "Current"),
    ('past', "Ended"),
]


class PharmaPeriodMixin(models.AbstractModel):
    """A record that holds from a day to a day, both included: an assignment, an alignment.

    Nothing is stored about today: what begins or ends does so at midnight in the time zone of the
    company, without a job.
    """

    _name = 'pharma.period.mixin'
    _description = "Holds from a Day to a Day"

    date_from = fields.Date(
        string="From", required=True, index=True, default=lambda self: self._get_today())
    date_to = fields.Date(string="To", help="The last day; empty: until further notice")
    state = fields.Selection(
        PERIOD_STATES, string="Status", compute='_compute_state', search='_search_state')

    @api.depends('date_from', 'date_to')
    def _compute_state(self):
        today = self._get_today()
        for record in self:
            if record.date_from and record.date_from > today:
                record.state = 'future'
            elif record.date_to and record.date_to < today:
                record.state = 'past'
            else:
                record.state = 'current'

    @api.model
    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self._get_today()
        future, past = Domain('date_from', '>', today), Domain('date_to', '<', today)
        domains = {'future': future, 'past': past & ~future, 'current': ~future & ~past}
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.model
    def _get_today(self):
        """Today's date where the company is: rights begin and end by it, not by the time zone of
        whoever looks.

        :rtype: datetime.date
        """
        return self.env['pharma.access']._get_today()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env['pharma.access']._forget()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env['pharma.access']._forget()
        return result

    def unlink(self):
        result = super().unlink()
        self.env['pharma.access']._forget()
        return result
