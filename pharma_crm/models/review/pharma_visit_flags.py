from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...tools import call_patterns
from .pharma_visit_quality import WITHOUT_LENGTH

# What a remark may come from
CHECKED_FIELDS = frozenset({
    'state', 'user_id', 'partner_id', 'channel', 'date_start', 'date_end', 'duration', 'latitude',
    'longitude', 'summary', 'need', 'solution'})
FACE = ('face', 'event', 'material')
# Where somebody was is where he recorded, if he did so during the call or soon after
RECORDED_WITHIN = timedelta(minutes=30)
PEOPLE = 50


class PharmaVisit(models.Model):
    """Calls are looked at for what is unusual: when recorded or corrected, and every night."""

    _inherit = 'pharma.visit'

    flag_ids = fields.One2many(
        'pharma.visit.flag', 'visit_id', string="Remarks",
        groups='pharma_crm.group_pharma_crm_representative')

    def write(self, vals):
        before = self._get_checked_days() if CHECKED_FIELDS & vals.keys() else {}
        result = super().write(vals)
        if CHECKED_FIELDS & vals.keys():
            self._check_later(before)
        return result

    def unlink(self):
        days = self._get_checked_days()
        result = super().unlink()
        self.browse()._check_later(days)
        return result

    def _after_record(self):
        result = super()._after_record()
        self._check_later()
        return result

    def _get_checked_days(self):
        """The first day of recorded calls by person.

        :rtype: dict(int, datetime.date)
        """
        days = {}
        for visit in self.sudo().filtered(lambda visit: visit.state == 'done'):
            days[visit.user_id.id] = min(days.get(visit.user_id.id, visit.date), visit.date)
        return days

    def _check_later(self, days=None):
        """Look at the people of these calls in the background, from the first call on.

        :param dict days: more people and days
        """
        found = self._get_checked_days()
        for user_id, day in (days or {}).items():
            found[user_id] = min(found.get(user_id, day), day)
        for user_id, day in found.items():
            self.env['pharma.visit.flag'].sudo().with_delay(
                description="Remarks on calls",
                identity_key=f'pharma_visit_flag_{user_id}_{day}')._check_people([user_id], day)

    def _get_flag_texts(self):
        """Remarks that the current user may read.

        :return: dictionaries: id, kind (text), evidence, state, other_id
        :rtype: list(dict)
        """
        Flag = self.env['pharma.visit.flag']
        if not Flag.has_access('read'):
            return []
        kinds = dict(Flag._fields['kind']._description_selection(self.env))
        return [{
            'id': flag.id, 'kind': kinds[flag.kind], 'evidence': flag.evidence,
            'state': flag.state, 'other_id': flag.other_id.id,
        } for flag in Flag.search([('visit_id', 'in', self.ids), ('state', '!=', 'closed')])]


class PharmaVisitFlag(models.Model):
    """How remarks are found."""

    _inherit = 'pharma.visit.flag'

    @api.model
    def _cron_check(self):
        """Look at everybody's calls of the open period, in the background."""
        day = self.env['pharma.visit']._get_open_date()
        groups = self.env['pharma.visit']._read_group(
            [('state', '=', 'done'), ('date', '>=', day)], ['user_id'])
        for batch in split_every(PEOPLE, [user.id for user, in groups]):
            self.with_delay(
                description="Remarks on calls",
                identity_key=f'pharma_visit_flag_night_{batch[0]}')._check_people(
                    list(batch), fields.Date.to_string(day))

    @api.model
    def _check_people(self, user_ids, since):
        """Find what is unusual about the calls of people. Doing it again changes nothing; a remark
        whose cause is gone is closed, one that comes back is open again.

        :param list user_ids: people
        :param since: the first day that is looked at
        :return: how many remarks there are
        :rtype: int
        """
        since = fields.Date.to_date(since)
        self.env['pharma.visit'].flush_model()
        self.flush_model()
        findings = []
        companies = self.env['res.company'].search([])
        for company in companies:
            limits = self._get_limits(company)
            for calls in self._read_calls(company, user_ids, since, limits).values():
                findings += call_patterns.find(calls, limits, since)
        self._save_findings(findings)
        self._close_others(user_ids, since, findings)
        self.invalidate_model()
        return len(findings)

    @api.model
    def _get_limits(self, company):
        return call_patterns.Limits(
            speed=company.pharma_flag_speed, rail_speed=company.pharma_flag_rail_speed,
            km=company.pharma_flag_km, share=company.pharma_flag_share,
            letters=company.pharma_flag_letters, text_days=company.pharma_flag_text_days,
            days=company.pharma_flag_days, minutes=company.pharma_flag_minutes)

    @api.model
    def _read_calls(self, company, user_ids, since, limits):
        """The recorded calls of people, with as many days before as texts are compared.

        :return: lists of calls by person
        :rtype: dict(int, list(call_patterns.Call))
        """
        calls = {}
        for row in self.env.execute_query_dict(SQL(
            """ SELECT v.id, v.user_id, v.date, v.date_start, v.date_end, v.channel, v.entry_days,
                       v.hospital_id, v.recorded_at, v.latitude, v.longitude,
                       concat_ws(' ', v.summary, v.need, v.solution) AS text,
                       COALESCE(NULLIF(p.partner_latitude, 0), NULLIF(above.partner_latitude, 0),
                                h.partner_latitude) AS known_latitude,
                       COALESCE(NULLIF(p.partner_longitude, 0), NULLIF(above.partner_longitude, 0),
                                h.partner_longitude) AS known_longitude
                  FROM pharma_visit v
                  JOIN res_partner p ON p.id = v.partner_id
             LEFT JOIN res_partner above ON above.id = p.parent_id
             LEFT JOIN res_partner h ON h.id = v.hospital_id
                 WHERE v.user_id = ANY(%s) AND v.company_id = %s AND v.state = 'done'
                   AND v.date >= %s """,
                list(user_ids), company.id, since - timedelta(days=limits.text_days))):
            calls.setdefault(row['user_id'], []).append(self._prepare_call(row))
        return calls

    @api.model
    def _prepare_call(self, row):
        """A row of the database for the engine."""
        start, end, recorded = row['date_start'], row['date_end'], row['recorded_at']
        place = row['latitude'], row['longitude']
        if not all(place) or not recorded or not (
                start - RECORDED_WITHIN <= recorded <= end + RECORDED_WITHIN):
            place = row['known_latitude'], row['known_longitude']
        return call_patterns.Call(
            id=row['id'], day=row['date'], start=start, end=end,
            place=tuple(map(float, place)) if all(place) else None,
            lasts=row['channel'] not in WITHOUT_LENGTH, travels=row['channel'] in FACE,
            venue=row['channel'] == 'event' and (row['hospital_id'], start) or None,
            entry_days=row['entry_days'] or 0, text=row['text'] or '')

    @api.model
    def _save_findings(self, findings):
        """Write what is new or different."""
        for batch in split_every(1000, findings):
            columns = [list(column) for column in zip(*batch, strict=True)]
            self.env.execute_query(SQL(
                """ INSERT INTO pharma_visit_flag AS flag
                           (visit_id, kind, other_id, km, minutes, share, days, state, user_id,
                            company_id, partner_id, territory_id, product_line_id, date,
                            create_uid, write_uid, create_date, write_date)
                    SELECT f.visit_id, f.kind, f.other_id, f.km, f.minutes, f.share, f.days, 'open',
                           v.user_id, v.company_id, v.partner_id, v.territory_id,
                           v.product_line_id, v.date, %(uid)s, %(uid)s, now() AT TIME ZONE 'UTC',
                           now() AT TIME ZONE 'UTC'
                      FROM unnest(%(ids)s::int[], %(kinds)s::varchar[], %(others)s::int[],
                                  %(km)s::numeric[], %(minutes)s::int[], %(share)s::int[],
                                  %(days)s::int[])
                           AS f(visit_id, kind, other_id, km, minutes, share, days)
                      JOIN pharma_visit v ON v.id = f.visit_id
               ON CONFLICT (visit_id, kind) DO UPDATE
                       SET other_id = EXCLUDED.other_id, km = EXCLUDED.km,
                           minutes = EXCLUDED.minutes, share = EXCLUDED.share,
                           days = EXCLUDED.days, write_date = EXCLUDED.write_date,
                           state = CASE WHEN flag.state = 'closed' OR flag.other_id
                                             IS DISTINCT FROM EXCLUDED.other_id
                                        THEN 'open' ELSE flag.state END
                     WHERE flag.state = 'closed'
                        OR (flag.other_id, flag.km, flag.minutes, flag.share, flag.days)
                           IS DISTINCT FROM (EXCLUDED.other_id, EXCLUDED.km, EXCLUDED.minutes,
                                             EXCLUDED.share, EXCLUDED.days)
                 RETURNING flag.id """,
                uid=self.env.uid, **dict(zip(
                    ('ids', 'kinds', 'others', 'km', 'minutes', 'share', 'days'), columns,
                    strict=True))))

    @api.model
    def _close_others(self, user_ids, since, findings):
        """Close what is open without a cause."""
        found = {(finding.call_id, finding.kind) for finding in findings}
        flags = self.search(Domain([
            ('user_id', 'in', list(user_ids)), ('date', '>=', since), ('state', '=', 'open')]))
        flags.filtered(
            lambda flag: (flag.visit_id.id, flag.kind) not in found).write({'state': 'closed'})
