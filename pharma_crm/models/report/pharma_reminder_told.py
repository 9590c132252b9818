from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Days for which it is remembered
KEPT = 400


class PharmaReminderTold(models.Model):
    """Of what a person was reminded already; nobody's to see."""

    _name = 'pharma.reminder.told'
    _description = "Reminder Told"
    _rec_name = 'key'

    _key_uniq = models.UniqueIndex('(user_id, kind, key)')

    user_id = fields.Many2one('res.users', required=True, ondelete='cascade')
    kind = fields.Char(required=True)
    key = fields.Char(required=True)

    @api.model
    def _claim(self, user, kind, key):
        """Remember that a person is told something.

        :return: whether nobody had told him
        :rtype: bool
        """
        return bool(self.env.execute_query(SQL(
            """ INSERT INTO pharma_reminder_told (user_id, kind, key, create_date)
                VALUES (%s, %s, %s, now() AT TIME ZONE 'UTC')
                ON CONFLICT (user_id, kind, key) DO NOTHING RETURNING id """,
            user.id, kind, key)))

    @api.autovacuum
    def _gc_told(self):
        self.search(
            [('create_date', '<', fields.Datetime.now() - timedelta(days=KEPT))]).unlink()
