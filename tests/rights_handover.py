"""Handovers and work without owner, for the rights table."""

from odoo.fields import Command


class RightsHandover:
    """Part of ``RightsWorld``: a person's work goes to a colleague."""

    @classmethod
    def _get_handover_people(cls, whose):
        """From whom, to whom; in the other company a colleague is needed first."""
        if whose != 'comp':
            return cls._owner(whose), cls.users['none' if whose == 'far' else 'colleague']
        cls._add_users([cls._prepare_user(
            f'heir{next(cls.numbers)}', cls.table.roles['rep'], company_id=cls.company_b.id,
            company_ids=[Command.set(cls.company_b.ids)])])
        return cls._owner(whose), list(cls.users.values())[-1]

    @classmethod
    def _make_pharma_handover(cls, Model, kind, whose, owner):
        old, new = cls._get_handover_people(whose)
        return Model.create({
            'user_id': old.id, 'to_user_id': new.id, 'company_id': cls._company(whose).id})

    @classmethod
    def _have_pharma_handover_kind(cls, kind, whose):
        return cls._have_pharma_handover_line(kind, whose).handover_id.kind_ids[0]

    @classmethod
    def _have_pharma_handover_line(cls, kind, whose):
        handover = cls._make_pharma_handover(cls.env['pharma.handover'], kind, whose, None)
        handover.action_preview()
        return handover.line_ids[0]

    @classmethod
    def _have_pharma_orphan(cls, kind, whose):
        cls._add_users([cls._prepare_user(f'left{next(cls.numbers)}', cls.table.roles['rep'])])
        gone = list(cls.users.values())[-1]
        lead = cls.env['crm.lead'].create({
            'name': cls._name(), 'type': 'opportunity', 'user_id': gone.id,
            'partner_id': cls.customers[whose]['hospital'].id})
        gone.active = False
        return cls.env['pharma.orphan'].search([
            ('res_model', '=', 'crm.lead'), ('res_id', '=', lead.id)])
