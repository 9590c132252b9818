from contextlib import closing
from datetime import timedelta

import psycopg2

from odoo import api
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_visit import VisitCase


@tagged('post_install', '-at_install')
class TestGift(VisitCase):
    """What is handed over stays within the limits, whoever hands it over."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.item = cls.env['pharma.gift.item'].create({
            'name': "指南手册", 'unit_value': 40, 'call_limit': 3, 'year_limit': 200})

    def _give(self, visit, quantity, **values):
        return self.env['pharma.visit.gift'].with_user(visit.user_id).create({
            'visit_id': visit.id, 'item_id': self.item.id, 'quantity': quantity, **values})

    def test_value(self):
        """Of the day on which it was entered, to the person called on."""
        gift = self._give(self._call(), 2)
        self.assertEqual((gift.value, gift.partner_id), (80, self.doctor))
        self.item.unit_value = 50
        self.assertEqual(gift.value, 80)

    def test_limit_per_call(self):
        visit = self._call(person_ids=[Command.set((self.doctor | self.other_doctor).ids)])
        gift = self._give(visit, 2)
        with self.assertRaisesRegex(ValidationError, "指南手册"), self.cr.savepoint():
            self._give(visit, 2, partner_id=self.other_doctor.id)
        with self.assertRaises(ValidationError):
            gift.quantity = 4
        gift.quantity = 3

    def test_limit_per_year(self):
        """Of all representatives together; another person and another year count apart."""
        self._give(self._call(), 3)
        colleague = self.visits.with_user(self.user_area_manager).create({
            'partner_id': self.doctor.id, 'date_start': self.now + timedelta(days=1)})
        gift = self._give(colleague, 2)
        visit = self._call()
        with self.assertRaisesRegex(ValidationError, "林知远"), self.cr.savepoint():
            self._give(visit, 1)
        self.assertTrue(self._give(self._call(partner_id=self.other_doctor.id), 1))
        last_year = self._call(date_start=self.now - timedelta(days=366))
        self.assertTrue(self._give(last_year, 1))
        with self.assertRaises(ValidationError):
            last_year.date_start = self.now + timedelta(hours=1)
        colleague.write({'state': 'cancelled', 'reason': "取消"})
        self.assertTrue(self._give(visit, 1))
        with self.assertRaises(ValidationError):
            colleague.state = 'planned'
        self.assertTrue(gift.exists())

    def test_no_limits(self):
        self.item.write({'call_limit': 0, 'year_limit': 0})
        self.assertTrue(self._give(self._call(), 100))

    def test_to_people_met(self):
        with self.assertRaises(ValidationError):
            self._give(self._call(), 1, partner_id=self.other_doctor.id)

    def test_pieces(self):
        with mute_logger('odoo.sql_db'), self.assertRaises(psycopg2.errors.CheckViolation):
            self._give(self._call(), 0)

    def test_two_at_once(self):
        """Whoever gives to the same person at the same moment starts over: he did not see it."""
        visit = self._call()
        self._give(visit, 1)
        # As another transaction that began before this one and knows nothing of it
        with closing(db_connect(self.env.cr.dbname).cursor()) as cr:
            cr.execute("SELECT count(*) FROM res_partner")
            other = api.Environment(cr, self.env.uid, {})['pharma.visit.gift']
            partner = other.env['res.partner'].search([('pharma_type', '=', 'person')], limit=1)
            if not partner:
                partner = other.env['res.partner'].search([], limit=1)
            with closing(db_connect(self.env.cr.dbname).cursor()) as first:
                first.execute(
                    "UPDATE res_partner SET write_date = write_date WHERE id = %s", [partner.id])
                first.commit()
            with mute_logger('odoo.sql_db'), self.assertRaises(
                    psycopg2.errors.SerializationFailure):
                other._collide('res_partner', partner.ids)
