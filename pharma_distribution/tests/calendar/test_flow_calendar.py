from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..common import PharmaDistributionCommon

TODAY = '2026-03-04'


@tagged('post_install', '-at_install')
@freeze_time(TODAY + ' 04:00:00')
class TestFlowCalendar(PharmaDistributionCommon):
    """Who owes which file for which month, what came, who is reminded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with freeze_time(TODAY + ' 04:00:00'):
            cls.schedule = cls.env['pharma.flow.schedule'].with_user(cls.user_commercial).create({
                'distributor_id': cls.distributor.id, 'due_day': 5, 'date_from': '2026-01-01',
                'is_stock': True})
        cls.schedule = cls.schedule.with_env(cls.env)

    def _duties(self, **values):
        return self.env['pharma.flow.duty'].search([
            ('schedule_id', '=', self.schedule.id),
            *((name, '=', value) for name, value in values.items())]).sorted('month')

    def _states(self, kind='sale'):
        return {f'{duty.month:%m}': duty.state for duty in self._duties(kind=kind)}

    def _month(self, month, **values):
        return self._import(self._make_csv([self._make_row(date=f'2026-{month:02}-05')]), **values)

    def test_duties_of_past_months(self):
        """January is late on the fourth of March, February is due on the fifth."""
        self.assertEqual(self._states(), {'01': 'late', '02': 'open'})
        self.assertEqual(self._states('stock'), {'01': 'late', '02': 'open'})
        self.assertEqual(str(self._duties(kind='sale')[1].due_on), '2026-03-05')
        with freeze_time('2026-04-06 04:00:00'):
            self.env['pharma.flow.schedule']._cron_collect()
            self.env['pharma.flow.schedule']._cron_collect()
        self.assertEqual(self._states(), {'01': 'late', '02': 'late', '03': 'late'})

    def test_file_meets_the_duty_of_its_kind_and_month(self):
        file = self._month(1)
        duty = self._duties(kind='sale')[0]
        self.assertEqual((duty.state, duty.file_id), ('received', file))
        self.assertEqual(self._states()['02'], 'open')
        self.assertEqual(self._states('stock')['01'], 'late')
        file.action_undo()
        self.assertEqual((duty.state, duty.file_id.id), ('late', False))

    def test_file_of_several_months(self):
        self._import(self._make_csv([
            self._make_row(date='2026-01-05'), self._make_row(date='2026-02-05')]))
        self.assertEqual(self._states(), {'01': 'received', '02': 'received'})

    def test_others_do_not_meet_it(self):
        other = self._create_distributor(name="岚溪医药有限公司")
        self._month(1, distributor_id=other.id)
        self.assertEqual(self._states()['01'], 'late')

    def test_waived_and_owed_again(self):
        duty = self._duties(kind='sale')[0].with_user(self.user_commercial)
        duty.action_waive()
        self._month(2)
        self.schedule._make_duties()
        self.assertEqual(self._states(), {'01': 'waived', '02': 'received'})
        with self.assertRaises(UserError):
            self._duties(kind='sale')[1].action_waive()
        duty.action_reopen()
        self.assertEqual(duty.state, 'late')

    def test_schedule_that_changes(self):
        self._month(1)
        self.schedule.is_stock = False
        self.assertFalse(self._duties(kind='stock'))
        self.schedule.due_day = 3
        self.assertEqual(self._states(), {'01': 'received', '02': 'late'})
        self.schedule.active = False
        self.assertEqual(self._states(), {'01': 'received'})
        with self.assertRaises(ValidationError):
            self.schedule.due_day = 31
        with self.assertRaises(ValidationError):
            self.schedule.user_id = self.user_representative

    def test_calendar(self):
        file = self._month(1)
        calendar = self.env['pharma.flow.duty'].with_user(self.user_commercial).get_calendar()
        self.assertEqual(len(calendar['months']), 12)
        self.assertEqual(calendar['months'][-1][0], '2026-02-01')
        row = next(row for row in calendar['rows'] if row['id'] == self.distributor.id)
        january, february = row['cells'][-2:]
        self.assertEqual((january['state'], january['text']), ('late', '1/2'))
        self.assertEqual((february['state'], february['date_from'], february['date_to']),
                         ('open', '2026-02-01', '2026-02-28'))
        self.assertFalse(row['cells'][0])
        self.schedule.is_stock = False
        calendar = self.env['pharma.flow.duty'].get_calendar()
        row = next(row for row in calendar['rows'] if row['id'] == self.distributor.id)
        self.assertEqual((row['cells'][-2]['state'], row['cells'][-2]['file_id']),
                         ('received', file.id))

    def test_pages_of_the_calendar(self):
        """Those with most late files first; search and counts hold for all pages; the number of
        queries does not grow with the distributors."""
        owed = self.env['pharma.flow.duty'].search([])
        owed.schedule_id.unlink()
        distributors = self.env['res.partner'].create([
            {'name': f"云溪第{number}医药", 'pharma_type': 'distributor', 'is_company': True}
            for number in range(100, 160)])
        self.env['pharma.flow.schedule'].create([{
            'distributor_id': distributor.id, 'user_id': self.user_commercial.id,
            'date_from': '2026-01-01' if distributor == distributors[30] else '2026-02-01'}
            for distributor in distributors])
        self.env.flush_all()
        calendar = self.env['pharma.flow.duty'].with_user(self.user_commercial)
        queries = []
        for limit in (5, 50):
            calendar.get_calendar(limit=limit)  # what is known for long
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            page = calendar.get_calendar(limit=limit)
            queries.append(self.env.cr.sql_log_count - before)
            self.assertEqual((page['total'], len(page['rows'])), (60, limit))
        self.assertEqual(queries[0], queries[1])
        self.assertLess(queries[0], 20)
        self.assertEqual((page['rows'][0]['id'], page['rows'][0]['late']),
                         (distributors[30].id, 1))
        self.assertEqual({state: count for state, _label, count in page['counts']},
                         {'late': 1, 'open': 60, 'received': 0, 'waived': 0})
        rest = calendar.get_calendar(offset=50, limit=50)
        self.assertEqual(len(rest['rows']), 10)
        self.assertFalse({row['id'] for row in rest['rows']} & {row['id'] for row in page['rows']})
        found = calendar.get_calendar(search="第142", limit=5)
        self.assertEqual([row['id'] for row in found['rows']], distributors[42].ids)
        self.assertEqual(found['total'], 1)
        self.assertFalse(calendar.get_calendar(search="没有")['rows'])

    def test_reminders_by_mail(self):
        """One mail for all that a distributor owes, to its contact; who has no address is named."""
        contact = self._create_person(self.distributor, name="单小雨", email='shan@example.com')
        self.schedule.contact_id = contact
        duties = self._duties().with_user(self.user_commercial)
        before = self.env['mail.mail'].sudo().search([])
        duties.action_remind()
        mail = self.env['mail.mail'].sudo().search([]) - before
        self.assertEqual((len(mail), mail.recipient_ids), (1, contact))
        for month in ('2026-01', '2026-02'):
            self.assertIn(month, mail.body_html)
        self.assertEqual(set(duties.mapped('reminder_count')), {1})
        self.schedule.contact_id = False
        action = duties.action_remind()
        self.assertIn(self.distributor.name, action['params']['message'])
        self.assertEqual(set(duties.mapped('reminder_count')), {1})
        self._month(1)
        with self.assertRaises(UserError):
            self._duties(kind='sale')[0].action_remind()

    def test_responsible_is_told_once(self):
        """An activity for what is late; it goes when the file comes."""
        self.env['pharma.flow.schedule']._cron_collect()
        self.env['pharma.flow.schedule']._cron_collect()
        late = self._duties(kind='sale')[0]
        self.assertEqual(late.activity_ids.user_id, self.user_commercial)
        self.assertEqual(len(late.activity_ids), 1)
        self.assertFalse(self._duties(kind='sale')[1].activity_ids)
        self._month(1)
        self.assertFalse(late.activity_ids)

    def test_rights(self):
        duty = self._duties()[0]
        for user in (self.user_steward, self.user_director):
            self.assertTrue(duty.with_user(user).get_calendar()['rows'])
            for action in ('action_waive', 'action_reopen', 'action_remind'):
                with self.assertRaises(AccessError):
                    getattr(duty.with_user(user), action)()
        with self.assertRaises(AccessError):
            duty.with_user(self.user_representative).get_calendar()
        with self.assertRaises(AccessError):
            duty.with_user(self.user_commercial).state = 'received'
