import unittest

from odoo.tests import tagged

from ...tools import matching_names
from ...tools.matching import Archive, Query, Record
from ...tools.matching_places import PlaceTable
from .test_matching import DIVISIONS, HOME, PLAIN, RECORDS, SEA, MatchingCase

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:  # a developer's tool, absent where an administrator runs the tests
    st = None

# A district whose name begins like its city's, and a municipality.
PLACES = [
    *DIVISIONS, ('710103', "海州楼区"),
    ('73', "京海市"), ('7301', "京海市"), ('730101', "河东区"), ('730102', "河西区"),
]
EAST, WEST = ("京海市", "河东区"), ("京海市", "河西区")


@tagged('post_install', '-at_install')
class TestMatchingTwins(MatchingCase):
    """Two customers that may be one, or that are written alike, are never chosen between."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.places = PlaceTable(PLACES)

    def archive_with(self, *records):
        return Archive([*RECORDS, *records], self.places)

    def assert_asked(self, archive, name, *suggested, **facts):
        """Nothing is decided, and all who may be meant are suggested."""
        match = self.match(name, archive, **facts)
        self.assertFalse(match.automatic, (name, match))
        found = [candidate.record_id for candidate in match.candidates]
        self.assertLessEqual(set(suggested), set(found), (name, match))

    def assert_sure(self, archive, name, record_id, **facts):
        match = self.match(name, archive, **facts)
        self.assertEqual((match.record_id, match.automatic), (record_id, True), (name, match))

    def test_names_that_are_written_alike_without_levels(self):
        archive = self.archive_with(
            Record(61, "海州市楼区口腔医院", 'hospital', *SEA),
            Record(62, "海州市海州楼区口腔医院", 'hospital', *SEA))
        self.assert_asked(archive, "海州楼区口腔医院", 61, 62, **HOME)
        self.assert_sure(archive, "海州市楼区口腔医院", 61, **HOME)
        self.assert_sure(archive, "海州市海州楼区口腔医院", 62, **HOME)
        alone = self.archive_with(Record(62, "海州市海州楼区口腔医院", 'hospital', *SEA))
        self.assert_sure(alone, "海州楼区口腔医院", 62, **HOME)

    def test_names_that_are_written_alike_without_outer_places(self):
        archive = self.archive_with(
            Record(63, "京海市瑞安医院", 'hospital', *EAST),
            Record(64, "河西区京海市瑞安医院", 'hospital', *WEST))
        self.assert_asked(archive, "京海瑞安医院", 63, 64)
        self.assert_asked(archive, "区京海市瑞安医院", 63, 64)

    def test_levels_of_one_stem_are_two_places(self):
        for name, suggested in (
                ("云溪县第一人民医院", 7), ("海州县妇幼保健院", None),
                ("青石市同仁骨伤科医院", 19)):
            self.assert_open(name, suggested, **HOME)
        archive = self.archive_with(Record(65, "临川口腔医院", 'hospital', "海东省", "临川市"))
        self.assert_asked(archive, "临川县口腔医院", 65)
        self.assert_sure(archive, "临川口腔医院", 65, province="海东省", city="临川市")
        self.assert_sure(archive, "青石区同仁骨伤科医院", 19, **HOME)

    def test_a_county_where_the_customer_says_the_city(self):
        archive = self.archive_with(
            Record(66, "海州市北海医院", 'hospital', *SEA, "青石县"))
        self.assert_asked(archive, "青石县北海医院", 66, **HOME)
        self.assert_sure(archive, "海东省海州市北海医院", 66, **HOME)

    def test_two_names_in_one_that_another_customer_has(self):
        joined = Record(68, "海州市仁济医院海州市骨伤医院", 'hospital', *SEA)
        archive = self.archive_with(
            Record(67, "海州市仁济医院", 'hospital', *SEA, aliases=("海州市骨伤医院",)), joined)
        self.assert_asked(archive, joined.name, 67, 68, **HOME)
        self.assert_asked(archive, "海州市骨伤医院", 67, 68, **HOME)
        self.assert_sure(archive, "海州市仁济医院", 67, **HOME)
        unknown = self.archive_with(Record(67, "海州市仁济医院", 'hospital', *SEA), joined)
        self.assert_sure(unknown, joined.name, 68, **HOME)
        self.assert_sure(self.archive_with(joined), joined.name, 68, **HOME)

    def test_an_institution_within_another_has_its_own_name(self):
        part = Record(79, "海州市中医院附属骨伤医院", 'hospital', *SEA)
        self.assert_sure(self.archive_with(part), part.name, 79, **HOME)
        self.assert_sure(self.archive_with(part), "海州市中医院", 3, **HOME)

    def test_a_branch_without_a_name(self):
        branch = Record(69, "海州市中医院分院", 'hospital', *SEA)
        self.assert_asked(self.archive_with(branch), branch.name, 3, 69, **HOME)
        self.assert_sure(self.archive_with(branch), "海州市中医院", 3, **HOME)
        of_it = Record(70, "分院", 'campus', *SEA, parent_id=3)
        self.assert_sure(self.archive_with(of_it), branch.name, 70, **HOME)

    def test_a_short_form_that_is_a_customers_own_name(self):
        archive = self.archive_with(
            Record(71, "海州市立三院", 'hospital', *SEA),
            Record(72, "海州市立第三医院", 'hospital', *SEA))
        self.assert_asked(archive, "海州市立三院", 71, 72, **HOME)
        self.assert_sure(archive, "海州市立第三医院", 72, **HOME)

    def test_a_hospital_of_a_university_with_and_without_its_word(self):
        archive = self.archive_with(
            Record(80, "海东医科大学第一医院", 'hospital', *SEA))
        for name in ("海医一院", "海东医大一附院", "海东医科大学附属第一医院门诊药房"):
            self.assert_asked(archive, name, 10, 80, **HOME)
            self.assert_sure(self.archive, name, 10, **HOME)
        self.assert_sure(archive, "海东医科大学附属第一医院", 10, **HOME)

    def test_one_number_of_the_army_at_two_customers(self):
        archive = self.archive_with(Record(73, "解放军九八八医院焦山分院", 'hospital', *PLAIN))
        self.assert_asked(archive, "解放军988医院", 12, 73)
        self.assert_sure(archive, "中国人民解放军第九八八医院", 12)

    def test_a_point_within_a_name(self):
        archive = self.archive_with(Record(74, "海州伟力·美信整容医院", 'hospital', *SEA))
        self.assert_sure(archive, "海州伟力·美信整容医院", 74, **HOME)
        self.assert_asked(archive, "海州伟力·美信整容门诊部", 74, **HOME)
        self.assert_sure(archive, "海州市中医院·海州市针灸医院", 3, **HOME)

    def test_a_kind_that_is_not_written_in_full(self):
        archive = self.archive_with(Record(75, "海州市中西医结合医院", 'hospital', *SEA))
        self.assert_asked(archive, "海州市中西结合医院", 75, **HOME)
        self.assert_sure(archive, "海州市中西医医院", 75, **HOME)

    def test_districts_of_a_municipality_are_its_cities(self):
        archive = self.archive_with(Record(76, "京海华博医院", 'hospital', *EAST))
        near = {'distributor': 5, 'distributor_province': EAST[0], 'distributor_city': EAST[1]}
        far = {**near, 'distributor_city': WEST[1]}
        self.assert_sure(archive, "京海市京海华博医院", 76, **near)
        self.assert_asked(archive, "京海市京海华博医院", 76, **far)
        self.assert_asked(
            archive, "京海市京海华博医院", 76, **near, province=WEST[0], city=WEST[1])

    def test_a_word_that_is_a_place_elsewhere(self):
        """鼓楼 is no place of 京海: 鼓楼医院 may be any in the city, not the one of 河东 alone."""
        archive = self.archive_with(
            Record(77, "京海河东鼓楼医院", 'hospital', *EAST),
            Record(78, "京海市第一人民医院", 'hospital', *WEST))
        facts = {'distributor': 5, 'distributor_province': WEST[0], 'distributor_city': WEST[1]}
        many = [Query(f"京海市第一人民医院{'　' * number}", **facts) for number in range(400)]
        match = archive.match([*many, Query("鼓楼医院", **facts)])[-1]
        self.assertFalse(match.automatic, match)
        self.assertEqual(match.candidates[0].record_id, 77)


@unittest.skipUnless(st, "hypothesis is not installed")
@tagged('post_install', '-at_install')
class TestMatchingTwinProperties(MatchingCase):

    if st:
        prefixes = st.sampled_from([
            "", "海州", "海州市", "海东省", "海东省海州市", "海东海州", "海州县", "海州市海州县",
            "青石县", "青石", "云溪市", "海东云溪"])
        words = st.sampled_from([
            "瑞安医院", "第三人民医院", "三院", "中医院", "中医医院", "妇幼保健院", "口腔医院",
            "瑞安医院分院", "瑞安医院瑞康医院", "市立三院", "市立第三医院", "中西医结合医院"])
        names = st.builds(str.__add__, prefixes, words).filter(lambda name: len(name) > 4)
        archives = st.lists(names, min_size=1, max_size=6, unique_by=matching_names.fold)

        def _archive(self, names):
            return Archive([
                Record(number, name, 'hospital', *SEA) for number, name in enumerate(names)],
                self.places)

        @settings(max_examples=150, deadline=None)
        @given(archives, names, names)
        def test_one_more_customer_never_leads_to_a_third(self, listed, more, written):
            """It may be meant, or bring a doubt; never is an old customer chosen instead."""
            before = self.match(written, self._archive(listed), **HOME)
            after = self.match(written, self._archive([*listed, more]), **HOME)
            if before.automatic and after.automatic:
                self.assertIn(after.record_id, (before.record_id, len(listed)), (before, after))

        @settings(max_examples=150, deadline=None)
        @given(archives, names)
        def test_who_is_written_alike_is_asked_about(self, listed, written):
            """What is decided is a customer's name as it stands, or nobody else is written so."""
            archive = self._archive(listed)
            match = self.match(written, archive, **HOME)
            if not match.automatic or matching_names.fold(written) in map(
                    matching_names.fold, listed):
                return
            number = archive.index.by_id[match.record_id]
            text = matching_names.read_name(written, self.places).main
            self.assertFalse(archive.index.twins.written_like(text, number), match)

        @settings(max_examples=100, deadline=None)
        @given(archives)
        def test_twins_are_twins_of_each_other(self, listed):
            twins = self._archive(listed).index.twins
            for number in range(len(listed)):
                for other in twins.of(number):
                    self.assertIn(number, twins.of(other), listed)
