from datetime import timedelta

from odoo.tests import new_test_user

from .common import PharmaCrmCommon


class TerritoryCase(PharmaCrmCommon):
    """A small market.

    ::

        华东大区 (region)
        ├── 海州地区 (area_a, code HZ)   甲医院 (hospital_a), 乙医院 (hospital_b)
        └── 临川地区 (area_b, code LC)   丙医院 (hospital_c)
        西南大区 (other_region)
        └── 云岭地区 (area_x, code YL)   丁医院 (hospital_x)
                                         戊医院 (hospital_free) belongs to nobody

    All are aligned since 30 days ago for all product lines; ``line_x`` and ``line_y`` are product
    lines, ``colleague`` a second representative. Nobody is assigned to a territory.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.territory.assignment_ids.unlink()
        cls.today = cls.env['pharma.access']._get_today()
        cls.begin = cls.today - timedelta(days=30)
        cls.region = cls._create_territory(name="华东大区", level='region')
        cls.area_a = cls._create_territory(name="海州地区", code='HZ', parent_id=cls.region.id)
        cls.area_b = cls._create_territory(name="临川地区", code='LC', parent_id=cls.region.id)
        cls.other_region = cls._create_territory(name="西南大区", level='region')
        cls.area_x = cls._create_territory(
            name="云岭地区", code='YL', parent_id=cls.other_region.id)
        cls.line_x, cls.line_y = cls.env['product.category'].create([
            {'name': "心血管线", 'is_product_line': True},
            {'name': "肿瘤线", 'is_product_line': True}])
        cls.hospital_a = cls._create_hospital(
            name="甲医院", ref='H-A', territory=False)
        cls.hospital_b = cls._create_hospital(
            name="乙医院", ref='H-B', territory=False)
        cls.hospital_c = cls._create_hospital(
            name="丙医院", ref='H-C', territory=False)
        cls.hospital_x = cls._create_hospital(
            name="丁医院", ref='H-X', territory=False)
        cls.hospital_free = cls._create_hospital(
            name="戊医院", ref='H-F', territory=False)
        cls._align(cls.hospital_a + cls.hospital_b, cls.area_a, date_from=cls.begin)
        cls._align(cls.hospital_c, cls.area_b, date_from=cls.begin)
        cls._align(cls.hospital_x, cls.area_x, date_from=cls.begin)
        cls.colleague = new_test_user(
            cls.env, login='pharma_colleague', password='pharma_colleague', name="同事",
            tz='Asia/Shanghai', groups='pharma_crm.group_pharma_crm_representative')

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _table(self):
        """All rows of alignments of this test, with all columns."""
        self.env.flush_all()
        self.env.cr.execute("SELECT to_jsonb(a) FROM pharma_alignment a ORDER BY id")
        return [row for row, in self.env.cr.fetchall()]

    def _rows(self, partner, line=None):
        """(territory, first, last) of a customer's rows for a line, in the order of time."""
        line = line or self.env['product.category']
        rows = self.env['pharma.alignment'].sudo().search(
            [('partner_id', '=', partner.id), ('product_line_id', '=', line.id)],
            order='date_from, id')
        return [(row.territory_id, row.date_from, row.date_to) for row in rows]

    def _create_realignment(self, user=None, **values):
        return self.env['pharma.realignment'].with_user(user or self.user_director).create({
            'territory_id': self.area_b.id, **values})

    def _realign(self, partners, user=None, **values):
        """A re-alignment of chosen customers, previewed and applied."""
        record = self._create_realignment(
            user, partner_ids=[(6, 0, partners.ids)], **values)
        record.action_preview()
        record.action_apply()
        return record

    def _lines(self, record):
        """{customer's name: (result, reason or False)} of a re-alignment."""
        return {line.name: (line.result, line.reason) for line in record.line_ids}
