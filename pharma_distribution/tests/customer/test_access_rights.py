import base64
from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PharmaDistributionCommon

SEES_ALL_LINES = ('steward', 'director', 'admin', 'commercial')
SEES_HIS_LINES = ('representative', 'area_manager', 'product_manager')
SEES_FILES = SEES_ALL_LINES
SEES_NOTHING = ('service', 'internal', 'portal')
CHANGES_FILES = ('commercial', 'admin')
FLOW_MODELS = ('pharma.flow.line', 'pharma.flow.file', 'pharma.flow.progress')


@tagged('post_install', '-at_install')
class TestAccessRights(PharmaDistributionCommon):
    """Who sees and does what with flows, role by role, by the calls that a client makes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.posted = cls._import()
        cls.posted.action_post()
        cls.unposted = cls._import(cls._make_csv([cls._make_row(quantity='5')]), name="march.csv")

    def call(self, role, model, method, *args, **kwargs):
        """Call a method the way the web client does."""
        return call_kw(self.env[model].with_user(self.users_by_role[role]), method, args, kwargs)

    def test_posted_rows_of_the_territory(self):
        """Row 4 of the sample is their hospital's; 10 to 12 are as well, although not counted."""
        for role in SEES_HIS_LINES:
            with self.subTest(role=role):
                rows = self.call(role, 'pharma.flow.line', 'search_read', [], ['row_number'])
                self.assertEqual({row['row_number'] for row in rows}, {4, 10, 11, 12})
                groups = self.call(
                    role, 'pharma.flow.line', 'formatted_read_group',
                    [('status', '=', 'ok')], ['partner_id'], ['quantity:sum'])
                self.assertEqual([group['quantity:sum'] for group in groups], [20])
        self.unposted.action_post()
        for role in SEES_HIS_LINES:
            self.assertEqual(self.call(role, 'pharma.flow.line', 'search_count', []), 5)

    def test_lots_of_a_customer(self):
        """A customer's form leads to his lots whoever may read lots, and nobody into an error."""
        for role in (*SEES_ALL_LINES, *SEES_HIS_LINES, 'service'):
            with self.subTest(role=role):
                arch = self.call(role, 'res.partner', 'get_view', view_type='form')['arch']
                lots = self.env['stock.lot'].with_user(self.users_by_role[role])
                button = etree.fromstring(arch).find(
                    ".//button[@name='action_view_stock_serial']")
                self.assertEqual(button is not None, lots.has_access('read'))

    def test_product_line(self):
        """Who works for one product line does not see what others sell to his hospital."""
        own, other = self.env['product.category'].create([
            {'name': "甲线", 'is_product_line': True}, {'name': "乙线", 'is_product_line': True}])
        self.product.categ_id = self.env['product.category'].create({
            'name': "他汀", 'parent_id': own.id})
        self.env['pharma.flow.resolver']._apply_to_files(self.posted)
        self.assertEqual(self.posted.line_ids.product_line_id, own)
        assignment = self.territory.assignment_ids.filtered(
            lambda assignment: assignment.user_id == self.user_representative)
        for line, count in ((own, 4), (other, 0)):
            assignment.product_line_id = line
            self.assertEqual(
                self.call('representative', 'pharma.flow.line', 'search_count',
                          [('product_line_id', '!=', False)]), count)

    def test_changed_product_line(self):
        """A category that becomes a product line asks for its rows to be written anew."""
        line = self.env['product.category'].create({'name': "甲线"})
        self.product.categ_id = line
        line.is_product_line = True
        jobs = self.env['queue.job'].search([('method_name', '=', '_restate_products')])
        self.assertEqual(len(jobs), 2)
        self.assertFalse(self.posted.line_ids.product_line_id)
        self.env['pharma.flow.line']._restate_products(self.product.ids)
        self.assertEqual(self.posted.line_ids.product_line_id, line)

    def test_territory_of_the_day(self):
        """Rows keep the territory of their day; the past goes with the customer to the eyes of
        whoever looks after him now.
        """
        line = self.posted.line_ids.filtered(lambda line: line.row_number == 4)
        self.assertEqual(
            (line.territory_id, line.user_id), (self.territory, self.user_representative))
        self.hospital.territory_id = self._create_territory(name="别的地区")
        self.assertEqual(self.env['queue.job'].search_count([
            ('method_name', '=', '_restate_territories')]), 1)
        self.env['pharma.flow.line']._restate_territories(self.hospital.ids)
        self.assertEqual(line.territory_id, self.territory)
        for role in SEES_HIS_LINES:
            self.assertFalse(self.call(role, 'pharma.flow.line', 'search_count', []))
        self.hospital.alignment_ids.sorted('date_from')[:1].unlink()
        self.env['pharma.flow.line']._restate_territories(self.hospital.ids)
        self.assertFalse(line.territory_id or line.user_id)

    def test_representative_opens_sell_through(self):
        """The screen of his sales works without the right to read files."""
        action = self.env.ref('pharma_distribution.pharma_flow_line_action_sell_through')
        rows = self.call(
            'representative', 'pharma.flow.line', 'web_search_read', literal_eval(action.domain),
            {'display_name': {}, 'file_id': {'fields': {'display_name': {}}}, 'message': {}})
        self.assertEqual(rows['length'], 1)
        self.assertIn(self.posted.name, rows['records'][0]['display_name'])

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_representative_sees_no_files_and_no_rows_of_others(self):
        with self.assertRaises(AccessError):
            self.call('representative', 'pharma.flow.file', 'search_read', [], ['name'])
        foreign = self.posted.line_ids.filtered(lambda line: line.row_number == 5)
        with self.assertRaises(AccessError):
            self.call('representative', 'pharma.flow.line', 'read', foreign.ids, ['quantity'])
        with self.assertRaises(AccessError):
            self.call('representative', 'pharma.flow.line', 'read', self.unposted.line_ids.ids,
                      ['quantity'])

    def test_directors_and_commercial_see_all(self):
        for role in SEES_ALL_LINES:
            with self.subTest(role=role):
                self.assertEqual(
                    self.call(role, 'pharma.flow.line', 'search_count',
                              [('distributor_id', '=', self.distributor.id)]), 9)
        for role in SEES_FILES:
            with self.subTest(role=role):
                found = self.call(role, 'pharma.flow.file', 'search_read',
                                  [('distributor_id', '=', self.distributor.id)], ['name', 'data'])
                self.assertEqual(len(found), 2)

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_others_see_nothing(self):
        for role in SEES_NOTHING:
            for model in FLOW_MODELS:
                for method, args in (
                        ('search_read', ([], ['id'])), ('search_count', ([],)),
                        ('formatted_read_group', ([], [], ['__count'])), ('name_search', ('a',)),
                        ('read', ([self.posted.id], ['id']))):
                    with self.subTest(role=role, model=model, method=method), \
                            self.assertRaises(AccessError):
                        self.call(role, model, method, *args)
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.call(role, 'ir.attachment', 'search_read', [
                    ('res_model', '=', 'pharma.flow.file'), ('res_field', '!=', False)], ['datas'])

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_who_does_not_work_with_files_changes_nothing(self):
        for role in set(self.users_by_role) - set(CHANGES_FILES):
            for method in (
                    'action_import', 'action_post', 'action_undo', 'action_resolve', 'unlink'):
                with self.subTest(role=role, method=method), self.assertRaises(AccessError):
                    self.call(role, 'pharma.flow.file', method, self.unposted.ids)
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.call(role, 'pharma.flow.file', 'create', [{
                    'name': "x.csv", 'distributor_id': self.distributor.id, 'data': 'eA=='}])
        self.assertEqual(self.unposted.state, 'review')

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_nobody_writes_rows(self):
        line = self.posted.line_ids[0]
        for role in self.users_by_role:
            for method, args in (('write', (line.ids, {'quantity': 1000})), ('unlink', (line.ids,)),
                                 ('create', ([{'file_id': self.posted.id}],))):
                with self.subTest(role=role, method=method), self.assertRaises(AccessError):
                    self.call(role, 'pharma.flow.line', method, *args)

    def test_results_are_written_by_the_buttons_alone(self):
        """Nobody posts a file, or counts its rows, past the buttons."""
        self.assertResultsClosed(
            self.unposted, self.user_commercial, name="x.csv",
            distributor_id=self.distributor.id, data='eA==')
        self.assertRecordValues(self.unposted, [{
            'state': 'review', 'ok_count': 1, 'posted_by_id': False}])

    def test_private_methods_stay_private(self):
        for method in ('_run_import', '_job_import', '_delete_lines'):
            with self.assertRaises(AccessError):
                self.call('commercial', 'pharma.flow.file', method, self.unposted.ids)

    def test_commercial_does_the_whole_path(self):
        file_id, = self.call('commercial', 'pharma.flow.file', 'create', [{
            'name': "april.csv", 'distributor_id': self.distributor.id,
            'data': base64.b64encode(self._make_csv([
                self._make_row(customer="无人知晓药房")])).decode()}])
        self.call('commercial', 'pharma.flow.file', 'action_import', [file_id])
        file = self.env['pharma.flow.file'].browse(file_id).with_user(self.user_commercial)
        file._run_import()
        self.assertEqual(file.state, 'review', file.message)
        name = self._find_name("无人知晓药房")
        self.call('commercial', 'pharma.alias', 'web_save', name.ids,
                  {'partner_id': self.hospital.id}, {'status': {}})
        self.call('commercial', 'pharma.flow.file', 'action_post', [file_id])
        self.assertRecordValues(file.sudo(), [{'state': 'posted', 'ok_count': 1}])
        self.call('commercial', 'pharma.flow.file', 'action_undo', [file_id])
        self.assertFalse(file.sudo().line_ids)

    def test_steward_decides_and_figures_follow(self):
        """A steward may not change files, their figures change by his decision all the same."""
        name = self._find_name("澄屿大药房连锁（云溪店）")
        name.with_user(self.user_steward).partner_id = self.hospital
        self.assertEqual(self.posted.ok_count, 4)

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_representative_does_not_decide(self):
        name = self._find_name("澄屿大药房连锁（云溪店）")
        with self.assertRaises(AccessError):
            self.call('representative', 'pharma.alias', 'write', name.ids,
                      {'partner_id': self.hospital.id})

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_other_company(self):
        company = self.env['res.company'].create({'name': "另一公司"})
        self.user_commercial.write({
            'company_ids': [Command.set(company.ids)], 'company_id': company.id})
        self.assertEqual(self.call('commercial', 'pharma.flow.line', 'search_count', []), 0)
        self.assertEqual(self.call('commercial', 'pharma.flow.file', 'search_count', []), 0)
        with self.assertRaises(AccessError):
            self.call('commercial', 'pharma.flow.file', 'read', self.posted.ids, ['name'])
        with self.assertRaises(AccessError):
            self.call('commercial', 'pharma.flow.file', 'action_undo', self.posted.ids)

    def test_partner_counter_follows_the_rules(self):
        for role, count in (
                ('representative', 1), ('commercial', 1), ('service', 0), ('internal', 0)):
            with self.subTest(role=role):
                partner = self.hospital.with_user(self.users_by_role[role])
                partner.invalidate_recordset(['flow_line_count'])
                self.assertEqual(partner.flow_line_count, count)
