import doctest
import unittest

from odoo.tests import BaseCase, tagged

from ...tools import matching_products, matching_spec
from ...tools.matching_products import (
    Catalogue,
    Product,
    ProductQuery,
    approval_number,
    match_products,
)
from ...tools.matching_result import FACTS, REASONS
from ...tools.matching_spec import read_spec, split_spec

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:  # a developer's tool, absent where an administrator runs the tests
    st = None

OURS = "海州制药（集团）股份有限公司"
PRODUCTS = [
    Product(1, "安和他汀钙片 10mg*7片", "安和他汀钙片", "立和妥", "10mg*7片", "片剂", OURS,
            "国药准字H20990001", ours=True),
    Product(2, "安和他汀钙片 20mg*7片", "安和他汀钙片", "立和妥", "20mg*7片", "片剂", OURS,
            "国药准字H20990002", ours=True),
    Product(3, "安和他汀钙片 20mg*14片", "安和他汀钙片", "立和妥", "20mg*14片", "片剂", OURS,
            "国药准字H20990002", ours=True),
    Product(4, "安和他汀钙片 20mg*7片", "安和他汀钙片", "", "20mg*7片", "片剂", "平阳药业有限公司",
            "国药准字H20990003"),
    Product(5, "感宁颗粒", "感宁颗粒", "", "10g*9袋", "颗粒剂", OURS, "国药准字Z20990004",
    ours=True),
    Product(6, "注射用头和拉定", "注射用头和拉定", "", "0.5g", "注射剂", OURS, ours=True),
    Product(7, "维生素B12片", "维生素B12片", "", "25ug*100片", "片剂", OURS, ours=True),
    Product(8, "氯和钠注射液", "氯和钠注射液", "", "100ml:0.9g", "注射剂", OURS, ours=True),
]


@tagged('post_install', '-at_install')
class TestSpecification(BaseCase):

    def test_ways_to_write_one_specification(self):
        for texts in (
                ("10mg*14片", "10mg×14片/盒", "0.01g:14片", "10mg*7片*2板/盒", "10MG＊14s",
                "10毫克 14片",
                 "10mgx14", "10mg*14片/板*1板/盒", "10mg*2*7片/板/盒", "10mg*14片*400盒",
                 "14片*10mg"),
                ("2ml:10mg*5支", "10mg:2ml×5支/盒", "10毫克/2毫升*5支"),
                ("100ml:0.9g", "0.9g:100ml", "100毫升：900mg"),
                ("80mg/12.5mg*7片", "12.5mg:80mg×7片"), ("10万单位*10支", "100000u×10支")):
            specs = {read_spec(text) for text in texts}
            self.assertEqual(len(specs), 1, [(text, read_spec(text)) for text in texts])

    def test_other_specifications(self):
        texts = ("10mg*14片", "20mg*14片", "10mg*7片", "10mg", "14片", "10g*14片", "10ml", "1%", "")
        self.assertEqual(len({read_spec(text) for text in texts}), len(texts))
        self.assertEqual(read_spec("10mg*14片").compare(read_spec("10mg")), {'strength': True})
        self.assertEqual(read_spec("10mg*14片").compare(read_spec("20mg*14片")),
                         {'strength': False, 'count': True})

    def test_a_specification_glued_to_the_name(self):
        for text, parts in (
                ("立和妥20mg*7片", ("立和妥", "20mg*7片")), ("立和妥 20mg×7s",
                ("立和妥", "20mg*7s")),
                ("维生素B12片25ug*100片", ("维生素B12片", "25ug*100片")),
                ("氯和钠注射液(100ml:0.9g)", ("氯和钠注射液", "100ml:0.9g")),
                ("九味和活丸", ("九味和活丸", "")), ("", ("", ""))):
            self.assertEqual(split_spec(text), parts)

    @unittest.skipUnless(st, "hypothesis is not installed")
    def test_no_text_ends_the_reading(self):
        @settings(max_examples=150, deadline=None)
        @given(st.text(alphabet="0123456789.*×:/mgl片粒支盒板s%万单位() '", max_size=20))
        def read(text):
            read_spec(text)
            split_spec(text)
        read()


@tagged('post_install', '-at_install')
class TestMatchingProducts(BaseCase):

    def match(self, *parts):
        return match_products(PRODUCTS, [ProductQuery(*parts)])[0]

    def assert_decided(self, product_id, *parts):
        match = self.match(*parts)
        self.assertEqual((match.record_id, match.automatic), (product_id, True), (parts, match))
        return match

    def assert_open(self, *parts):
        match = self.match(*parts)
        self.assertFalse(match.automatic, (parts, match))
        self.assertIn(match.reason, REASONS)
        return match

    def test_examples_in_docstrings_hold(self):
        self.assertEqual(doctest.testmod(matching_products).failed, 0)
        self.assertEqual(doctest.testmod(matching_spec).failed, 0)

    def test_name_and_specification(self):
        for product_id, *parts in (
                (1, "安和他汀钙片", "10mg×7片/盒"), (2, "立和妥", "20mg*7s"),
                (3, "立和妥20mg*7片*2板"),
                (3, "安和他汀钙片(立和妥)20mg*14片", "", "海州制药"),
                (2, "安和他汀钙片剂", "20mg*7片", OURS),
                (4, "安和他汀钙片", "20mg*7片", "平阳药业"), (5, "感宁冲剂", "10g×9袋"),
                (6, "头和拉定粉针", "0.5g", OURS), (7, "维生素B12片 25ug*100片"),
                (8, "氯和钠针", "0.9g:100ml")):
            self.assert_decided(product_id, *parts)

    def test_approval_number(self):
        self.assertEqual(approval_number("国药准字 h20990001"), 'H20990001')
        self.assertEqual(approval_number("批号20260101"), '')
        match = self.assert_decided(1, "安和他汀钙片", "", "", "国药准字H20990001")
        self.assertEqual(match.reason, 'approval')
        self.assert_open("安和他汀钙片", "", "", "国药准字H20990002")
        self.assert_decided(3, "安和他汀钙片", "20mg*14片", "", "国药准字H20990002")
        self.assert_open("他药", "", "", "国药准字H20990001")

    def test_what_differs_excludes(self):
        for parts in (
                ("安和他汀钙片", "40mg*7片"), ("安和他汀钙片", "20mg*28片"),
                ("安和他汀钙片", "20mg*7片", "云溪生物制药有限公司"),
                ("安和他汀钙片", "20mg*7片", "", "国药准字H20999999"),
                ("安和他汀钙胶囊", "20mg*7粒"), ("安和他汀钙片", ""), ("安和他汀钙片", "20mg"),
                ("", ""),
                ("氯和钠注射液", "250ml:2.25g")):
            self.assert_open(*parts)

    def test_candidates_say_what_agrees_and_differs(self):
        match = self.assert_open("安和他汀钙片", "20mg*28片", "海州制药")
        first = match.candidates[0]
        self.assertIn(first.record_id, (2, 3))
        self.assertIn('count', first.differs)
        self.assertIn('maker', first.agrees)
        for candidate in match.candidates:
            self.assertLessEqual({*candidate.agrees, *candidate.differs}, set(FACTS))

    def test_the_order_of_the_catalogue_does_not_matter(self):
        queries = [ProductQuery(product.name, product.spec, product.maker) for product in PRODUCTS]
        self.assertEqual(
            Catalogue(PRODUCTS).match(queries), Catalogue(PRODUCTS[::-1]).match(queries))
