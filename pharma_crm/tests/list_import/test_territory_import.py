from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ...models.list_import import pharma_import_mixin as module
from .test_setup_import import SetupImportCase


@tagged('post_install', '-at_install')
class TestTerritoryImport(SetupImportCase):

    ROWS = (
        ('测试江苏省区', 'TJS', '测试华东', '省区'), ('测试海州', 'THZ', 'TJS', '地区'),
        ('测试华东', 'THD', '', '大区'))

    def test_check_creates_nothing(self):
        record = self._create_import('territory', *self.ROWS, ('坏', 'TX', '火星', ''))
        record.action_check()
        self.assertEqual(record.state, 'ready')
        self.assertCounts(record, new=3, problem=1)
        self.assertFalse(self._find_territory('THD'))
        refused = record.line_ids.filtered(lambda line: line.result == 'problem')
        self.assertEqual((refused.sheet_name, refused.row_number), ("名单", 5))
        self.assertIn("火星", refused.remark)
        self.assertIn("辖区编码", record.columns_found)

    def test_import(self):
        """The tree stands, whatever the order of the rows."""
        record = self._import('territory', *self.ROWS)
        self.assertCounts(record, new=3)
        area = self._find_territory('THZ')
        self.assertRecordValues(area, [{
            'name': "测试海州", 'level': 'area',
            'complete_name': "测试华东 / 测试江苏省区 / 测试海州",
            'company_id': self.env.company.id, 'create_uid': self.user_admin.id}])
        self.assertEqual(record.action_view_records()['domain'], [
            ('id', 'in', record.line_ids.territory_id.ids)])

    def test_second_import_writes_nothing(self):
        self._import('territory', *self.ROWS)
        with patch.object(type(self.env['pharma.territory']), 'write') as write:
            record = self._import('territory', *self.ROWS)
        write.assert_not_called()
        self.assertCounts(record, unchanged=3)

    def test_update(self):
        """A known code renames and moves; the change stands in the territory's messages."""
        self._import('territory', *self.ROWS)
        area = self._find_territory('THZ')
        self.cr.precommit.run()  # what was created in this transaction is not tracked
        record = self._create_import('territory', ('测试海州办', 'THZ', '测试华东', '片区'))
        record.action_check()
        record.with_context(tracking_disable=False, mail_notrack=False).action_import()
        self.assertCounts(record, update=1)
        self.assertEqual(area.complete_name, "测试华东 / 测试海州办")
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertIn("测试海州办", str(area.message_ids.tracking_value_ids.mapped(
            'new_value_char')))

    def test_undo(self):
        """What came goes, what changed is as before; what is used stays, with all above it."""
        self._import('territory', *self.ROWS)
        used, area = self._find_territory('THD'), self._find_territory('THZ')
        record = self._import(
            'territory', ('测试海州新', 'THZ', 'THD', ''), ('测试浙江', 'TZJ', 'THD', ''),
            ('测试宁波', 'TNB', 'TZJ', ''), ('测试温州', 'TWZ', 'TZJ', ''),
            ('测试安徽', 'TAH', 'THD', ''))
        self.assertCounts(record, new=4, update=1)
        self._assign(self.user_representative, self._find_territory('TNB'))
        record.action_undo()
        self.assertEqual(record.state, 'undone')
        self.assertEqual(area.complete_name, "测试华东 / 测试江苏省区 / 测试海州")
        self.assertTrue(used.exists() and self._find_territory('TNB'))
        self.assertTrue(self._find_territory('TZJ'))
        self.assertFalse(self._find_territory('TWZ') + self._find_territory('TAH'))
        again = self._import('territory', ('测试安徽', 'TAH', 'THD', ''))
        self.assertCounts(again, new=1)

    def test_undo_keeps_what_was_changed_since(self):
        self._import('territory', *self.ROWS)
        record = self._import('territory', ('测试海州新', 'THZ', 'THD', ''))
        area = self._find_territory('THZ')
        area.name = "测试海州今"
        record.action_undo()
        self.assertEqual(area.complete_name, "测试华东 / 测试江苏省区 / 测试海州今")

    def test_other_company(self):
        """Territories of another company are neither superiors nor changed."""
        company = self.env['res.company'].create({'name': "另一家"})
        other = self._create_territory(name="别家", code='TBJ', company_id=company.id)
        record = self._import('territory', ('我家', 'TWJ', 'TBJ', ''))
        self.assertCounts(record, problem=1)
        record = self._import('territory', ('新名', 'TBJ', '', ''))
        self.assertCounts(record, new=1)
        self.assertEqual(other.name, "别家")
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_rule'):
            self._create_import('territory', *self.ROWS, company_id=company.id)

    def test_second_click(self):
        record = self._import('territory', *self.ROWS)
        for method in ('action_import', 'action_check', 'action_cancel'):
            with self.assertRaises(UserError):
                getattr(record, method)()

    def test_files_of_something_else(self):
        for header in (('日期', '数量'), ('登录名', '姓名')):
            record = self._create_import('territory', ('a', 'b'), header=header)
            with self.assertRaisesRegex(UserError, header[0]):
                record.action_check()
            self.assertEqual(record.state, 'draft')

    def test_long_lists_run_in_the_background(self):
        record = self._create_import('territory', *self.ROWS)
        record.action_check()
        with patch.object(module, 'QUEUE_ROWS', 1), trap_jobs() as trap:
            record.action_import()
            trap.assert_jobs_count(1, only=record._run)
            trap.perform_enqueued_jobs()
            self.assertEqual(record.state, 'done')
            record.action_undo()
            trap.perform_enqueued_jobs()
        self.assertEqual(record.state, 'undone')
        self.assertFalse(self._find_territory('THD'))
