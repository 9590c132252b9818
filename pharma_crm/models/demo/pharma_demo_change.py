from datetime import timedelta

from odoo import fields, models

from .pharma_demo import DEMO_MODULE

# demo name, login, kind, which customer of his, values, reason, days ago, what became of it
REQUESTS = (
    ('1', 'representative1', 'facts', 'hospital',
     {'phone': '0571-55509001', 'street': "健康路155号"},
     "总机换号，门牌也改了，见官网。", 9, 'submitted'),
    ('2', 'representative1', 'facts', 'person', {'phone': '0571-55509002'},
     "医生本人告知。", 2, 'submitted'),
    ('3', 'representative1', 'new_person', 'department',
     {'name': "顾清源", 'function': "副主任医师"}, "新调入，门诊排班表已有名字。", 1, 'submitted'),
    ('4', 'representative2', 'new_customer', None,
     {'name': "栖云社区卫生服务中心", 'pharma_type': 'primary_care', 'phone': '025-55509004'},
     "上月新开业，已有处方。", 3, 'submitted'),
    ('5', 'representative2', 'post', 'person', {'place_id': False},
     "上月退休。", 4, 'submitted'),
    ('6', 'representative2', 'close', 'pharmacy', {}, "门店已停业，招牌已拆。", 0, 'submitted'),
    ('7', 'representative1', 'facts', 'person', {'email': 'menzhen@example.com'},
     "名片上的邮箱。", 20, 'done'),
    ('8', 'representative2', 'facts', 'hospital', {'hospital_grade': 'special'},
     "听说已升级。", 15, 'refused'),
    ('9', 'representative1', 'facts', 'hospital', {'website': 'https://www.example.com'},
     "官网地址。", 6, 'cancelled'),
    ('10', 'representative2', 'facts', 'hospital', {'zip': '210001'}, "待核实。", 0, 'draft'),
)
REFUSAL = "卫健委名单上仍是甲等，请附批文再提。"


class PharmaDemo(models.AbstractModel):
    """Change requests of the demo representatives in every state."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_change_request()
        return result

    def _load_change_request(self):
        for number, (name, login, kind, which, values, reason, back, state) in enumerate(REQUESTS):
            if self._get(f'change_request_{name}'):
                continue
            partner = self._get_change_customer(login, which, number) if which else None
            if which and not partner:
                continue
            values = dict(values)
            if kind == 'new_person':
                values |= {'pharma_type': 'person', 'parent_id': partner.id}
                partner = None
            if kind == 'post':
                values['date_from'] = fields.Date.to_string(
                    self.env['pharma.access']._get_today() - timedelta(days=back))
            self._make_change_request(
                name, login, kind, partner, values, reason, back, state)

    def _make_change_request(self, name, login, kind, partner, values, reason, back, state):
        """One request with what became of it."""
        Request = self.env['pharma.change.request'].with_user(self._get(f'user_{login}'))
        request = Request.create({
            'kind': kind, 'partner_id': partner.id if partner else False, 'reason': reason})
        request._set_values(values)
        if state != 'draft':
            request.action_submit()
        # What is named first is removed last: requests keep their customer
        records = {}
        if request.is_new:
            records[f'change_request_partner_{name}'] = request.sudo().partner_id
        records[f'change_request_{name}'] = request.with_env(self.env)
        moment = fields.Datetime.now() - timedelta(days=back)
        steward = request.with_user(self._get('user_datasteward'))
        if state == 'done':
            steward.action_accept()
        elif state == 'refused':
            steward._refuse(REFUSAL)
        elif state == 'cancelled':
            request.action_cancel()
        if state != 'draft':
            request._set_closed(submitted_at=moment)
        if request.decided_at:
            request._set_closed(decided_at=moment + timedelta(days=1))
        self._name_records(records)

    def _get_change_customer(self, login, kind, number):
        """A demo customer of a representative; each request has another one."""
        user = self._get(f'user_{login}')
        known = self.env['ir.model.data'].sudo().search([
            ('module', '=', DEMO_MODULE), ('model', '=', 'res.partner'),
            ('name', '=like', f'{kind}%')]).mapped('res_id')
        partners = self.env['res.partner'].with_user(user).search([
            ('id', 'in', known), ('pharma_type', '=', kind), ('pharma_work', '=', True),
            ('owner_ids', 'in', user.ids)], order='id', limit=number + 1)
        return partners[-1:]
