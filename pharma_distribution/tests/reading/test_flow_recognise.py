import calendar
import datetime
import random

from odoo.tests import BaseCase, tagged

from ...tools.flow_recognise import Distributor, Hints, Recogniser, find_days

TODAY = datetime.date(2026, 9, 8)
PLACES = (
    '浙江', '江苏', '山东', '安徽', '杭州', '宁波', '温州', '南京', '苏州', '济南', '青岛', '合肥')
# full name, names by which people write it, code, place
COMPANIES = (
    ("杭州望澜医药有限公司", ("望澜", "望澜医药", "杭州望澜"), 'ZJ001', ('浙江', '杭州')),
    ("宁波海曙药业股份有限公司", ("海曙药业", "宁波海曙", "海曙"), 'ZJ002', ('浙江', '宁波')),
    ("温州瓯越仁济医药有限公司", ("瓯越仁济", "温州瓯越仁济"), 'ZJ003', ('浙江', '温州')),
    ("国药控股宁波有限公司", ("国控宁波", "国药控股宁波"), 'GK010', ('浙江', '宁波')),
    ("国药控股苏州有限公司", ("国控苏州", "国药控股苏州"), 'GK011', ('江苏', '苏州')),
    ("国药控股股份有限公司", (), 'GK000', ()),
    ("江苏省九州同泽医药集团有限公司", ("九州同泽", "江苏九州同泽"), 'JS001', ('江苏', '南京')),
    ("南京医药股份有限公司", ("南京医药",), 'JS002', ('江苏', '南京')),
    ("苏州金阊医药商贸有限公司", ("金阊医药", "苏州金阊"), 'JS003', ('江苏', '苏州')),
    ("山东康泽医药有限公司", ("康泽", "山东康泽"), 'SD001', ('山东', '济南')),
    ("青岛海屿医药有限公司", ("海屿医药", "青岛海屿", "海屿"), 'SD002', ('山东', '青岛')),
    ("合肥徽元医药物流有限公司", ("徽元物流", "合肥徽元"), 'AH001', ('安徽', '合肥')),
    ("华晟医药（安徽）有限公司", ("华晟安徽",), 'AH002', ('安徽', '合肥')),
    ("苏州同安医药有限公司", (), 'JS004', ('江苏', '苏州')),
    ("南京同安医药有限公司", (), 'JS005', ('江苏', '南京')),
)
# Other names that were entered; the engine finds the other short ones by itself.
KNOWN = {"宁波海曙药业股份有限公司": ("海曙",), "合肥徽元医药物流有限公司": ("徽元物流",),
         "华晟医药（安徽）有限公司": ("华晟安徽",), "江苏省九州同泽医药集团有限公司": ("九州同泽",)}
WORDS = ('一', '二', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二')
# What people and systems make of a distributor and a month: how it is said, and where.
PATTERNS = (
    '{full}{y}年{m}月流向.xlsx', '{short}{y}年{m}月销售流向.xls', '{short}-{y}{mm}-流向(1).xlsx',
    '{y}{mm}{short}.csv', '{y}-{mm} {short} 销售明细.xlsx', '{code}_{y}{mm}.xls',
    '{short}{m}月流向.xls', '{m}月份{short}进销存.xlsx', '【{short}】{y}.{mm}库存及流向.xlsx',
    '{full}_销售流向_{y}{mm}01-{y}{mm}{last}.xls', '商业流向_{short}_{y}年{m}月_最终版.xlsx',
    '{short}上报{yy}年{m}月数据.xlsx', '张敏-{short}-{word}月流向反馈.xlsx',
    '副本{short}{y}年{word}月采购销售库存.xls', '{full}{y}年{mm}月(修正).xlsx',
    '{short} {y}年{mm}月1日-{mm}月{last}日流向.xls', '1、{short}{y}年{m}月.xlsx',
    '{code}-{short}-{y}年{m}月流向表v2.xlsx', '流向 {y}{mm} （{full}）.xls',
    # the file's own title or rows say the rest
    'ReportCommonVO.xls|title', '流向查询结果.xlsx|title', '{y}年{m}月.xlsx|title',
    '{short}流向.xls|rows', '{full}{sent}.xls|rows',
)


def make_names(count=100, seed=7):
    """Names of files with their labels: distributor and period.

    :return: list of tuples (name, Hints, id, first day, last day)
    """
    dice = random.Random(seed)
    unclear = ("国药控股股份有限公司", "苏州同安医药有限公司", "南京同安医药有限公司")
    companies = [(number, company) for number, company in enumerate(COMPANIES, 1)
                 if company[0] not in unclear]
    found = []
    for index in range(count):
        pattern, _sign, where = PATTERNS[index % len(PATTERNS)].partition('|')
        id_, (full, shorts, code, _places) = dice.choice(companies)
        month = dice.randint(1, 8)
        first = datetime.date(2026, month, 1)
        last = first.replace(day=calendar.monthrange(2026, month)[1])
        name = pattern.format(
            full=full, short=dice.choice(shorts or (full,)), code=code, y=2026, yy='26', m=month,
            mm=f'{month:02}', word=WORDS[month - 1], last=last.day,
            sent=f'{last + datetime.timedelta(days=dice.randint(1, 9)):%Y%m%d}')
        hints = Hints()
        if where == 'title':
            hints = Hints(('Sheet1', f'{full}销售流向表', f'{first}至{last}'))
        elif where == 'rows':
            hints = Hints(days=tuple(
                first.replace(day=dice.randint(1, last.day)) for _row in range(50)))
        found.append((name, hints, id_, first, last))
    return found


@tagged('post_install', '-at_install')
class TestRecognise(BaseCase):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recogniser = Recogniser([
            Distributor(number, name, KNOWN.get(name, ()), code, places)
            for number, (name, _shorts, code, places) in enumerate(COMPANIES, 1)], PLACES)

    def id_of(self, name):
        return next(number for number, company in enumerate(COMPANIES, 1) if company[0] == name)

    def test_a_hundred_names(self):
        """At least 95 right, and none wrong: what is not right is asked."""
        right, wrong, asked = 0, [], []
        for name, hints, id_, first, last in make_names():
            whose = self.recogniser.find(name, hints)
            days = find_days(name, hints, TODAY)
            if whose.id == id_ and days[:2] == (first, last):
                right += 1
            elif whose.id in (None, id_) and days.first in (None, first) and (
                    days.last in (None, last)):
                asked.append((name, whose, days))
            else:
                wrong.append((name, whose, days, id_, first))
        self.assertFalse(wrong)
        self.assertGreaterEqual(right, 95, asked)

    def test_more_names_are_never_wrong(self):
        for name, hints, id_, first, last in make_names(2000, seed=11):
            whose, days = self.recogniser.find(name, hints), find_days(name, hints, TODAY)
            self.assertIn(whose.id, (None, id_), name)
            self.assertIn((days.first, days.last), ((None, None), (first, last)), name)

    def test_two_that_may_be_meant_are_asked(self):
        for name in ("同安医药2026年1月流向.xlsx", "同安202601.xls"):
            whose = self.recogniser.find(name)
            self.assertEqual((whose.id, whose.reason), (None, 'several'), name)
            self.assertEqual(set(whose.candidates), {14, 15})

    def test_other_companies_are_not_taken_for_ours(self):
        for name in ("国药控股杭州202601.xlsx", "国药控股_温州_202601.xls", "安徽望澜医药1月.xls",
                     "康泽生物2026年1月.xlsx", "新海屿医药.xls", "医药流向202601.xlsx",
                     "杭州2026年1月.xls", "流向.xlsx", "望澜医药济南分公司1月.xlsx",
                     "望澜医药+海屿医药202601.xlsx"):
            whose = self.recogniser.find(name)
            self.assertIsNone(whose.id, (name, whose))
        self.assertEqual(self.recogniser.find("国药控股202601.xlsx").id,
                         self.id_of("国药控股股份有限公司"))

    def test_name_and_title_that_differ_are_asked(self):
        whose = self.recogniser.find(
            "望澜医药1月流向.xls", Hints(("海屿医药销售流向",)))
        self.assertEqual((whose.id, whose.reason), (None, 'differs'))
        self.assertEqual(set(whose.candidates), {1, 11})

    def test_title_decides_between_two(self):
        whose = self.recogniser.find("同安1月流向.xls", Hints(("南京同安医药有限公司销售流向",)))
        self.assertEqual((whose.id, whose.reason), (15, 'title'))

    def test_branch_in_the_rows(self):
        whose = self.recogniser.find("流向.xls", Hints(sources=("青岛海屿医药有限公司",)))
        self.assertEqual((whose.id, whose.reason), (11, 'source'))

    def test_similar_ones_are_offered(self):
        whose = self.recogniser.find("发自海屿医药老王1月.xls")
        self.assertIsNone(whose.id)
        self.assertIn(11, whose.candidates)

    def assertDays(self, name, first, last, hints=None, reason=None):
        days = find_days(name, hints or Hints(), TODAY)
        self.assertEqual((str(days.first), str(days.last)), (first, last), name)
        if reason:
            self.assertEqual(days.reason, reason, name)

    def test_days_of_all_kinds(self):
        for name, first, last in (
                ("2026年一季度流向.xls", '2026-01-01', '2026-03-31'),
                ("2026Q2.xls", '2026-04-01', '2026-06-30'),
                ("26年第3季度.xlsx", '2026-07-01', '2026-09-30'),
                ("2025下半年流向.xls", '2025-07-01', '2025-12-31'),
                ("2025年度流向.xls", '2025-01-01', '2025-12-31'),
                ("202601-202603.xls", '2026-01-01', '2026-03-31'),
                ("2026年1-3月.xls", '2026-01-01', '2026-03-31'),
                ("2025年11月-2026年1月.xls", '2025-11-01', '2026-01-31'),
                ("20260101-20260115.xls", '2026-01-01', '2026-01-15'),
                ("2026.1.1-1.31流向.xls", '2026-01-01', '2026-01-31'),
                ("2026-01-01至2026-01-31.xls", '2026-01-01', '2026-01-31'),
                ("流向2026年12月.xls", '2026-12-01', '2026-12-31'),
                ("3-5月流向.xls", '2026-03-01', '2026-05-31'),
                ("11月流向.xls", '2025-11-01', '2025-11-30'),
                ("十二月流向.xls", '2025-12-01', '2025-12-31')):
            self.assertDays(name, first, last)

    def test_days_that_are_not_sure(self):
        january = tuple(datetime.date(2026, 1, day) for day in range(1, 29))
        february = tuple(datetime.date(2026, 2, day) for day in range(1, 29))
        self.assertDays("流向20260203.xls", 'None', 'None')
        self.assertDays("流向20260203.xls", '2026-01-01', '2026-01-31', Hints(days=january), 'rows')
        self.assertDays("2026年1月.xls", 'None', 'None', Hints(days=february), 'outside')
        self.assertDays("2026年1月.xls", 'None', 'None', Hints(("2026年2月流向",)), 'differs')
        self.assertDays("1月.xls", '2025-01-01', '2025-01-31', Hints(
            days=tuple(day.replace(year=2025) for day in january)), 'month')
        self.assertDays("流向.xls", 'None', 'None', reason='none')
        self.assertDays("2026年99月.xls", 'None', 'None')
