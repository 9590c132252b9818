from odoo import api, fields, models


class PharmaWeekDay(models.Model):
    """A day of a week plan: which halves are open for calls, and what is planned."""

    _name = 'pharma.week.day'
    _description = "Day of a Week Plan"
    _order = 'date, id'
    _rec_name = 'date'

    _date_uniq = models.UniqueIndex('(week_id, date)', "Each day stands once in a week.")

    week_id = fields.Many2one('pharma.week', required=True, index=True, ondelete='cascade')
    date = fields.Date(required=True)
    weekday = fields.Char(compute='_compute_weekday')
    is_morning = fields.Boolean(string="Morning", help="Open for calls")
    is_afternoon = fields.Boolean(string="Afternoon", help="Open for calls")
    note = fields.Char(help="Training, meeting, leave, trip")
    call_count = fields.Integer(string="Calls", compute='_compute_counts')
    done_count = fields.Integer(string="Done", compute='_compute_counts')
    hospital_count = fields.Integer(string="Hospitals", compute='_compute_counts')

    @api.depends('date')
    def _compute_weekday(self):
        names = {
            0: self.env._("Monday"), 1: self.env._("Tuesday"), 2: self.env._("Wednesday"),
            3: self.env._("Thursday"), 4: self.env._("Friday"), 5: self.env._("Saturday"),
            6: self.env._("Sunday"),
        }
        for day in self:
            day.weekday = names[day.date.weekday()] if day.date else False

    @api.depends('date', 'week_id.visit_ids.state', 'week_id.visit_ids.date')
    def _compute_counts(self):
        visits = self.env['pharma.visit'].search_fetch(
            [('week_id', 'in', self.week_id._origin.ids),
             ('state', 'in', ('planned', 'done'))], ['week_id', 'date', 'state', 'hospital_id'])
        by_day = visits.grouped(lambda visit: (visit.week_id.id, visit.date))
        for day in self:
            calls = by_day.get((day.week_id._origin.id, day.date), visits.browse())
            day.call_count = len(calls)
            day.done_count = len(calls.filtered(lambda call: call.state == 'done'))
            day.hospital_count = len(calls.hospital_id)
