from odoo import fields
from odoo.tests import new_test_user

from ..common_territory import TerritoryCase


class AllocationCase(TerritoryCase):
    """Leads in the small market of ``TerritoryCase``.

    =============================  ====================================================
    ``rep`` (user_representative)  海州地区 (area_a): hospitals a and b
    ``colleague``                  临川地区 (area_b): hospital c
    ``manager`` (user_area_manager)  华东大区 (region) above both
    ``marketing``                  enters leads; no role of the suite
    =============================  ====================================================

    ``rule`` gives every lead to the territory's representative, within 8 working hours.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep, cls.manager = cls.user_representative, cls.user_area_manager
        cls._assign(cls.rep, cls.area_a, date_from=cls.begin)
        cls._assign(cls.colleague, cls.area_b, date_from=cls.begin)
        cls._assign(cls.manager, cls.region, role='manager', date_from=cls.begin)
        cls.marketing = new_test_user(
            cls.env, login='pharma_marketing', password='pharma_marketing', name="市场专员",
            tz='Asia/Shanghai', groups='sales_team.group_sale_salesman')
        cls.env['pharma.allocation.rule'].search([]).active = False
        cls.rule = cls._create_rule(name="辖区代表")

    @classmethod
    def _create_rule(cls, **values):
        return cls.env['pharma.allocation.rule'].create({
            'name': "规则", 'answer_hours': 8, 'remind_hours': 2, 'max_rounds': 2, **values})

    def _create_lead(self, partner=None, user=None, **values):
        """A lead that marketing enters without a salesperson; with all rights."""
        vals = {'name': "学术会议留资", 'type': 'lead', 'user_id': False, **values}
        if partner is not None:
            vals['partner_id'] = partner.id
        return self.env['crm.lead'].with_user(user or self.marketing).sudo().create(
            vals).with_user(self.env.user)

    def _run(self):
        self.env['pharma.allocation']._run()
        self.env.invalidate_all()

    def _offer(self, partner=None, **values):
        """A lead that the rules have been asked about."""
        if 'partner_id' not in values:
            values['partner_id'] = (partner or self.hospital_a).id
        lead = self._create_lead(**values)
        self._run()
        return lead

    def _late(self, lead):
        """The time to answer is over, and the system notices."""
        lead.allocation_id.sudo().deadline = fields.Datetime.now()
        lead.allocation_id.sudo()._return_late()
        self._run()
