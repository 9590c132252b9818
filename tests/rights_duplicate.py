"""Suspected duplicates and conflicts of opportunities, for the rights table."""

from odoo.addons.pharma_crm.tools.duplicates import Suspicion


class RightsDuplicate:
    """Part of ``RightsWorld``: what the program writes of customers that may be known twice, and of
    people who work on the same one.
    """

    @classmethod
    def _have_pharma_duplicate(cls, kind, whose):
        customer = cls.customers[whose]['hospital']
        double = customer.copy({'name': cls._name(), 'ref': False})
        pairs = cls.env['pharma.duplicate']
        pairs._keep([(customer.id, double.id, Suspicion(0.9, ('name',)))])
        return pairs.search([('other_id', '=', double.id)])

    @classmethod
    def _have_pharma_lead_conflict(cls, kind, whose):
        customer, company = cls.customers[whose]['hospital'], cls._company(whose)
        first, later = cls.env['crm.lead'].create([{
            'name': cls._name(), 'type': 'opportunity', 'partner_id': customer.id,
            'user_id': user.id, 'company_id': company.id, 'team_id': False,
        } for user in (cls._owner(whose), cls.users['foreigner' if whose == 'comp' else 'area'])])
        conflict = cls.env['pharma.lead.conflict'].search([('lead_id', '=', later.id)])
        return conflict.filtered(lambda row: row.other_id == first) or (
            cls.env['pharma.lead.conflict'].create({
                'lead_id': later.id, 'other_id': first.id, 'customer_id': customer.id,
                'company_id': company.id}))
