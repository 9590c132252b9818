from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..posting.test_flow_doubles import FlowDoublesCommon

# Tables whose rows an import may touch; of a file's own row what tells that it was undone.
TABLES = ('pharma_flow_%', 'pharma_alias%', 'pharma_search_name')
TRACES = {'pharma_flow_file': {'state', 'write_date', 'write_uid'}}


@tagged('post_install', '-at_install')
class TestFlowCheck(FlowDoublesCommon):
    """What somebody sees before a file counts, and that undoing leaves nothing."""

    def _dump(self):
        """All rows of all touched tables, all columns: dict table -> list of texts."""
        self.env.flush_all()
        self.env['pharma.flow.summary']._fold()  # as its job does at once
        cr = self.env.cr
        cr.execute("""
            SELECT table_name, array_agg(column_name::text ORDER BY ordinal_position)
              FROM information_schema.columns
             WHERE table_schema = 'public' AND table_name LIKE ANY(%s) GROUP BY table_name
        """, [list(TABLES)])
        dump = {}
        for table, columns in cr.fetchall():
            if table == 'pharma_flow_customer':
                continue  # a copy of facts of customers, whether they have results or not
            # a cell of the results that went and came again has another number
            left_out = {'id'} if table.startswith('pharma_flow_summary') else TRACES.get(table, ())
            kept = [name for name in columns if name not in left_out]
            cr.execute('SELECT {} FROM {} ORDER BY 1'.format(
                ', '.join(f'"{name}"' for name in sorted(kept, key=lambda n: n != 'id')), table))
            # nothing and zero say the same
            dump[table] = sorted(
                repr([value or None for value in row]) for row in cr.fetchall())
        return dump

    def _codes(self, file):
        return set(file.check_ids.mapped('code'))

    def _check(self, file, code):
        return file.check_ids.filtered(lambda check: check.code == code)

    # === UNDO === #

    def test_undo_leaves_every_table_as_it_was(self):
        self._create_alias(
            name="澄屿大药房连锁（云溪店）", partner_id=self.clinic_hospital.id,
            distributor_id=self.distributor.id)
        other = self._make_file({}, {'customer': "某某诊所"}, source="东仓")
        replaced = self._make_file({'quantity': '5'}, source="西仓")
        file = self._create_file()
        new = self._create_file(self._make_csv([self._make_row(quantity='8')]),
                                replaces_id=replaced.id)
        before = self._dump()
        self.assertIn('pharma_flow_check', before)
        for record in (file, new):
            record._run_import()
            record.action_post()
        self.assertNotEqual(replaced.line_ids.status, 'ok')
        self.assertNotEqual(self._dump()['pharma_flow_line'], before['pharma_flow_line'])
        (file | new).action_undo()
        after = self._dump()
        self.assertEqual(set(after), set(before))
        for table, rows in before.items():
            self.assertEqual(after[table], rows, table)
        self.assertEqual(other.ok_count, 1)

    # === CHECKS === #

    def test_checks_of_the_sample(self):
        file = self._import()
        self.assertEqual(self._codes(file), {
            'counted', 'unmatched', 'error', 'out_of_period', 'names_found', 'names_open'})
        self.assertEqual(self._check(file, 'counted').row_count, 2)
        self.assertEqual(self._check(file, 'names_found').count, 2)
        self.assertEqual(self._check(file, 'names_open').count, 2)
        self.assertEqual(file.warning_count, 2)
        for check in file.check_ids:
            self.assertTrue(check.name)
            lines = self.env['pharma.flow.line'].search(check.action_view_lines()['domain'])
            self.assertEqual(len(lines), check.row_count, check.code)

    def test_names_decided_before(self):
        self._create_alias(name="望澜人医", partner_id=self.hospital.id)
        file = self._make_file({'customer': "望澜人医"}, post=False)
        self.assertEqual(self._check(file, 'names_decided').count, 1)
        file.action_post()
        second = self._make_file({'customer': "望澜人医", 'quantity': '7'}, post=False)
        self.assertFalse(self._check(second, 'names_decided'), "it is not new any more")

    def _make_months(self):
        """Three months: 100 of the product to the hospital, 10 to the other one, 30 of another
        product."""
        self.other_product = self._create_product(
            name="岚舒胶囊 10mg*14粒", drug_generic_name="岚舒胶囊", drug_specification="10mg*14粒")
        for month in ('2025-10', '2025-11', '2025-12'):
            self._make_file(
                {'date': f'{month}-05', 'quantity': '100'},
                {'date': f'{month}-06', 'quantity': '10', 'customer': "望澜市中医医院"},
                {'date': f'{month}-07', 'quantity': '30', "商品名称": "岚舒胶囊",
                 "商品规格": "10mg*14粒", "商品编码": ''},
                date_from=f'{month}-01', date_to=f'{month}-28')

    def test_usual_month_needs_no_look(self):
        self._make_months()
        file = self._make_file(
            {'quantity': '90'}, {'quantity': '12', 'customer': "望澜市中医医院"},
            {'quantity': '31', "商品名称": "岚舒胶囊", "商品规格": "10mg*14粒", "商品编码": ''},
            post=False)
        self.assertEqual(self._codes(file), {'counted'})
        self.assertEqual(file.action_ask_post(), True)
        self.assertEqual(file.state, 'posted')

    def test_what_differs_from_the_usual_month(self):
        self._make_months()
        new = self._create_hospital(name="望澜市第九医院")
        file = self._make_file(
            {'quantity': '400'}, {'quantity': '5', 'customer': new.name}, post=False)
        self.assertEqual(self._codes(file), {
            'counted', 'names_found', 'total_differs', 'product_differs', 'product_missing',
            'customer_jump', 'customer_new', 'customer_missing'})
        jump = self._check(file, 'customer_jump')
        self.assertEqual((jump.partner_id, jump.quantity, jump.usual_quantity),
                         (self.hospital, 400, 130))
        missing = self._check(file, 'product_missing')
        self.assertEqual((missing.product_id, missing.usual_quantity), (self.other_product, 30))
        lines = self.env['pharma.flow.line']
        shown = lines.search(missing.action_view_lines()['domain'])
        self.assertEqual((shown.product_id, sum(shown.mapped('quantity'))),
                         (self.other_product, 90))
        shown = lines.search(self._check(file, 'customer_new').action_view_lines()['domain'])
        self.assertEqual(shown.partner_id, new)
        shown = lines.search(self._check(file, 'customer_missing').action_view_lines()['domain'])
        self.assertEqual(shown.partner_id, self.clinic_hospital)

    def test_part_of_a_month_misses_nothing(self):
        self._make_months()
        file = self._make_file({'quantity': '9'}, post=False, date_to='2026-01-10')
        self.assertEqual(self._codes(file), {'counted'})

    def test_without_history_nothing_differs(self):
        file = self._make_file({'quantity': '9000'}, post=False)
        self.assertEqual(self._codes(file), {'counted', 'names_found'})

    def test_rows_of_locked_months(self):
        self.env['pharma.flow.period'].create({'month': '2026-01-01'}).action_lock()
        file = self._make_file({}, {'date': '2026-02-01'}, post=False, date_to='2026-02-28')
        check = self._check(file, 'restated')
        self.assertEqual((check.row_count, check.is_warning), (1, True))
        for _state in ('review', 'posted'):
            shown = self.env['pharma.flow.line'].search(check.action_view_lines()['domain'])
            self.assertEqual(str(shown.date), '2026-01-05')
            file.action_post()

    # === POSTING === #

    def test_warnings_are_acknowledged(self):
        file = self._import().with_user(self.user_commercial)
        action = file.action_ask_post()
        self.assertEqual((action['res_model'], file.state), ('pharma.flow.post', 'review'))
        dialog = self.env['pharma.flow.post'].with_user(self.user_commercial).with_context(
            **action['context']).create({})
        self.assertEqual(dialog.check_ids, file.check_ids.filtered('is_warning'))
        dialog.action_post()
        self.assertEqual(file.state, 'posted')
        note = file.message_ids.filtered(lambda message: message.author_id ==
                                         self.user_commercial.partner_id)[0]
        for check in dialog.check_ids:
            self.assertIn(check.name, note.body)

    def test_warned_files_do_not_post_themselves(self):
        self._make_months()
        self.env.company.pharma_flow_auto_post = True
        self.assertEqual(self._make_file({'quantity': '900'}, post=False).state, 'review')

    def test_decided_names_leave_the_checks(self):
        file = self._make_file({'customer': "望澜人医"}, post=False)
        self.assertIn('unmatched', self._codes(file))
        self._find_name("望澜人医").partner_id = self.hospital
        file.action_check()
        self.assertEqual(self._codes(file), {'counted', 'names_decided'})

    def test_who_sees_and_posts(self):
        file = self._import()
        self.assertTrue(file.with_user(self.user_director).check_ids.mapped('name'))
        with self.assertRaises(AccessError):
            file.check_ids.with_user(self.user_representative).read(['name'])
        for user in (self.user_director, self.user_steward, self.user_representative):
            with self.assertRaises(AccessError):
                file.with_user(user).action_ask_post()
