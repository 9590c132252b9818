from datetime import timedelta

from odoo import fields, models
from odoo.fields import Command

from .pharma_demo import DEMO_MODULE

# login, weeks from this one, state
WEEKS = [
    ('representative1', -1, 'approved'), ('representative1', 0, 'approved'),
    ('representative1', 1, 'draft'),
    ('representative2', -1, 'approved'), ('representative2', 0, 'approved'),
    ('representative2', 1, 'submitted'),
]
AIMS = {
    -1: "完成A级客户首轮拜访，推动两家医院药事会资料递交。",
    0: "跟进试用反馈，补齐B级客户拜访。",
    1: "围绕新指南开展科室会，覆盖未拜访的A级客户。",
}
# One in so many calls of a plan took place on another day
UNPLANNED_EVERY = 6
MOVED_EVERY, MOVED_REASON = 5, "主任临时会诊，改约"
# demo name, login, kind, subject, place, first and last day from today, customers, advance, state
TRIPS = [
    ('trip_1', 'representative1', 'trip', "宁波市级医院进院沟通", "浙江宁波", -12, -10,
     ('hospital_02',), 1800, 'done'),
    ('trip_2', 'representative2', 'trip', "苏北片区季度走访", "江苏徐州、淮安", 5, 7,
     ('hospital_21',), 2400, 'approved'),
    ('trip_3', 'representative1', 'application', "心内科科室会拜访申请", "浙江杭州", 3, 3,
     ('hospital_01',), 1200, 'submitted'),
    ('trip_4', 'representative2', 'application', "区域学术沙龙拜访申请", "江苏南京", -4, -4,
     (), 6000, 'refused'),
    ('trip_5', 'representative1', 'trip', "温州新客户开发", "浙江温州", 16, 18, (), 0, 'draft'),
]
# demo name of the trip: (problem, result, outcome)
PROBLEMS = {
    'trip_1': [
        ("进院资料缺药物经济学评价", 'solved', "资料已递交药剂科，列入药事会议程。"),
        ("医院反映配送不及时", 'partly', "与商业公司约定每周二、五配送，下月复查。")],
    'trip_2': [("两家医院连续两月无流向", False, False), ("基层转诊病人用药衔接", False, False)],
    'trip_3': [("科室对新指南用药推荐有疑问", False, False)],
    'trip_4': [("提升区域内品牌认知", False, False)],
    'trip_5': [("确认温州目标医院科室负责人", False, False)],
}
REFUSAL = "预算超出标准，请改为科室会并压缩人数后重新申请。"


class PharmaDemo(models.AbstractModel):
    """Week plans of the demo representatives with what came of them, and their trips."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_weeks()
        self._load_trips()
        return result

    def _load_weeks(self):
        today = self.env['pharma.access']._get_today()
        monday = today - timedelta(days=today.weekday())
        for login, offset, state in WEEKS:
            name, user = f'week_{login}_{offset + 1}', self._get(f'user_{login}')
            first = monday + timedelta(weeks=offset)
            if self._get(name) or self.env['pharma.week'].search_count(
                    [('user_id', '=', user.id), ('date_from', '=', first)], limit=1):
                continue  # it is there, or somebody made it
            week = self._make('pharma.week', {name: {
                'user_id': user.id, 'date_from': first, 'note': AIMS[offset],
                'daily_number': 8}})[name]
            if offset == 1:
                # sudo: as the loader, with the customers of the representative
                calls = week.with_user(user).sudo()._propose()
                self._name_records({
                    f'{name}_call_{number}': call for number, call in enumerate(calls)})
            self._load_week_state(week, state)

    def _load_week_state(self, week, state):
        """Bring a plan to its state, with some calls that took place on another day."""
        if state == 'draft':
            return
        manager = self._get('user_areamanager')
        monday = fields.Datetime.to_datetime(week.date_from)
        # The loader enters what is past afterwards; most of it was planned
        for number, call in enumerate(week.visit_ids.sorted('id')):
            call.is_planned = number % UNPLANNED_EVERY > 0
        week._set_closed(state=state, submitted_at=monday - timedelta(days=3))
        week._after_submit()
        if state == 'submitted':
            week._ask_managers()
            return
        week._set_closed(decided_by_id=manager.id, decided_at=monday - timedelta(days=2))
        done = week.visit_ids.filtered(lambda call: call.plan_date and call.state == 'done')
        for call in done.sorted('id')[::MOVED_EVERY]:
            other = call.date - timedelta(days=1)
            if other >= week.date_from:
                call.sudo().write({'plan_date': other, 'reason': MOVED_REASON})

    def _load_trips(self):
        today = self.env['pharma.access']._get_today()
        manager = self._get('user_areamanager')
        for name, login, kind, subject, place, first, last, customers, advance, state in TRIPS:
            if self._get(name):
                continue
            trip = self._make('pharma.trip', {name: {
                'name': subject, 'kind': kind, 'place': place, 'advance': advance,
                'user_id': self._get(f'user_{login}').id,
                'date_from': today + timedelta(days=first),
                'date_to': today + timedelta(days=last),
                'partner_ids': [Command.set([self._get(key).id for key in customers])],
                'problem_ids': [Command.create({
                    'name': problem, 'result': result, 'outcome': outcome,
                }) for problem, result, outcome in PROBLEMS[name]]}})[name]
            self.env['pharma.visit'].search([
                ('user_id', '=', trip.user_id.id), ('trip_id', '=', False),
                ('date', '>=', trip.date_from), ('date', '<=', trip.date_to),
            ]).trip_id = trip
            if state == 'draft':
                continue
            submitted = fields.Datetime.now() - timedelta(days=max(1, 8 - first))
            trip._set_closed(state=state, submitted_at=submitted)
            if state == 'submitted':
                trip._ask_managers()
                continue
            trip._set_closed(
                decided_by_id=manager.id, decided_at=submitted + timedelta(hours=20),
                decision_note=REFUSAL if state == 'refused' else False,
                outcome="药剂科与两位主任均已沟通，进院流程启动。" if state == 'done' else False)

    def _remove_documents(self):
        data = self.env['ir.model.data'].search([('module', '=', DEMO_MODULE)])
        trips = data.filtered(lambda entry: entry.model == 'pharma.trip').mapped('res_id')
        self.env['pharma.trip'].browse(trips).exists()._set_closed(state='draft')
        # Plans that somebody made for the demo people go with them
        users = data.filtered(lambda entry: entry.model == 'res.users').mapped('res_id')
        self.env['pharma.week'].search([('user_id', 'in', users)]).unlink()
        return super()._remove_documents()
