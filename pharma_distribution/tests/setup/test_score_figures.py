from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestScoreFigures(PharmaDistributionCommon):
    """Sell-through as a figure of score models."""

    def test_sell_through(self):
        """What a terminal bought counts since the month began, what was undone does not."""
        model = self.env['pharma.score.model'].create({
            'name': "流向评分", 'pharma_type': 'hospital',
            'domain': f"[('id', 'in', {(self.hospital | self.clinic_hospital).ids})]",
            'criterion_ids': [Command.create({
                'name': key, 'source': 'metric', 'metric': key, 'days': 1, 'method': 'linear',
                'low': 0, 'high': high, 'weight': 1})
                for key, high in (('flow_quantity', 100), ('flow_amount', 1000))]})
        today = str(fields.Date.context_today(model))
        file = self._import(self._make_csv([
            *[self._make_row(date=today, quantity='10', amount='355')] * 2,
            self._make_row(customer=self.clinic_hospital.name, date='2020-01-05')]))
        for state, points in (('posted', [[20, 71], [0, 0]]), ('undone', [[0, 0], [0, 0]])):
            getattr(file, {'posted': 'action_post', 'undone': 'action_undo'}[state])()
            self.env['pharma.flow.summary']._fold()
            model._compute_all()
            with self.subTest(state):
                self.assertEqual([
                    [line['points'] for line in self.env['pharma.score'].search([
                        ('model_id', '=', model.id), ('partner_id', '=', hospital.id)])._explain()]
                    for hospital in (self.hospital, self.clinic_hospital)], points)
