"""Week plans, trips and their dialogs, for the rights table."""

from datetime import date, timedelta

from odoo.fields import Command

MONDAY = date(2030, 1, 7)


class RightsPlan:
    """Part of ``RightsWorld``: what each person plans."""

    @classmethod
    def _make_pharma_week(cls, Model, kind, whose, owner):
        # One plan per person and week
        return Model.create({
            'user_id': cls._owner(whose).id, 'company_id': cls._company(whose).id,
            'date_from': MONDAY + timedelta(weeks=next(cls.numbers)), 'note': cls._name()})

    @classmethod
    def _make_pharma_week_day(cls, Model, kind, whose, owner):
        return Model.create({
            'week_id': cls._record('pharma.week', 'plan', whose).id,
            'date': MONDAY - timedelta(days=next(cls.numbers)), 'note': cls._name()})

    @classmethod
    def _make_pharma_trip(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'user_id': cls._owner(whose).id,
            'company_id': cls._company(whose).id, 'date_from': MONDAY})

    @classmethod
    def _make_pharma_trip_problem(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'trip_id': cls._record('pharma.trip', 'plan', whose).id,
            'partner_id': cls.customers[whose]['hospital'].id})

    @classmethod
    def _make_pharma_visit_plan(cls, Model, kind, whose, owner):
        return Model.create({
            'partner_ids': [Command.set(cls.customers['own']['person'].ids)],
            'date': MONDAY, 'half': 'am'})

    @classmethod
    def _make_pharma_decision(cls, Model, kind, whose, owner):
        return Model.create({
            'model': 'pharma.week', 'res_id': cls._record('pharma.week', 'plan', 'own').id})
