from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import week_plan, work_times
from .pharma_week import WEEKDAYS

# Hours of a half-day where the working hours of the company say nothing
DEFAULT_HOURS = {'am': (time(9), time(12)), 'pm': (time(14), time(17))}
NOON = {'am': (time(0), time(12)), 'pm': (time(13), time(23, 59))}
SHORTEST = timedelta(hours=1)
CALL_MINUTES = 30


class PharmaWeek(models.Model):
    """The proposal of a week: which open targets to call on, on which day."""

    _inherit = 'pharma.week'

    # === ACTIONS === #

    def action_propose(self):
        """Fill the open days with calls; what the person planned himself stays.

        :raise UserError: if the plan was submitted
        """
        self.check_access('write')
        self._check_state('draft')
        for week in self:
            week._propose()

    @api.model
    def action_propose_day(self, day, user_id=None):
        """The same for the week of a day in the calendar.

        :param str day: any day of the week, as ISO text
        :param int user_id: whose week; None: that of the current user
        :return: how many calls were planned
        :rtype: int
        :raise AccessError: for the week of somebody whom the user does not manage
        """
        self.check_access('create')
        week = self._get_week(fields.Date.to_date(day), self.env['res.users'].browse(user_id))
        week.check_access('write')
        week._check_state('draft')
        return len(week._propose())

    @api.model
    def action_open_day(self, day, user_id=None):
        """Open the week plan of a day in the calendar.

        :param str day: any day of the week, as ISO text
        :param int user_id: whose week; None: that of the current user
        """
        self.check_access('create')
        week = self._get_week(fields.Date.to_date(day), self.env['res.users'].browse(user_id))
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': week.id,
            'views': [(False, 'form')],
        }

    def action_copy_last_week(self):
        """Plan the calls of the week before again, on the same weekdays at the same time.

        What is planned already, closed days and customers that the person no longer looks after
        are left out.
        """
        self.ensure_one()
        self.check_access('write')
        self._check_state('draft')
        self._lock()
        week, Visit = timedelta(days=WEEKDAYS), self.env['pharma.visit']
        before = Visit.search([
            ('user_id', '=', self.user_id.id), ('company_id', '=', self.company_id.id),
            ('date', '>=', self.date_from - week), ('date', '<', self.date_from),
            ('state', 'in', ('planned', 'done')), ('pharma_work', '=', True)], order='date_start')
        halves = self._get_half_days()
        taken = set(self.visit_ids.filtered(
            lambda call: call.state != 'cancelled').mapped(lambda call: call.partner_id.id))
        rows = []
        for call in before.filtered(lambda call: call.partner_id.active):
            half = (call.date + week, self._get_half(call.date_start))
            if half in halves and call.partner_id.id not in taken:
                taken.add(call.partner_id.id)
                rows.append({
                    **self._prepare_call_vals(call.partner_id.id, call.date_start + week),
                    'duration': call.duration, 'channel': call.channel,
                    'purpose_id': call.purpose_id.id, 'objective': call.objective})
        return Visit.create(rows)

    # === TIMES === #

    def _make_days(self):
        """The days of the week, open as the working hours of the company say."""
        for week in self:
            hours = week._get_hours()
            dates = [week.date_from + timedelta(days=number) for number in range(WEEKDAYS)]
            self.env['pharma.week.day'].create([{
                'week_id': week.id, 'date': date,
                'is_morning': (date, 'am') in hours, 'is_afternoon': (date, 'pm') in hours,
            } for date in dates])

    def _get_hours(self):
        """Working hours of the company in the week, without public holidays.

        :return: ``{(date, half): (begin, end)}`` in UTC without time zone
        :rtype: dict
        """
        self.ensure_one()
        zone = pytz.timezone(self.env['pharma.access']._get_zone())
        # sudo: the calendar of the company, whoever plans
        calendar = self.sudo().company_id.resource_calendar_id
        bounds = [zone.localize(datetime.combine(day, time())) for day in (
            self.date_from, self.date_to + timedelta(days=1))]
        hours = {}
        if not calendar or calendar.flexible_hours:
            for number in range(5):
                day = self.date_from + timedelta(days=number)
                hours |= {(day, half): self._to_utc(zone, day, *DEFAULT_HOURS[half])
                          for half in week_plan.HALVES}
            return hours
        # In the time zone of the company, as the rest: nobody may have chosen that of the hours
        intervals = calendar._work_intervals_batch(*bounds, tz=zone)[False]
        for begin, end, _attendance in intervals:
            begin, end = begin.astimezone(zone), end.astimezone(zone)
            for half, (first, last) in NOON.items():
                start = max(begin, zone.localize(datetime.combine(begin.date(), first)))
                stop = min(end, zone.localize(datetime.combine(begin.date(), last)))
                if stop - start >= SHORTEST:
                    hours[begin.date(), half] = tuple(
                        moment.astimezone(pytz.utc).replace(tzinfo=None)
                        for moment in (start, stop))
        return hours

    @api.model
    def _to_utc(self, zone, day, *times):
        return tuple(zone.localize(datetime.combine(day, at)).astimezone(pytz.utc).replace(
            tzinfo=None) for at in times)

    def _get_all_hours(self):
        """Hours of all halves of days, also of those that are closed.

        :return: ``{(date, half): (begin, end)}`` in UTC without time zone
        :rtype: dict
        """
        zone = pytz.timezone(self.env['pharma.access']._get_zone())
        hours = self._get_hours()
        dates = [self.date_from + timedelta(days=number) for number in range(WEEKDAYS)]
        return {
            (date, half): hours.get((date, half)) or self._to_utc(
                zone, date, *DEFAULT_HOURS[half])
            for date in dates for half in week_plan.HALVES}

    def _get_half_days(self):
        """The halves of days that are open and not over.

        :return: ``{(date, half): (begin, end)}`` in UTC without time zone
        :rtype: dict
        """
        self.ensure_one()
        hours, now = self._get_all_hours(), fields.Datetime.now()
        is_open = {(day.date, half): day[name] for day in self.day_ids
                   for half, name in (('am', 'is_morning'), ('pm', 'is_afternoon'))}
        return {half: hours for half, hours in hours.items()
                if is_open.get(half) and hours[1] > now}

    @api.model
    def _get_half(self, moment):
        """The half of the day of a moment in UTC, where the company is."""
        zone = pytz.timezone(self.env['pharma.access']._get_zone())
        local = pytz.utc.localize(moment).astimezone(zone)
        return 'am' if local.time() < time(12, 30) else 'pm'

    # === TARGETS === #

    def _get_open_targets(self):
        """Customers with calls open in the cycles of this week.

        :return: by the last day of the cycle, dicts with ``partner_id``, ``hospital_id``,
            ``grade``, ``worth`` (of the grade: calls wanted × weight), ``goal`` and ``maximum``
            (calls left beside those made and planned) and ``last_date``
        :rtype: dict(date, list(dict))
        """
        self.ensure_one()
        found = {}
        cycles = self.env['pharma.cycle'].search([
            ('company_id', '=', self.company_id.id), ('state', '=', 'open'),
            ('date_from', '<=', self.date_to), ('date_to', '>=', self.date_from)])
        for cycle in cycles:
            targets = self.env['pharma.cycle.target'].search_fetch([
                ('cycle_id', '=', cycle.id), ('user_id', '=', self.user_id.id),
                ('goal', '>', 0), ('is_left', '=', False), ('partner_id.active', '=', True),
                ('pharma_work', '=', True)],
                ['partner_id', 'hospital_id', 'grade', 'goal', 'maximum', 'weight', 'last_date'])
            counts, last = self._count_calls(cycle)
            found[cycle.date_to] = [{
                'partner_id': target.partner_id.id, 'hospital_id': target.hospital_id.id,
                'grade': target.grade or '', 'worth': target.goal * target.weight,
                'goal': target.goal - counts[target.partner_id.id],
                'maximum': target.maximum - counts[target.partner_id.id],
                'last_date': last.get(target.partner_id.id) or target.last_date or None,
            } for target in targets]
        return found

    def _count_calls(self, cycle):
        """Calls of the person in a cycle as they are this moment, by whom was met.

        :return: number of calls made and planned, and day of the last one made, by customer
        """
        # sudo: those on customers hidden meanwhile count as well
        calls = self.env['pharma.visit'].sudo().search_fetch([
            ('user_id', '=', self.user_id.id), ('state', 'in', ('planned', 'done')),
            ('date', '>=', cycle.date_from), ('date', '<=', cycle.date_to),
            ('company_id', '=', self.company_id.id)],
            ['partner_id', 'person_ids', 'state', 'date'], order='date')
        counts, last = Counter(), {}
        for call in calls:
            for partner in call.partner_id | call.person_ids:
                counts[partner.id] += 1
                if call.state == 'done':
                    last[partner.id] = call.date
        return counts, last

    # === PROPOSAL === #

    def _lock(self):
        """One after the other: whoever presses twice at once waits, and then sees the first."""
        self.lock_for_update()
        # Written, so that a transaction that began before is repeated and sees the new calls
        self._set_closed(proposed_at=fields.Datetime.now())

    def _propose(self):
        """Plan calls in the open half-days.

        :return: the new ``pharma.visit``
        """
        self.ensure_one()
        self._lock()
        visits = self.env['pharma.visit']
        halves = self._get_half_days()
        for last_day, rows in sorted(self._get_open_targets().items()):
            within = {half: hours for half, hours in halves.items() if half[0] <= last_day}
            halves = {half: hours for half, hours in halves.items() if half[0] > last_day}
            visits |= self._propose_within(within, rows, last_day)
        return visits

    def _propose_within(self, halves, rows, last_day):
        """Plan calls of one cycle.

        :param dict halves: open half-days of the cycle
        :param list rows: as :meth:`_get_open_targets` gives them
        :param date last_day: of the cycle
        """
        if not halves or not rows:
            return self.env['pharma.visit']
        days = sorted({day for day, _half in halves})
        days_left = len(days) + self._count_workdays(days[-1] + timedelta(days=1), last_day)
        targets = self._prepare_targets(rows, len(days), days_left)
        calls = week_plan.propose(
            targets, [week_plan.HalfDay(*half) for half in halves], self.daily_number,
            self._prepare_fixed())
        return self._create_calls(calls, halves, {row['partner_id']: row for row in rows})

    @api.model
    def _count_workdays(self, first, last):
        return sum((first + timedelta(days=number)).weekday() < 5
                   for number in range((last - first).days + 1))

    def _prepare_targets(self, rows, days, days_left):
        """The targets as the engine takes them."""
        ranks = self._rank_grades(rows)
        places = self._get_places({row['hospital_id'] for row in rows})
        return [week_plan.Target(
            id=row['partner_id'], hospital=row['hospital_id'], place=places[row['hospital_id']],
            priority=ranks[row['grade']], goal=row['goal'], maximum=row['maximum'],
            due=week_plan.calls_due(row['goal'], days, days_left), last=row['last_date'],
        ) for row in rows]

    @api.model
    def _rank_grades(self, rows):
        """How important each grade is, 0 the least: by what its customers are worth in the cycle.

        :rtype: dict(str, int)
        """
        worth = defaultdict(float)
        for row in rows:
            worth[row['grade']] = max(worth[row['grade']], row['worth'])
        # A before B where both are worth the same, no grade last
        order = sorted(worth, reverse=True)
        order.sort(key=lambda grade: (worth[grade], bool(grade)))
        return {grade: rank for rank, grade in enumerate(order)}

    def _get_places(self, hospital_ids):
        """Where hospitals are, by id."""
        # sudo: where they are, of targets and calls that the person sees
        hospitals = self.env['res.partner'].sudo().browse(hospital_ids)
        return {hospital.id: week_plan.Place(
            hospital.partner_latitude, hospital.partner_longitude,
            (hospital.pharma_county_id or hospital.pharma_city_id).code or '',
        ) for hospital in hospitals}

    def _get_fixed_calls(self):
        """Calls of the person in and beside the week that take place."""
        day = timedelta(days=week_plan.MIN_GAP)
        # sudo: those of customers hidden meanwhile take time as well
        return self.env['pharma.visit'].sudo().search([
            ('user_id', '=', self.user_id.id), ('state', 'in', ('planned', 'done')),
            ('date', '>=', self.date_from - day), ('date', '<=', self.date_to + day)])

    def _prepare_fixed(self):
        """Calls that stand already, as the engine takes them."""
        visits = self._get_fixed_calls()
        places = self._get_places(visits.hospital_id.ids)
        return [week_plan.Fixed(
            visit.partner_id.id, visit.hospital_id.id, places[visit.hospital_id.id], visit.date,
            self._get_half(visit.date_start)) for visit in visits]

    def _create_calls(self, calls, halves, rows):
        """Plan what the engine proposes, in the free time of each half-day."""
        by_half = defaultdict(list)
        for call in calls:
            by_half[call.day, call.half].append(call)
        vals_list, reasons = [], []
        for half, hours in halves.items():
            starts, minutes = self._get_starts(half[0], hours, len(by_half[half]))
            for call, start in zip(by_half[half], starts, strict=True):
                vals_list.append({
                    **self._prepare_call_vals(call.target, start), 'duration': minutes})
                reasons.append(self._get_reason(call, rows[call.target]))
        visits = self.env['pharma.visit'].create(vals_list)
        for visit, reason in zip(visits, reasons, strict=True):
            # sudo: why it was proposed is not the person's to write
            visit.sudo().plan_reason = reason
        return visits

    def _get_starts(self, day, hours, count):
        """When so many calls of a half-day begin, beside what stands there.

        :param date day: the day
        :param tuple hours: begin and end of the half-day in UTC
        :return: moments in UTC, and minutes of a call
        :rtype: tuple(list(datetime), int)
        """
        begin, end = hours
        per_half = -(-self.daily_number // 2)
        minutes = int(min(CALL_MINUTES, work_times.step_of(
            begin, end, per_half).total_seconds() // 60))
        busy = [(visit.date_start, visit.date_end) for visit in self._get_fixed_calls()
                if visit.date == day]
        now = fields.Datetime.now()
        # Not in the past, and with some time to get there
        begin = max(begin, now.replace(minute=0, second=0) + timedelta(hours=1))
        return work_times.free_starts(begin, end, busy, count, per_half, minutes), minutes

    def _plan_calls(self, partners, day, half, vals):
        """Plan calls that the person chose, beside what stands there.

        :param partners: customers; those with a call on that day are left out
        :param date day: a day of this week
        :param str half: 'am' or 'pm'
        :param dict vals: more values of the calls
        :raise UserError: if the half-day is over
        """
        self.ensure_one()
        self._lock()
        hours = self._get_all_hours()[day, half]
        if hours[1] <= fields.Datetime.now():
            raise UserError(self.env._("This half of the day is over: choose a later one."))
        taken = self._get_fixed_calls().filtered(lambda call: call.date == day).partner_id
        partners = partners.filtered(lambda partner: partner.id not in taken.ids)
        starts, minutes = self._get_starts(day, hours, len(partners))
        return self.env['pharma.visit'].create([
            {**self._prepare_call_vals(partner.id, start), 'duration': minutes, **vals}
            for partner, start in zip(partners, starts, strict=True)])

    def _prepare_call_vals(self, partner_id, start):
        """Values of a planned call."""
        return {
            'partner_id': partner_id, 'user_id': self.user_id.id, 'date_start': start,
            'company_id': self.company_id.id, 'state': 'planned',
        }

    def _get_reason(self, call, row):
        """What spoke for a call, in words."""
        reasons = call.reasons
        parts = [self.env._("Grade %s", row['grade'])] if row['grade'] else []
        if 'due' in reasons:
            parts.append(self.env._("%s calls open in the cycle", reasons['due']))
        else:
            parts.append(self.env._("%s calls open, ahead of time", reasons['ahead']))
        parts.append(
            self.env._("never called on yet") if reasons['since'] is None
            else self.env._("%s days since the last call", reasons['since']))
        if reasons['together']:
            parts.append(self.env._("%s more calls there", reasons['together']))
        return " · ".join(parts)
