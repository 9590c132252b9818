import os
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestUi(PharmaDistributionCommon, HttpCase):
    """The main path of a commercial user, in a real browser."""

    @mute_logger('odoo.addons.queue_job.utils', 'odoo.addons.queue_job.delay')
    def test_flow_file(self):
        """A file is uploaded and read, a name decided, the file posted, its sales seen."""
        self._create_partner_of_type('pharmacy', name="澄屿大药房云溪店")
        with patch.dict(os.environ, QUEUE_JOB__NO_DELAY='1'):
            self.start_tour(
                '/odoo/flow-files', 'pharma_distribution_flow', login='pharma_commercial')
        file = self.env['pharma.flow.file'].search([('distributor_id', '=', self.distributor.id)])
        self.assertRecordValues(file, [{
            'name': "flow_sample.xls", 'state': 'posted', 'row_count': 8, 'ok_count': 4,
            'user_id': self.user_commercial.id, 'posted_by_id': self.user_commercial.id}])
        name = self._find_name("澄屿大药房连锁（云溪店）")
        self.assertEqual((name.status, name.decided_by_id), ('confirmed', self.user_commercial))

    def test_name_workbench(self):
        """Names are decided by keyboard: suggested, taken back, sought, not ours, many at once;
        by who may, also for all distributors."""
        self.user_commercial.group_ids += self.env.ref('pharma_crm.group_pharma_crm_steward')
        self._create_partner_of_type('pharmacy', name="澄屿大药房云溪店")
        file = self._import()
        self.start_tour(
            '/odoo/name-workbench', 'pharma_distribution_name_workbench', login='pharma_commercial')
        pharmacy = self._find_name("澄屿大药房连锁（云溪店）")
        self.assertEqual((pharmacy.partner_id, pharmacy.decided_by_id),
                         (self.hospital, self.user_commercial))
        self.assertEqual(self._find_name("岚溪市第一人民医院").status, 'ignored')
        self.assertEqual(self._find_name("澜舒他汀钙片 2.5mg*7片").status, 'ignored')
        self.assertRecordValues(file, [{'unmatched_count': 0, 'ok_count': 4, 'ignored_count': 1}])

    @mute_logger('odoo.addons.queue_job.utils', 'odoo.addons.queue_job.delay')
    def test_upload_of_files(self):
        """Files are uploaded and recognised, a column is set, the calendar shows the month."""
        today = fields.Date.context_today(self.env['res.partner'])
        self.env['pharma.flow.schedule'].create({
            'distributor_id': self.distributor.id, 'user_id': self.user_commercial.id,
            'date_from': today - relativedelta(months=4)})
        with patch.dict(os.environ, QUEUE_JOB__NO_DELAY='1'):
            self.start_tour(
                '/odoo/flow-files', 'pharma_distribution_flow_upload', login='pharma_commercial')
        file = self.env['pharma.flow.file'].search([('distributor_id', '=', self.distributor.id)])
        self.assertRecordValues(file, [{'state': 'review', 'row_count': 12, 'quantity': 156}])
