from datetime import timedelta

from odoo import models

from ..handover.pharma_handover import DRAFT
from .pharma_demo import DEMO_MODULE

# Who has left without handing over, and what he left behind
LEFT = ('representative9', "何志远")
LEADS = ("呼吸科新药进院", "药房连锁陈列合作")


class PharmaDemo(models.AbstractModel):
    """Handovers: one to look through, an agent for next week, and work that somebody left."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_orphans()
        self._load_handovers()
        return result

    def _load_orphans(self):
        login, name = LEFT
        if self._get(f'user_{login}'):
            return
        partner = self._make('res.partner', {f'user_partner_{login}': {
            'name': name, 'email': f'{login}@example.com', 'lang': self.env.lang,
            'tz': 'Asia/Shanghai'}})[f'user_partner_{login}']
        user = self._make('res.users', {f'user_{login}': self._user_vals(
            login, partner, ['pharma_crm.group_pharma_crm_representative'])})[f'user_{login}']
        self._make('crm.lead', {f'orphan_lead_{number}': {
            'name': subject, 'type': 'opportunity', 'user_id': user.id,
            'partner_id': self._get(f'hospital_{number + 10:02}').id,
        } for number, subject in enumerate(LEADS)})
        user.active = False

    def _load_handovers(self):
        today = self.env['pharma.access']._get_today()
        manager = self._get('user_areamanager')
        rows = {
            'handover_1': {
                'user_id': self._get('user_representative2').id,
                'to_user_id': self._get('user_representative1').id,
                'reason': "调往外省，客户移交同组同事"},
            'handover_2': {
                'user_id': self._get('user_representative1').id, 'duration': 'temporary',
                'to_user_id': self._get('user_representative2').id,
                'date_from': today + timedelta(days=7), 'date_to': today + timedelta(days=11),
                'reason': "年休假"},
        }
        for name, values in rows.items():
            if self._get(name):
                continue
            handover = self.env['pharma.handover'].with_user(manager).create(values)
            self._name_records({name: handover.sudo()})
            handover.action_preview()
            if handover.duration == 'temporary':
                handover.action_apply()

    def _remove_documents(self):
        data = self.env['ir.model.data'].search([
            ('module', '=', DEMO_MODULE), ('model', '=', 'pharma.handover')])
        handovers = self.env['pharma.handover'].browse(data.mapped('res_id')).exists()
        handovers.delegation_id.unlink()
        handovers.state = DRAFT
        return super()._remove_documents()
