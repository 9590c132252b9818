from datetime import datetime, time, timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Command

ACTIVITY_TYPES = {
    'call': 'mail.mail_activity_data_call',
    'meeting': 'mail.mail_activity_data_meeting',
    'todo': 'mail.mail_activity_data_todo',
}
# In UTC: ten o'clock in China
HOUR = time(2)


class PharmaDemo(models.AbstractModel):
    """What was said with the demo customers and what is planned: calls, visits, meetings, notes.

    Beside today, so that the 360° pages always have a past and a future.
    """

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_contacts()
        return result

    def _load_contacts(self):
        # Of customers that are there: somebody may have deleted one
        rows = [
            row for row in self._read_csv('pharma_crm/demo/contacts.csv')
            if self._get(row['customer'])]
        today = fields.Date.context_today(self)
        for row in rows:
            row['record'] = self._get(row['customer'])
            row['user'] = row['record'].commercial_partner_id.user_id or self._get(
                'user_areamanager')
            row['date'] = today + timedelta(days=int(row['days']))
        events = [row for row in rows if row['kind'] == 'event']
        planned = [row for row in rows if row['kind'] in ACTIVITY_TYPES and row['state'] == 'open']
        past = [row for row in rows if row not in events and row not in planned]
        self._make('mail.message', {row['key']: self._message_vals(row) for row in past})
        self._make('mail.activity', {row['key']: self._activity_vals(row) for row in planned})
        self.with_context(no_mail_to_attendees=True, dont_notify=True)._make(
            'calendar.event', {row['key']: self._event_vals(row) for row in events})

    def _message_vals(self, row):
        """A note, or what Odoo writes when an activity is done."""
        vals = {
            'model': 'res.partner', 'res_id': row['record'].id, 'message_type': 'comment',
            'author_id': row['user'].partner_id.id, 'date': datetime.combine(row['date'], HOUR),
            'subtype_id': self.env.ref('mail.mt_note').id,
            'body': Markup("<p>%s</p>") % row['text'],
        }
        if row['kind'] == 'note':
            return vals
        kind = self.env.ref(ACTIVITY_TYPES[row['kind']])
        return {
            **vals, 'message_type': 'notification', 'mail_activity_type_id': kind.id,
            'subtype_id': self.env.ref('mail.mt_activities').id,
            'body': Markup("<p>%s</p><p>%s</p><p>%s</p>") % (
                kind.name, row['summary'], row['text']),
        }

    def _activity_vals(self, row):
        return {
            'res_model_id': self.env['ir.model']._get_id('res.partner'),
            'res_id': row['record'].id, 'user_id': row['user'].id, 'summary': row['summary'],
            'activity_type_id': self.env.ref(ACTIVITY_TYPES[row['kind']]).id,
            'date_deadline': row['date'],
        }

    def _event_vals(self, row):
        start = datetime.combine(row['date'], HOUR)
        return {
            'name': row['summary'], 'location': row['text'], 'user_id': row['user'].id,
            'start': start, 'stop': start + timedelta(hours=2),
            'partner_ids': [Command.set((row['record'] | row['user'].partner_id).ids)],
        }
