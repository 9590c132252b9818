import base64
import csv
import io

from odoo.tools import file_open

from odoo.addons.pharma_crm.tests.common import PharmaCrmCommon

HEADINGS = (
    "销售日期", "客户名称", "商品编码", "商品名称", "商品规格", "单位", "批号", "数量", "金额")


class PharmaDistributionCommon(PharmaCrmCommon):
    """A distributor with a file of every trait that real ones have, and a commercial user.

    Resources, beside those of ``PharmaCrmCommon``:

    * ``user_commercial`` (login and password ``pharma_commercial``);
    * ``distributor``, ``hospital`` (its person in charge is the representative),
      ``clinic_hospital``, ``product`` (100 packs in a case);
    * ``sample``: bytes of ``flow_sample.xls``. Its sheet ReportCommonVO has 15 rows:

      ====  =============================================================
      row   what it is
      ====  =============================================================
      1-3   title, query with the period (first quarter of 2026), heading
      4-5   sold to ``hospital`` and ``clinic_hospital``: counted
      6-7   sold to a pharmacy that nobody knows: a return, two cases
      8     subtotal
      9     a hospital and a strength that nobody knows; date as a number
      10    a date that is none
      11    a quantity that is none
      12    a date outside of the period
      13-15 blank, total, signatures
      ====  =============================================================

    * helpers ``_create_file(data, **values)``, ``_import(data, **values)``, ``_make_csv(rows)``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_role_users(
            {'user_commercial': 'pharma_distribution.group_pharma_distribution_commercial'})
        cls.distributor = cls._create_distributor(name="望澜医药有限公司")
        cls.hospital = cls._create_hospital(name="望澜市人民医院")
        cls.clinic_hospital = cls._create_hospital(name="望澜市中医医院", territory=False)
        cls.product = cls._create_product(
            name="澜舒他汀钙片 20mg*7片", drug_generic_name="澜舒他汀钙片",
            drug_specification="20mg*7片", drug_packs_per_case=100)
        with file_open('pharma_distribution/static/tests/data/flow_sample.xls', 'rb') as file:
            cls.sample = file.read()

    @classmethod
    def _create_file(cls, data=None, **values):
        return cls.env['pharma.flow.file'].create({
            'name': "flow_sample.xls",
            'distributor_id': cls.distributor.id,
            'data': base64.b64encode(cls.sample if data is None else data),
            **values,
        })

    @classmethod
    def _import(cls, data=None, **values):
        """Create a file and read it now."""
        file = cls._create_file(data, **values)
        file._run_import()
        return file

    @classmethod
    def _make_csv(cls, rows, headings=HEADINGS):
        """Bytes of a text file; a row is a tuple in the order of the headings."""
        buffer = io.StringIO()
        csv.writer(buffer).writerows([headings, *rows])
        return buffer.getvalue().encode()

    @classmethod
    def _make_row(
            cls, customer="望澜市人民医院", date='2026-01-05', quantity='1', amount='10', **more):
        """One row for ``_make_csv``: ``cls.product`` in packs."""
        values = {
            "销售日期": date, "客户名称": customer, "商品编码": "'0159425",
            "商品名称": "澜舒他汀钙片", "商品规格": "20mg*7片", "单位": "盒", "批号": "25010101",
            "数量": quantity, "金额": amount, **more}
        return tuple(values[heading] for heading in HEADINGS)

    def _find_name(self, name):
        """The open name of the distributor's files."""
        alias = self.env['pharma.alias'].search([
            ('name', '=', name), ('distributor_id', '=', self.distributor.id)])
        self.assertEqual(len(alias), 1, name)
        return alias

    def assertStatuses(self, file, statuses):
        """Compare the statuses of a file's rows: dict row number -> status."""
        found = {line.row_number: line.status for line in file.line_ids}
        self.assertEqual(found, statuses)
