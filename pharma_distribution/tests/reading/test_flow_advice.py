from odoo.tests import tagged

from ..posting.test_flow_doubles import FlowDoublesCommon


@tagged('post_install', '-at_install')
class TestFlowAdvice(FlowDoublesCommon):
    """Every row says in plain words why it does not count, and what to do."""

    def _advice(self, line, user=None):
        return line.with_user(user or self.user_commercial).with_context(lang='en_US').advice

    def test_counted_row_needs_no_advice(self):
        self.assertFalse(self._advice(self._make_file({}).line_ids))

    def test_every_row_of_the_sample_that_does_not_count_has_advice(self):
        file = self._import()
        file.action_post()
        for line in file.line_ids:
            self.assertEqual(bool(self._advice(line)), line.status != 'ok', line.reason)

    def test_file_that_is_not_posted(self):
        self.assertIn("not posted", self._advice(self._make_file({}, post=False).line_ids))

    def test_doubles_name_the_row_that_counts(self):
        first = self._make_file({})
        second = self._make_file({})
        self.assertIn(first.name, self._advice(second.line_ids))
        self.assertNotIn(first.name, self._advice(second.line_ids, self.user_representative))
        third = self._make_file({"批号": ''})
        self.assertIn(first.name, self._advice(third.line_ids))
        self.assertIn("warehouse", self._advice(third.line_ids))

    def test_replaced_row_names_the_replacement(self):
        first = self._make_file({})
        second = self._make_file({'quantity': '2'}, replaces_id=first.id)
        self.assertIn(second.name, self._advice(first.line_ids))

    def test_locked_months(self):
        early = self._make_file({}).line_ids
        period = self.env['pharma.flow.period'].create({'month': '2026-01-01'})
        period.action_lock()
        late = self._make_file({'quantity': '4'}).line_ids
        self.assertIn('2026-02', self._advice(late))
        self.assertIn("locked", self._advice(early))
        period.sudo().locked_on = '2026-01-31'
        corrections = self.env['pharma.flow.correction']
        corrections.create({**corrections._prepare_vals(early, 'quantity'), 'quantity': 3})
        self.assertIn("wait", self._advice(early))
