from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowJob(PharmaDistributionCommon):
    """Waiting and running files are cancelled, and read again."""

    def _get_job(self, file):
        return self.env['queue.job'].search([('uuid', '=', file.job_uuid)])

    def test_waiting_file_goes_back(self):
        file = self._create_file()
        file.action_import()
        job = self._get_job(file)
        file.with_user(self.user_commercial).action_cancel()
        self.assertRecordValues(file, [{'state': 'draft', 'message': False, 'job_uuid': False}])
        self.assertEqual(job.state, 'cancelled')
        file.action_cancel()
        file.action_import()
        self.assertEqual(file.state, 'queued')
        self.assertEqual(self._get_job(file).state, 'pending')

    def test_running_file_stops_at_its_next_step(self):
        """The flag is set from outside while a phase runs; what was read by then is gone."""
        file = self._create_file()
        file.action_import()
        file._set_result(state='reading')
        stage = type(self.env['pharma.flow.stage'])
        fill = stage._fill

        def fill_and_cancel(self, *args):
            found = fill(self, *args)
            file.action_cancel()
            return found
        with patch.object(stage, '_fill', fill_and_cancel):
            file._run_import()
        self.assertRecordValues(file, [{'state': 'draft', 'row_count': 0, 'message': False}])
        self.assertFalse(file.line_ids)
        self.assertFalse(self.env['pharma.flow.progress'].search([('file_id', '=', file.id)]))
        file.action_import()
        file._run_import()
        self.assertEqual((file.state, file.row_count), ('review', 8))

    def test_file_whose_job_died_is_taken_back_at_once(self):
        file = self._create_file()
        file.action_import()
        file._set_result(state='reading')
        self._get_job(file).button_cancelled()
        file.action_cancel()
        self.assertEqual(file.state, 'draft')

    def test_old_wish_to_stop_does_not_stop_the_next_reading(self):
        file = self._create_file()
        file._ask_to_stop()
        file.action_import()
        file._run_import()
        self.assertEqual(file.state, 'review')

    def test_others_are_left_alone(self):
        file = self._import()
        (file + self._create_file(b'x')).action_cancel()
        self.assertEqual((file.state, file.row_count), ('review', 8))

    def test_rights(self):
        file = self._create_file()
        file.action_import()
        for user in (self.user_director, self.user_steward, self.user_representative):
            with self.assertRaises(AccessError):
                file.with_user(user).action_cancel()
        self.assertEqual(file.state, 'queued')
