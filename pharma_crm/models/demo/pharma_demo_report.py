from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.fields import Command

from ...tools.periods import get_ended

REPORTERS = ('representative1', 'representative2', 'areamanager')
# How many periods of each kind have been closed
CLOSED = {'day': 5, 'week': 2, 'month': 1}
# What they add to the last report
REMARKS = {
    'representative1': "下周药事会前需要经理一同拜访药剂科。",
    'representative2': "科室学术会改期，已顺延两个拜访。",
}
# demo name, login, state, cost, what became of it
MESSAGES = [
    ('message_1', 'representative1', 'delivered', 0.045, False),
    ('message_2', 'representative2', 'sent', 0.045, False),
    ('message_3', 'areamanager', 'failed', 0, "isv.MOBILE_NUMBER_ILLEGAL 号码无效"),
    ('message_4', 'representative2', 'unknown', 0, "lost no answer in time"),
]


class PharmaDemo(models.AbstractModel):
    """Reports of the last days, requests for support with what they brought, short messages."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_requests()
        self._load_messages()
        return result

    @api.private
    def load_demo(self):
        """Reports come last: they tell of all that is there, whichever addon brought it."""
        result = super().load_demo()
        self._demo_env()._load_reports()
        return result

    def _load_reports(self):
        today = self.env['pharma.access']._get_today()
        reports = {}
        for login in REPORTERS:
            user = self._get(f'user_{login}')
            for kind, count in CLOSED.items():
                for first, _last in get_ended(kind, today, count):
                    name = f'work_report_{login}_{kind}_{first:%Y%m%d}'
                    if first.weekday() > 4 and kind == 'day' or self._get(name):
                        continue
                    report = self.env['pharma.work.report']._open(
                        user, self.env.company, kind, first)
                    report._close()
                    reports[name] = report
            days = [report for report in reports.values()
                    if report.user_id == user and report.kind == 'day']
            if days:
                days[-1].remark = REMARKS.get(login)
        self._name_records(reports)

    def _load_requests(self):
        people = {
            login: self._get_called_people(self._get(f'user_{login}'))
            for login in ('representative1', 'representative2')}
        now = datetime.combine(self.env['pharma.access']._get_today(), time(1))
        manager = self._get('user_areamanager')
        rows, opened = {}, []
        for number, row in enumerate(self._read_csv('pharma_crm/demo/support_requests.csv')):
            called = people[row['login']]
            if not called:
                continue
            if row['state'] == 'open' and not self._get(row['key']):
                opened.append(row['key'])
            rows[row['key']] = {
                'name': row['name'], 'reason': row['reason'], 'manager_id': manager.id,
                'user_id': self._get(f"user_{row['login']}").id,
                'state': 'cancelled' if row['state'] == 'open' else row['state'],
                'partner_id': called[number % len(called)].id,
                **self._get_answer_vals(row, now - timedelta(days=int(row['ago'])), manager)}
        requests = self._make('pharma.support.request', rows)
        for name in opened:
            # Now only, so that nobody gets a mail of it
            requests[name].state = 'open'
            requests[name]._plan_answer()

    def _get_answer_vals(self, row, asked, manager):
        """When a request was made, what was answered, and what came of it."""
        vals = {'asked_at': asked, 'date_wanted': (asked + timedelta(days=4)).date()}
        if row['state'] != 'open':
            hours = int(row['hours'])
            vals |= {
                'answered_at': asked + timedelta(hours=hours), 'answer_hours': hours,
                'answered_by_id': manager.id, 'advice': row['advice']}
        if row['state'] in ('accepted', 'done'):
            vals['date_agreed'] = asked + timedelta(days=4)
        if row['state'] == 'done':
            vals |= {'outcome': row['outcome'], 'outcome_result': row['result'], 'done_days': 5,
                     'done_at': asked + timedelta(days=5)}
        return vals

    def _load_messages(self):
        """What an SMS gateway would have done; it is archived, so that nothing is ever sent."""
        provider = self._make('pharma.message.provider', {'message_provider': {
            'name': "短信网关（演示）", 'kind': 'sms', 'url': 'https://sms.example.com/send',
            'sign_name': "海州医药", 'signing': 'sha256', 'unit_cost': 0.045,
            'template_ids': [
                Command.create({
                    'purpose': 'visit_tomorrow', 'code': 'SMS_1001',
                    'body': "您明天（${date}）有${count}个拜访计划，请提前准备。"}),
                Command.create({
                    'purpose': 'cycle_missing', 'code': 'SMS_1002',
                    'body': "距周期结束还有${days}天，您还有${count}次拜访未完成。"})],
        }})['message_provider']
        provider.active = False
        now = datetime.combine(self.env['pharma.access']._get_today(), time(1))
        tomorrow = (now + timedelta(days=1)).date()
        self._make('pharma.message', {
            name: {
                'key': f'demo-{name}', 'purpose': 'visit_tomorrow', 'channel': 'sms',
                'provider_id': provider.id, 'user_id': self._get(f'user_{login}').id,
                'company_id': self.env.company.id, 'phone': f'1380000000{number}',
                'template_code': 'SMS_1001', 'params': {'count': '6', 'date': str(tomorrow)},
                'text': f"您明天（{tomorrow}）有6个拜访计划，请提前准备。", 'state': state,
                'attempts': 1, 'cost': cost, 'error': error,
                'sent_at': now if state in ('sent', 'delivered') else False,
                'delivered_at': now if state == 'delivered' else False,
            } for number, (name, login, state, cost, error) in enumerate(MESSAGES)})
