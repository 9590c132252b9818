from odoo.tests import tagged

from odoo.addons.pharma_crm.tests.merge.common_merge import MergeCommon


@tagged('post_install', '-at_install')
class TestMergeUndo(MergeCommon):

    def test_dump(self):
        """What hangs on a customer moves, and goes back: the database is as it was."""
        for partner in (self.keep, self.twin, self.twin_person, self.person):
            self._load(partner)
        before = self._dump()
        merge = self._merge(alike=True)
        self.assertFalse(self.twin.active)
        self.assertEqual(self.twin.merged_into_id, self.keep)
        self.assertEqual(self.twin_person.merged_into_id, self.person)
        merge.action_undo()
        self.assertSameDump(before)
