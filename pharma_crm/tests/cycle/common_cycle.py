from datetime import timedelta

from odoo import fields
from odoo.fields import Command

from ..common_territory import TerritoryCase


class CycleCase(TerritoryCase):
    """This month's cycle of the market of ``TerritoryCase``.

    The representative works in ``area_a``, ``colleague`` in ``area_b``, the area manager above
    both. ``doctors``: in hospital 甲 one of each grade A to D, in 丙 one A; ``cycle`` has the
    goals 4, 2, 1, 0 and is open, without targets yet.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls._assign(cls.user_representative, cls.area_a, date_from=cls.begin)
        cls._assign(cls.colleague, cls.area_b, date_from=cls.begin)
        cls._assign(cls.user_area_manager, cls.region, role='manager', date_from=cls.begin)
        cls.doctors = {
            grade: cls._graded(cls.hospital_a, grade) for grade in ('A', 'B', 'C', 'D')}
        cls.doctor_c = cls._graded(cls.hospital_c, 'A')
        # today and the days around it are in it, at any time of the year
        cls.cycle = cls.env['pharma.cycle'].create({
            'name': "测试周期", 'date_from': cls.today - timedelta(days=20),
            'date_to': cls.today + timedelta(days=20), 'goal_ids': [
                Command.create({'grade': grade, 'goal': goal})
                for grade, goal in (('A', 4), ('B', 2), ('C', 1), ('D', 0))]})
        cls.cycle.action_open()

    @classmethod
    def _graded(cls, hospital, grade):
        """A doctor with a grade; '' for one whose value is in no band."""
        person = cls._create_person(hospital, name=f"医生{grade}")
        person.main_score_id = cls.env['pharma.score'].create({
            'model_id': cls.env.ref('pharma_crm.pharma_score_model_doctor').id,
            'partner_id': person.id, 'grade': grade or False, 'value': 1})
        return person

    def _refresh(self):
        self.cycle._refresh()
        return self.env['pharma.cycle.target'].search([('cycle_id', '=', self.cycle.id)])

    def _target(self, partner, user=None):
        return self.env['pharma.cycle.target'].search([
            ('cycle_id', '=', self.cycle.id), ('partner_id', '=', partner.id),
            ('user_id', '=', (user or self.user_representative).id)])

    def _call(self, partner, user=None, days=0, state='done', **values):
        """A call of days ago, begun at noon or an hour ago."""
        start = fields.Datetime.now() - timedelta(hours=1, days=days)
        return self.env['pharma.visit'].with_user(user or self.user_representative).create({
            'partner_id': partner.id, 'date_start': start, 'state': state, **values})

    def _rows(self):
        """All columns of all targets."""
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(t) FROM pharma_cycle_target t ORDER BY id")
        return [row for row, in self.env.cr.fetchall()]
