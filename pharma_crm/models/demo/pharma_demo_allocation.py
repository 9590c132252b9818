from datetime import timedelta

from odoo import fields, models
from odoo.fields import Command

# demo name, name, values
RULES = [
    ('allocation_rule_1', "大额线索给地区经理", {
        'sequence': 10, 'amount_from': 500000, 'target': 'manager', 'answer_hours': 16}),
    ('allocation_rule_2', "已建档医院给辖区代表", {
        'sequence': 20, 'customer_kind': 'hospital', 'target': 'representative'}),
    ('allocation_rule_3', "未建档线索轮流分配", {
        'sequence': 30, 'customer_kind': 'new', 'target': 'rotation', 'on_late': 'pool',
        'amount_from': 50000}),
    ('allocation_rule_4', "其余留在线索池", {'sequence': 90, 'target': 'pool'}),
]
# demo name, name, customer or its words, amount, days ago, what became of it
LEADS = [
    ('allocation_lead_1', "年会展台留资：申请样品资料", 'hospital_04', 60000, 0, 'offered'),
    ('allocation_lead_2', "公众号咨询：新指南用药", 'hospital_24', 80000, 1, 'accepted'),
    ('allocation_lead_3', "热线来电：门诊部采购",
     ("滨江第三门诊部", "何主任", '0571-55507701'), 20000, 2, 'pool'),
    ('allocation_lead_4', "官网留言：连锁药房合作",
     ("仁康大药房", "彭经理", '025-55507702'), 30000, 4, 'pool'),
    ('allocation_lead_5', "会议线索：县域医共体",
     ("青田县医共体", "叶科长", '0578-55507703'), 120000, 3, 'late'),
    ('allocation_lead_6', "学术会后跟进：二线用药", 'hospital_05', 90000, 6, 'nurture'),
    ('allocation_lead_7', "集采品种咨询", 'hospital_21', 700000, 8, 'won'),
    ('allocation_lead_8', "云会议报名：科室合作", 'hospital_26', 45000, 10, 'contacted'),
    ('allocation_lead_9', "热线来电：社区医院用药",
     ("望江社区卫生服务中心", "孟医生", '0571-55507709'), 55000, 12, 'declined'),
]


class PharmaDemo(models.AbstractModel):
    """Rules of allocation, and a lead in each state of it."""

    _inherit = 'pharma.demo'

    def _user_rows(self):
        return [
            *super()._user_rows(),
            ('marketing1', "何晓雯", "市场专员", ['sales_team.group_sale_salesman']),
        ]

    def _load_masters(self):
        result = super()._load_masters()
        self._load_allocation()
        return result

    def _load_allocation(self):
        new = not self._get('allocation_rule_1')
        people = [self._get('user_representative1'), self._get('user_representative2')]
        self._make('pharma.allocation.rule', {
            name: {'name': label, **values, **({'member_ids': [
                Command.create({'user_id': user.id, 'weight': 2 - number})
                for number, user in enumerate(people)]} if values['target'] == 'rotation' else {})}
            for name, label, values in RULES})
        missing = [row for row in LEADS if not self._get(row[0])]
        if not missing:
            return
        author = self._get('user_marketing1')
        source = self.env.ref('pharma_crm.utm_source_media', raise_if_not_found=False)
        # sudo: as marketing, with the rights of the loader
        loader = self.with_user(author).sudo()
        leads = loader._make('crm.lead', {
            name: {
                'name': label, 'type': 'opportunity' if end == 'won' else 'lead',
                'user_id': False, 'company_id': self.env.company.id,
                'expected_revenue': amount, 'source_id': source and source.id,
                **self._lead_customer_vals(customer),
            } for name, label, customer, amount, _days, end in missing})
        waiting = self.env['crm.lead'].concat(*leads.values()).filtered('allocation_pending')
        self.env['pharma.allocation']._offer_leads(self.env.company, waiting)
        if new:
            for name, _label, _customer, _amount, days, end in missing:
                self._load_answer(self.env['crm.lead'].browse(leads[name].id), days, end)

    def _lead_customer_vals(self, customer):
        if isinstance(customer, str):
            return {'partner_id': self._get(customer).id}
        company, contact, phone = customer
        return {'partner_name': company, 'contact_name': contact, 'phone': phone,
                'state_id': self._get('hospital_01').state_id.id}

    def _load_answer(self, lead, days, end):
        """Bring a lead to its state, as if offered some days ago."""
        offer, at = lead.allocation_id, fields.Datetime.now() - timedelta(days=days)
        lead.allocation_since = at
        if not offer:
            return
        offer.write({
            'offered_at': at, 'deadline': offer.deadline and (
                offer.deadline - timedelta(days=days if end != 'offered' else 0))})
        if end == 'offered':
            return
        user = offer.user_id
        record = lead.with_user(user)
        if end == 'late':
            offer._answer('late')
            offer._return_leads([['late', {'name': user.name}]])
        elif end in ('nurture', 'declined'):
            record._decline('nurture' if end == 'nurture' else 'busy')
        elif end == 'contacted':
            offer._answer('contacted')
            lead._write_allocation({'allocation_state': 'accepted'})
        else:
            record.action_accept_offer()
        if end == 'won':
            lead.action_set_won()
        if offer.answered_at:
            answered = at + timedelta(hours=3 + 2 * days % 7)
            offer.write({
                'answered_at': answered,
                'answer_hours': offer._work_hours(offer.company_id, at, answered) or 1.5})
