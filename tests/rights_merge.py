"""Merges of customers, for the rights table."""

from odoo.fields import Command


class RightsMerge:
    """Part of ``RightsWorld``: merges of customers of their own."""

    @classmethod
    def _make_twins(cls, whose):
        return cls.env['res.partner'].create([{
            'name': cls._name(), 'pharma_type': 'hospital', 'is_company': True,
            'company_id': cls._company(whose).id} for _number in range(2)])

    @classmethod
    def _have_pharma_merge(cls, kind, whose):
        keep, twin = cls._make_twins(whose)
        return cls.env['pharma.merge']._merge(keep, twin)

    @classmethod
    def _have_pharma_merge_line(cls, kind, whose):
        return cls._have_pharma_merge(kind, whose).line_ids[:1]

    @classmethod
    def _make_pharma_merge_wizard(cls, Model, kind, whose, owner):
        return Model.create({'partner_ids': [Command.set(cls._make_twins(whose).ids)]})
