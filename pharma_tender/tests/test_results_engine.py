from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from odoo.addons.pharma_tender.tools.results import (
    PROVINCES,
    Pack,
    batch_number,
    parse_price,
    parse_results,
    province_of,
    short_company,
    split_batch,
    split_company,
    split_pack,
    split_provinces,
)

HEADER = ('批次', '省份', '序号', '通用名', '剂型', '规格', '包装', '单位', '生产企业', '中选价格')
ROW = ('第二批', '浙江', '3', '阿卡波糖片', '片剂', '50mg*30片', '', '盒',
       '四川绿叶制药股份有限公司', '9.6')
CELLS = st.text(alphabet='浙江、第二批1.5*片/盒板（()）  \n\x00é٣', max_size=8)


def table(*rows):
    return list(enumerate((HEADER, *rows), start=1))


def changed(**cells):
    names = ('batch', 'province', 'item', 'name', 'form', 'spec', 'pack', 'unit', 'company',
             'price')
    return tuple(cells.get(name, cell) for name, cell in zip(names, ROW, strict=True))


@tagged('post_install', '-at_install')
class TestResultsEngine(BaseCase):
    """Cells of published results are read as people read them."""

    def test_company_with_notes(self):
        """Notes behind the name are split off, brackets that belong to the name stay."""
        for text, name, note in (
            ('齐鲁制药（海南）有限公司', '齐鲁制药（海南）有限公司', ''),
            ('重庆科瑞制药（集团）', '重庆科瑞制药（集团）', ''),
            ('东莞市阳之康医药有限责任公司(广东东阳光药业有限公司受托生产)',
             '东莞市阳之康医药有限责任公司', '广东东阳光药业有限公司受托生产'),
            ('Sanofi Clir SNC(Sanofi Winthrop Industrie)（赛诺菲（杭州）制药有限公司分包装）',
             'Sanofi Clir SNC', 'Sanofi Winthrop Industrie；赛诺菲（杭州）制药有限公司分包装'),
            ('Merck Sharp & Dohme B.V.（Merck Sharp & Dohme Ltd.）(杭州默沙东制药有限公司分包装）',
             'Merck Sharp & Dohme B.V.', 'Merck Sharp & Dohme Ltd.；杭州默沙东制药有限公司分包装'),
            ('（有限公司）', '（有限公司）', ''),
            ('某药厂）', '某药厂）', ''),
            ('', '', ''),
        ):
            with self.subTest(text):
                self.assertEqual(split_company(text), (name, note))

    def test_short_company(self):
        self.assertEqual(short_company('齐鲁制药（海南）有限公司'), '齐鲁制药（海南）')
        self.assertEqual(short_company('浙江京新药业股份有限公司'), '浙江京新药业')
        self.assertEqual(short_company('AUROBINDO'), 'AUROBINDO')
        self.assertEqual(short_company('有限公司'), '有限公司')

    def test_pack(self):
        """Units in a pack out of every way in which packs are printed."""
        for specification, pack, strength, units, unit in (
            ('10mg*14片', '', '10mg', 14, '片'),
            ('（150mg+12.5mg）*7片', '', '(150mg+12.5mg)', 7, '片'),
            ('5ml:50mg*5支', '', '5ml:50mg', 5, '支'),
            ('10%（150ml:15g）*1瓶', '', '10%(150ml:15g)', 1, '瓶'),
            ('100mg/支', '', '100mg', 1, '支'),
            ('5mg/2.5ml', '', '5mg/2.5ml', 0, ''),
            ('20mg', '10片/板×3板/盒', '20mg', 30, '片'),
            ('20mg', '10片/板x1板/盒', '20mg', 10, '片'),
            ('20mg', '10片/板╳1板/袋，3袋/盒', '20mg', 30, '片'),
            ('20mg', '10片/板，30片/盒', '20mg', 30, '片'),
            ('20mg', '7片/板*3板/袋*1袋/盒', '20mg', 21, '片'),
            ('20mg', '每板12片，每盒1板', '20mg', 12, '片'),
            ('20mg', '每盒3板，每板10片', '20mg', 30, '片'),
            ('20mg', '12片/板，每包装3板，每盒装1包', '20mg', 36, '片'),
            ('20mg', '2x10片/板/盒', '20mg', 20, '片'),
            ('20mg', '7片/板×4/板/盒', '20mg', 28, '片'),
            ('20mg', '60粒/瓶/盒', '20mg', 60, '粒'),
            ('20mg', '1瓶/盒', '20mg', 1, '瓶'),
            ('20mg', '每瓶100片', '20mg', 100, '片'),
            ('10ml:0.1g', '10ml/支，50支/盒', '10ml:0.1g', 50, '支'),
            ('20ml:0.2g', '20ml/支×4支/盒', '20ml:0.2g', 4, '支'),
            ('10ml:0.1g', '每支10ml，每盒2支', '10ml:0.1g', 2, '支'),
            ('10ml:10mg', '每瓶10毫升，每盒1瓶', '10ml:10mg', 1, '瓶'),
            ('0.4ml:1.2mg', '5支一板，15支/盒（3板）', '0.4ml:1.2mg', 15, '支'),
            ('2ml:15mg', '每袋内装1支，50支/盒', '2ml:15mg', 50, '支'),
            ('20mg', '见说明书', '20mg', 0, ''),
            ('', '', '', 0, ''),
        ):
            with self.subTest(f"{specification} {pack}"):
                self.assertEqual(
                    split_pack(specification, pack), Pack(strength, Decimal(units), unit))

    @settings(deadline=None)
    @given(st.integers(1, 200), st.integers(1, 20), st.sampled_from('片粒支'),
           st.sampled_from(('×', '*', 'x', '╳', '＊')))
    def test_pack_of_blisters(self, per_blister, blisters, unit, times):
        """However many there are: units are blisters times units per blister."""
        pack = f'{per_blister}{unit}/板{times}{blisters}板/盒'
        self.assertEqual(
            split_pack('5mg', pack), Pack('5mg', Decimal(per_blister * blisters), unit))

    @settings(deadline=None)
    @given(st.lists(st.sampled_from(PROVINCES), unique=True), st.sampled_from('、，,；'))
    def test_provinces_of_any_list(self, provinces, comma):
        """A list of provinces gives these provinces in this order, whatever separates them."""
        self.assertEqual(split_provinces(comma.join(provinces)), (provinces, []))

    def test_provinces(self):
        self.assertEqual(
            split_provinces('浙江、广西壮族自治区，新疆（含兵团）、上海市'),
            (['浙江', '广西', '新疆', '上海'], []))
        self.assertEqual(split_provinces('新疆（含兵团'), (['新疆'], []))
        self.assertEqual(split_provinces('浙江、火星'), (['浙江'], ['火星']))
        self.assertEqual(province_of('海南岛'), '')
        self.assertEqual(province_of('吉林市'), '吉林')  # printed lists name no cities

    def test_batch(self):
        self.assertEqual(split_batch('第二批(GY-YD2019-2)'), ('第二批', 'GY-YD2019-2'))
        self.assertEqual(split_batch('第四批'), ('第四批', ''))
        for label, number in (('第一批联盟地区扩围', 1), ('第四批', 4), ('第十批', 10),
                              ('第十一批', 11), ('第二十三批', 23), ('第5批', 5), ('省级', 0)):
            self.assertEqual(batch_number(label), number, label)

    def test_price(self):
        for text, price in (('1.68', '1.68'), ('¥1,234.50', '1234.50'), ('3.6元', '3.6'),
                            ('２８', '28'), (9.6, '9.6')):
            self.assertEqual(parse_price(text), Decimal(price))
        for text in ('', None, '—', '0', '-3', '1.2.3', 'nan', '1e5', '٣'):
            self.assertIsNone(parse_price(text), text)

    def test_table(self):
        """Titles above the header are skipped, rows of several provinces give several results."""
        found = parse_results([
            (1, ('中选结果表',)), (2, ()),
            (3, HEADER), (4, changed(province='浙江、江苏')), (5, ('',) * 10),
            (6, changed(item='4', company='南京正大天晴制药有限公司')),
        ])
        self.assertEqual(found.problems, [])
        self.assertEqual(found.row_count, 2)
        self.assertEqual(
            [(row.number, row.province, row.item_no) for row in found.rows],
            [(4, '浙江', '3'), (4, '江苏', '3'), (6, '浙江', '4')])
        self.assertEqual(found.rows[0].price, Decimal('9.6'))
        self.assertEqual(found.rows[0].bid_key, found.rows[1].bid_key)

    def test_no_header(self):
        found = parse_results([(1, ('a', 'b')), (2, ROW)])
        self.assertEqual([problem.code for problem in found.problems], ['no_header'])

    def test_problems(self):
        """Bad rows are told with their number and reason; the others go on."""
        found = parse_results(table(
            ROW, ROW, changed(price='9.7'), changed(price='面议'), changed(province='火星'),
            changed(name=''), changed(form='重庆', item='9'), changed(spec='50mg', item='8'),
            changed(batch='', item='7')))
        self.assertEqual(
            [(problem.number, problem.code, problem.skipped) for problem in found.problems], [
                (3, 'double', True), (4, 'contradiction', True), (5, 'bad_price', True),
                (6, 'unknown_province', True), (7, 'missing', True),
                (8, 'form_is_province', False), (9, 'unknown_units', False), (10, 'missing', True)])
        self.assertEqual([row.number for row in found.rows], [2, 8, 9])
        self.assertEqual(found.rows[1].dosage_form, '')

    def test_batch_of_the_whole_table(self):
        found = parse_results(table(changed(batch='')), batch='第五批(GY-YD2021-2)')
        self.assertEqual([row.batch for row in found.rows], ['第五批'])

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.lists(CELLS, max_size=12), max_size=6))
    def test_any_table(self, rows):
        """No table stops the reader, and every row is a result or has a reason."""
        found = parse_results(table(*rows))
        self.assertLessEqual(
            {number for number, cells in table(*rows)[1:] if any(map(str.strip, cells[:10]))},
            {row.number for row in found.rows} | {problem.number for problem in found.problems})
