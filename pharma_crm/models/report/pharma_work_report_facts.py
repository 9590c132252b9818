from collections import Counter

from odoo import api, fields, models

from ...tools.periods import get_next

# Longer tables are cut, with the number of what is left out below: the list behind has them all
ROWS = 60


class PharmaWorkReport(models.Model):
    """Sections of work reports about calls."""

    _inherit = 'pharma.work.report'

    @api.model
    def _get_sections(self):
        """Sections that reports can have; other addons add theirs.

        Each has a method ``_section_<key>`` that is called on the report in the person's own
        rights, language and time (see :meth:`_as_person`) and returns a list of blocks, empty ones
        left out: :meth:`_block_figures` and :meth:`_block_table` make them.
        ``pharma.work.report.section`` says which role has which of them.

        :return: {key: title}
        :rtype: dict
        """
        env = self.env
        return {
            'calls': env._("Calls"),
            'plan_result': env._("Plan and Result"),
            'deviations': env._("Missed, Cancelled and Unplanned"),
            'customers': env._("Customers and Grades"),
            'products': env._("Products and Reactions"),
            'needs': env._("Needs and Solutions"),
            'opportunities': env._("Opportunities That Moved"),
            'orders': env._("Orders"),
            'next_plan': env._("What Comes Next"),
        }

    # === BLOCKS === #

    @api.model
    def _block_figures(self, rows):
        """A line of figures.

        :param list rows: pairs of a label and a number or text
        :rtype: dict
        """
        return {'figures': [[label, value] for label, value in rows]} if rows else None

    @api.model
    def _block_table(self, columns, rows, title=None):
        """A table; None without rows.

        :param list columns: headings
        :param list rows: lists of numbers and texts, one per column
        :param str title: above it
        :rtype: dict or None
        """
        if not rows:
            return None
        more = len(rows) - ROWS
        return {
            'title': title or '', 'columns': columns,
            'rows': [[cell if cell or cell == 0 else '' for cell in row] for row in rows[:ROWS]],
            'more': self.env._("and %s more", more) if more > 0 else ''}

    # === CALLS === #

    def _get_visits(self, period=None):
        """The calls of the person, earliest first; none for whoever has no calls.

        :param tuple period: first and last day, those of the report by default
        :rtype: pharma.visit
        """
        first, last = period or (self.date_from, self.date_to)
        visits = self.env['pharma.visit']
        if not visits.has_access('read'):
            return visits
        return visits.search([
            ('user_id', '=', self.user_id.id), ('company_id', '=', self.company_id.id),
            ('date', '>=', first), ('date', '<=', last)], order='date_start, id')

    def _get_customers(self, visits):
        """The customers of calls by name, those that the person cannot see any more without one."""
        return visits.partner_id._filtered_access('read')

    def _told_name(self, visit):
        """The customer of a call, with the hospital of a person."""
        partner, hospital = visit.partner_id, visit.hospital_id
        if partner == hospital or not hospital:
            return partner.name
        return f"{partner.name} · {hospital.name}"

    def _hour(self, visit):
        return fields.Datetime.context_timestamp(self, visit.date_start).strftime('%H:%M')

    def _label(self, record, name):
        """The label of a selection."""
        return dict(record._fields[name]._description_selection(self.env)).get(record[name], '')

    def _section_calls(self):
        visits = self._get_visits()
        done = visits.filtered(lambda visit: visit.state == 'done')
        planned = visits.filtered(
            lambda visit: visit.is_planned and visit.state != 'cancelled')
        kept = planned & done
        rows = [
            (self.env._("Planned"), len(planned)),
            (self.env._("Done"), len(done)),
            (self.env._("Of These as Planned"), len(kept)),
            (self.env._("Not Planned"), len(done - planned)),
            (self.env._("Missed"), len(visits.filtered(lambda visit: visit.state == 'missed'))),
            (self.env._("Customers Seen"), len(done.partner_id)),
            (self.env._("Plan Kept"),
             f"{100 * len(kept) / len(planned):.0f} %" if planned else "–"),
        ]
        rated = done.filtered('quality')
        if rated:
            rows.append((
                self.env._("Quality"), round(sum(rated.mapped('quality')) / len(rated), 1)))
        late = done.filtered(lambda visit: visit.entry_days > 0)
        if late:
            rows.append((self.env._("Entered Later"), len(late)))
        return [self._block_figures(rows)]

    def _section_plan_result(self):
        visits = self._get_visits()
        if self.kind == 'day':
            return [self._block_table(
                [self.env._("Time"), self.env._("Customer"), self.env._("Plan"),
                 self.env._("Result")],
                [[self._hour(visit), self._told_name(visit), self._told_plan(visit),
                  self._told_result(visit)] for visit in visits])]
        rows = []
        for label, part in self._split(visits):
            done = part.filtered(lambda visit: visit.state == 'done')
            planned = part.filtered(lambda visit: visit.is_planned and visit.state != 'cancelled')
            rows.append([
                label, len(planned), len(done), len(done - planned),
                len(part.filtered(lambda visit: visit.state == 'missed')),
                len(done.filtered(lambda visit: visit.result_id.is_reached))])
        return [self._block_table(
            [self.env._("Day") if self.kind == 'week' else self.env._("Week"),
             self.env._("Planned"), self.env._("Done"), self.env._("Not Planned"),
             self.env._("Missed"), self.env._("Objective Reached")], rows)]

    def _split(self, visits):
        """Calls by day in a week, by week in a month: pairs of a label and calls."""
        if self.kind == 'week':
            return [(f"{day:%m-%d}", part) for day, part in visits.grouped('date').items()]
        weeks = visits.grouped(lambda visit: visit.date.isocalendar()[:2])
        return [(f"{min(part.mapped('date')):%m-%d} – {max(part.mapped('date')):%m-%d}", part)
                for part in weeks.values()]

    def _told_plan(self, visit):
        if not visit.is_planned:
            return self.env._("Not planned")
        return " · ".join(filter(None, [visit.purpose_id.name, visit.objective])) or (
            self.env._("Planned"))

    def _told_result(self, visit):
        words = [self._label(visit, 'state')]
        if visit.state == 'done':
            words = [visit.result_id.name or words[0], visit.summary]
        elif visit.reason:
            words.append(visit.reason)
        return " · ".join(filter(None, words))

    def _section_deviations(self):
        visits = self._get_visits().filtered(
            lambda visit: visit.state in ('missed', 'cancelled')
            or (visit.state == 'done' and not visit.is_planned))
        return [self._block_table(
            [self.env._("Date"), self.env._("Customer"), self.env._("What Happened"),
             self.env._("Reason")],
            [[f"{visit.date:%m-%d}", self._told_name(visit),
              self._label(visit, 'state') if visit.is_planned else self.env._("Not planned"),
              visit.reason or ("–" if visit.state != 'done' else '')] for visit in visits])]

    # === WHO AND WHAT === #

    def _section_customers(self):
        done = self._get_visits().filtered(lambda visit: visit.state == 'done')
        customers = self._get_customers(done)
        seen = Counter(partner.grade or '–' for partner in customers)
        calls = Counter(
            visit.partner_id.grade or '–' for visit in done if visit.partner_id in customers)
        return [self._block_table(
            [self.env._("Customer Grade"), self.env._("Customers Seen"), self.env._("Calls")],
            [[grade, seen[grade], calls[grade]] for grade in sorted(seen)])]

    def _section_products(self):
        lines = self._get_visits().filtered(lambda visit: visit.state == 'done').product_ids
        reactions = dict(lines._fields['reaction']._description_selection(self.env))
        rows = []
        for product, told in lines.grouped('product_id').items():
            counts = Counter(line.reaction for line in told)
            rows.append([product.display_name, len(told), *(counts[key] for key in reactions)])
        rows.sort(key=lambda row: -row[1])
        return [self._block_table(
            [self.env._("Product"), self.env._("Calls"), *reactions.values()], rows)]

    def _section_needs(self):
        visits = self._get_visits().filtered(
            lambda visit: visit.state == 'done' and (visit.need or visit.solution))
        return [self._block_table(
            [self.env._("Date"), self.env._("Customer"), self.env._("Need"),
             self.env._("Solution")],
            [[f"{visit.date:%m-%d}", self._told_name(visit), visit.need,
              visit.solution or self.env._("open")] for visit in visits])]

    def _section_next_plan(self):
        period = get_next(self.kind, self.date_from)
        visits = self._get_visits(period).filtered(
            lambda visit: visit.state in ('planned', 'done'))
        if self.kind == 'day':
            return [self._block_table(
                [self.env._("Time"), self.env._("Customer"), self.env._("Plan")],
                [[self._hour(visit), self._told_name(visit), self._told_plan(visit)]
                 for visit in visits])]
        return [self._block_table(
            [self.env._("Date"), self.env._("Calls"), self.env._("Hospitals")],
            [[f"{day:%m-%d}", len(part),
              "、".join(dict.fromkeys(part.hospital_id.mapped('name')))]
             for day, part in visits.grouped('date').items()])]
