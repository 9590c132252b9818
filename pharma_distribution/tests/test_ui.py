import base64
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

    @mute_logger('odoo.addons.queue_job.utils', 'odoo.addons.queue_job.delay')
    def test_months_corrections_claims(self):
        """A month is locked, a late file posted, a row corrected, a wrong file read, a claim
        approved."""
        self.env['pharma.flow.period'].create({'month': '2026-01-01'})
        self._import(self._make_csv([self._make_row(amount='88')])).action_post()
        self._import(self._make_csv([self._make_row(date='2026-01-20')]), name="late.csv")
        wrong = self._create_file("甲,乙\n1,2\n".encode(), name="wrong.csv")
        claim = self.env['pharma.flow.claim'].with_user(self.user_representative).create({
            'partner_id': self.hospital.id, 'product_id': self.product.id, 'quantity': 7,
            'distributor_id': self.distributor.id, 'date': '2026-01-05', 'reason': "漏报",
            'evidence': base64.b64encode(b'x')})
        claim.action_submit()
        claim.with_user(self.user_area_manager).action_confirm()
        with patch.dict(os.environ, QUEUE_JOB__NO_DELAY='1'):
            self.start_tour(
                '/odoo/flow-months', 'pharma_distribution_flow_month', login='pharma_admin')
        self.assertEqual((claim.state, wrong.state), ('approved', 'failed'))


@tagged('post_install', '-at_install')
class TestUiPhone(PharmaDistributionCommon, HttpCase):
    """The results on a phone."""

    browser_size = '390x844'
    touch_enabled = True

    def test_results(self):
        """A representative sees what was sold to his customers, and opens the rows."""
        today = fields.Date.context_today(self.env['res.partner'])
        self._create_hospital(name="望澜市第二人民医院")
        self._import(self._make_csv([
            self._make_row(customer=name, date=str(today))
            for name in ("望澜市人民医院", "望澜市第二人民医院")])).action_post()
        self.start_tour(
            '/odoo/sales-page', 'pharma_distribution_sales_phone', login='pharma_representative')
