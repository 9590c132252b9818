import base64
import io

import xlsxwriter

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ...tools.sheets import read_workbook
from .test_hospital_import import make_xlsx
from .test_setup_import import SetupImportCase


@tagged('post_install', '-at_install')
class TestListTemplate(SetupImportCase, HttpCase):
    """The workbooks to be filled in are read by the imports themselves."""

    def _download(self, kind, user):
        self.authenticate(user.login, user.login)
        return self.url_open(f'/pharma_crm/list_template/{kind}')

    def test_templates_are_readable(self):
        """An untouched template brings nothing; its example is left out, its help is no list."""
        for kind, sheets in (('territory', 2), ('user', 3), ('hospital', 3)):
            response = self._download(kind, self.user_admin)
            self.assertEqual(response.status_code, 200)
            self.assertIn('.xlsx', response.headers['Content-Disposition'])
            self.assertEqual(len(read_workbook(response.content, 'x.xlsx')), sheets)
            model = 'hospital' if kind == 'hospital' else 'setup'
            record = self.env[f'pharma.{model}.import'].with_user(self.user_admin).create({
                'name': "模板.xlsx", 'data': base64.b64encode(response.content),
                **({} if kind == 'hospital' else {'kind': kind})})
            record.action_check()
            self.assertEqual((record.row_count, record.skipped_count), (1, 1), kind)
            self.assertIn("填写说明", record.sheets_ignored)

    def test_every_column_is_known(self):
        """All headings of a template are found by the reader of its lists."""
        for kind in ('territory', 'user', 'hospital'):
            columns = getattr(
                self.env['pharma.list.template'], f'_get_{kind}_columns')()
            record = self.env['pharma.setup.import' if kind != 'hospital'
                              else 'pharma.hospital.import'].with_user(self.user_admin).create({
                'name': "x.xlsx", 'data': base64.b64encode(make_xlsx(
                    [column.title for column in columns])),
                **({} if kind == 'hospital' else {'kind': kind})})
            record.action_check()
            self.assertEqual(record.columns_found.count('→'), len(columns), record.columns_found)

    def test_filled_template(self):
        """A row below the example is imported with codes as they are."""
        data = self.env['pharma.list.template'].with_user(self.user_admin)._build('territory')[1]
        sheet = read_workbook(data, 'x.xlsx')[0]
        record = self._import('territory', sheet.rows[1], ('测试省区', '007', '', '省区'),
                              header=sheet.rows[0])
        self.assertCounts(record, new=1, skipped=1)
        self.assertTrue(self._find_territory('007'))

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_only_for_importers(self):
        for user in (self.user_representative, self.user_director, self.user_portal):
            for kind in ('territory', 'user', 'hospital', 'no_such', '_get_labels'):
                self.assertEqual(self._download(kind, user).status_code, 404)
        self.assertEqual(self._download('hospital', self.user_steward).status_code, 200)
        self.assertEqual(self._download('user', self.user_steward).status_code, 404)

    def test_lists_of_other_programs(self):
        """Merged titles, blank rows and a second sheet of people."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer)
        for name in ("华东", "华南"):
            sheet = book.add_worksheet(name)
            sheet.merge_range(0, 0, 0, 3, "2026年销售人员名单")
            sheet.write_row(2, 0, ["姓名*", "登录账号", "角 色", "负责辖区"])
            sheet.write_row(3, 0, [f"{name}员工", f"t_{name}", "医药代表", ""])
        book.close()
        record = self._import_users(data=buffer.getvalue())
        self.assertCounts(record, new=2)
