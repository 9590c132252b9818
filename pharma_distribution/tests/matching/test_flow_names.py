import base64

from odoo.tests import tagged

from ..common import PharmaDistributionCommon

PHARMACY = "澄屿大药房连锁（云溪店）"


@tagged('post_install', '-at_install')
class TestFlowNames(PharmaDistributionCommon):
    """Deciding on a name once reaches all its rows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.file = cls._import()
        cls.later = cls._import(cls._make_csv([
            cls._make_row(customer=PHARMACY), cls._make_row(customer="澄屿大药房连锁 (云溪店)")]))
        cls.pharmacy = cls._create_partner_of_type('pharmacy', name="澄屿大药房云溪店")

    def lines_of(self, name):
        return self.env['pharma.flow.line'].search([('raw_customer', '=like', f'{name[:5]}%')])

    def test_unknown_names_are_listed_once(self):
        """Two spellings that compare equal are one name, with all its rows and their worth."""
        name = self._find_name(PHARMACY)
        self.assertRecordValues(name, [{
            'status': 'todo', 'kind': 'partner', 'line_count': 4, 'line_amount': 7013.5,
            'first_file_id': self.file.id, 'company_id': self.env.company.id}])

    def test_decision_resolves_rows_of_all_files(self):
        name = self._find_name(PHARMACY)
        name.with_user(self.user_commercial).partner_id = self.pharmacy
        self.assertEqual(name.decided_by_id, self.user_commercial)
        lines = self.lines_of(PHARMACY)
        self.assertEqual(len(lines), 4)
        self.assertEqual(lines.partner_id, self.pharmacy)
        self.assertEqual(set(lines.mapped('status')), {'ok'})
        self.assertEqual((self.file.ok_count, self.later.ok_count), (4, 2))

    def test_decision_holds_for_later_files(self):
        self._find_name(PHARMACY).partner_id = self.pharmacy
        file = self._import(self._make_csv([self._make_row(customer=PHARMACY, quantity='7')]))
        self.assertEqual(file.line_ids.partner_id, self.pharmacy)
        self.assertEqual(self._find_name(PHARMACY).line_count, 5)

    def test_changed_decision_moves_the_rows(self):
        name = self._find_name(PHARMACY)
        name.partner_id = self.pharmacy
        name.partner_id = self.hospital
        lines = self.lines_of(PHARMACY)
        self.assertEqual(lines.partner_id, self.hospital)
        self.assertEqual(lines.user_id, self.user_representative)
        name.action_reopen()
        self.assertFalse(lines.partner_id)
        self.assertFalse(lines.user_id)
        self.assertEqual(set(lines.mapped('status')), {'unmatched_customer'})

    def test_ignored_names(self):
        names = self._find_name(PHARMACY) | self._find_name("岚溪市第一人民医院")
        names.with_user(self.user_commercial).action_ignore()
        self.assertEqual(set(self.lines_of(PHARMACY).mapped('status')), {'ignored'})
        self.assertRecordValues(self.file, [{'unmatched_count': 0, 'ignored_count': 3}])

    def test_strengths_are_different_products(self):
        """2.5mg is not 25mg: the point stays in the key."""
        name = self._find_name("澜舒他汀钙片 2.5mg*7片")
        weak = self._create_product(
            name="澜舒他汀钙片 2.5mg", drug_generic_name="澜舒他汀钙", drug_specification=False)
        strong = self._import(self._make_csv([self._make_row(商品规格="25mg*7片")]))
        self.assertNotEqual(self._find_name("澜舒他汀钙片 25mg*7片"), name)
        name.product_id = weak
        self.assertFalse(strong.line_ids.product_id)

    def test_product_and_customer_of_one_row(self):
        line = self.file.line_ids.filtered(lambda line: line.row_number == 9)
        self._find_name("岚溪市第一人民医院").partner_id = self.hospital
        self.assertEqual(line.status, 'unmatched_product')
        self._find_name("澜舒他汀钙片 2.5mg*7片").product_id = self.product
        self.assertRecordValues(line, [{
            'status': 'ok', 'reason': False, 'partner_id': self.hospital.id,
            'product_id': self.product.id}])

    def test_competitors_product_of_the_same_name_is_not_meant(self):
        """A distributor reports to us what he sold of ours."""
        competitor = self._create_product(
            name=self.product.name, drug_generic_name=self.product.drug_generic_name,
            drug_specification=self.product.drug_specification, sale_ok=False)
        file = self._import(self._make_csv([self._make_row(quantity='8')]))
        self.assertEqual(file.line_ids.product_id, self.product)
        self.product.active = False
        file.action_resolve()
        self.assertEqual(file.line_ids.product_id, competitor)

    def test_two_customers_of_one_name_are_nobodys_guess(self):
        twin = self._create_hospital(name="望澜市人民医院")
        file = self._import(self._make_csv([self._make_row(quantity='9')]))
        self.assertEqual(file.line_ids.reason, 'customer_ambiguous')
        self._find_name("望澜市人民医院").partner_id = twin
        self.assertEqual(file.line_ids.partner_id, twin)

    def test_distributors_own_name_before_the_global_one(self):
        self._create_alias(name="澜人医", partner_id=self.clinic_hospital.id)
        self._create_alias(
            name="澜人医", partner_id=self.hospital.id, distributor_id=self.distributor.id)
        data = self._make_csv([self._make_row(customer="澜人医")])
        other = self._create_distributor(name="岚溪医药有限公司")
        self.assertEqual(self._import(data).line_ids.partner_id, self.hospital)
        self.assertEqual(
            self._import(data, distributor_id=other.id).line_ids.partner_id, self.clinic_hospital)

    def test_global_decision_reaches_rows_that_are_there(self):
        self._create_alias(name=PHARMACY, partner_id=self.pharmacy.id)
        self.assertEqual(self.lines_of(PHARMACY).partner_id, self.pharmacy)

    def test_removed_alias_takes_its_decision_along(self):
        alias = self._create_alias(name=PHARMACY, partner_id=self.pharmacy.id)
        alias.unlink()
        self.assertFalse(self.lines_of(PHARMACY).partner_id)

    def test_renamed_alias_speaks_for_its_new_name(self):
        name = self._find_name(PHARMACY)
        name.partner_id = self.pharmacy
        name.name = "另一家药房"
        self.assertFalse(self.lines_of(PHARMACY).partner_id)
        self.assertEqual(name.line_count, 0)

    def test_new_customers_are_found_on_demand(self):
        self._create_hospital(name="岚溪市第1人民医院")
        self.file.action_resolve()
        line = self.file.line_ids.filtered(lambda line: line.row_number == 9)
        self.assertEqual(line.partner_id.name, "岚溪市第1人民医院")

    def test_campus_by_its_full_name(self):
        campus = self._create_campus(self.hospital)
        file = self._import(self._make_csv([self._make_row(customer="望澜市人民医院（东院区）")]))
        self.assertEqual(file.line_ids.partner_id, campus)
        self.assertEqual(file.line_ids.user_id, self.user_representative)

    def test_own_code_needs_a_fitting_name(self):
        """A distributor's code may be that of another product of ours by chance."""
        product = self._create_product(
            name="岚溪胶囊", drug_generic_name="岚溪胶囊", drug_specification="0.3g",
            default_code="0000777")
        code = {'商品编码': "0000777"}
        rows = [self._make_row(**code, 商品名称="岚溪胶囊", 商品规格="0.3g×24粒"),
                self._make_row(**code, 商品名称="别的药", 商品规格="0.3g")]
        lines = self._import(self._make_csv(rows)).line_ids.sorted('row_number')
        self.assertEqual(lines[0].product_id, product)
        self.assertFalse(lines[1].product_id)

    def test_nothing_is_made_double(self):
        count = self.env['pharma.alias'].search_count([])
        self._import(self._make_csv([self._make_row(customer=PHARMACY, quantity='8')]))
        self.assertEqual(self.env['pharma.alias'].search_count([]), count)

    def test_other_company_decides_for_itself(self):
        company = self.env['res.company'].create({'name': "另一公司"})
        foreign = self.env['pharma.flow.file'].with_company(company).create({
            'name': "other.csv", 'distributor_id': self.distributor.id, 'company_id': company.id,
            'data': base64.b64encode(self._make_csv([
                self._make_row(customer=PHARMACY, quantity='3')]))})
        foreign._run_import()
        mine = self.env['pharma.alias'].search([
            ('name', '=', PHARMACY), ('company_id', '=', self.env.company.id)])
        mine.partner_id = self.pharmacy
        self.assertFalse(foreign.line_ids.partner_id)
        decided = self.lines_of(PHARMACY).filtered('partner_id')
        self.assertEqual(decided.company_id, self.env.company)
