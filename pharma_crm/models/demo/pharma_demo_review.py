from datetime import datetime, time, timedelta

from odoo import models
from odoo.fields import Command

# Where the talk took place and what else was said: so that no two calls read alike
PLACES = (
    "门诊三诊室",
    "住院部七楼医生办公室",
    "药剂科窗口",
    "示教室",
    "专家门诊候诊区",
    "病区护士站",
    "医生值班室",
    "行政楼会客区",
)
DETAILS = (
    "本周门诊量约一百二十人次，其中复诊占六成。",
    "提到下月起科室新增两张床位。",
    "关心年底前的供货是否稳定。",
    "介绍了一位新来的住院医，可以认识一下。",
    "对随访手册的排版提了两点意见。",
    "说上次寄送的文献已转给同事。",
    "正在准备继续教育的讲课材料。",
    "建议先和护士长沟通患者教育的时间。",
    "问起外院同行的使用经验。",
    "认为患者最在意每月的自付费用。",
    "近期参加多中心研究，时间较紧。",
    "希望把样稿改成大字版。",
    "提醒周三下午是科室学习。",
    "手术日改到周二和周四。",
)
APPRAISALS = ('4', '3', '3', '3', '2', '2', '1')
SUGGESTIONS = {
    '4': ("思路清楚，请在周会上分享。", "需求问得深，继续保持。"),
    '3': ("下次带上对方要的文献，当面讲两分钟。", "把下次拜访的日期约下来。", ""),
    '2': ("先问清科室病种结构，再讲产品。", "记录里要写清对方的原话。"),
    '1': ("目的不明确，拜访前请先写好目标。",),
}
COPIED = "介绍了产品最新的三期临床数据，主任表示会在合适的患者中考虑，并希望科室组织一次小型讨论"
# name, working days back, hour in UTC, minutes, text, days until the record
UNUSUAL = (
    ('1', 4, 6, 40, "讨论了老年患者的剂量调整，药师在场，补充了肾功能监测的建议。", 0),
    ('2', 4, 6, 25, "与护士长核对患者教育手册的发放，约定下周统计数量。", 0),
    ('3', 3, 7, 20, COPIED, 0),
    ('4', 2, 7, 20, COPIED, 0),
    ('5', 7, 8, 20, "拜访副主任，了解药事会材料的格式要求，承诺补交经济学评价。", 6),
    ('6', 2, 9, 1, "送达会议通知。", 0),
)
COACHINGS = (
    ('1', 20, 'acknowledged', (4, 4, 3, 4, 3, 3, 5), "准备充分，产品知识扎实。",
     "提问偏少，多听对方的顾虑。", "下月前完成三次以提问开场的拜访。"),
    ('2', 9, 'shared', (4, 3, 4, 4, 3, 4, 5), "倾听有进步，能复述对方的需求。",
     "处理异议时容易直接反驳。", "准备五个常见异议的回应，周五前发我。"),
    ('3', 1, 'draft', (3, 4, 3, 3, 2, 2, 4), "开场自然。", "结束时没有约定下一步。", ""),
)


class PharmaDemo(models.AbstractModel):
    """What the demo area manager says of calls: reviews, remarks, examples, coaching."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        if not self._get('review_example_1'):
            self._load_unusual_calls()
            self._load_reviews()
            self._load_coachings()
            self._load_examples()
        return result

    def _get_talk_vals(self, offset, start, chance, products):
        vals = super()._get_talk_vals(offset, start, chance, products)
        if vals.get('summary'):
            own = self._random(f'details {start}')
            vals['summary'] = "".join((
                own.choice(PLACES), "，", vals['summary'], *own.sample(DETAILS, 2)))
        return vals

    def _get_reviewed_calls(self, login='representative1'):
        """The recorded calls of a demo representative, the oldest first."""
        return self.env['pharma.visit'].search(
            [('user_id', '=', self._get(f'user_{login}').id), ('state', '=', 'done')],
            order='date_start, id')

    def _get_working_day(self, back):
        """The day so many working days ago."""
        day = self.env['pharma.access']._get_today()
        while back:
            day -= timedelta(days=1)
            back -= day.weekday() < 5
        return day

    def _load_unusual_calls(self):
        """Calls with something to talk about, and what the job finds in all of them."""
        user = self._get('user_representative1')
        people = self._get_called_people(user)
        if not people:
            return
        talk = {
            'purpose_id': self.env.ref('pharma_crm.pharma_visit_purpose_inform').id,
            'result_id': self.env.ref('pharma_crm.pharma_visit_result_progress').id}
        rows = {}
        for number, (name, back, hour, minutes, text, late) in enumerate(UNUSUAL):
            start = datetime.combine(
                self._get_working_day(back), time(hour, 15 if name == '2' else 0))
            person = people[number % len(people)]
            rows[f'call_unusual_{name}'] = {
                **talk, 'user_id': user.id, 'partner_id': person.id, 'state': 'done',
                'person_ids': [Command.set(person.ids)], 'date_start': start,
                'duration': minutes, 'summary': text,
                'recorded_at': start + timedelta(days=late, minutes=minutes)}
        self._make('pharma.visit', rows)
        users = self._get('user_representative1') | self._get('user_representative2')
        self.env['pharma.visit.flag']._check_people(
            users.ids, self._get_working_day(65))

    def _load_reviews(self):
        """The manager has reviewed what is older than three days, most of it on the next day."""
        manager, since = self._get('user_areamanager'), self._get_working_day(3)
        for login in ('representative1', 'representative2'):
            for visit in self._get_reviewed_calls(login):
                chance = self._random(f'review {visit.id}')
                if visit.date >= since or chance.random() < 0.05:
                    continue
                appraisal = chance.choice(APPRAISALS)
                visit.write({
                    'review_state': 'reviewed', 'appraisal': appraisal,
                    'suggestion': chance.choice(SUGGESTIONS[appraisal]) or False,
                    'review_user_id': manager.id,
                    'review_date': visit.recorded_at + timedelta(hours=chance.choice((5, 14, 20)))})

    def _load_coachings(self):
        """Three joint calls: one acknowledged, one shared, one still written."""
        person, manager = self._get('user_representative1'), self._get('user_areamanager')
        skills = self.env['pharma.coaching.skill'].search([], limit=7)
        calls = self._get_reviewed_calls()
        rows = {}
        for name, back, state, marks, strengths, to_improve, next_steps in COACHINGS:
            day = self._get_working_day(back)
            call = calls.filtered(lambda call, day=day: call.date <= day)[-1:]
            rows[f'coaching_{name}'] = {
                'user_id': person.id, 'manager_id': manager.id, 'date': day, 'state': state,
                'visit_id': call.id, 'strengths': strengths, 'to_improve': to_improve,
                'next_steps': next_steps,
                'acknowledged_on': datetime.combine(day + timedelta(days=1), time(2))
                if state == 'acknowledged' else False,
                'line_ids': [Command.create({'skill_id': skill.id, 'mark': str(mark)})
                             for skill, mark in zip(skills, marks, strict=False)]}
            call.companion_id = manager
        self._make('pharma.coaching', rows)

    def _load_examples(self):
        """Two calls that the others can learn from."""
        manager = self._get('user_areamanager')
        calls = self._get_reviewed_calls().with_user(manager).sudo()
        rows = {}
        for name, title, good in (
                ('1', "用一个问题打开话题", "先问病种结构再讲产品，主任自己说出了需求。"),
                ('2', "把不良反应的提问变成下次拜访", "没有当场辩解，约好带医学部答复再来。")):
            call = calls[-20 * int(name):][:1]
            if call:
                rows[f'review_example_{name}'] = {
                    **call._prepare_example_vals(), 'name': title, 'good': good,
                    'is_shared': True, 'date': call.date + timedelta(days=1)}
        self._make('pharma.visit.example', rows)
