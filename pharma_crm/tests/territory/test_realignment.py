import base64
import io

import xlsxwriter

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ...tools.sheets import read_workbook
from ..common_territory import TerritoryCase

HEADER = ('客户编码', '客户名称', '辖区编码', '产品线', '开始日期')


def make_list(*rows, header=HEADER, sheet="调整"):
    """A workbook as the field of the re-alignment takes it."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet(sheet)
    for index, row in enumerate((header, *rows)):
        page.write_row(index, 0, row)
    book.close()
    return base64.b64encode(buffer.getvalue())


@tagged('post_install', '-at_install')
class TestRealignment(TerritoryCase):
    """Customers get another territory: previewed, applied, taken back."""

    def _create_list(self, *rows, user=None, header=HEADER, **values):
        return self._create_realignment(user, **{
            'method': 'file', 'territory_id': False, 'data_name': "调整.xlsx",
            'data': make_list(*rows, header=header), **values})

    # === WHAT HAPPENS === #

    def test_begins_as_a_draft(self):
        """Whatever defaults a client sends."""
        realignment = self.env['pharma.realignment'].with_user(self.user_director).with_context(
            default_state='done').create({'name': "x"})
        self.assertEqual(realignment.state, 'draft')

    def test_today(self):
        """Old rows end the day before, the new territory shows at once."""
        self._realign(self.hospital_a + self.hospital_free)
        self.assertEqual(self._rows(self.hospital_a), [
            (self.area_a, self.begin, self._day(-1)), (self.area_b, self.today, False)])
        self.assertEqual(self._rows(self.hospital_free), [(self.area_b, self.today, False)])
        self.assertEqual((self.hospital_a + self.hospital_free).territory_id, self.area_b)
        self.assertEqual(self.area_b.customer_count, 3)
        self.assertEqual(set(self.area_b.alignment_ids.partner_id.ids), {
            self.hospital_a.id, self.hospital_free.id, self.hospital_c.id})

    def test_visible_at_once(self):
        """The new representative sees the hospital, the old one no more, without any job."""
        self._assign(self.user_representative, self.area_a)
        self._assign(self.colleague, self.area_b)
        partners = self.env['res.partner']
        domain = [('id', '=', self.hospital_a.id)]
        self.assertTrue(partners.with_user(self.user_representative).search_count(domain))
        self._realign(self.hospital_a)
        self.assertFalse(partners.with_user(self.user_representative).search_count(domain))
        self.assertTrue(partners.with_user(self.colleague).search_count(domain))
        self.assertEqual(self.hospital_a.owner_ids, self.colleague)

    def test_future_and_past(self):
        """A day to come changes nothing today; a past one changes whose the customer was."""
        self._realign(self.hospital_a, date_from=self._day(10))
        self.assertEqual(self.hospital_a.territory_id, self.area_a)
        self.assertEqual(self._rows(self.hospital_a), [
            (self.area_a, self.begin, self._day(9)), (self.area_b, self._day(10), False)])
        record = self._realign(self.hospital_a, date_from=self._day(-10))
        self.assertEqual(self._rows(self.hospital_a), [
            (self.area_a, self.begin, self._day(-11)), (self.area_b, self._day(-10), False)])
        self.assertIn("临川地区", record.line_ids.remark)

    def test_results(self):
        """The preview tells new, moves, stays and refused apart, with the reason."""
        department = self._create_department(self.hospital_c)
        distributor = self._create_distributor()
        archived = self._create_hospital(name="旧医院", active=False, territory=False)
        partners = (self.hospital_a + self.hospital_c + self.hospital_free + department
                    + distributor)
        record = self._create_realignment(partner_ids=[(6, 0, (partners + archived).ids)])
        before = self._table()
        record.action_preview()
        self.assertEqual(self._table(), before)
        self.assertEqual(self._lines(record), {
            "甲医院": ('move', False), "丙医院": ('stay', False), "戊医院": ('new', False),
            department.name: ('refused', 'customer_below'),
            distributor.name: ('refused', 'customer_kind')})
        self.assertRecordValues(record, [{
            'state': 'previewed', 'move_count': 1, 'stay_count': 1, 'new_count': 1,
            'refused_count': 2, 'change_count': 2}])
        self.assertEqual(
            record.line_ids.filtered(lambda line: line.result == 'move').from_territory_id,
            self.area_a)

    def test_stays_for_good(self):
        """A customer who belongs there already, but not for good, is kept without a break."""
        self.hospital_c.alignment_ids.date_to = self._day(5)
        self._align(self.hospital_c, self.area_a, date_from=self._day(6))
        record = self._realign(self.hospital_c)
        self.assertEqual(self._lines(record), {"丙医院": ('extend', False)})
        self.assertEqual(self._rows(self.hospital_c), [(self.area_b, self.begin, False)])

    def test_product_lines(self):
        """A re-alignment for one line leaves the others as they are."""
        self._realign(self.hospital_a, product_line_id=self.line_x.id)
        self.assertEqual(self._rows(self.hospital_a), [(self.area_a, self.begin, False)])
        self.assertEqual(
            self._rows(self.hospital_a, self.line_x), [(self.area_b, self.today, False)])

    def test_other_company(self):
        """A customer shared by two companies keeps the territory of the other one."""
        other = self.env['res.company'].create({'name': "另一家公司"})
        foreign = self._create_territory(name="外地", company_id=other.id)
        self._align(self.hospital_a, foreign, date_from=self.begin)
        self._realign(self.hospital_a)
        self.assertEqual(set(self._rows(self.hospital_a)), {
            (self.area_a, self.begin, self._day(-1)), (self.area_b, self.today, False),
            (foreign, self.begin, False)})
        self.hospital_b.company_id = other
        record = self._create_realignment(
            self.env.user, partner_ids=[(6, 0, self.hospital_b.ids)])
        record.action_preview()
        self.assertEqual(self._lines(record), {"乙医院": ('refused', 'customer_company')})
        with self.assertRaises(UserError):
            self._create_realignment(self.env.user, territory_id=foreign.id)

    def test_one_way_to_do_it(self):
        """Writing the territory of a customer does what a re-alignment does."""
        self._align(self.hospital_a, self.area_x, date_from=self._day(20))
        self.hospital_a.with_user(self.user_director).territory_id = self.area_b
        self.assertEqual(self._rows(self.hospital_a), [
            (self.area_a, self.begin, self._day(-1)), (self.area_b, self.today, False)])
        with self.assertRaises(ValidationError):
            self.env['pharma.alignment']._align(
                self._create_department(self.hospital_a).ids, self.area_b.id, False, self.today)

    def test_queries(self):
        """The number of queries does not depend on the number of customers."""
        counts = []
        for number in (3, 3, 30):  # the first one fills caches
            partners = self.env['res.partner'].create([
                {'name': f"{len(counts)} 号医院 {n}", 'pharma_type': 'hospital', 'is_company': True}
                for n in range(number)])
            record = self._create_realignment(partner_ids=[(6, 0, partners.ids)])
            record.action_preview()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            record.action_apply()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[1], counts[2])

    # === CHANGED MEANWHILE === #

    def test_changed_since_preview(self):
        """What people have not seen is not done, and nothing of the rest."""
        for change in (
            lambda: self._align(self.hospital_a, self.area_x, date_from=self._day(9)),
            lambda: self.hospital_a.alignment_ids.write({'date_to': self._day(3)}),
            self.hospital_b.action_archive,
        ):
            with self.subTest(change=change), self.cr.savepoint() as savepoint:
                record = self._create_realignment(
                    partner_ids=[(6, 0, (self.hospital_a + self.hospital_b).ids)])
                record.action_preview()
                change()
                before = self._table()
                with self.assertRaises(UserError) as caught:
                    record.action_apply()
                self.assertRegex(str(caught.exception), "甲医院|乙医院")
                self.assertEqual(self._table(), before)
                self.assertEqual(record.state, 'previewed')
                savepoint.rollback()

    def test_rule_meets_new_customer(self):
        """A customer who meets the rule only since the preview is noticed."""
        record = self._create_realignment(
            method='rule', rule_territory_id=self.area_a.id)
        record.action_preview()
        self._align(self.hospital_free, self.area_a)
        with self.assertRaises(UserError):
            record.action_apply()
        record.action_preview()
        record.action_apply()
        self.assertEqual(self.hospital_free.territory_id, self.area_b)

    def test_once(self):
        """It is applied once; what is meant cannot be changed afterwards."""
        record = self._realign(self.hospital_a)
        with self.assertRaises(UserError):
            record.action_apply()
        with self.assertRaises(UserError):
            record.territory_id = self.area_x
        with self.assertRaises(UserError):
            record.unlink()
        record.note = "人员调整"

    def test_change_drops_preview(self):
        """Whoever changes what is meant previews again."""
        record = self._create_realignment(partner_ids=[(6, 0, self.hospital_a.ids)])
        record.action_preview()
        record.date_from = self._day(3)
        self.assertEqual((record.state, len(record.line_ids)), ('draft', 0))
        with self.assertRaises(UserError):
            record.action_apply()

    def test_nothing_to_do(self):
        """A plan without changes is not applied; incomplete ones say what is missing."""
        record = self._create_realignment(partner_ids=[(6, 0, self.hospital_c.ids)])
        record.action_preview()
        with self.assertRaises(UserError):
            record.action_apply()
        for values in ({}, {'territory_id': False}, {'method': 'rule'}, {'method': 'file'}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._create_realignment(**values).action_preview()

    # === UNDO === #

    def test_undo(self):
        """Taken back, the table is what it was, in all columns."""
        self._align(self.hospital_a, self.area_x, date_from=self._day(20))
        self._align(self.hospital_a, self.area_b, date_from=self._day(25), date_to=self._day(30))
        self.hospital_c.alignment_ids.date_to = self._day(5)
        before = self._table()
        record = self._realign(
            self.hospital_a + self.hospital_b + self.hospital_c + self.hospital_free,
            date_from=self._day(-3))
        self.assertNotEqual(self._table(), before)
        record.action_undo()
        self.assertEqual(self._table(), before)
        self.assertEqual(record.state, 'undone')
        self.assertEqual(self.hospital_a.territory_id, self.area_a)
        self.assertFalse(self.hospital_free.territory_id)
        with self.assertRaises(UserError):
            record.action_undo()

    def test_undo_refused(self):
        """What was changed since is not overwritten; a customer who is named tells which."""
        record = self._realign(self.hospital_a + self.hospital_b)
        self._realign(self.hospital_b, territory_id=self.area_x.id, date_from=self._day(7))
        before = self._table()
        with self.assertRaises(UserError) as caught:
            record.action_undo()
        self.assertIn("乙医院", str(caught.exception))
        self.assertEqual(self._table(), before)

    def test_undo_into_archived_territory(self):
        """Nobody gets back into a territory that was closed."""
        record = self._realign(self.hospital_a + self.hospital_b)
        self.area_a.alignment_ids.filtered(lambda row: row.state != 'past').unlink()
        self.area_a.active = False
        with self.assertRaises(UserError):
            record.action_undo()

    # === RULE === #

    def test_rule(self):
        """Customers by province, kind, current territory, own codes."""
        zhejiang, jiangsu = self.env['res.country.state'].search(
            [('country_id.code', '=', 'CN')], limit=2)
        self.hospital_a.state_id = zhejiang
        self.hospital_x.state_id = zhejiang
        self.hospital_b.state_id = jiangsu
        self.hospital_free.pharma_type = 'pharmacy'
        for rule, names in (
            ({'rule_state_id': zhejiang.id}, "甲丁"),
            ({'rule_state_id': zhejiang.id, 'rule_territory_id': self.region.id}, "甲"),
            ({'rule_territory_id': self.region.id}, "甲乙丙"),
            ({'rule_refs': "H-A，H-B\nH-X"}, "甲乙丁"),
            ({'rule_type': 'pharmacy', 'rule_refs': "H-A H-F"}, "戊"),
            ({'rule_unaligned': True, 'rule_refs': "H-A H-F"}, "戊"),
        ):
            with self.subTest(rule=rule):
                record = self._create_realignment(method='rule', **rule)
                record.action_preview()
                self.assertEqual(
                    set(record.line_ids.mapped('name')), {f"{name}医院" for name in names})

    def test_unknown_codes(self):
        """A code that nobody has is told."""
        record = self._create_realignment(method='rule', rule_refs="H-A H-000")
        record.action_preview()
        self.assertEqual(self._lines(record), {
            "甲医院": ('move', False), "H-000": ('refused', 'customer_unknown')})

    # === LIST === #

    def test_list_splits(self):
        """One list moves customers to several territories, by line and day."""
        record = self._create_list(
            ('H-A', '', 'LC', '', ''),
            ('', '乙医院', '西南大区 / 云岭地区', '', '2026/3/1'),
            ('H-C', '丙医院', 'YL', '心血管线', ''))
        record.action_preview()
        self.assertEqual(record.change_count, 3)
        record.action_apply()
        self.assertEqual(self.hospital_a.territory_id, self.area_b)
        self.assertEqual(self._rows(self.hospital_b)[-1][0], self.area_x)
        self.assertEqual(str(self._rows(self.hospital_b)[-1][1]), '2026-03-01')
        self.assertEqual(self._rows(self.hospital_c, self.line_x)[0][0], self.area_x)
        self.assertEqual(self.hospital_a.alignment_ids.filtered(
            lambda row: row.territory_id == self.area_b).source, 'file')

    def test_list_refusals(self):
        """Every row that is not understood is told, with sheet, row and reason."""
        self._create_hospital(name="同名医院")
        self._create_hospital(name="同名医院")
        self._create_territory(name="临川地区")
        rows = (
            (('', '', 'LC', '', ''), 'customer_missing'),
            (('H-0', '', 'LC', '', ''), 'customer_unknown'),
            (('', '同名医院', 'LC', '', ''), 'customer_ambiguous'),
            (('H-A', '乙医院', 'LC', '', ''), 'code_and_name_differ'),
            (('H-A', '', '', '', ''), 'territory_missing'),
            (('H-A', '', 'ZZ', '', ''), 'territory_unknown'),
            (('H-A', '', '临川地区', '', ''), 'territory_ambiguous'),
            (('H-A', '', 'LC', '无此线', ''), 'line_unknown'),
            (('H-A', '', 'LC', '', '明天'), 'day_unknown'),
            (('H-B', '', 'LC', '', ''), 'row_conflict'),
            (('H-B', '', 'YL', '', ''), 'row_conflict'),
            (('H-X', '', 'LC', '', ''), False),
            (('H-X', '', 'LC', '', ''), 'row_twice'),
        )
        record = self._create_list(*(row for row, _reason in rows))
        record.action_preview()
        self.assertEqual(
            [(line.sheet_name, line.row_number, line.reason) for line in record.line_ids],
            [("调整", number, reason) for number, (_row, reason) in enumerate(rows, start=2)])
        record.action_apply()
        self.assertEqual(self.hospital_x.territory_id, self.area_b)
        self.assertEqual(self.hospital_b.territory_id, self.area_a)

    def test_list_names(self):
        """Customers are found by former names; departments and persons are not meant."""
        self._create_alias(
            name="甲县人民医院", partner_id=self.hospital_a.id, status='confirmed')
        self._create_person(self.hospital_b, name="丙医院")
        record = self._create_list(('甲县人民医院', 'LC'), ('丙医院', 'YL'),
                                   header=('医院名称', '新辖区'))
        record.action_preview()
        self.assertEqual(record.line_ids.partner_id, self.hospital_a + self.hospital_c)

    def test_bad_files(self):
        """A file without customers, or no workbook at all, ends in a message."""
        for data in (make_list(('a', 'b'), header=('甲', '乙')), base64.b64encode(b'\x00\x01')):
            with self.assertRaises(UserError):
                self._create_realignment(
                    method='file', data=data, data_name="坏.xlsx").action_preview()

    def test_template(self):
        """The template is read as a list, and offers territories and lines."""
        record = self._create_realignment(method='file', territory_id=False)
        kind = record.action_download_template()['url'].rsplit('/', 1)[1]
        name, data = self.env['pharma.list.template'].with_user(self.user_director)._build(kind)
        sheets = read_workbook(data, name)
        self.assertEqual(sheets[0].rows[0], HEADER)
        self.assertIn('HZ', {cell for sheet in sheets for row in sheet.rows for cell in row})
        record.write({'data': base64.b64encode(data), 'data_name': name})
        with self.assertRaises(UserError):  # the example row is no customer
            record.action_preview()

    # === RIGHTS === #

    def _previewed(self, user, partners, **values):
        record = self._create_realignment(user, partner_ids=[(6, 0, partners.ids)], **values)
        record.action_preview()
        return {line.name: line.reason or line.result for line in record.line_ids}

    def test_area_manager(self):
        """A manager moves customers within what he manages, from and to nowhere else."""
        self._assign(self.user_area_manager, self.region, role='manager')
        self._assign(self.user_area_manager, self.area_x)
        partners = self.hospital_a + self.hospital_x
        self.assertEqual(self._previewed(self.user_area_manager, partners), {
            "甲医院": 'move', "丁医院": 'source_not_managed'})
        self.assertEqual(
            self._previewed(
                self.user_area_manager, self.hospital_a, territory_id=self.area_x.id),
            {"甲医院": 'target_not_managed'})
        self.assertEqual(self._previewed(self.user_director, partners), {
            "甲医院": 'move', "丁医院": 'move'})
        record = self._realign(self.hospital_a, self.user_area_manager)
        self.assertEqual(self.hospital_a.territory_id, self.area_b)
        record.action_undo()
        self.assertEqual(self.hospital_a.territory_id, self.area_a)

    def test_area_manager_later_rows(self):
        """What begins later in a stranger's territory is a stranger's, too."""
        self._assign(self.user_area_manager, self.region, role='manager')
        self._align(self.hospital_a, self.area_x, date_from=self._day(40))
        self.assertEqual(self._previewed(self.user_area_manager, self.hospital_a), {
            "甲医院": 'source_not_managed'})

    def test_area_manager_line(self):
        """Who manages one line moves customers for this line."""
        self._assign(
            self.user_area_manager, self.region, role='manager', product_line_id=self.line_x.id)
        self._align(self.hospital_a, self.area_a, product_line_id=self.line_x.id)
        manager = self.user_area_manager
        self.assertEqual(
            self._previewed(manager, self.hospital_a, product_line_id=self.line_x.id),
            {"甲医院": 'move'})
        for line in (self.line_y, self.env['product.category']):
            self.assertEqual(
                self._previewed(manager, self.hospital_a, product_line_id=line.id),
                {"甲医院": 'target_not_managed'})

    def test_area_manager_no_more(self):
        """Whose assignment ended since the preview applies nothing; nor does he take back."""
        assignment = self._assign(
            self.user_area_manager, self.region, role='manager', date_from=self.begin)
        record = self._create_realignment(
            self.user_area_manager, partner_ids=[(6, 0, self.hospital_a.ids)])
        record.action_preview()
        done = self._realign(self.hospital_b, self.user_area_manager)
        assignment.date_to = self._day(-1)
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            record.action_apply()
        with self.assertRaises(UserError):
            done.action_undo()

    def test_managed_territories(self):
        """A manager chooses among the territories that he manages today, a director among all."""
        self._assign(self.user_area_manager, self.region, role='manager')
        self._assign(self.user_area_manager, self.area_x)
        territories = self.env['pharma.territory'].with_user(self.user_area_manager)
        mine = self.region + self.area_a + self.area_b
        every = mine + self.other_region + self.area_x
        domain = [('id', 'in', every.ids), ('is_managed', '=', True)]
        self.assertEqual(set(territories.search(domain).ids), set(mine.ids))
        self.assertEqual(
            set(every.with_user(self.user_area_manager).filtered('is_managed').ids),
            set(mine.ids))
        directors = self.env['pharma.territory'].with_user(self.user_director)
        self.assertEqual(set(directors.search(domain).ids), set(every.ids))

    @mute_logger('odoo.addons.base.models.ir_rule', 'odoo.addons.base.models.ir_model')
    def test_access(self):
        """Managers see their own re-alignments, directors all, others none; nobody writes state
        or lines past the methods."""
        self._assign(self.user_area_manager, self.region, role='manager')
        own = self._realign(self.hospital_a, self.user_area_manager)
        others = self._realign(self.hospital_b)
        records = self.env['pharma.realignment']
        for user, visible in (
            (self.user_area_manager, own), (self.user_director, own + others),
            (self.user_admin, own + others),
        ):
            found = records.with_user(user).search([('id', 'in', (own + others).ids)])
            self.assertEqual(set(found.ids), set(visible.ids))
            lines = self.env['pharma.realignment.line'].with_user(user).search(
                [('realignment_id', 'in', (own + others).ids)])
            self.assertEqual(set(lines.realignment_id.ids), set(visible.ids))
        for role in ('representative', 'product_manager', 'steward', 'service', 'internal',
                     'portal'):
            with self.subTest(role=role), self.assertRaises(AccessError):
                records.with_user(self.users_by_role[role]).search([])
        with self.assertRaises(AccessError):
            own.with_user(self.user_area_manager).write({'state': 'draft'})
        with self.assertRaises(AccessError):
            self._create_realignment(self.user_area_manager, state='done')
        with self.assertRaises(AccessError):
            own.line_ids.with_user(self.user_director).write({'result': 'stay'})
        with self.assertRaises(AccessError):
            own.line_ids.with_user(self.user_director).read(['journal'])

    def test_from_list_selection(self):
        """Customers chosen in a list become a re-alignment; persons mean their hospital."""
        person = self._create_person(self._create_department(self.hospital_a))
        chosen = person + self.hospital_b
        action = chosen.with_user(self.user_director).action_realign()
        record = self.env['pharma.realignment'].browse(action['res_id'])
        self.assertEqual(set(record.partner_ids.ids), {self.hospital_a.id, self.hospital_b.id})
        with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
            chosen.with_user(self.user_steward).action_realign()
