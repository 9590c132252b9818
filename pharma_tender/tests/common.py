from odoo.fields import Command

from odoo.addons.pharma_crm.tests.common import PharmaCrmCommon

# user attribute -> XML ids of his groups, beside those of PharmaCrmCommon
ROLES = {
    'user_tender': 'pharma_tender.group_pharma_tender_user',
    'user_tender_admin': 'pharma_tender.group_pharma_tender_admin',
    'user_commercial': 'pharma_distribution.group_pharma_distribution_commercial',
}


class PharmaTenderCommon(PharmaCrmCommon):
    """What tests of tenders need, in the main company, without demo data.

    * users ``user_tender``, ``user_tender_admin``, ``user_commercial`` (logins ``pharma_tender``,
      …) beside those of PharmaCrmCommon;
    * ``maker`` and ``rival``, two manufacturers; ``product``, ours, made by ``maker``;
      ``rival_product``, not for sale, made by ``rival``;
    * ``kind`` with stages of its own: ``stage_open``, ``stage_bids`` (working), ``stage_public``;
    * ``state_zj`` and ``state_js``, two provinces;
    * helpers ``_create_tender``, ``_create_item``, ``_create_bid``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_role_users(ROLES)
        cls.maker = cls._create_partner_of_type('manufacturer', name="海州制药有限公司")
        cls.rival = cls._create_partner_of_type('manufacturer', name="东陵药业有限公司")
        cls.product = cls._create_product(
            name="测试他汀片 10mg*14片", drug_generic_name="测试他汀片",
            drug_specification="10mg*14片", drug_units_per_pack=14,
            drug_manufacturer_id=cls.maker.id)
        cls.rival_product = cls._create_product(
            name="测试他汀片 10mg*7片 东陵", drug_generic_name="测试他汀片",
            drug_specification="10mg*7片", drug_units_per_pack=7,
            drug_manufacturer_id=cls.rival.id, sale_ok=False)
        cls.stage_open, cls.stage_bids, cls.stage_public = cls.env['pharma.tender.stage'].create([
            {'name': "Test Open", 'sequence': 1},
            {'name': "Test Bids", 'sequence': 2},
            {'name': "Test Public", 'sequence': 3, 'results_public': True},
        ])
        cls.kind = cls.env['pharma.tender.kind'].create({
            'name': "Test Kind", 'code': 'test_kind',
            'stage_ids': [Command.set((cls.stage_open | cls.stage_bids | cls.stage_public).ids)]})
        cls.state_zj = cls.env.ref('base.state_cn_ZJ')
        cls.state_js = cls.env.ref('base.state_cn_JS')

    @classmethod
    def _create_tender(cls, **values):
        return cls.env['pharma.tender'].create({
            'name': "测试招标", 'kind_id': cls.kind.id, 'user_id': cls.user_tender.id, **values})

    @classmethod
    def _create_item(cls, tender, **values):
        return cls.env['pharma.tender.item'].create({
            'tender_id': tender.id, 'item_no': '1', 'generic_name': "测试他汀片", **values})

    @classmethod
    def _create_bid(cls, item, product=None, **values):
        product = product or cls.product
        return cls.env['pharma.tender.bid'].create({
            'item_id': item.id, 'product_id': product.id, 'price_per_pack': 7.0, **values})
