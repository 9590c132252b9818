from datetime import timedelta

from odoo import models

# demo name of the person: role, weight, stance, closeness, loyalty, what matters to him
HOSPITAL_01 = {
    'person_016': ('decider', 10, '1', '3', '3', "药占比与国谈品种落地"),
    'person_001': ('influencer', 8, '2', '4', '4', "希望参与真实世界研究"),
    'person_007': ('blocker', 6, '-1', '1', '1', "习惯使用竞品，担心疗效差异"),
    'person_002': ('advocate', 5, '2', '3', '4', "愿意在科室会分享病例"),
    'person_010': ('user', 4, '0', '2', '2', "关注用药便利性"),
    'person_017': ('gatekeeper', 4, '1', '2', '3', "资料是否齐全"),
    'person_013': ('influencer', 5, '-2', '0', '1', "曾因配送不及时投诉"),
}
HOSPITAL_02 = {
    'person_027': ('decider', 10, '0', '2', '2', "等待药事会排期"),
    'person_018': ('influencer', 7, '1', '3', '3', "指南推荐级别"),
    'person_024': ('blocker', 6, '-1', '1', '1', "预算有限"),
    'person_028': ('user', 5, '2', '3', '4', "已有院外处方经验"),
    'person_019': ('advocate', 4, '2', '4', '4', "愿意提单"),
}
# hospital: its structure, who influences whom as what, how strongly, whether mainly, why
STRUCTURES = {
    'hospital_01': (HOSPITAL_01, [
        ('person_016', 'person_001', 'superior', '3', True, "药事会主任委员"),
        ('person_016', 'person_007', 'superior', '2', True, ""),
        ('person_016', 'person_017', 'superior', '3', True, "同科室"),
        ('person_001', 'person_002', 'teacher', '3', True, "博士导师"),
        ('person_001', 'person_010', 'expert', '2', True, "多学科会诊"),
        ('person_007', 'person_013', 'colleague', '2', True, "同届同学"),
        ('person_002', 'person_001', 'assistant', '1', False, "代管课题"),
    ]),
    'hospital_02': (HOSPITAL_02, [
        ('person_027', 'person_018', 'superior', '2', True, ""),
        ('person_027', 'person_024', 'colleague', '2', True, ""),
        ('person_027', 'person_028', 'superior', '3', True, "同科室"),
        ('person_018', 'person_019', 'teacher', '3', True, "硕士导师"),
    ]),
}
# Opportunities that begin with the structure of their hospital: step -> days until it was or
# is expected, days until it was done
LEADS = {
    'lead_03': [(-20, -18), (-6, -5), (12, None), (25, None), (40, None)],
    'lead_01': [(-90, -88), (-75, -70), (-50, -48), (-40, -40), (-32, -30)],
}
# What differs in the opportunity: (lead, person): stance
STANCES = {('lead_03', 'person_024'): '-2', ('lead_03', 'person_018'): '2'}


class PharmaDemo(models.AbstractModel):
    """Who decides at two demo hospitals and about two opportunities."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_decisions()
        return result

    def _load_decisions(self):
        for hospital, (people, influences) in STRUCTURES.items():
            # Somebody may have deleted one of them
            if not self._get(hospital) or not all(map(self._get, people)):
                continue
            rows = self._make('pharma.stakeholder', {
                f'stakeholder_{hospital}_{person}': {
                    'partner_id': self._get(person).id, 'hospital_id': self._get(hospital).id,
                    'role_id': self.env.ref(f'pharma_crm.pharma_stakeholder_role_{role}').id,
                    'weight': weight, 'stance': stance, 'closeness': closeness,
                    'loyalty': loyalty, 'note': note,
                } for person, (role, weight, stance, closeness, loyalty, note) in people.items()})
            self._make('pharma.influence', {
                f'influence_{hospital}_{source}_{target}': {
                    'source_id': rows[f'stakeholder_{hospital}_{source}'].id,
                    'target_id': rows[f'stakeholder_{hospital}_{target}'].id,
                    'kind_id': self.env.ref(f'pharma_crm.pharma_influence_kind_{kind}').id,
                    'strength': strength, 'is_main': is_main, 'note': note,
                } for source, target, kind, strength, is_main, note in influences})
        for name, days in LEADS.items():
            self._load_lead_decision(name, days)

    def _load_lead_decision(self, name, days):
        """The structure of an opportunity, taken over from its hospital once."""
        lead = self._get(name)
        if not lead or lead.pharma_step_ids or lead.pharma_stakeholder_ids:
            return
        lead.action_copy_stakeholders()
        today = self.env['pharma.access']._get_today()
        for (of_lead, person), stance in STANCES.items():
            if of_lead == name:
                lead.pharma_stakeholder_ids.filtered(
                    lambda row, person=person: row.partner_id == self._get(person)
                ).stance = stance
        for step, (expected, done) in zip(lead.pharma_step_ids, days, strict=False):
            step.write({
                'date_expected': today + timedelta(days=expected),
                'date_done': done is not None and today + timedelta(days=done)})
        for model, rows in (('step', lead.pharma_step_ids),
                            ('stakeholder', lead.pharma_stakeholder_ids),
                            ('influence', lead.pharma_stakeholder_ids.influence_in_ids)):
            self._name_records({
                f'{model}_{name}_{number}': row for number, row in enumerate(rows)})
