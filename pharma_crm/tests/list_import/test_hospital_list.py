import csv
from types import SimpleNamespace

from odoo.tests import BaseCase, tagged
from odoo.tools import file_open

from ...tools import divisions, hospital_list, hospital_plan
from ...tools.divisions import DivisionIndex
from ...tools.hospital_list import find_table, read_rows
from ...tools.hospital_plan import Customer, Plan
from ...tools.names import normalise

HEADER = ('医院名称', '省份', '城市', '区县', '级别')


class HospitalListCase(BaseCase):
    """The official divisions as ``cls.index``, and rows of a list as the engine reads them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open('pharma_crm/data/pharma.division.csv', 'r') as file:
            cls.index = DivisionIndex([
                (row['code'], row['name']) for row in csv.DictReader(file)])

    def _read(self, *rows):
        """HospitalRow of each row below the first, which is the header."""
        return list(read_rows(find_table(list(rows)), self.index))

    def _plan(self, *rows, header=HEADER, customers=(), aliases=()):
        """The finished plan of rows; customers are dicts of values."""
        plan = Plan(
            [self._customer(number, **values) for number, values in enumerate(customers, 1)],
            aliases)
        for row in self._read(header, *rows):
            plan.add(row)
        plan.finish()
        return plan

    def _customer(self, number, active=True, terminal=True, **values):
        return Customer(number, {'name': '', **dict.fromkeys(hospital_plan.FIELDS, ''), **values},
                        active=active, terminal=terminal)

    def _results(self, plan):
        return [item.result for item in plan.items]

    def _reasons(self, plan):
        return [[problem.reason for problem in item.problems] for item in plan.items]


@tagged('post_install', '-at_install')
class TestDivisions(HospitalListCase):

    def _codes(self, *names):
        place = self.index.resolve(*names)
        return place.county or place.city or place.province

    def test_short_forms(self):
        """Places are found without the word for their kind and without the peoples."""
        for names, code in [
            (('北京', '', '东城'), '110101'),
            (('内蒙古', '呼市', ''), '1501'),
            (('贵州', '黔南州', '都匀'), '522701'),
            (('云南', '西双版纳', ''), '5328'),
            (('黑龙江', '齐齐哈尔', '梅里斯区'), '230208'),
            (('四川', '乐山市', '峨边县'), '511132'),
            (('新疆自治区', '伊犁州', ''), '6540'),
            (('广西', '柳州', '三江县'), '450226'),
        ]:
            with self.subTest(names=names):
                self.assertEqual(self._codes(*names), code)

    def test_every_division_by_its_full_names(self):
        """Each official county is found by the full names of itself and what is above it."""
        lost = []
        for code, name in self.index.names.items():
            if len(code) == 6:
                city = '' if divisions._NO_PLACE.search(self.index.names[code[:4]]) else (
                    self.index.names[code[:4]])
                place = self.index.resolve(self.index.names[code[:2]], city, name)
                if place.county != code:
                    lost.append((code, name, place))
        # A county that bears the name of its city means the city: 东莞市, 市区 and the like
        self.assertFalse([row for row in lost if row[1] != self.index.names[row[0][:4]]])

    def test_former_names_mean_today(self):
        """Renamed, promoted and merged counties lead to their successors."""
        for names, code in [
            (('四川', '成都', '双流县'), '510116'),
            (('重庆', '', '璧山县'), '500120'),
            (('江西', '上饶', '上饶县'), '361104'),
            (('安徽', '铜陵', '铜陵县'), '340706'),
            (('北京', '北京', '宣武区'), '110102'),
            (('福建', '三明', '梅列区'), '350404'),
            (('湖北', '襄樊市', ''), '4206'),
        ]:
            with self.subTest(names=names):
                self.assertEqual(self._codes(*names), code)

    def test_every_former_name_has_a_successor(self):
        """The table of former names points to divisions that exist."""
        for code in {**divisions._FORMER, **divisions._NICKNAMES}:
            self.assertIn(code, self.index.names)

    def test_county_and_district_are_not_mixed_up(self):
        """吉安县 is not 吉州区, and a city's name in the county's column is no county."""
        self.assertEqual(self._codes('江西', '吉安', '吉安县'), '360821')
        self.assertEqual(self._codes('新疆', '乌鲁木齐', '乌鲁木齐市'), '6501')

    def test_municipalities(self):
        """Cities that are provinces, with or without the city named; 重庆's counties too."""
        self.assertEqual(self._codes('上海', '上海市', '浦东'), '310115')
        self.assertEqual(self._codes('重庆市', '重庆市', '城口县'), '500229')
        self.assertEqual(self._codes('重庆市', '重庆市', ''), '5001')

    def test_counties_right_below_a_province(self):
        """仙桃 stands in the city's column, but is a county of the province."""
        place = self.index.resolve('湖北省', '仙桃市', '')
        self.assertEqual(place, ('42', '4290', '429004', ()))

    def test_province_told_by_the_city(self):
        self.assertEqual(self._codes('', '三亚', ''), '4602')
        self.assertEqual(self._codes('', '', '昆山市'), '320583')

    def test_nothing_is_guessed(self):
        """What is unknown or contradicts itself is told and left empty."""
        for names, reason in [
            (('火星', '', ''), 'province_unknown'),
            (('', '', '朝阳'), 'province_unknown'),        # in two provinces
            (('江苏', '成都市', ''), 'city_elsewhere'),
            (('江苏', '某某市', ''), 'city_unknown'),
            (('四川', '成都', '高新区'), 'county_unknown'),
            (('河北', '唐山', '深州市'), 'county_elsewhere'),
        ]:
            with self.subTest(names=names):
                place = self.index.resolve(*names)
                self.assertEqual([problem[0] for problem in place.problems], [reason])
                self.assertFalse(place.county)

    def test_codes(self):
        """Official codes of any length need no names; other numbers are no codes."""
        self.assertEqual(self.index.resolve(code='110101000000').county, '110101')
        self.assertEqual(self.index.resolve(code='350500').city, '3505')
        self.assertEqual(self.index.resolve('江苏', code='999999').province, '32')

    def test_split_of_regions_and_addresses(self):
        self.assertEqual(
            self.index.split("福建省泉州市晋江市梅岭街道"), ('福建省', '泉州市', '晋江市'))
        self.assertEqual(self.index.split("河北-石家庄"), ('河北', '石家庄', ''))
        self.assertEqual(self.index.split("北京市东城区东单"), ('北京市', '', '东城区'))
        self.assertEqual(self.index.split("人民路1号"), ('', '', ''))


@tagged('post_install', '-at_install')
class TestHospitalList(HospitalListCase):

    def test_columns_in_any_order_below_titles(self):
        """The header is found below a title, whatever the order, spaces and marks of duty."""
        table = find_table([
            ('江苏省医院名单（2025年）', '', '', ''),
            ('制表：某某', '', '', ''),
            ('序号', '医院等级', '所在省 *', '医疗机构 名称（必填）'),
            ('1', '三甲', '江苏', '南京鼓楼医院'),
        ])
        self.assertEqual(table.header, 2)
        self.assertEqual(table.columns, {'level': 1, 'province': 2, 'name': 3})

    def test_no_header_no_table(self):
        self.assertIsNone(find_table([('日期', '数量'), ('2025-01-01', '3')]))
        self.assertIsNone(find_table([('省份', '城市'), ('江苏', '南京')]))
        self.assertIsNone(find_table([]))

    def test_levels(self):
        """Level and grade in the spellings of real lists."""
        for text, expected in {
            '三级甲等': ('3', 'a'), '三甲': ('3', 'a'), '二级': ('2', ''), '二級': ('2', ''),
            '二级\xa0': ('2', ''), '二极': ('2', ''), '二/乙': ('2', 'b'), '二级乙': ('2', 'b'),
            '一级丙等': ('1', 'c'), '三级特等': ('3', 'special'), '三级未定等': ('3', '0'),
            '二级未定级': ('2', '0'), '未定级': ('0', ''), '无': ('0', ''), '综合三甲': ('3', 'a'),
            '三级甲等妇产专科医院': ('3', 'a'), '未定级（按二级医院管理）': ('0', ''),
            'Ⅲ级甲等': ('3', 'a'), 'III级乙等': ('3', 'b'), '3A': ('3', 'a'), '市级': ('', ''),
            '社区卫生服务中心': ('', ''), '': ('', ''),
        }.items():
            with self.subTest(text=text):
                self.assertEqual(hospital_list.parse_level(text), expected)

    def test_level_and_grade_in_two_columns(self):
        row, = self._read(('名称', '省', '级别', '等次'), ('南京鼓楼医院', '江苏', '三级', '甲等'))
        self.assertEqual(
            (row.values['hospital_level'], row.values['hospital_grade']), ('3', 'a'))

    def test_unknown_level_is_told(self):
        row, = self._read(HEADER, ('南京鼓楼医院', '江苏', '', '', '市级'))
        self.assertNotIn('hospital_level', row.values)
        self.assertEqual([problem.reason for problem in row.problems], ['level_unknown'])
        self.assertFalse(row.fatal)

    def test_names_in_brackets(self):
        """Former and other names are cut off, notes stay; both kinds of brackets."""
        for text, name, others in [
            ("许昌医院（原许昌县人民医院）", "许昌医院", ["许昌县人民医院"]),
            ("应急总医院(煤炭总医院)", "应急总医院", ["煤炭总医院"]),
            ("海州医院（又名：海州第一医院、海州老年病医院）", "海州医院",
             ["海州第一医院", "海州老年病医院"]),
            ("广州中医药大学深圳医院 (福田)(原福田区中医院)", "广州中医药大学深圳医院（福田）",
             ["福田区中医院"]),
            ("南京脑科医院(南院区)", "南京脑科医院（南院区）", []),
            ("西山煤电（集团）有限公司职工总医院", "西山煤电（集团）有限公司职工总医院", []),
            ("海州医院〓海州市第一医院", "海州医院", ["海州市第一医院"]),
            ("海州医院 原名：海州县医院", "海州医院", ["海州县医院"]),
            ("海州医院", "海州医院", []),
        ]:
            with self.subTest(text=text):
                self.assertEqual(hospital_list.split_name(text), (name, others))

    def test_columns_of_other_names(self):
        row, = self._read(
            ('名称', '省', '曾用名', '别名'),
            ('许昌医院', '河南', '许昌县人民医院；许昌专区医院', '许昌医院'))
        self.assertEqual(row.other_names, ["许昌县人民医院", "许昌专区医院"])

    def test_clean_names(self):
        for text, name in {
            "宜宾市第一人民医院\xa0 \xa0": "宜宾市第一人民医院",
            "若羌县人民医院:": "若羌县人民医院",
            "第 960 医院": "第960医院",
            "ＡＢＣ 医院（东区）": "ABC医院（东区）",
            "Union Hospital": "Union Hospital",
        }.items():
            self.assertEqual(hospital_list.clean_name(text), name)

    def test_general_names(self):
        """Names that fit many institutions, beside those that mean one."""
        for name in (
                "人民医院", "第二人民医院", "市妇幼保健院", "县中医院", "附属医院", "郊区人民医院"):
            self.assertTrue(hospital_list.is_general(name), name)
        for name in (
                "深州市人民医院", "沛县中医院", "第960医院", "西南医院", "苏州大学附属第一医院"):
            self.assertFalse(hospital_list.is_general(name), name)

    def test_kinds(self):
        for text, name, kind in [
            ('', "海州镇卫生院", 'primary_care'), ('', "海州社区卫生服务中心", 'primary_care'),
            ('', "海州大药房新华店", 'pharmacy'), ('', "海州口腔医院", 'hospital'),
            ('药店', "海州一心", 'pharmacy'), ('基层医疗', "海州医院", 'primary_care'),
        ]:
            self.assertEqual(hospital_list.parse_kind(text, name), kind, name)

    def test_totals_and_signatures_are_no_hospitals(self):
        rows = self._read(
            HEADER, ('南京鼓楼医院', '江苏', '', '', ''), ('', '', '', '', ''),
            ('合计', '', '', '', '1'), HEADER, ('制表人：某某', '', '', '', ''))
        self.assertEqual([(row.number, row.skipped) for row in rows], [
            (2, False), (4, True), (5, True), (6, True)])

    def test_codes_keep_their_zeros(self):
        row, = self._read(('编码', '名称', '省'), ("'0015942", '南京鼓楼医院', '江苏'))
        self.assertEqual(row.values['ref'], '0015942')

    def test_hostile_cells(self):
        """Nonsense in cells is refused row by row, never an exception."""
        rows = self._read(
            HEADER, ('（）', '江苏', '', '', ''), ('（原）', '江苏', '', '', ''),
            ('医' * 300, '江苏', '', '', ''), ('=1+1', '\x00', '((((', '））', '甲' * 999),
            ('名' + '（' * 500, '江苏', '', '', ''))
        self.assertEqual([row.fatal for row in rows], [True, False, True, True, True])
        self.assertEqual([rows[0].problems[0].reason, rows[2].problems[0].reason],
                         ['name_missing', 'name_too_long'])


@tagged('post_install', '-at_install')
class TestHospitalPlan(HospitalListCase):

    def test_new_by_name_and_province(self):
        """The same name in two provinces is two hospitals, in one it is one."""
        plan = self._plan(
            ('海州安康医院', '江苏', '', '', ''), ('海州安康医院', '山东', '', '', ''),
            ('海州安康医院', '江苏', '', '', '三甲'))
        self.assertEqual(self._results(plan), ['new', 'new', 'duplicate'])
        self.assertEqual(plan.created[0].changes['hospital_level'], '3')

    def test_known_customer(self):
        """Only what differs changes, empty cells change nothing, spelling is no difference."""
        customers = [{
            'name': "海州（安康）医院", 'province': '32', 'city': '3207', 'hospital_level': '2',
            'street': "新华路1号", 'pharma_type': 'hospital'}]
        plan = self._plan(('海州(安康)医院', '江苏', '', '', '三级'), customers=customers)
        self.assertEqual(self._results(plan), ['update'])
        self.assertEqual(plan.items[0].customer.changes, {'hospital_level': '3'})
        plan = self._plan(('海州(安康)医院', '江苏', '', '', '二级'), customers=customers)
        self.assertEqual(self._results(plan), ['unchanged'])

    def test_duplicates_first_row_counts(self):
        """A second row fills gaps and tells where it contradicts; again it changes nothing."""
        header = ('名称', '省', '地址', '电话')
        rows = [('海州安康医院', '江苏', '新华路1号', ''),
                ('海州安康医院', '江苏', '东风路2号', '123')]
        plan = self._plan(*rows, header=header)
        self.assertEqual(self._results(plan), ['new', 'duplicate'])
        self.assertEqual(self._reasons(plan), [[], ['differs_from_row']])
        values = {**plan.created[0].values, **plan.created[0].changes}
        self.assertEqual((values['street'], values['phone']), ('新华路1号', '123'))
        again = self._plan(*rows, header=header, customers=[values])
        self.assertEqual(self._results(again), ['unchanged', 'duplicate'])

    def test_later_row_updates_known_customer(self):
        """What only the second row says makes the first one an update."""
        header = ('名称', '省', '电话')
        plan = self._plan(
            ('海州安康医院', '江苏', ''), ('海州安康医院', '江苏', '123'), header=header,
            customers=[{'name': "海州安康医院", 'province': '32', 'pharma_type': 'hospital'}])
        self.assertEqual(self._results(plan), ['update', 'duplicate'])
        self.assertEqual(plan.items[0].customer.changes, {'phone': '123'})

    def test_code_before_name(self):
        """The code decides: the customer is renamed and the old name stays known."""
        plan = self._plan(
            ('A1', '海州新安医院', '江苏'), header=('编码', '名称', '省'),
            customers=[{'name': "海州安康医院", 'ref': 'A1', 'province': '32',
                        'pharma_type': 'hospital'}])
        self.assertEqual(self._results(plan), ['update'])
        customer = plan.items[0].customer
        self.assertEqual(customer.changes, {'name': "海州新安医院"})
        self.assertEqual(customer.other_names, ["海州安康医院"])

    def test_code_given_to_known_name(self):
        plan = self._plan(
            ('A1', '海州安康医院', '江苏'), header=('编码', '名称', '省'),
            customers=[{'name': "海州安康医院", 'province': '32', 'pharma_type': 'hospital'}])
        self.assertEqual(plan.items[0].customer.changes, {'ref': 'A1'})

    def test_code_needs_no_province(self):
        header = ('编码', '名称', '省')
        plan = self._plan(
            ('A1', '海州安康医院', ''), ('A2', '海州新安医院', ''), header=header,
            customers=[{'name': "海州安康医院", 'ref': 'A1', 'pharma_type': 'hospital'}])
        self.assertEqual(self._reasons(plan), [[], ['province_missing']])

    def test_contradicting_codes(self):
        """Codes and names that point to different customers are refused."""
        header = ('编码', '名称', '省')
        customers = [
            {'name': "海州安康医院", 'ref': 'A1', 'province': '32'},
            {'name': "海州新安医院", 'ref': 'A2', 'province': '32'},
            {'name': "海州医药", 'ref': 'D1', 'terminal': False},
            {'name': "甲医院", 'ref': 'X'}, {'name': "乙医院", 'ref': 'X'},
        ]
        for row, reason in [
            (('A1', '海州新安医院', '江苏'), 'code_and_name_differ'),
            (('A3', '海州新安医院', '江苏'), 'other_code'),
            (('D1', '海州医药医院', '江苏'), 'code_of_other_kind'),
            (('X', '海州甲乙医院', '江苏'), 'code_ambiguous'),
        ]:
            with self.subTest(row=row):
                plan = self._plan(row, header=header, customers=customers)
                self.assertEqual(self._reasons(plan), [[reason]])
                self.assertEqual(self._results(plan), ['problem'])
        plan = self._plan(
            ('A9', '海州一医院', '江苏'), ('A9', '海州三医院', '江苏'), header=header)
        self.assertEqual(self._reasons(plan), [[], ['code_twice']])

    def test_ambiguous_names_are_reported(self):
        """Two customers of one name: the place decides, or nobody."""
        customers = [
            {'name': "海州安康医院", 'province': '32', 'city': '3207', 'county': '320703'},
            {'name': "海州安康医院", 'province': '32', 'city': '3207', 'county': '320706'},
        ]
        plan = self._plan(('海州安康医院', '江苏', '', '', ''), customers=customers)
        self.assertEqual(self._reasons(plan), [['ambiguous']])
        plan = self._plan(('海州安康医院', '江苏', '连云港', '海州区', '三甲'), customers=customers)
        self.assertEqual(plan.items[0].customer.id, 2)

    def test_same_name_in_other_city(self):
        """A name that means one hospital is refused in another city, a general one is new."""
        customers = [{'name': "海州安康医院", 'province': '32', 'city': '3207'},
                     {'name': "第二人民医院", 'province': '32', 'city': '3207'}]
        plan = self._plan(
            ('海州安康医院', '江苏', '南京', '', ''), ('第二人民医院', '江苏', '南京', '', ''),
            customers=customers)
        self.assertEqual(self._results(plan), ['problem', 'new'])
        self.assertEqual(self._reasons(plan), [['same_name_elsewhere'], []])

    def test_general_name_twice(self):
        """县中医院 twice without its county could be two hospitals."""
        plan = self._plan(('县中医院', '江苏', '', '', ''), ('县中医院', '江苏', '', '', ''))
        self.assertEqual(self._reasons(plan), [[], ['name_too_general']])

    def test_archived_customer(self):
        plan = self._plan(
            ('海州安康医院', '江苏', '', '', ''),
            customers=[{'name': "海州安康医院", 'province': '32', 'active': False}])
        self.assertEqual(self._reasons(plan), [['archived']])

    def test_customer_without_province(self):
        plan = self._plan(
            ('海州安康医院', '江苏', '', '', ''), customers=[{'name': "海州安康医院"}])
        self.assertEqual(self._reasons(plan), [['same_name_without_province']])

    def test_known_by_other_name(self):
        """A confirmed former name leads to the customer and does not rename him."""
        plan = self._plan(
            ('海州县医院', '江苏', '', '', '三甲'),
            customers=[{'name': "海州安康医院", 'province': '32', 'pharma_type': 'hospital'}],
            aliases=[(normalise("海州县医院"), 1, 'confirmed')])
        self.assertEqual(self._results(plan), ['update'])
        self.assertNotIn('name', plan.items[0].customer.changes)

    def test_other_names(self):
        """Other names are recorded unless they are general, taken, waiting or customers."""
        customers = [{'name': "海州新安医院", 'province': '32', 'pharma_type': 'hospital'}]
        aliases = [(normalise("海州河西医院"), 1, 'confirmed'),
                   (normalise("海州河东医院"), 0, 'todo')]
        for other, reasons in [
            ("海州县医院", []), ("人民医院", ['other_name_general']),
            ("海州新安医院", ['other_name_is_customer']), ("海州河西医院", ['other_name_taken']),
            ("海州河东医院", ['other_name_waiting']),
        ]:
            with self.subTest(other=other):
                plan = self._plan(
                    (f'海州安康医院（{other}）', '江苏', '', '', ''), customers=customers,
                    aliases=aliases)
                self.assertEqual(self._reasons(plan), [reasons])
                self.assertEqual(
                    plan.created[0].other_names, [] if reasons else [other])

    def test_other_name_of_two(self):
        """A name that two hospitals claim, or that is a row of its own, is nobody's."""
        plan = self._plan(
            ('海州安康医院（海州县医院）', '江苏', '', '', ''),
            ('海州新安医院（海州县医院）', '江苏', '', '', ''),
            ('海州东医院（海州西医院）', '江苏', '', '', ''), ('海州西医院', '江苏', '', '', ''))
        self.assertEqual(self._reasons(plan), [
            ['other_name_twice'], ['other_name_twice'], ['other_name_is_customer'], []])
        self.assertEqual(self._results(plan), ['new'] * 4)

    def test_new_city_drops_old_county(self):
        """A county of the old city does not stay beside the new one."""
        plan = self._plan(
            ('A1', '海州安康医院', '江苏', '南京'), header=('编码', '名称', '省', '市'),
            customers=[{'name': "海州安康医院", 'ref': 'A1', 'province': '32', 'city': '3207',
                        'county': '320706', 'pharma_type': 'hospital'}])
        self.assertEqual(plan.items[0].customer.changes, {'city': '3201', 'county': ''})

    def test_fatal_and_skipped_rows(self):
        plan = self._plan(('海州安康医院', '火星', '', '', ''), ('合计', '', '', '', '1'))
        self.assertEqual(self._results(plan), ['problem', 'skipped'])
        self.assertFalse(plan.created)

    def test_empty_plan(self):
        plan = Plan([])
        plan.finish()
        self.assertEqual(plan.items, [])
        row = SimpleNamespace(skipped=True, problems=[], fatal=False, values={}, other_names=[])
        self.assertEqual(plan.add(row).result, 'skipped')
