from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestHome(PharmaCrmCommon):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env['pharma.access']._get_today()
        cls.hospital = cls._create_hospital(name="云山绿川医院")

    def _get_home(self, user):
        home = self.env['pharma.home'].with_user(user).get_home()
        return {section['key']: section for section in home['sections']}

    def _create_visit(self, days=0, user=None, **values):
        noon = fields.Datetime.to_datetime(self.today) + timedelta(days=days, hours=4)
        return self.env['pharma.visit'].create({
            'partner_id': self.hospital.id, 'user_id': (user or self.user_representative).id,
            'date_start': noon, **values})

    def test_who_sees_what(self):
        person, manager = (
            self._get_home(user) for user in (self.user_representative, self.user_area_manager))
        self.assertIn('today', person)
        self.assertNotIn('team', person)
        self.assertIn('team', manager)
        with self.assertRaises(AccessError):
            self._get_home(self.user_service)

    def test_calls_of_the_day(self):
        """A planned call can be recorded from its card, one of the past is asked for."""
        self._create_visit(state='cancelled', reason="停诊")
        planned, late = self._create_visit(), self._create_visit(days=-2)
        self._create_visit(user=self.user_area_manager)
        home = self._get_home(self.user_representative)
        self.assertEqual(
            [(call['state'], bool(call['record'])) for call in home['today']['calls']],
            [('cancelled', False), ('planned', True)])
        self.assertEqual(home['today']['calls'][1]['id'], planned.id)
        self.assertEqual([call['id'] for call in home['late']['calls']], [late.id])

    def test_team(self):
        """Done of planned on the last working day and today, missed, and what is to review."""
        offset = -1
        while (self.today + timedelta(days=offset)).weekday() > 4:
            offset -= 1
        self._create_visit(days=offset, state='done')
        self._create_visit(days=offset)
        self._create_visit()
        cells = self._get_home(self.user_area_manager)['team']['table']['rows'][0]['cells']
        self.assertEqual([cell['text'] for cell in cells[:5]],
                         [self.user_representative.name, "1 / 2", "0 / 1", "1", "1"])
        attention = self._get_home(self.user_area_manager)['attention']['figures']
        self.assertEqual(
            {figure['key']: figure['value'] for figure in attention}['review'], 1)

    @mute_logger('odoo.sql_db')
    def test_queries_do_not_grow(self):
        """Twenty calls cost as many queries as two."""
        counts = []
        for number in (2, 18):
            for _call in range(number):
                self._create_visit(days=-1)
                self._create_visit()
            self.env.flush_all()
            self.env.invalidate_all()
            self.env.registry.clear_cache()
            before = self.env.cr.sql_log_count
            for user in (self.user_representative, self.user_area_manager):
                self._get_home(user)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])
