from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged

from ..review.common_visit_review import VisitReviewCase


@tagged('post_install', '-at_install')
class TestTeamMember(VisitReviewCase):
    """A manager's people, their pages, and how managers review."""

    def _team(self, user):
        return self.env['pharma.team.member'].with_user(user).search([]).user_id

    def _page(self, user, person):
        return self.env['pharma.team.member'].with_user(user).get_person_page(person.id)

    def test_team(self):
        """Everybody below, not oneself; others have no team."""
        self.assertEqual(
            self._team(self.user_area_manager), self.user_representative)
        self.assertEqual(self._team(self.upper), (
            self.user_area_manager + self.user_representative + self.colleague))
        team = self._team(self.user_director)
        self.assertIn(self.stranger, team)
        for user in (self.user_representative, self.user_product_manager, self.user_steward):
            with self.assertRaises(AccessError):
                self._team(user)

    def test_figures(self):
        """The figures of this month, as many queries for one person as for all."""
        self._call(days=0, hour=0)
        self._call(self.colleague, self.hospital_c, days=0, hour=0, duration=1)
        self.env['pharma.visit.flag']._check_people(self.colleague.ids, self.today)
        members = self.env['pharma.team.member'].with_user(self.upper).search([])
        figures = {member.user_id: member for member in members}
        mine, other = figures[self.user_representative], figures[self.colleague]
        self.assertEqual((mine.done_count, mine.todo_count, mine.flag_count), (1, 1, 0))
        self.assertEqual((other.done_count, other.todo_count, other.flag_count), (1, 1, 1))
        self.assertEqual(mine.last_date, self.today)
        counts = []
        for some in (members[:1], members):
            self.env.invalidate_all()
            some.mapped('user_id.id')
            start = self.env.cr.sql_log_count
            some.mapped('done_count')
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(*counts)

    def test_page(self):
        """Plan against result, calls, remarks, gaps; only for managers of the person."""
        self._full_call()
        self._call(hour=15, duration=1)
        self.env['pharma.visit.flag']._check_people(
            self.user_representative.ids, self.today - timedelta(days=1))
        page = self._page(self.user_area_manager, self.user_representative)
        self.assertEqual(page['head']['name'], self.user_representative.name)
        sections = {section['key']: section for section in page['sections']}
        self.assertEqual(len(sections['calls']['rows']), 2)
        self.assertEqual(sections['flags']['count'], 1)
        weeks = sections['weeks']['weeks']
        self.assertEqual(sum(week['done'] for week in weeks), 1)
        self.assertEqual(sum(week['unplanned'] for week in weeks), 1)
        for section in page['sections']:
            for item in (section, *section.get('rows', ()), *section.get('figures', ())):
                action = item.get('action')
                if action and action.get('domain') is not None:
                    self.env[action['res_model']].with_user(self.user_area_manager).search(
                        action['domain'])
        for user in (self.other_manager, self.user_representative, self.colleague,
                     self.user_product_manager, self.user_internal):
            with self.assertRaises(AccessError, msg=user.login):
                self._page(user, self.user_representative)
        with self.assertRaises(AccessError):
            self._page(self.user_area_manager, self.user_area_manager)

    def test_gaps(self):
        """Important customers without a call in the cycle stand on the page until they have one."""
        cycle = self.env['pharma.cycle'].search([
            ('date_from', '<=', self.today), ('date_to', '>=', self.today)], limit=1)
        cycle = cycle or self.env['pharma.cycle'].create({
            'date_from': self.today, 'date_to': self.today + timedelta(days=20)})
        cycle.state = 'open'
        target = self.env['pharma.cycle.target'].with_user(self.user_area_manager).create({
            'cycle_id': cycle.id, 'user_id': self.user_representative.id,
            'partner_id': self.doctor.id, 'goal': 4})
        target.sudo().write({'grade': 'A', 'actual': 0})

        def gaps():
            page = self._page(self.user_area_manager, self.user_representative)
            return {section['key']: section for section in page['sections']}['gaps']['rows']
        self.assertEqual([row['badge'] for row in gaps()], ['A'])
        target.sudo().actual = 1
        self.assertFalse(gaps())

    def test_review_rate(self):
        """Calls count for the nearest manager above; a manager's own for the one above him."""
        first = self._call(hour=8)
        first.recorded_at = first.date_end
        second = self._call(hour=9)
        self._call(self.user_area_manager, self.hospital_a, hour=11)
        self._call(self.colleague, self.hospital_c, hour=11)
        self._call(state='planned', hour=15, recorded_at=False)
        for visit, hours in ((first, 2), (second, 6)):
            visit.with_user(self.user_area_manager).action_review('3')
            visit.review_date = visit.recorded_at + timedelta(hours=hours)
        self.env.flush_all()
        Report = self.env['pharma.review.report']

        def rows(user):
            return {row.user_id: row for row in Report.with_user(user).search([])}
        mine = rows(self.user_area_manager)
        self.assertEqual(set(mine), {self.user_area_manager})
        self.assertRecordValues(mine[self.user_area_manager], [{
            'call_count': 2, 'reviewed_count': 2, 'rate': 100, 'median_hours': 4,
            'territory_id': self.area_a.id,
            'month': (self.today - timedelta(days=1)).replace(day=1)}])
        all_below = rows(self.upper)
        self.assertEqual(set(all_below), {self.user_area_manager, self.upper})
        self.assertRecordValues(all_below[self.upper], [{
            'call_count': 2, 'reviewed_count': 0, 'rate': 0}])
        self.assertFalse(rows(self.other_manager))
        [[rate]] = Report.with_user(self.upper)._read_group([], [], ['rate:avg'])
        self.assertEqual(rate, 50)
        for user in (self.user_representative, self.user_steward, self.user_internal):
            with self.assertRaises(AccessError):
                rows(user)


@tagged('post_install', '-at_install')
class TestTeamPersonUi(VisitReviewCase, HttpCase):
    """The page of a person on a phone."""

    browser_size = '390x844'

    def test_from_list_to_call(self):
        """From the list of one's people to the person's page and a call."""
        self._full_call()
        self.start_tour('/odoo/my-team', 'pharma_crm_team_person', login='pharma_area_manager')
