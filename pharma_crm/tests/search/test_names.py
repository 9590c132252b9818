import doctest
import re
import unittest

from odoo.tests import BaseCase, tagged

from ...tools import names
from ...tools.institution_words import SAME_WORDS

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:  # a developer's tool, absent where an administrator runs the tests
    st = None

# What stands in names of institutions and what people type around it.
ALPHABET = (
    "海州市第一二三十〇零人民医院重庆长沙行乐附属中心股份有限公司集团"
    "（）()【】 　-·.，,A1aＢ２5％%_*ß①Ω"
)
# Each way to write each of SAME_WORDS.
WRITTEN_OTHERWISE = """
    中国人民解放军 人民解放军 中国人民武装警察部队 武装警察部队 武警部队 武警海州省总队
    有限责任公司 有限公司 股份公司 红十字会 红十字 中西医医院 中西医结合院 中医医院
    蒙医医院 藏医医院 妇女幼儿保健医院 妇幼保健院 妇幼院 妇女儿童保健院 妇保院
    社区卫生服务中心 社区中心 社区卫生院 社区卫生服务站 社区站 疾病预防控制中心
    疾病控制中心 疾控中心 精神病医院 传染病医院 结核病医院 皮肤病医院 肿瘤病医院
    精神卫生医院 总院 解放军第301院 解放军301院 解放军第301中心医院 解放军301医院
    附属第1临床医院 附第1医院 第1附属临床医院 第1附属医院 附属1院 1附属院 1附院 附1院
    附1医院 附1 附院 医科大学 医药大学附属 大学医学院附属 临床医学院
"""


@tagged('post_install', '-at_install')
class TestNames(BaseCase):

    def test_examples_in_docstrings_hold(self):
        """The examples of the engine are true."""
        result = doctest.testmod(names)
        self.assertGreater(result.attempted, 10)
        self.assertEqual(result.failed, 0)

    def test_hints_hide_no_word(self):
        """What a word is looked for by stands in every way to write it."""
        ways = WRITTEN_OTHERWISE.split()
        for hint, pattern, _words in SAME_WORDS:
            found = [match[0] for text in ways if (match := re.search(pattern, text))]
            with self.subTest(pattern=pattern):
                self.assertTrue(found)
                self.assertFalse([text for text in found if hint not in text])

    def test_spellings_of_one_name_are_equal(self):
        """Width, spaces, brackets, numerals, zeros and the legal form do not make two names."""
        for one, other in [
            ("海州市第一人民医院", "海州市第１人民医院"),
            ("海州市第一人民医院", " 海州市 第一人民医院　"),
            ("海州市第二十一中学医务室", "海州市第21中学医务室"),
            ("解放军第三〇一医院", "解放军第301医院"),
            ("解放军第三〇一医院", "解放军第三零一医院"),
            ("解放军第三○一医院", "解放军第三０一医院"),
            ("海州医院（东院区）", "海州医院(东院区)"),
            ("海州医院（东院区）", "海州医院东院区"),
            ("海州医药有限公司", "海州医药股份有限公司"),
            ("海州医药（集团）股份有限公司", "海州医药有限公司"),
            ("ABC Pharma", "abc  pharma"),
            ("阿·买买提", "阿买买提"),
        ]:
            self.assertEqual(names.normalise(one), names.normalise(other), (one, other))

    def test_different_names_stay_different(self):
        """What tells institutions and strengths apart is kept."""
        for one, other in [
            ("海州市第一人民医院", "海州市第二人民医院"),
            ("海州市第一人民医院", "海州市第十一人民医院"),
            ("海州县人民医院", "海州市人民医院"),
            ("阿司匹林 1.5mg", "阿司匹林 15mg"),
            ("有限公司", ""),
        ]:
            self.assertNotEqual(names.normalise(one), names.normalise(other), (one, other))

    def test_nothing_is_normalised_to_nothing(self):
        for empty in (None, '', '  ', '（）', '%', '_', '..'):
            self.assertEqual(names.normalise(empty), '')
            self.assertEqual(names.split_words(empty), [])
            self.assertEqual(names.pinyin_key(empty), '')

    def test_initials_of_places_and_surnames(self):
        """Characters with several readings are read as the place or the surname is called."""
        for name, letters in [
            ("重庆市长寿区人民医院", 'cqscsqrmyy'),
            ("重症医学科", 'zzyxk'),
            ("厦门市长庚医院", 'xmscgyy'),
            ("蚌埠市第一人民医院", 'bbsdyrmyy'),
            ("北京朝阳医院", 'bjcyyy'),
            ("海州市长沙路门诊部", 'hzscslmzb'),
            ("儿童生长发育科", 'etszfyk'),
            ("洪洞县中医院", 'htxzyy'),
            ("六安市中医院", 'laszyy'),
            ("大连市银行门诊部", 'dlsyhmzb'),
            ("解伟", 'xw'),
            ("解剖科", 'jpk'),
            ("曾国强", 'zgq'),
            ("海王A1药房", 'hwa1yf'),
            ("Deco Addict", 'decoaddict'),
        ]:
            self.assertEqual(names.initials(name), letters, name)

    def test_lists_sort_as_a_dictionary(self):
        """重庆 stands between 长沙 and 大连, not at z."""
        mixed = ["重庆医院", "中山医院", "大连医院", "安阳医院", "厦门医院", "长沙医院"]
        self.assertEqual(
            sorted(mixed, key=names.pinyin_key),
            ["安阳医院", "长沙医院", "重庆医院", "大连医院", "厦门医院", "中山医院"])
        self.assertEqual(names.pinyin_key("海王A12药房"), 'hai wang a12 yao fang')

    def test_word_kinds(self):
        """Letters ask for initials, everything else for the text, a mixture for both."""
        for typed, parts, letters in [
            ("协和", ['协和'], ''), ("xhyy", [], 'xhyy'), ("协和yy", ['协和'], 'xhyy'),
            ("301", ['301'], ''), ("三〇一", ['301'], ''), ("H-001", [], 'h001'),
            ("a1.5b", [], 'a15b'), ("第一yy", ['第1'], 'dyyy'),
        ]:
            (word,) = names.split_words(typed)
            self.assertEqual((word.parts, word.letters), (parts, letters), typed)

    def _name_holds(self, name, typed):
        """Whether the tokens of the name hold those of each typed word."""
        tokens = names.tokens(names.fold(name), names.initials(name))
        return all(word.tokens() <= tokens for word in names.split_words(typed))

    def test_tokens_find_parts_of_names(self):
        name = "重庆市第一人民医院"
        for typed in ("重", "院", "重庆", "医院", "庆市第一", "第1人民", "cq", "cqs", "rmyy", "c",
                      "重庆s", "重庆 yy", "1"):
            self.assertTrue(self._name_holds(name, typed), typed)
        for typed in ("京", "庆重", "zq", "y", "yc", "重庆y"):
            self.assertFalse(self._name_holds(name, typed), typed)


@tagged('post_install', '-at_install')
@unittest.skipUnless(st, "hypothesis is not installed")
class TestNameProperties(BaseCase):

    def _check(self, check, *strategies):
        settings(max_examples=400, deadline=None, database=None)(given(*strategies)(check))()

    def _texts(self):
        return st.one_of(st.text(ALPHABET, max_size=16), st.text(max_size=16))

    def test_normalising_twice_changes_nothing(self):
        def check(name):
            self.assertEqual(names.fold(names.fold(name)), names.fold(name))
            self.assertEqual(names.normalise(names.normalise(name)), names.normalise(name))
        self._check(check, self._texts())

    def test_spaces_and_brackets_do_not_matter(self):
        def check(name, position, mark):
            position = min(position, len(name))
            marked = name[:position] + mark + name[position:]
            self.assertEqual(names.normalise(marked), names.normalise(name))
        self._check(
            check, st.text("海州第一二十人民医院Aa12.有限公司", max_size=16), st.integers(0, 16),
            st.sampled_from(list(" 　()（）【】-·，*_%")))

    def test_width_and_case_do_not_matter(self):
        def check(name):
            wide = ''.join(chr(ord(char) + 0xFEE0) if '!' <= char <= '~' else char for char in name)
            self.assertEqual(names.normalise(wide), names.normalise(name))
            self.assertEqual(names.normalise(name.upper()), names.normalise(name.lower()))
        self._check(check, st.text("海州医院abcXYZ0123456789()-. ", max_size=16))

    def test_folded_texts_hold_no_wildcards(self):
        def check(name):
            self.assertFalse(set(names.fold(name)) & set("%_\\ \t\n()（）"))
            self.assertFalse(set(names.initials(name)) & set("%_\\ \t\n"))
        self._check(check, self._texts())

    def test_every_part_of_a_name_is_found(self):
        """Whoever types a stretch of the name finds it; numerals are compared as a whole."""
        def check(name, start, length):
            part = name[start:start + length]
            if part:
                tokens = names.tokens(names.fold(name), names.initials(name))
                self.assertLessEqual(names.Word(part).tokens(), tokens)
                self.assertIn(names.fold(part), names.fold(name))
        self._check(check, st.text("海州市第一二三〇零人民医院附属中心", max_size=12),
                    st.integers(0, 11), st.integers(1, 12))

    def test_every_stretch_of_initials_is_found(self):
        def check(name, start, length):
            letters = names.initials(name)
            part = letters[start:start + length]
            if len(part) > 1:
                tokens = names.tokens(names.fold(name), letters)
                self.assertLessEqual(names.Word(part).tokens(), tokens)
        self._check(check, st.text("海州市人民医院重庆长沙行乐附属中心abc", max_size=12),
                    st.integers(0, 11), st.integers(2, 12))
