from odoo import api, models


class CalendarAttendee(models.Model):
    _inherit = 'calendar.attendee'

    @api.model_create_multi
    def create(self, vals_list):
        attendees = super().create(vals_list)
        if not self.env.su:
            # One's own meetings show all who are invited: whoever invites must see them already
            attendees.partner_id.check_access('read')
        return attendees
