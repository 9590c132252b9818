from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.visit.pharma_visit import CHANNELS


class PharmaContactReport(models.Model):
    """Contacts with a key person in a year (联系统计): how often, by which means, by whom, and what
    came of them.

    Made of the recorded calls that the reader may see, nothing else: those on the person, and
    those where he was among the people met.
    """

    _name = 'pharma.contact.report'
    _description = "Contacts per Person and Year"
    _inherit = ['pharma.access.mixin']
    _auto = False
    _rec_name = 'partner_id'
    _order = 'year DESC, contact_count DESC, id'
    _pharma_access_companies = True
    _depends = {
        'pharma.visit': [
            'channel', 'date', 'partner_id', 'person_ids', 'result_id', 'state', 'user_id'],
        'pharma.visit.result': ['is_reached'],
        'res.partner': ['commercial_partner_id', 'pharma_type', 'specialty_id'],
    }

    partner_id = fields.Many2one('res.partner', string="Key Person", readonly=True)
    hospital_id = fields.Many2one('res.partner', string="Hospital or Pharmacy", readonly=True)
    specialty_id = fields.Many2one('pharma.specialty', readonly=True)
    grade = fields.Char(related='partner_id.grade')
    year = fields.Char(readonly=True)
    contact_count = fields.Integer(string="Contacts", readonly=True)
    face_count = fields.Integer(string="Face to Face", readonly=True)
    event_count = fields.Integer(string="Conference or Lecture", readonly=True)
    material_count = fields.Integer(string="Material Given", readonly=True)
    online_count = fields.Integer(string="Online Meeting", readonly=True)
    phone_count = fields.Integer(string="By Phone", readonly=True)
    mail_count = fields.Integer(string="By E-Mail", readonly=True)
    sms_count = fields.Integer(string="By SMS", readonly=True)
    other_count = fields.Integer(string="Other Form", readonly=True)
    reached_count = fields.Integer(string="Objective Reached", readonly=True)
    first_date = fields.Date(string="First Contact", readonly=True)
    last_date = fields.Date(string="Last Contact", readonly=True)
    user_count = fields.Integer(string="Number of Callers", readonly=True, aggregator='max')
    user_ids = fields.Many2many('res.users', string="Who Called", compute='_compute_contacts')
    visit_ids = fields.Many2many('pharma.visit', string="Calls", compute='_compute_contacts')

    @property
    def _table_query(self):
        """A row per person and year."""
        channels = SQL(", ").join(
            SQL("COUNT(*) FILTER (WHERE c.channel = %s) AS %s", channel,
                SQL.identifier(f'{channel}_count'))
            for channel in dict(CHANNELS))
        return SQL(
            """ SELECT c.partner_id * 10000::bigint + c.year AS id, c.partner_id,
                       p.commercial_partner_id AS hospital_id, p.specialty_id,
                       c.year::text AS year, COUNT(*) AS contact_count, %(channels)s,
                       COUNT(*) FILTER (WHERE r.is_reached) AS reached_count,
                       MIN(c.date) AS first_date, MAX(c.date) AS last_date,
                       COUNT(DISTINCT c.user_id) AS user_count
                  FROM (%(contacts)s) c
                  JOIN res_partner p ON p.id = c.partner_id AND p.pharma_type = 'person'
             LEFT JOIN pharma_visit_result r ON r.id = c.result_id
                 GROUP BY c.partner_id, c.year, p.id """,
            channels=channels, contacts=self._contacts_sql())

    def _contacts_sql(self):
        """Query of the contacts with people that the user may see: the one called on, and others
        met.

        :rtype: SQL
        """
        visits = self.env['pharma.visit']
        # Who may not read any has an empty report
        query = visits._search(Domain('state', '=', 'done')) if (
            visits.has_access('read')) else visits.sudo()._search(Domain.FALSE)
        visible = query.select(*(
            SQL.identifier(query.table, name)
            for name in ('id', 'partner_id', 'user_id', 'channel', 'date', 'result_id')))
        return SQL(
            """ SELECT v.id AS visit_id, v.partner_id, v.user_id, v.channel, v.date, v.result_id,
                       EXTRACT(YEAR FROM v.date)::int AS year
                  FROM (%(visible)s) v
             UNION ALL
                SELECT v.id, met.partner_id, v.user_id, v.channel, v.date, v.result_id,
                       EXTRACT(YEAR FROM v.date)::int
                  FROM (%(visible)s) v
                  JOIN pharma_visit_person_rel met
                    ON met.visit_id = v.id AND met.partner_id <> v.partner_id """,
            visible=visible)

    def _compute_contacts(self):
        """Who called and the calls themselves, of all rows in one query."""
        found = {}
        if self.ids:
            self.env.cr.execute(SQL(
                """ SELECT c.partner_id * 10000::bigint + c.year, ARRAY_AGG(DISTINCT c.user_id),
                           ARRAY_AGG(c.visit_id ORDER BY c.date DESC, c.visit_id DESC)
                      FROM (%s) c
                     WHERE c.partner_id * 10000::bigint + c.year = ANY(%s)
                     GROUP BY c.partner_id, c.year """, self._contacts_sql(), self.ids))
            found = {id_: rest for id_, *rest in self.env.cr.fetchall()}
        for row in self:
            row.user_ids, row.visit_ids = found.get(row.id, ([], []))

    # === ACTIONS === #

    def action_view_visits(self):
        """The calls behind a row, with the summary of each."""
        self.ensure_one()
        self.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_crm.pharma_visit_action')
        return {**action, 'domain': [('id', 'in', self.visit_ids.ids)], 'context': {},
                'display_name': f"{self.partner_id.display_name}, {self.year}"}
