"""Cycles with their goals and targets, and what is counted from calls, for the rights table."""

from datetime import date, timedelta

FIRST = date(2040, 1, 1)


class RightsCycle:
    """Part of ``RightsWorld``: what each person is to reach, and what he has reached."""

    @classmethod
    def _make_pharma_cycle(cls, Model, kind, whose, owner):
        # Cycles of a company do not overlap
        day = FIRST + timedelta(days=next(cls.numbers))
        return Model.create({
            'name': cls._name(), 'company_id': cls._company(whose).id, 'date_from': day,
            'date_to': day})

    @classmethod
    def _cycle(cls, whose):
        return cls._record('pharma.cycle', 'cycle', 'comp' if whose == 'comp' else 'any')

    @classmethod
    def _make_pharma_cycle_goal(cls, Model, kind, whose, owner):
        return Model.create({
            'cycle_id': cls._cycle(whose).id, 'grade': cls._name(), 'goal': 1})

    @classmethod
    def _make_pharma_cycle_target(cls, Model, kind, whose, owner):
        # Each person has a customer once; nobody enters his own
        person = cls._create_person(
            cls.customers[whose]['department'], name=cls._name(),
            company_id=cls.customers[whose]['person'].company_id.id)
        return Model.create({
            'cycle_id': cls._cycle(whose).id, 'user_id': cls._owner(whose).id,
            'partner_id': person.id, 'goal': 2})

    @classmethod
    def _have_pharma_cycle_report(cls, kind, whose):
        target = cls._record('pharma.cycle.target', 'target', whose)
        return cls.env['pharma.cycle.report'].search([
            ('cycle_id', '=', target.cycle_id.id), ('user_id', '=', target.user_id.id)])

    @classmethod
    def _have_pharma_contact_report(cls, kind, whose):
        person = cls._create_person(
            cls.customers[whose]['department'], name=cls._name(),
            company_id=cls.customers[whose]['person'].company_id.id)
        cls.env['pharma.visit'].create({
            'partner_id': person.id, 'user_id': cls._owner(whose).id, 'state': 'done',
            'company_id': cls._company(whose).id, 'date_start': '2026-03-02 02:00:00',
            'summary': cls._name()})
        return cls.env['pharma.contact.report'].search([('partner_id', '=', person.id)])
