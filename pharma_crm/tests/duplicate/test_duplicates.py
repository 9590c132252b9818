import doctest
import random
import unittest
from itertools import combinations

from odoo.tests import BaseCase, tagged

from ...tools import duplicates, institutions
from ...tools.duplicates import STRONG, SUSPECTED, Facts, Subject, compare
from .labelled import judge, make_market

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:  # a developer's tool, absent where an administrator runs the tests
    st = None

PLACES = ("江苏省", "苏州市", "昆山市")


def subject(name, number=None, **facts):
    """A hospital of one city."""
    values = {'places': PLACES, 'city': 1, **facts}
    return Subject(Facts(id=number, name=name, **values))


@tagged('post_install', '-at_install')
class TestDuplicates(BaseCase):
    """The engine that tells whether two customers may be one."""

    def test_examples_in_docstrings_hold(self):
        """The examples of the words that names are made of are true."""
        result = doctest.testmod(institutions)
        self.assertGreater(result.attempted, 5)
        self.assertEqual(result.failed, 0)

    def test_names_of_one_institution(self):
        """Numerals, usual words, short forms, slips and places do not make two."""
        for one, other, reason in [
            ("苏州市第一人民医院", "苏州第1人民医院", 'name'),
            ("苏州市中医院", "苏州市（中医医院）", 'name'),
            ("苏州市妇幼保健院", "苏州市妇保院", 'name'),
            ("苏州市立医院本部", "苏州市立医院", 'name'),
            ("苏州大学附属第一医院", "苏大附一院", 'short'),
            ("市一院", "苏州市第一人民医院", 'short'),
            ("苏州同仁医院", "同仁医院", 'short'),
            ("苏州市人民医院", "苏州市人名医院", 'typo'),
            ("苏州市妇幼保健院", "苏州市妇幼保建院", 'typo'),
            ("苏州同仁医院", "苏州同仁专科医院", 'part'),
            ("湖原市听涛医院", "湖原听涛医院", 'short'),
            ("蘇州市第一人民醫院", "苏州市第一人民医院", 'name'),
        ]:
            with self.subTest(one=one, other=other):
                suspicion = compare(subject(one), subject(other))
                self.assertEqual(suspicion and suspicion.reasons, (reason,))
                self.assertGreaterEqual(suspicion.score, SUSPECTED)

    def test_what_must_not_differ(self):
        """Number, kind, campus, level, place, class: the names are those of two."""
        for one, other in [
            ("苏州市第一人民医院", "苏州市第二人民医院"), ("苏州市人民医院", "苏州市中医院"),
            ("苏州市人民医院", "苏州市妇幼保健院"), ("苏州市人民医院", "苏州市口腔医院"),
            ("苏州市立医院东院区", "苏州市立医院北院区"), ("昆山市人民医院", "昆山县人民医院"),
            ("苏州市中医院", "昆山市中医院"), ("苏州同仁医院", "苏州同仁大药房"),
            ("苏州市人民医院", "苏州市人民医院门诊部"),
        ]:
            with self.subTest(one=one, other=other):
                self.assertIsNone(compare(subject(one), subject(other)))
                # one switchboard and one building are not enough either
                shared = {'phones': frozenset(("051266001200",)), 'address': "健康路15号"}
                suspicion = compare(subject(one, **shared), subject(other, **shared))
                self.assertLess(suspicion.score if suspicion else 0, SUSPECTED)

    def test_other_city(self):
        """Namesakes in two cities are two, with one tax number they are suspected."""
        one = subject("仁爱医院", tax_numbers=frozenset(("123205000000000001",)))
        other = subject("仁爱医院", city=2, places=("江苏省", "无锡市"))
        self.assertIsNone(compare(one, other))
        other = Subject(other.facts._replace(tax_numbers=one.facts.tax_numbers))
        self.assertEqual(compare(one, other).reasons, ('tax',))
        self.assertGreaterEqual(compare(one, other).score, STRONG)

    def test_other_facts(self):
        """Former names, phone with address, our code; two tax numbers speak against."""
        renamed = subject("苏州康宁医院", other_names=("苏州市第三人民医院",))
        self.assertEqual(
            compare(renamed, subject("苏州市第三人民医院")).reasons, ('alias',))
        shared = {'phones': frozenset(("051266001200",)), 'address': "健康路15号"}
        suspicion = compare(subject("苏州望舒医院", **shared), subject("苏州静川医院", **shared))
        self.assertEqual(suspicion.reasons, ('phone', 'address'))
        self.assertEqual(
            compare(subject("仁和医院", code='H1'), subject("惠民医院", code='H1')).reasons,
            ('code',))
        one = subject("苏州同仁医院", tax_numbers=frozenset(("123205000000000001",)))
        other = subject("苏州同仁医院", tax_numbers=frozenset(("123205000000000002",)))
        self.assertLess(compare(one, other).score, SUSPECTED)

    def test_campus_of_the_hospital(self):
        """A campus is no double of its hospital, whatever both are called."""
        hospital = subject("苏州同仁医院", 7)
        campus = subject("苏州同仁医院园区院区", 8, kind='campus', parent=7, hospital=7)
        self.assertIsNone(compare(hospital, campus))
        self.assertIsNone(compare(campus, hospital))

    def test_shops_of_a_chain(self):
        """They share name, phone and owner, and are as many shops."""
        shared = {'kind': 'pharmacy', 'phones': frozenset(("051266001200",))}
        one = subject("百草安大药房健康路店", **shared)
        suspicion = compare(one, subject("百草安大药房仁和路店", **shared))
        self.assertLess(suspicion.score if suspicion else 0, SUSPECTED)
        self.assertGreaterEqual(
            compare(one, subject("百草安大药房（健康路店）", **shared)).score, STRONG)

    def test_persons(self):
        """Same name and hospital, or the same number; two 张伟 of two departments less so."""
        def person(name, parent, hospital=1, **facts):
            return subject(name, kind='person', parent=parent, hospital=hospital, **facts)
        one = person("张伟", 11)
        self.assertEqual(compare(one, person("张伟", 11)).reasons, ('department',))
        self.assertEqual(compare(one, person("张伟", 1)).reasons, ('hospital',))
        self.assertEqual(compare(one, person("张伟", 12)).reasons, ('elsewhere',))
        self.assertLess(compare(one, person("张伟", 12)).score, STRONG)
        self.assertIsNone(compare(one, person("张伟", 21, hospital=2)))
        self.assertIsNone(compare(one, person("李娜", 11)))
        self.assertEqual(compare(person("林知远", 11), person("林志远", 11)).reasons, ('typo',))
        number = {'identities': frozenset(("digest",))}
        self.assertEqual(
            compare(person("张伟", 11, **number), person("李娜", 21, hospital=2, **number)).reasons,
            ('identity',))

    def test_labelled_market(self):
        """Of what was entered twice most is found, and hardly anything else; other markets than
        those that the words were chosen by.
        """
        for seed in (101, 102):
            subjects, doubles = make_market(random.Random(seed), cities=12)
            found = [(one.facts.id, other.facts.id)
                     for one, other, _why in duplicates.find_pairs(subjects)]
            precision, recall = judge(found, doubles)
            with self.subTest(seed=seed, precision=precision, recall=recall):
                self.assertGreater(precision, 0.95)
                self.assertGreater(recall, 0.8)

    def test_search_finds_what_comparing_finds(self):
        """The search among many misses nothing that comparing everything would find, and of
        changed records finds the same pairs.
        """
        subjects, _doubles = make_market(random.Random(103), cities=2)
        everything = {
            (one.facts.id, other.facts.id) for one, other in combinations(subjects, 2)
            if (why := compare(one, other)) and why.score >= SUSPECTED}
        found = {(one.facts.id, other.facts.id)
                 for one, other, _why in duplicates.find_pairs(subjects)}
        self.assertTrue(everything)
        self.assertEqual(found, everything)
        changed = set(range(1, len(subjects), 3))
        some = {(one.facts.id, other.facts.id)
                for one, other, _why in duplicates.find_pairs(subjects, changed)}
        self.assertEqual(
            some, {pair for pair in everything if not changed.isdisjoint(pair)})


@unittest.skipUnless(st, "hypothesis is not installed")
@tagged('post_install', '-at_install')
class TestDuplicateProperties(BaseCase):

    if st:
        facts = st.builds(
            Facts, id=st.integers(1, 9),
            kind=st.sampled_from(('hospital', 'campus', 'pharmacy', 'person', 'department')),
            name=st.text("苏昆州山市县第一二人民医院中附属大学药房东区A1（）", max_size=12),
            other_names=st.tuples(st.text("苏州市第一人民医院", max_size=9)),
            places=st.sampled_from(((), PLACES)), city=st.sampled_from((None, 1, 2)),
            county=st.sampled_from((None, 10, 11)),
            address=st.sampled_from(("", "健康路1号", "苏州市健康路1号", "健康路11号")),
            phones=st.frozensets(st.sampled_from(("1", "2"))),
            tax_numbers=st.frozensets(st.sampled_from(("A", "B"))),
            code=st.sampled_from(("", "H1")), parent=st.sampled_from((None, 1, 2)),
            hospital=st.sampled_from((None, 1, 2)))

        @settings(max_examples=300, deadline=None)
        @given(facts, facts)
        def test_comparing(self, one, other):
            """Either order gives the same, a record is itself, a score is a share."""
            one, other = Subject(one), Subject(other)
            suspicion = compare(one, other)
            self.assertEqual(suspicion, compare(other, one))
            self.assertEqual(compare(one, one).score, 1.0)
            if suspicion:
                self.assertTrue(suspicion.reasons)
                self.assertGreater(suspicion.score, 0)
                self.assertLessEqual(suspicion.score, 1)
