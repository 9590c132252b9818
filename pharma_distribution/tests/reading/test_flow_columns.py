import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import HEADINGS, PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowColumns(PharmaDistributionCommon):
    """Layouts are remembered, changes told or asked, and what a person says is kept."""

    def _make_rows(self, count=12, **more):
        return [self._make_row(
            date=f'2026-01-{number + 1:02}', quantity=str((number % 5 + 1) * 10),
            amount=str((number % 5 + 1) * 355), **more) for number in range(count)]

    def _with_price(self, rows, swap=False, factor=1):
        """The same rows with a price behind the quantity."""
        found = []
        for row in rows:
            values = dict(zip(HEADINGS, row, strict=True))
            quantity, price = values["数量"], '35.55'
            if factor != 1:
                quantity, price = str(int(quantity) // factor), str(35.55 * factor)
            figures = (price, quantity) if swap else (quantity, price)
            found.append((values["销售日期"], values["客户名称"], values["商品名称"],
                          values["商品规格"], values["单位"], *figures))
        return found

    PRICED = ("销售日期", "客户名称", "商品名称", "商品规格", "单位", "数量", "单价")

    def _import_priced(self, rows, headings=PRICED, **values):
        return self._import(self._make_csv(rows, headings=headings), **values)

    def _get_layouts(self):
        return self.env['pharma.flow.layout'].search([
            ('distributor_id', '=', self.distributor.id)])

    def _answer(self, file, **changes):
        """What the screen sends back when a person has changed some values of the first sheet."""
        sheet = file.get_columns()['sheets'][0]
        columns = {**sheet['columns'], **changes.pop('columns', {})}
        return {sheet['name']: {
            **{name: sheet.get(name) for name in ('kind', 'header', 'unit', 'order')},
            'columns': columns, **changes}}

    def test_layout_is_remembered_and_found_again(self):
        first = self._import()
        layout = self._get_layouts()
        self.assertRecordValues(layout, [{
            'kind': 'sale', 'name': 'ReportCommonVO', 'file_count': 1, 'is_set': False,
            'last_file_id': first.id}])
        layout = layout.with_context(lang='en_US')
        self.assertIn("Quantity", layout.columns_text)
        self.assertIn("望澜市人民医院", layout.preview)
        first.action_undo()
        self.assertFalse(layout.exists(), "what only an undone file has taught is forgotten")
        first._run_import()
        layout = self._get_layouts()
        self.assertEqual(layout.file_count, 1)
        second = self._import(self.sample + b' ' * 512)
        self.assertEqual(second.state, 'review', second.message)
        self.assertEqual((layout.file_count, layout.last_file_id), (2, second))
        self.assertFalse(second.change_text)
        second.action_undo()
        self.assertEqual((layout.file_count, layout.last_file_id), (1, first))

    def test_file_before_is_deleted(self):
        first = self._import()
        second = self._import(self.sample + b' ' * 512)
        layout = self._get_layouts()
        self.assertEqual(layout.last_file_id, second)
        first.action_undo()
        first.unlink()
        second.action_undo()
        self.env.flush_all()
        self.assertEqual(layout.file_count, 1)
        self.assertFalse(layout.last_file_id)

    def test_preview_shows_texts_not_markup(self):
        self._import(self._make_csv([self._make_row(customer="<b>望澜</b>市人民医院")]))
        self.assertIn("&lt;b&gt;", self._get_layouts().preview)

    def test_quantity_and_price_swapped(self):
        self._import_priced(self._with_price(self._make_rows()))
        file = self._import_priced(self._with_price(self._make_rows(count=14), swap=True))
        self.assertTrue(file.has_question, file.message)
        self.assertEqual((file.state, file.row_count), ('failed', 0))
        doubt = file.get_columns()['sheets'][0]['doubts'][0]
        self.assertEqual(doubt['code'], 'values_swapped')
        file.set_columns(self._answer(file, columns={'quantity': 6, 'price': 5}))
        file._run_import()
        self.assertRecordValues(file, [{
            'state': 'review', 'has_question': False, 'quantity': 400, 'message': False}])
        # the same headings in the same order: what a person said replaces what was remembered
        self.assertEqual(len(self._get_layouts()), 1)
        self.assertTrue(self._get_layouts().is_set)
        later = self._import_priced(self._with_price(self._make_rows(count=15), swap=True))
        self.assertEqual((later.state, later.quantity), ('review', 450))

    def test_a_single_row_says_little_about_the_next_file(self):
        self._import(self._make_csv([self._make_row(customer="甲乙丙丁")]))
        file = self._import(self._make_csv(self._make_rows()))
        self.assertEqual((file.state, file.ok_count), ('review', 12))

    def test_column_inserted(self):
        self._import(self._make_csv(self._make_rows()))
        rows = [(*row[:3], f'华东{number}', *row[3:])
                for number, row in enumerate(self._make_rows(count=13))]
        file = self._import(self._make_csv(
            rows, headings=(*HEADINGS[:3], "大区", *HEADINGS[3:])))
        self.assertEqual((file.state, file.ok_count), ('review', 13))
        self.assertIn("大区", file.change_text)
        self.assertEqual(len(self._get_layouts()), 2)

    def test_header_renamed(self):
        """A known word is told, an unknown one is asked: the cells alone prove nothing."""
        self._import_priced(self._with_price(self._make_rows()))
        headings = [{"客户名称": "购货单位"}.get(heading, heading) for heading in self.PRICED]
        file = self._import_priced(self._with_price(self._make_rows(count=13)), headings)
        self.assertEqual((file.state, file.ok_count), ('review', 13))
        self.assertIn("购货单位", file.change_text)
        headings = [{"数量": "度量"}.get(heading, heading) for heading in self.PRICED]
        file = self._import_priced(self._with_price(self._make_rows(count=14)), headings)
        self.assertEqual((file.state, file.has_question), ('failed', True))
        file.set_columns(self._answer(file, columns={'quantity': 5}))
        file._run_import()
        self.assertEqual((file.state, file.ok_count), ('review', 14))
        later = self._import_priced(self._with_price(self._make_rows(count=15)), headings)
        self.assertEqual((later.state, later.ok_count), ('review', 15))

    def test_unit_changed_and_said(self):
        """Rows that say 件 are counted in packs, and the change is told."""
        self._import(self._make_csv(self._make_rows()))
        rows = self._make_rows(count=13, **{"单位": "件"})
        file = self._import(self._make_csv(rows))
        self.assertEqual(file.state, 'review', file.message)
        self.assertIn("件", file.change_text)
        line = file.line_ids.sorted('row_number')[0]
        self.assertEqual((line.file_quantity, line.quantity), (10, 1000))

    def test_unit_changed_in_silence(self):
        """Where no cell says so, the size of quantities and prices asks; the answer is kept."""
        headings = [heading for heading in self.PRICED if heading != "单位"]

        def make(count, factor=1):
            return [row[:4] + row[5:]
                    for row in self._with_price(self._make_rows(count), factor=factor)]
        self._import_priced(make(12), headings)
        file = self._import_priced(make(14, factor=10), headings)
        self.assertTrue(file.has_question, file.change_text)
        self.assertEqual(file.get_columns()['sheets'][0]['doubts'][0]['code'], 'scale_changed')
        file.set_columns(self._answer(file, unit="件"))
        file._run_import()
        self.assertRecordValues(file, [{'state': 'review', 'quantity': 4000}])
        later = self._import_priced(make(15, factor=10), headings)
        self.assertRecordValues(later, [{'state': 'review', 'quantity': 4500}])

    def test_sheet_without_headings(self):
        """Where nothing is known, a person says everything: header, columns, kind."""
        file = self._import(self._make_csv(
            [("a", "望澜市人民医院", "澜舒他汀钙片 20mg*7片", '3', '2026-01-05')],
            headings=("甲", "乙", "丙", "丁", "戊")))
        self.assertTrue(file.has_question)
        shown = file.get_columns()['sheets'][0]
        self.assertEqual(shown['rows'][1][1], "望澜市人民医院")
        answer = {'': {'kind': 'sale', 'header': 0, 'unit': '', 'order': '', 'columns': {
            'customer': 1, 'product': 2, 'quantity': 3}}}
        with self.assertRaises(UserError):
            file.set_columns({'': {**answer['']['columns'], 'kind': 'sale'}})
        answer['']['columns']['date'] = 4
        file.set_columns(answer)
        file._run_import()
        self.assertRecordValues(file, [{'state': 'review', 'row_count': 1, 'quantity': 3}])

    def test_date_order_is_asked_and_kept(self):
        def make(cells):
            return self._import(self._make_csv(
                [(day, "望澜市人民医院", "澜舒他汀钙片", '3') for day in cells],
                headings=("日期", "客户名称", "商品名称", "数量")))
        file = make(('5/1/2026', '1/5/2026'))
        self.assertEqual(file.get_columns()['sheets'][0]['doubts'][0]['code'], 'date_order')
        file.set_columns(self._answer(file, order='dmy'))
        file._run_import()
        self.assertEqual(
            [str(line.date) for line in file.line_ids.sorted('row_number')],
            ['2026-01-05', '2026-05-01'])
        later = make(('6/1/2026', '1/6/2026'))
        self.assertEqual(later.state, 'review', later.message)
        self.assertEqual(str(min(later.line_ids.mapped('date'))), '2026-01-06')

    def test_answers_that_mean_nothing_are_refused(self):
        file = self._import(self._make_csv(
            [("阿托伐他汀钙片", '10mg*14片', '3')], headings=("商品名称", "规格", "数量")))
        good = {'kind': 'stock', 'header': 0, 'columns': {'product': 0, 'quantity': 2}}
        for change in (
                {'kind': 'other'}, {'header': 99}, {'header': 'x'}, {'columns': {'product': 0}},
                {'columns': {'product': 0, 'quantity': 9}}, {'columns': {'price; DROP': 1}},
                {'columns': {'product': 0, 'quantity': 0}}, {'unit': '<b>'}, {'order': 'x'},
                {'columns': 5}):
            with self.subTest(change=change), self.assertRaises(UserError):
                file.set_columns({'': {**good, **change}})
        with self.assertRaises(UserError):
            file.set_columns({'no sheet': good})
        with self.assertRaises(UserError):
            file.set_columns({})
        file.set_columns({'': good})
        file._run_import()
        self.assertEqual((file.state, file.line_ids.kind), ('review', 'stock'))

    def test_sheet_that_does_not_count(self):
        file = self._create_file()
        file.set_columns(self._answer(file, kind='ignored'))
        file._run_import()
        self.assertEqual(file.state, 'failed')
        file.set_columns(self._answer(file, kind='sale'))
        file._run_import()
        self.assertEqual((file.state, file.row_count), ('review', 8))

    def test_columns_of_a_reviewed_file(self):
        file = self._import()
        file.set_columns(self._answer(file))
        file._run_import()
        self.assertEqual((file.state, file.row_count), ('review', 8))
        file.action_post()
        with self.assertRaises(UserError):
            file.get_columns()
        with self.assertRaises(UserError):
            file.set_columns({'': {}})

    def test_new_bytes_forget_the_answers(self):
        file = self._create_file()
        file.set_columns(self._answer(file))
        self.assertTrue(file.answers)
        file._run_import()
        file.action_undo()
        file.data = base64.b64encode(self.sample + b'  ')
        self.assertFalse(file.answers)

    def test_rights(self):
        """Commercial staff set columns and forget layouts; nobody writes one by hand."""
        file = self._import().with_user(self.user_commercial)
        layout = self._get_layouts().with_user(self.user_commercial)
        layout.active = False
        self.assertFalse(self._get_layouts())
        with self.assertRaises(AccessError):
            layout.content = '{}'
        with self.assertRaises(AccessError):
            layout.create({'name': "x", 'distributor_id': self.distributor.id})
        file.set_columns(self._answer(file))
        file._run_import()
        layout = self._get_layouts().with_user(self.user_commercial)
        self.assertTrue(layout.is_set)
        for user in (self.user_steward, self.user_director):
            layout.with_user(user).check_access('read')
            with self.assertRaises(AccessError):
                layout.with_user(user).active = True
            with self.assertRaises(AccessError):
                file.with_user(user).get_columns()
            with self.assertRaises(AccessError):
                file.with_user(user).set_columns({})
        with self.assertRaises(AccessError):
            layout.with_user(self.user_representative).check_access('read')

    def test_layouts_of_another_distributor_are_not_used(self):
        data = self._make_csv(
            [(day, "望澜市人民医院", "澜舒他汀钙片", '3') for day in ('5/1/2026', '1/5/2026')],
            headings=("日期", "客户名称", "商品名称", "数量"))
        file = self._import(data)
        file.set_columns(self._answer(file, order='dmy'))
        file._run_import()
        self.assertEqual(file.state, 'review')
        other = self._create_distributor(name="岚溪医药有限公司")
        self.assertTrue(self._import(data, distributor_id=other.id).has_question)
