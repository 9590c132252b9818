from datetime import datetime, time, timedelta

from odoo import models
from odoo.fields import Command

# demo name, name, kind, value, pieces per call, value per person and year
GIFT_ITEMS = [
    ('gift_item_1', "指南汇编手册", 'material', 30, 3, 300),
    ('gift_item_2', "产品说明书与文献", 'material', 5, 10, 0),
    ('gift_item_3', "会议笔记本", 'gift', 15, 1, 60),
]
# demo name, login, number, first and last day from today
FILINGS = [
    ('filing_1', 'representative1', "国药代备20260001", -300, 430),
    ('filing_2', 'representative2', "国药代备20260002", -680, 45),
    ('filing_3', 'representative2', "国药代备20240077", -1400, -681),
]
# login -> the product line that he speaks about most
REPRESENTATIVES = {'representative1': "心血管线", 'representative2': "糖尿病线"}
# How many of his people a representative calls on, the best grades first
PEOPLE = 45
# Days back and ahead, calls on a working day
PAST, COMING, A_DAY = 90, 14, (2, 4)
# What was said, and what came of it: purpose, result, attitude, summary, need, solution
TALKS = [
    ('inform', 'progress', 'interested', "介绍了新指南中的用药推荐，主任认可疗效数据。", "", ""),
    ('inform', 'reached', 'trial', "讲解产品说明书更新内容，同意先在两名患者中试用。",
     "希望了解与现用药的转换方案", "下次带转换用药的文献"),
    ('listing', 'open', 'aware', "了解药事会时间，本季度暂无新药讨论安排。", "需要药物经济学资料",
     "请市场部准备资料"),
    ('need', 'progress', 'interested', "询问科室病种结构和用药习惯，基药占比有要求。", "", ""),
    ('event', 'reached', 'regular', "邀请参加下月区域学术会，已确认出席。", "", ""),
    ('question', 'reached', 'regular', "解答肝功能不全患者的剂量调整问题。", "特殊人群用药数据",
     "已发送医学部答复函"),
    ('feedback', 'progress', 'trial', "收集三例患者用药反馈，一例轻度头晕，已按流程上报。", "", ""),
    ('relation', 'open', 'aware', "主任门诊繁忙，简短问候并约下次时间。", "", ""),
    ('inform', 'refused', 'unaware', "科室目前无换药计划，暂不考虑。", "", ""),
    ('inform', 'absent', '', "主任外出开会，未见到本人，留下资料。", "", ""),
]
CHANNELS = ['face'] * 8 + ['phone', 'online', 'material', 'event']
REACTIONS = ('positive', 'positive', 'neutral', 'doubtful')
REASONS = [('missed', "客户临时手术"), ('cancelled', "科室会议，改约下周"), ('missed', "客户外出")]


class PharmaDemo(models.AbstractModel):
    """Calls of the demo representatives: three months back, two weeks ahead, with what was said,
    handed over, and missed; their filings, and what they may hand over.
    """

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_filings()
        self._load_calls()
        return result

    def _load_filings(self):
        today = self.env['pharma.access']._get_today()
        self._make('pharma.filing', {
            name: {
                'number': number, 'user_id': self._get(f'user_{login}').id,
                'holder_id': self._get('manufacturer_1').id,
                'date_from': today + timedelta(days=first),
                'date_to': today + timedelta(days=last),
            } for name, login, number, first, last in FILINGS})
        self._make('pharma.gift.item', {
            name: {'name': label, 'kind': kind, 'unit_value': value, 'call_limit': pieces,
                   'year_limit': year}
            for name, label, kind, value, pieces, year in GIFT_ITEMS})

    def _load_calls(self):
        """Make the calls of each representative on the people of his hospitals."""
        # Grades are given at the end of the transaction, the choice of people needs them now
        self.env['pharma.score']._score_waiting()
        rows = {}
        for login in REPRESENTATIVES:
            rows |= self._get_call_rows(login)
        # Whoever records late does so when he records: the system writes that down
        calls = self._make('pharma.visit', rows)
        self._load_gifts(calls)

    def _get_call_rows(self, login):
        """Values of the calls of one representative, by demo name."""
        user, chance = self._get(f'user_{login}'), self._random(f'calls {login}')
        people = self._get_called_people(user)
        products = self._get_talked_products(login)
        today = self.env['pharma.access']._get_today()
        rows = {}
        for offset in range(-PAST, COMING + 1):
            day = today + timedelta(days=offset)
            # Something is planned for today, whichever day somebody looks
            if (day.weekday() > 4 and offset) or not people:
                continue
            for number in range(chance.randint(*A_DAY)):
                person = chance.choice(people)
                start = datetime.combine(day, time(1 + 2 * number, chance.choice((0, 15, 30))))
                vals = {
                    'user_id': user.id, 'partner_id': person.id, 'date_start': start,
                    'duration': chance.choice((10, 15, 20, 30)), 'is_planned': True,
                    'channel': chance.choice(CHANNELS),
                    'person_ids': [Command.set(person.ids)],
                    **self._get_talk_vals(offset, start, chance, products)}
                rows[f'call_{login}_{offset + PAST:03}_{number}'] = vals
        return rows

    def _get_called_people(self, user):
        """Some of the persons whom a representative looks after: he comes again."""
        names = [row['key'] for row in self._read_csv('pharma_crm/demo/persons.csv')]
        persons = self._get_all('res.partner', names).values()
        mine = [person for person in persons
                if user in person.commercial_partner_id.alignment_ids.user_ids]
        return sorted(mine, key=lambda person: person.grade or 'Z')[:PEOPLE]

    def _get_talked_products(self, login):
        """Our products of the line that a representative speaks about."""
        names = [row['key'] for row in self._read_csv('pharma_crm/demo/products.csv')
                 if row['line'] == REPRESENTATIVES[login] and row['price']]
        return list(self._get_all('product.template', names).values())

    def _get_talk_vals(self, offset, start, chance, products):
        """What became of a call so many days from today."""
        purpose, result, adoption, summary, need, solution = chance.choice(TALKS)
        kind = chance.random()
        talked = [Command.create({
            'product_id': product.product_variant_id.id,
            'message': "疗效与安全性数据",
            'reaction': chance.choice(REACTIONS) if offset < 0 else False,
        }) for product in chance.sample(products, min(len(products), chance.randint(1, 2)))]
        vals = {
            'purpose_id': self.env.ref(f'pharma_crm.pharma_visit_purpose_{purpose}').id,
            'product_ids': talked}
        if offset >= 0:
            return vals
        if kind < 0.06:
            state, reason = chance.choice(REASONS)
            return {**vals, 'state': state, 'reason': reason}
        return {
            **vals, 'state': 'done', 'summary': summary, 'adoption': adoption or False,
            'need': need or False, 'solution': solution or False,
            'is_planned': kind < 0.85,
            'recorded_at': start + timedelta(days=3 if kind > 0.95 else 0, hours=3),
            'result_id': self.env.ref(f'pharma_crm.pharma_visit_result_{result}').id}

    def _load_gifts(self, calls):
        """Every twelfth recorded call left a booklet, the first one to each person."""
        booklet, given, rows = self._get('gift_item_1'), set(), {}
        for number, (name, call) in enumerate(calls.items()):
            person = call.partner_id
            if call.state == 'done' and number % 12 == 0 and person not in given:
                given.add(person)
                rows[f'gift_{name}'] = {'visit_id': call.id, 'item_id': booklet.id}
        self._make('pharma.visit.gift', rows)
