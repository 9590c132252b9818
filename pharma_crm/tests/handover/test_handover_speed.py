from datetime import datetime, time, timedelta

from odoo.tests import tagged

from .common_handover import HandoverCase

FEW, MANY = 4, 60


@tagged('post_install', '-at_install')
class TestHandoverSpeed(HandoverCase):
    """The number of statements does not grow with what somebody owns."""

    def _queries(self, count, number):
        """Statements of preview, apply and undo of somebody with this many things."""
        old = self.env['res.users'].create({
            'name': f"人{number}", 'login': f'speed_{number}',
            'group_ids': [(6, 0, self.old.group_ids.ids)]})
        self._assign(old, self.area_a, date_from=self.begin)
        start = datetime.combine(self.today + timedelta(days=2), time(1))
        self.env['pharma.visit'].create([{
            'partner_id': self.hospital_a.id, 'user_id': old.id,
            'date_start': start + timedelta(hours=hour)} for hour in range(count)])
        leads = self.env['crm.lead'].create([{
            'name': "商机", 'type': 'opportunity', 'partner_id': self.hospital_a.id,
            'user_id': old.id} for _number in range(count)])
        for lead in leads:
            lead.activity_schedule('mail.mail_activity_data_todo', user_id=old.id)
        handover = self._make_handover(self.user_director, user_id=old.id)
        self.env.flush_all()
        figures = []
        for step in ('action_preview', 'action_apply', 'action_undo'):
            self.env.invalidate_all()
            begin = self.env.cr.sql_log_count
            getattr(handover, step)()
            self.env.flush_all()
            figures.append(self.env.cr.sql_log_count - begin)
        self.assertGreaterEqual(
            len(handover.sudo().line_ids.filtered(lambda line: line.result == 'returned')),
            3 * count + 1)
        return figures

    def test_queries(self):
        """Fifteen times as much needs no more statements, but for parts of a thousand ids."""
        self._queries(1, 0)     # fills the caches
        few, many = self._queries(FEW, 1), self._queries(MANY, 2)
        for step, less, more in zip(('preview', 'apply', 'undo'), few, many, strict=True):
            self.assertLessEqual(more, less + 12, step)
