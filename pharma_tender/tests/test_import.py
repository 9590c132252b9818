import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import PharmaTenderCommon

FILE = """\
国家组织药品集中采购中选结果,,,,,,,,,
批次,省份,序号,通用名,剂型,规格,包装,单位,生产企业,中选价格
第九十批,浙江,1,测试他汀片,片剂,10mg*14片,,盒,海州制药有限公司,5.60
第九十批,江苏,1,测试他汀片,片剂,10mg*14片,,盒,海州制药有限公司,5.60
第九十批,浙江,1,测试他汀片,片剂,20mg,7片/板×2板/盒,盒,新丰药业有限公司（海州制药有限公司受托生产）,8.40
第九十批,火星,1,测试他汀片,片剂,10mg*14片,,盒,海州制药有限公司,5.60
第九十批,浙江,2,测试沙坦片,片剂,80mg*7片,,盒,海州制药有限公司,面议
"""


@tagged('post_install', '-at_install')
class TestImport(PharmaTenderCommon):
    """The import screen shows first, then enters, and a second time adds nothing."""

    def _wizard(self, text=FILE, user=None, **values):
        return self.env['pharma.tender.import'].with_user(user or self.user_tender).create({
            'data': base64.b64encode(text.encode()), 'filename': '结果.csv',
            'kind_id': self.kind.id, **values})

    def _prices(self):
        return self.env['pharma.price'].search([('batch', '=', "第九十批")])

    def test_check_and_import(self):
        wizard = self._wizard()
        wizard.action_check()
        self.assertRecordValues(wizard, [{
            'state': 'checked', 'row_count': 5, 'new_count': 3, 'changed_count': 0,
            'known_count': 0, 'skipped_count': 2}])
        self.assertEqual(
            [(line.row_number, line.value, line.is_skipped) for line in wizard.line_ids],
            [(6, "火星", True), (7, "面议", True)])
        self.assertTrue(all(wizard.line_ids.mapped('reason')))
        self.assertFalse(self._prices())

        wizard.action_import()
        self.assertEqual(wizard.state, 'done')
        prices = self._prices()
        self.assertEqual(len(prices), 3)
        tender = prices.tender_id
        self.assertRecordValues(tender, [{
            'batch': "第九十批", 'sequence': 90, 'kind_id': self.kind.id, 'is_official': True,
            'stage_id': self.stage_public.id, 'company_id': False}])
        bids = tender.bid_ids
        self.assertEqual(bids.product_id & self.product, self.product)
        contract = bids - bids.filtered(lambda bid: bid.product_id == self.product)
        self.assertRecordValues(contract, [{
            'maker_note': "海州制药有限公司受托生产", 'units_per_pack': 14, 'unit_price': 0.6,
            'is_ours': False}])
        self.assertEqual(contract.manufacturer_id.name, "新丰药业有限公司")

    def test_second_import(self):
        """The same file again is known; another price corrects price and bid."""
        self._wizard().action_import()
        wizard = self._wizard()
        wizard.action_check()
        self.assertEqual((wizard.new_count, wizard.known_count), (0, 3))
        wizard = self._wizard(FILE.replace('8.40', '7.70'))
        wizard.action_check()
        self.assertEqual((wizard.changed_count, wizard.known_count), (1, 2))
        wizard.action_import()
        price = self._prices().filtered(lambda price: price.product_id != self.product)
        self.assertEqual((price.price_per_pack, price.unit_price), (7.7, 0.55))
        self.assertEqual(price.bid_id.price_per_pack, 7.7)

    def test_known_names(self):
        """A manufacturer known by another name and our own product get the results."""
        self.maker.name = "海州集团"
        self._create_alias(name="海州制药股份有限公司", partner_id=self.maker.id)
        self._wizard().action_import()
        bid = self._prices().bid_id.filtered(lambda bid: bid.manufacturer_id == self.maker)
        self.assertRecordValues(bid, [{
            'product_id': self.product.id, 'is_ours': True, 'result': 'won', 'our_win': 1}])
        self.assertEqual(bid.state_ids, self.state_zj | self.state_js)

    def test_own_company(self):
        """Results that are not shared belong to the company of whoever imports."""
        self._wizard(is_shared=False).action_import()
        self.assertEqual(self._prices().company_id, self.env.company)
        self._wizard().action_import()
        self.assertEqual(len(self._prices()), 6)

    def test_batch_from_the_screen(self):
        rows = [line.split(',', 1)[1] for line in FILE.splitlines()[1:]]
        self._wizard("\n".join(rows), batch="第九十批").action_import()
        self.assertEqual(len(self._prices()), 3)

    def test_files_that_are_none(self):
        """Other tables and empty files end in words, with the file's name."""
        for text in ("a,b\n1,2\n", "\n\n"):
            with self.assertRaisesRegex(UserError, "结果.csv"):
                self._wizard(text).action_check()

    def test_rights(self):
        wizard = self._wizard()
        with self.assertRaises(AccessError):
            wizard.with_user(self.user_representative).action_import()
        with self.assertRaises(AccessError):
            self._wizard(user=self.user_director)
