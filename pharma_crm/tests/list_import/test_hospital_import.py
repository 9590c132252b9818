# pylint: disable=translation-required  # texts that people wrote
import base64
import io
import json
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import xlsxwriter
from psycopg2.errors import SerializationFailure

from odoo import api
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from ...models.list_import import pharma_import_mixin as module
from ...tools.sheets import SheetError
from ..common import PharmaCrmCommon

HEADER = ('医院名称', '省份', '城市', '区县', '级别', '地址')


def make_xlsx(*rows):
    """Bytes of a workbook whose only sheet holds the rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet('名单')
    for index, row in enumerate(rows):
        sheet.write_row(index, 0, row)
    book.close()
    return buffer.getvalue()


class HospitalImportCase(PharmaCrmCommon):
    """Imports of small lists as the data steward."""

    def _create_import(self, *rows, header=HEADER, data=None, user=None, name="名单.xlsx"):
        data = make_xlsx(header, *rows) if data is None else data
        return self.env['pharma.hospital.import'].with_user(user or self.user_steward).create({
            'name': name, 'data': base64.b64encode(data)})

    def _import(self, *rows, **options):
        record = self._create_import(*rows, **options)
        record.action_check()
        record.action_import()
        return record

    def _find(self, name):
        partners = self.env['res.partner'].with_context(active_test=False)
        return partners.search([('name', '=', name)])

    def assertCounts(self, record, **counts):
        expected = {
            'new': 0, 'update': 0, 'unchanged': 0, 'duplicate': 0, 'skipped': 0, 'problem': 0,
            **counts}
        self.assertEqual({name: record[f'{name}_count'] for name in expected}, expected)
        self.assertEqual(record.row_count, sum(expected.values()))
        self.assertEqual(len(record.line_ids), record.row_count)


@tagged('post_install', '-at_install')
class TestHospitalImport(HospitalImportCase):

    def test_check_changes_no_customer(self):
        """The preview tells what would happen, and nothing has happened."""
        record = self._create_import(
            ('海州安康医院', '江苏', '连云港', '海州', '三甲', '新华路1号'),
            ('', '江苏', '', '', '', ''))
        record.action_check()
        self.assertEqual(record.state, 'ready')
        self.assertCounts(record, new=1, problem=1)
        self.assertFalse(self._find("海州安康医院"))
        self.assertIn('医院名称', record.columns_found)
        refused = record.line_ids.filtered(lambda line: line.result == 'problem')
        self.assertEqual((refused.sheet_name, refused.row_number), ('名单', 3))
        self.assertTrue(refused.remark)

    def test_import_creates_customers(self):
        """A new hospital gets its kind, level, grade and official place."""
        record = self._import(('海州安康医院', '江苏', '连云港', '海州', '三甲', '新华路1号'))
        self.assertCounts(record, new=1)
        division = self.env['pharma.division'].search([('code', '=', '320706')])
        partner = self._find("海州安康医院")
        self.assertRecordValues(partner, [{
            'pharma_type': 'hospital', 'is_company': True, 'hospital_level': '3',
            'hospital_grade': 'a', 'street': "新华路1号", 'pharma_county_id': division.id,
            'pharma_city_id': division.parent_id.id, 'state_id': division.state_id.id,
            'country_id': self.env.ref('base.cn').id, 'city': "连云港市",
            'create_uid': self.user_steward.id, 'company_id': False}])
        self.assertEqual(record.line_ids.partner_id, partner)
        self.assertEqual(record.action_view_partners()['domain'], [('id', 'in', partner.ids)])
        self.assertFalse(partner.message_follower_ids)

    def test_county_right_below_the_province(self):
        """The address names 仙桃市, not the group that the code list has above it."""
        self._import(('海州安康医院', '湖北', '仙桃市', '', '', ''))
        partner = self._find("海州安康医院")
        self.assertEqual((partner.city, partner.pharma_county_id.code), ("仙桃市", '429004'))

    def test_second_import_writes_nothing(self):
        """The same list once more changes no customer and adds no name."""
        rows = [('海州安康医院（原海州县医院）', '江苏', '连云港', '', '三甲', '新华路1号'),
                ('海州新安医院', '江苏', '', '', '', '')]
        self._import(*rows)
        partners = self._find("海州安康医院") | self._find("海州新安医院")
        self.assertEqual(len(partners), 2)
        with patch.object(type(self.env['res.partner']), 'write') as write:
            record = self._create_import(*rows)
            record.action_check()
            record._import()
        write.assert_not_called()
        self.assertCounts(record, unchanged=2)
        self.assertEqual(
            self._find("海州安康医院") | self._find("海州新安医院"), partners)
        self.assertEqual(len(partners.alias_ids), 1)

    def test_update(self):
        """A known hospital is updated by what the list says; empty cells leave it alone."""
        partner = self._create_hospital(
            name="海州安康医院", state_id=self.env.ref('base.state_cn_JS').id, phone="0518-1",
            hospital_level='2')
        record = self._import(('海州安康医院', '江苏', '连云港', '', '三甲', ''))
        self.assertCounts(record, update=1)
        self.assertRecordValues(partner, [{
            'hospital_level': '3', 'hospital_grade': 'a', 'phone': "0518-1",
            'city': "连云港市"}])
        self.assertEqual(record.line_ids.journal['old']['hospital_level'], '2')

    def test_update_by_code_renames(self):
        partner = self._create_hospital(name="海州安康医院", ref='H0001')
        self._import(
            ("'H0001", '海州新安医院', '江苏'), header=('编码', '医院名称', '省份'))
        self.assertEqual(partner.name, "海州新安医院")
        self.assertRecordValues(partner.alias_ids, [{
            'name': "海州安康医院", 'status': 'confirmed', 'kind': 'partner',
            'distributor_id': False}])

    def test_company_without_type_becomes_hospital(self):
        """A contact that stood there as a plain company is not doubled."""
        partner = self.env['res.partner'].create({
            'name': "海州安康医院", 'is_company': True,
            'state_id': self.env.ref('base.state_cn_JS').id})
        self._import(('海州安康医院', '江苏', '', '', '', ''))
        self.assertEqual(self._find("海州安康医院"), partner)
        self.assertEqual(partner.pharma_type, 'hospital')

    def test_aliases_are_confirmed_and_global(self):
        self._import(('海州安康医院(原海州县医院)', '江苏', '', '', '', ''))
        partner = self._find("海州安康医院")
        self.assertRecordValues(partner.alias_ids, [{
            'name': "海州县医院", 'status': 'confirmed', 'kind': 'partner', 'distributor_id': False,
            'company_id': False, 'decided_by_id': self.user_steward.id}])

    def test_all_rows_are_accounted_for(self):
        """Bad rows are told with their number, the others are imported."""
        record = self._import(
            ('海州安康医院', '江苏', '', '', '', ''), ('海州新安医院', '火星', '', '', '', ''),
            ('海州安康医院', '江苏', '', '', '', ''), ('', '', '', '', '', ''),
            ('合计', '', '', '', '', '3'),
            ('海州东安医院', '', '', '', '', ''), ('海州西安医院', '江苏', '', '某某区', '', ''))
        self.assertCounts(record, new=2, duplicate=1, skipped=1, problem=2)
        self.assertEqual(record.remark_count, 3)
        self.assertEqual(
            [(line.row_number, line.result) for line in record.line_ids if line.remark],
            [(3, 'problem'), (7, 'problem'), (8, 'new')])

    def test_several_sheets(self):
        """Sheets without a list are named and left out."""
        buffer = io.BytesIO()
        book = xlsxwriter.Workbook(buffer)
        book.add_worksheet('说明').write_row(0, 0, ["请填写名单"])
        for name in ("江苏", "山东"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["名称", "省"])
            sheet.write_row(1, 0, ["海州安康医院", name])
        book.close()
        record = self._import(data=buffer.getvalue())
        self.assertCounts(record, new=2)
        self.assertEqual(record.sheets_ignored, "说明")

    def test_csv_of_windows(self):
        """A list in the encoding of Chinese Windows."""
        record = self._import(
            data="名称,省份,级别\r\n海州安康医院,江苏省,二级乙等\r\n".encode('gb18030'),
            name="名单.csv")
        self.assertCounts(record, new=1)
        self.assertEqual(self._find("海州安康医院").hospital_grade, 'b')

    # === BAD FILES === #

    def test_wrong_files_are_told(self):
        """Whatever is uploaded ends in a sentence, and the import can get another file."""
        picture = b'\x89PNG\r\n\x1a\n' + bytes(200)
        for data in (b'', picture, b'PK\x03\x04broken', bytes(range(256))):
            record = self._create_import(data=b'x')
            record.data = base64.b64encode(data) if data else False
            with self.subTest(data=data[:8]), self.assertRaises(UserError):
                record.action_check()
            self.assertEqual(record.state, 'draft')

    def test_unreadable_files_are_told_by_reason(self):
        for reason in ('protected', 'too_large', 'memory', 'timeout'):
            record = self._create_import(data=b'x')
            path = 'odoo.addons.pharma_crm.models.mixin.pharma_sheet_mixin.read_workbook'
            with self.subTest(reason=reason), patch(path, side_effect=SheetError(reason)), \
                    self.assertRaisesRegex(UserError, "名单.xlsx"):
                record.action_check()

    def test_file_of_something_else(self):
        """A workbook without hospitals says which columns are missing."""
        record = self._create_import(('2025-01-01', 3), header=('日期', '数量'))
        with self.assertRaisesRegex(UserError, "日期"):
            record.action_check()

    # === JOBS === #

    @contextmanager
    def _small_limit(self):
        with patch.object(module, 'QUEUE_ROWS', 1):
            yield

    def _create_long_list(self):
        record = self._create_import(
            ('海州安康医院', '江苏', '', '', '', ''), ('海州新安医院', '江苏', '', '', '', ''))
        record.action_check()
        return record

    def test_long_lists_run_in_the_background(self):
        """The queued job imports; run again it does nothing."""
        record = self._create_long_list()
        with self._small_limit(), trap_jobs() as trap:
            record.action_import()
            trap.assert_jobs_count(1, only=record._run)
            self.assertEqual(record.state, 'queued')
            trap.perform_enqueued_jobs()
        self.assertEqual(record.state, 'done')
        self.assertCounts(record, new=2)
        record._run()
        self.assertEqual(len(self._find("海州安康医院")), 1)

    def test_large_files_are_checked_in_the_background(self):
        record = self._create_import(('海州安康医院', '江苏', '', '', '', ''))
        with patch.object(module, 'QUEUE_BYTES', 10), trap_jobs() as trap:
            record.action_check()
            trap.assert_jobs_count(1, only=record._run_check)
            trap.perform_enqueued_jobs()
        self.assertEqual(record.state, 'ready')
        self.assertCounts(record, new=1)

    def test_second_click(self):
        """A second click, or one in a second window, is refused in words."""
        record = self._import(('海州安康医院', '江苏', '', '', '', ''))
        for method in ('action_import', 'action_check', 'action_cancel'):
            with self.assertRaises(UserError):
                getattr(record, method)()
        with self.assertRaises(UserError):
            record.data = base64.b64encode(make_xlsx(HEADER))
        self.assertEqual(len(self._find("海州安康医院")), 1)

    def test_failing_job_is_told(self):
        """A job that meets a bad file ends as failed with the reason, and can be checked again."""
        record = self._create_long_list()
        with self._small_limit(), trap_jobs() as trap:
            record.action_import()
            record.sudo().write({'state': 'ready'})
            record.data = base64.b64encode(b'%PDF-1.4 no list')
            record.sudo().write({'state': 'queued'})
            trap.perform_enqueued_jobs()
        self.assertEqual(record.state, 'failed')
        self.assertIn("名单.xlsx", record.message)
        self.assertFalse(self._find("海州安康医院"))
        record.data = base64.b64encode(make_xlsx(HEADER, ('海州安康医院', '江苏', '', '', '', '')))
        record.action_check()
        self.assertEqual(record.state, 'ready')

    def test_progress_and_stop(self):
        """The job writes how far it is, and stops where somebody asked for it."""
        record = self._create_long_list()
        with self._small_limit(), trap_jobs():
            record.action_import()
        job = record.with_context(job_uuid='x')
        with self.enter_registry_test_mode():
            self.env.flush_all()
            job._report_progress(42)
            self.env['pharma.import.progress'].invalidate_model()
            record.invalidate_recordset(['progress'])
            self.assertEqual(record.progress, 42)
            record.sudo().progress_ids.cancelled = True
            self.env.flush_all()
            job._run()
        self.assertEqual(record.state, 'failed')
        self.assertFalse(self._find("海州安康医院"))

    def test_stop_before_it_starts(self):
        """A queued import that is stopped goes back, and its job finds nothing to do."""
        record = self._create_long_list()
        with self._small_limit(), trap_jobs() as trap:
            record.action_import()
            record.action_cancel()
            self.assertEqual(record.state, 'ready')
            trap.perform_enqueued_jobs()
        self.assertEqual(record.state, 'ready')
        self.assertFalse(self._find("海州安康医院"))

    def test_running_import_cannot_be_deleted(self):
        record = self._create_long_list()
        with self._small_limit(), trap_jobs():
            record.action_import()
        with self.assertRaises(UserError):
            record.unlink()

    def test_one_import_at_a_time(self):
        """While another transaction imports, people are told and jobs come back later."""
        record = self._create_long_list()
        sequence = self.env.ref('pharma_crm.seq_pharma_hospital_import')
        with self.registry.cursor() as other:
            other.execute("SELECT id FROM ir_sequence WHERE id = %s FOR UPDATE", [sequence.id])
            with self.assertRaises(UserError):
                record.action_import()
            with self.assertRaises(RetryableJobError):
                record.with_context(job_uuid='x')._lock()
        self.assertEqual(record.state, 'ready')

    # === UNDO === #

    def test_undo_deletes_and_restores(self):
        """What the import brought is gone, what it changed is as before."""
        partner = self._create_hospital(
            name="海州安康医院", state_id=self.env.ref('base.state_cn_JS').id, hospital_level='2')
        record = self._import(
            ('海州安康医院（原海州县医院）', '江苏', '连云港', '', '三甲', '新华路1号'),
            ('海州新安医院（原海州乡医院）', '江苏', '', '', '', ''))
        self.assertEqual(len(partner.alias_ids), 1)
        record.action_undo()
        self.assertEqual(record.state, 'undone')
        self.assertFalse(self._find("海州新安医院"))
        self.assertRecordValues(partner, [{
            'hospital_level': '2', 'hospital_grade': False, 'street': False, 'city': False,
            'pharma_city_id': False}])
        self.assertFalse(partner.alias_ids)
        again = self._import(('海州新安医院', '江苏', '', '', '', ''))
        self.assertCounts(again, new=1)

    def test_undo_keeps_what_was_changed_since(self):
        """Later decisions of people are not undone."""
        partner = self._create_hospital(
            name="海州安康医院", state_id=self.env.ref('base.state_cn_JS').id, hospital_level='2')
        record = self._import(('海州安康医院', '江苏', '', '', '三甲', '新华路1号'))
        partner.street = "东风路2号"
        record.action_undo()
        self.assertRecordValues(partner, [{'hospital_level': '2', 'street': "东风路2号"}])

    def test_undo_archives_what_is_used(self):
        """Hospitals with people, orders, messages or edits since stay, archived."""
        names = ["海州安康医院", "海州新安医院", "海州东安医院", "海州西安医院", "海州南安医院"]
        record = self._import(*((name, '江苏', '', '', '', '') for name in names))
        child, lead, message, edited, unused = (self._find(name) for name in names)
        self._create_department(child)
        self.env['crm.lead'].create({'name': "机会", 'partner_id': lead.id})
        message.message_post(body="电话")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET write_date = %s WHERE id = %s",
            [edited.create_date + timedelta(minutes=1), edited.id])
        record.action_undo()
        self.assertFalse(unused.exists())
        self.assertEqual(
            [partner.active for partner in (child, lead, message, edited)], [False] * 4)

    def test_undo_of_customers_deleted_since(self):
        record = self._import(('海州安康医院', '江苏', '', '', '', ''))
        self._find("海州安康医院").unlink()
        record.action_undo()
        self.assertEqual(record.state, 'undone')

    # === RIGHTS === #

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_roles(self):
        """Stewards and administrators import; nobody else sees or starts anything."""
        record = self._import(('海州安康医院', '江苏', '', '', '', ''))
        for role, user in self.users_by_role.items():
            imports = self.env['pharma.hospital.import'].with_user(user)
            lines = record.line_ids.with_user(user)
            with self.subTest(role=role):
                if role in ('steward', 'admin'):
                    self.assertTrue(imports.browse(record.id).name)
                    self.assertTrue(lines.mapped('name'))
                    continue
                for call in (
                    lambda imports=imports: imports.create({'name': "x", 'data': b'eA=='}),
                    lambda imports=imports: imports.browse(record.id).read(['name']),
                    lambda imports=imports: imports.browse(record.id).action_check(),
                    lambda imports=imports: imports.browse(record.id).action_import(),
                    lambda imports=imports: imports.browse(record.id).action_undo(),
                    lambda imports=imports: imports.browse(record.id).action_cancel(),
                    lambda imports=imports: imports.action_load_official(),
                    lambda imports=imports: imports._load_official_now(),
                    lambda lines=lines: lines.read(['name']),
                    lambda imports=imports: imports.search_count([]),
                ):
                    with self.assertRaises(AccessError):
                        call()

    @mute_logger('odoo.addons.base.models.ir_model')
    def test_results_are_written_by_the_buttons_alone(self):
        """Nobody declares a list imported past the buttons; a new file begins anew."""
        record = self._create_import(('海州安康医院', '江苏', '', '', '', ''))
        record.action_check()
        self.assertResultsClosed(record, self.user_steward, name="x.csv", data='eA==')
        self.assertEqual(record.state, 'ready')
        record.data = base64.b64encode(make_xlsx(HEADER, ('海州康宁医院', '江苏', '', '', '', '')))
        self.assertEqual(record.state, 'draft')

    def test_journal_is_not_for_people(self):
        """Even stewards cannot write the rows by which an import is undone."""
        record = self._import(('海州安康医院', '江苏', '', '', '', ''))
        with self.assertRaises(AccessError):
            record.line_ids.with_user(self.user_admin).write({'journal': {'old': {}, 'new': {}}})
        with self.assertRaises(AccessError):
            self.env['pharma.hospital.import.line'].with_user(self.user_admin).create({
                'import_id': record.id, 'result': 'new'})

    @mute_logger('odoo.addons.base.models.ir_rule')
    def test_other_company(self):
        """Imports of another company stay there."""
        record = self._import(('海州安康医院', '江苏', '', '', '', ''))
        company = self.env['res.company'].create({'name': "另一家"})
        record.sudo().company_id = company
        self.assertFalse(self.env['pharma.hospital.import'].with_user(self.user_steward).search(
            [('id', '=', record.id)]))
        with self.assertRaises(AccessError):
            record.line_ids.invalidate_recordset()
            record.with_user(self.user_steward).sudo().line_ids.with_user(
                self.user_steward).sudo(False).read(['name'])

    # === THE LIST THAT COMES WITH THE ADDON === #

    def test_official_list(self):
        """All 6,753 rows are accounted for; a tenth of them comes, and nothing the second time."""
        Import = self.env['pharma.hospital.import'].with_user(self.user_admin)
        record = Import._create_official()
        record._check()
        self.assertEqual(record.row_count, 6753)
        self.assertEqual(
            record.new_count + record.update_count + record.unchanged_count
            + record.duplicate_count + record.problem_count, 6753)
        self.assertLessEqual(record.problem_count, 5, record.line_ids.filtered(
            lambda line: line.result == 'problem').mapped('remark'))
        titles, *rows = base64.b64decode(record.data).splitlines(keepends=True)
        part = base64.b64encode(b''.join([titles, *rows[::10]]))
        first, again = Import.create([{'name': "list.csv", 'data': part}] * 2)
        first._import()
        self.assertGreater(first.new_count, 600)
        again._import()
        self.assertEqual(
            (again.new_count, again.update_count, again.problem_count),
            (0, 0, first.problem_count))

    def test_official_list_from_the_settings(self):
        """The button queues the list and opens its page."""
        with trap_jobs() as trap:
            action = self.env['pharma.hospital.import'].with_user(
                self.user_admin).action_load_official()
            record = self.env['pharma.hospital.import'].browse(action['res_id'])
            trap.assert_jobs_count(1, only=record._run)
        self.assertEqual(record.state, 'queued')
        self.assertTrue(json.dumps(action))


@tagged('post_install', '-at_install')
class TestHospitalImportConcurrency(HospitalImportCase):
    """In a class of its own, for what it commits would refuse the others' transactions."""

    @mute_logger('odoo.sql_db')
    def test_import_that_began_before_another_ended(self):
        """What was read before another import ended is not worked on: it is done over again."""
        sequence = self.env.ref('pharma_crm.seq_pharma_hospital_import')
        with self.registry.cursor() as early:
            env = api.Environment(early, api.SUPERUSER_ID, {})
            record = env['pharma.hospital.import'].create({
                'name': "a.csv", 'data': base64.b64encode(b'x'),
                'company_id': self.env.ref('base.main_company').id})
            record.flush_recordset()
            with self.registry.cursor() as other:
                other.execute(
                    "UPDATE ir_sequence SET number_next = number_next + 1 WHERE id = %s",
                    [sequence.id])
            with self.assertRaises(SerializationFailure):
                record._lock()
            early.rollback()
