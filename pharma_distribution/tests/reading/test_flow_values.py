import datetime
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...tools.flow_units import Packing, read_packing, to_packs
from ...tools.flow_values import (
    DateStyle,
    find_date_style,
    parse_date,
    parse_number,
    read_day,
    split_product,
)
from ...tools.flow_words import UNITS

TODAY = datetime.date(2026, 1, 5)
JANUARY = (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
DAYS = st.dates(datetime.date(2011, 1, 1), datetime.date(2049, 12, 31))
MONTHS = ('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')
CHINESE = '〇一二三四五六七八九'


def chinese_number(number):
    """A number under 100 as it is written in a date: 十一, 二十三."""
    tens, ones = divmod(number, 10)
    if not tens:
        return CHINESE[ones]
    return (CHINESE[tens] if tens > 1 else '') + '十' + (CHINESE[ones] if ones else '')


@tagged('post_install', '-at_install')
class TestDays(BaseCase):

    def test_as_people_write_them(self):
        for text in (
                '2026-1-5', '2026/01/05 08:30', '2026.1.5', '2026年1月5日', '2026 年 1 月 5 日',
                '20260105', '46027', '46027.354', '二〇二六年一月五日', '２０２６－０１－０５',
                '26-1-5', '26/1/5', '26年1月5日', '5-Jan-26', '05 January 2026', 'Jan 5, 2026',
                '2026-01-05T08:30:00', '2026/1/5 下午 3:05', '20260105 083000',
                '2026年1月5日 星期一', '二零二六年元月五日', '2026-01-05 00:00:00.000',
                '2026年1月5日8时30分'):
            self.assertEqual(parse_date(text), TODAY, text)
        self.assertEqual(parse_date('2026-01-05 10:00:00', 'd'), TODAY)
        self.assertEqual(parse_date('二〇二六年十一月廿五日'), datetime.date(2026, 11, 25))

    def test_what_is_no_day(self):
        for text in (
                '2026-13-01', '2026-02-30', '2026年1月', '1/5/2026', 'abc', '', '12', '0000-1-1',
                '2026-01-05至2026-01-31', '2026-01-05起', '1月5日', '5.1', '202601'):
            self.assertIsNone(parse_date(text), text)

    def test_months_are_days_of_stated_precision(self):
        for text in ('2026-01', '2026/1', '202601', '2026年1月', '二〇二六年一月', '2026年1月份',
                     '2026.01'):
            self.assertEqual(read_day(text), (datetime.date(2026, 1, 1), 'month'), text)
        # the number 2026.1 may have been 2026.10
        self.assertIsNone(read_day('2026.1', 'n'))

    def test_year_comes_from_the_period(self):
        self.assertEqual(parse_date('1月5日', 't', DateStyle(period=JANUARY)), TODAY)
        self.assertIsNone(parse_date('2月5日', 't', DateStyle(period=JANUARY)))
        two_years = (datetime.date(2025, 1, 1), datetime.date(2026, 12, 31))
        self.assertIsNone(parse_date('1月5日', 't', DateStyle(period=two_years)))

    def test_numbers_that_count_from_1904(self):
        style = DateStyle(date1904=True)
        self.assertEqual(parse_date('44565', 'n', style), TODAY)
        self.assertEqual(parse_date('46027', 't', style), TODAY)

    @settings(max_examples=100, deadline=None)
    @given(DAYS)
    def test_every_form_of_a_day_is_that_day(self, day):
        serial = (day - datetime.date(1899, 12, 30)).days
        year = ''.join(CHINESE[int(digit)] for digit in str(day.year))
        for text in (
                f'{day}', f'{day:%Y/%m/%d}', f'{day:%Y%m%d}', f'{serial}', f'{day} 23:59:59',
                f'{day.year}年{day.month}月{day.day}日', f'{day.year}.{day.month}.{day.day}',
                f'{day.day}-{MONTHS[day.month - 1]}-{day.year}',
                f'{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日'):
            self.assertEqual(parse_date(text), day, text)

    @settings(max_examples=100, deadline=None)
    @given(st.sampled_from(('%d/%m/%Y', '%m/%d/%Y', '%m/%d/%y', '%d-%m-%y', '%y.%m.%d')),
           DAYS, st.lists(st.integers(0, 40), min_size=6, max_size=20, unique=True))
    def test_a_column_is_read_right_or_asked_about(self, form, start, offsets):
        """Whatever order the days are written in, none is taken for another."""
        days = [start + datetime.timedelta(days=offset) for offset in offsets]
        texts = [day.strftime(form) for day in days]
        style, doubt = find_date_style(texts, (min(days), max(days)))
        if not doubt:
            self.assertEqual([parse_date(text, 't', style) for text in texts], days)

    def test_order_by_evidence(self):
        for texts, orders in (
                (['25/01/2026', '05/01/2026'], ('dmy', '')),
                (['1/25/26', '1/5/26'], ('', 'mdy')),
                (['5/1/2026', '6/1/2026', '12/1/2026'], ('dmy', '')),
                (['26/1/5', '26/2/5', '26/12/5'], ('', 'ymd')),
                (['26/1/5', '25/01/2026'], ('dmy', 'ymd'))):
            style, doubt = find_date_style(texts)
            self.assertEqual(((style.order, style.short_order), doubt), (orders, ''), texts)
        self.assertEqual(find_date_style(['5/1/2026'], JANUARY)[0].order, 'dmy')
        self.assertEqual(find_date_style(['5/1/2026', '2026-01-09'])[0].order, 'dmy')

    def test_without_evidence_it_is_asked(self):
        self.assertEqual(find_date_style(['5/1/2026', '1/5/2026'])[1], 'date_order')
        self.assertEqual(find_date_style(['1月5日'])[1], 'year_missing')
        self.assertEqual(find_date_style(['1月5日'], JANUARY)[1], '')

    def test_six_digits_are_months_or_days(self):
        self.assertEqual(find_date_style(['202601', '202602'])[0].sixes, 'month')
        style, _doubt = find_date_style(['260105', '260128'])
        self.assertEqual(parse_date('260105', 't', style), TODAY)


@tagged('post_install', '-at_install')
class TestNumbers(BaseCase):

    def test_as_people_write_them(self):
        for text, number in (
                ('1,234.50', '1234.50'), ('１２', '12'), ('(3)', '-3'), ('3-', '-3'), ('－5', '-5'),
                ('¥12.5', '12.5'), ('+4', '4'), ('.5', '0.5'), ('5.', '5'), (' 1 234 ', '1234'),
                ('(¥1,234.50)', '-1234.50'), ('-¥5', '-5'), ('¥-5', '-5'), ('负3', '-3'),
                ('１，２３４', '1234'), ('12.5元', '12.5'), ('RMB 12', '12'), ('△7', '-7')):
            self.assertEqual(parse_number(text), (Decimal(number), ''), text)
        self.assertEqual(parse_number('1,234.5盒'), (Decimal('1234.5'), '盒'))

    def test_what_is_no_number(self):
        for text in (
                '12,34', '1.2万', 'abc', '', '5%', '-', '1e5', '--3', '(-3)', '9' * 20, '1.2.3',
                '10mg*14片', '五', '-3-', '2026-01-05'):
            self.assertEqual(parse_number(text), (None, ''), text)

    @settings(max_examples=100, deadline=None)
    @given(st.decimals(-10**9, 10**9, places=3), st.sampled_from(('', '盒', '瓶', '元')))
    def test_a_number_is_read_as_it_was_written(self, number, unit):
        wide = str(number).translate({ord(char): ord(char) + 0xFEE0 for char in '0123456789.-'})
        for text in (f'{number}', f'{number:,}', wide, f'¥{number}'):
            self.assertEqual(parse_number(f'{text}{unit}')[0], number)
        if number < 0:
            self.assertEqual(parse_number(f'({-number:,})')[0], number)
            self.assertEqual(parse_number(f'{-number}-')[0], number)

    @settings(max_examples=300, deadline=None)
    @given(st.text(max_size=20))
    def test_no_text_ends_the_reading(self, text):
        parse_number(text)
        read_day(text)
        find_date_style([text], JANUARY)
        split_product(text)
        to_packs(1, text, read_packing(text, 2, 3))


@tagged('post_install', '-at_install')
class TestUnits(BaseCase):

    def test_packs(self):
        for quantity, unit, spec, sizes, packs in (
                (3, '件', '', (14, 200), 600), (28, '片', '10mg*14片', (), 2),
                (5, '盒', '', (), 5), (5, '', '', (), 5), (5, '瓶', '', (1, 0), 5),
                (7, '片', '10片/盒', (14, 0), Fraction(1, 2)), (10, '支', '2ml:10mg*5支/盒', (), 2),
                (2, '件(100盒)', '', (), 200), (2, '箱/100盒', '', (0, 100), 200),
                (Decimal('0.5'), '件', '', (0, 30), 15), (-2, '箱', '', (0, 30), -60),
                (3, '瓶', '0.1g*100片/瓶', (), 3), (300, '片', '0.1g*100片/瓶', (), 3),
                (3, '瓶', '0.1g*100片', (), 3), (60, '瓶', '10ml*6瓶/盒', (), 10),
                (18, '袋', '10g*9袋', (), 2), (4, '袋', '250ml/袋', (), 4)):
            packing = read_packing(spec, *sizes)
            self.assertEqual(to_packs(quantity, unit, packing), (packs, ''), (unit, spec))
        self.assertEqual(to_packs(5, '支', read_packing('', 0, 0, '支')), (5, ''))

    def test_what_is_not_known_is_said(self):
        for unit, spec, sizes, reason in (
                ('件', '10mg*14片', (), 'case_size_missing'), ('片', '', (), 'pack_size_missing'),
                ('支', '2ml:10mg', (), 'pack_size_missing'),
                ('件(100盒)', '', (0, 200), 'case_size_differs'),
                ('瓶', '', (10, 0), 'unit_ambiguous'), ('瓶', '10ml*6支', (), 'unit_ambiguous'),
                ('瓶', '0.25g*24粒*1瓶/盒', (), 'unit_ambiguous'),
                ('瓶', '10mg*14片/盒', (), 'unit_ambiguous'),
                ('粒', '10mg*14片', (), 'unit_ambiguous'),
                ('ml', '', (10, 0), 'unit_unknown'), ('吨', '', (14, 200), 'unit_unknown'),
                ('个', '10mg*14片', (), 'unit_unknown')):
            found = to_packs(1, unit, read_packing(spec, *sizes))
            self.assertEqual(found, (None, reason), (unit, spec))

    @settings(max_examples=200, deadline=None)
    @given(st.decimals(-10**6, 10**6, places=3), st.sampled_from(sorted(UNITS)),
           st.integers(1, 500), st.integers(1, 500), st.sampled_from(('', '片', '支', '瓶')))
    def test_conversion_is_exact_and_keeps_proportions(self, quantity, unit, pack, case, small):
        packing = Packing(pack, case, '', small)
        packs, reason = to_packs(quantity, unit, packing)
        self.assertEqual(packs is None, bool(reason))
        if packs is not None:
            self.assertEqual(to_packs(quantity * 3, unit, packing)[0], packs * 3)
            factor = packs / Fraction(quantity) if quantity else 1
            self.assertIn(factor, (1, Fraction(1, pack), case))

    @settings(max_examples=100, deadline=None)
    @given(st.integers(1, 400), st.sampled_from(('片', '粒', '丸')), st.sampled_from('盒瓶'))
    def test_a_specification_says_how_many(self, count, piece, pack):
        packing = read_packing(f'10mg*{count}{piece}/{pack}')
        self.assertEqual(to_packs(count, piece, packing), (1, ''))
        self.assertEqual(to_packs(7, pack, packing), (7, ''))
