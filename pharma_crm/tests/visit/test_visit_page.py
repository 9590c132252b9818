# pylint: disable=translation-required  # texts that people wrote
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_visit import VisitCase


@tagged('post_install', '-at_install')
class TestVisitPage(VisitCase):
    """Calls on the 360° page, its time line, the form; who sees them; figures for grades."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.held = cls._held(
            summary="介绍新指南", person_ids=[Command.set(cls.other_doctor.ids)])
        cls.planned = cls._call()

    def _as(self, partner, user=None):
        return partner.with_user(user or self.user_representative).with_context(
            lang='en_US', tz='Asia/Shanghai')

    def _section(self, partner, user=None):
        page = self._as(partner, user).get_customer_page()
        return next((part for part in page['sections'] if part['key'] == 'visits'), None)

    def _entries(self, partner, user=None):
        entries = self._as(partner, user).get_customer_timeline(sources=['visit'])['entries']
        return [entry['id'] for entry in entries]

    # === PAGE === #

    def test_section(self):
        """On the page of the hospital, of the doctor, and of who else was met."""
        for partner, planned in (
                (self.hospital, 1), (self.department, 1), (self.doctor, 1), (self.other_doctor, 0)):
            section = self._section(partner)
            with self.subTest(partner.name):
                self.assertEqual(section['figures'][0]['value'], self.held.date)
                self.assertEqual(bool(section['figures'][1]['value']), bool(planned))
                self.assertEqual(section['figures'][2]['value'], 1)
                self.assertEqual(len(section['rows']), 1 + planned)

    def test_figures_open_their_rows(self):
        figure = self._section(self.hospital)['figures'][2]
        self.assertEqual(self.visits.search(figure['action']['domain']), self.held)
        self.assertEqual(self._as(self.hospital).visit_count, 2)
        action = self._as(self.hospital).action_view_visits()
        self.assertEqual(self.visits.search(action['domain']), self.held | self.planned)

    def test_last_contact(self):
        page = self._as(self.hospital).get_customer_page()
        contact = next(part for part in page['sections'] if part['key'] == 'contact')
        self.assertEqual(contact['figures'][0]['value'], self.held.date)
        self.assertEqual(contact['figures'][1]['value'], self.planned.date)

    def test_timeline(self):
        self.assertEqual(self._entries(self.hospital), self.held.ids)
        self.assertEqual(self._entries(self.other_doctor), self.held.ids)

    def test_record_from_the_page(self):
        """The button begins a call with what is usual for this customer."""
        self.held.adoption = 'regular'
        page = self._as(self.doctor).get_customer_page()
        button = next(item for item in page['head']['buttons'] if item['key'] == 'pharma_visit')
        values = self.visits.with_context(**button['action']['context']).default_get(
            ['partner_id', 'person_ids', 'adoption', 'purpose_id', 'product_ids', 'date_start'])
        self.assertEqual(values['partner_id'], self.doctor.id)
        self.assertEqual(values['adoption'], 'regular')
        self.assertEqual(values['person_ids'], [Command.set(self.doctor.ids)])
        self.assertEqual(len(values['product_ids']), 2)
        visit = self.visits.create({**values, 'result_id': self.reached.id})
        visit.action_done()
        self.assertRecordValues(visit, [{'state': 'done', 'is_planned': False}])

    # === RIGHTS === #

    def test_strangers_see_nothing(self):
        """Neither a colleague with the same hospital, nor who does not make calls at all; a
        manager sees what his people did, and so does who acts for them.
        """
        colleague = new_test_user(
            self.env, login='pharma_colleague', tz='Asia/Shanghai',
            groups='pharma_crm.group_pharma_crm_representative')
        self._assign(colleague, self.territory, date_from='2020-01-01')
        self.assertFalse(self._section(self.hospital, colleague)['rows'])
        self.assertFalse(self._entries(self.hospital, colleague))
        self.assertEqual(self._as(self.hospital, colleague).visit_count, 0)
        self.assertIsNone(self._section(self.hospital, self.user_steward))
        self.assertEqual(self._as(self.hospital, self.user_steward).visit_count, 0)
        self.assertEqual(
            self._entries(self.hospital, self.user_area_manager), self.held.ids)
        with mute_logger('odoo.addons.base.models.ir_rule'):
            for method in ('action_record', 'action_done', 'action_copy_last', 'action_repeat',
                           'action_miss', 'action_not_held'):
                with self.subTest(method), self.assertRaises(AccessError):
                    getattr(self.planned.with_user(colleague), method)()
        self.env['pharma.delegation'].create({
            'user_id': self.user_representative.id, 'delegate_id': colleague.id,
            'date_from': self.today, 'date_to': self.today})
        self.assertEqual(self._entries(self.hospital, colleague), self.held.ids)

    def test_product_managers_read(self):
        """And say something about it; they record nothing."""
        visit = self.held.with_user(self.user_product_manager)
        self.assertEqual(visit.read(['summary'])[0]['summary'], "介绍新指南")
        self.assertTrue(visit.message_post(body="好"))
        self.assertEqual(
            self.planned.with_user(self.user_product_manager).action_record()['target'], 'current')
        with mute_logger('odoo.addons.base.models.ir_model'), self.assertRaises(AccessError):
            visit.summary = "x"

    def test_a_colleague_cannot_be_put_to_work(self):
        """Nobody enters calls in the name of others, but managers for their people."""
        with mute_logger('odoo.addons.base.models.ir_rule'), self.assertRaises(AccessError):
            self._call(user_id=self.user_area_manager.id)
        visit = self.visits.with_user(self.user_area_manager).create({
            'partner_id': self.doctor.id, 'user_id': self.user_representative.id,
            'date_start': self.now + timedelta(days=2)})
        self.assertIn(visit, self.visits.search([]))

    # === FIGURES FOR GRADES === #

    def _grade(self, metric, kind='person'):
        """What a figure is for the customers here, by name; in one statement."""
        model = self.env['pharma.score.model'].create({
            'name': "拜访评分", 'pharma_type': kind,
            'criterion_ids': [Command.create({
                'name': "拜访", 'source': 'metric', 'metric': metric, 'method': 'linear',
                'days': 30, 'low': 0, 'high': 100, 'weight': 1})],
            'band_ids': [Command.create({'name': 'A', 'minimum': 0})]})
        model._compute_all()
        self.env.invalidate_all()
        scores = self.env['pharma.score'].search([
            ('model_id', '=', model.id),
            ('partner_id.commercial_partner_id', '=', self.hospital.id)])
        return {score.partner_id: score.value for score in scores}

    def test_calls_as_a_figure(self):
        """Calls on himself, at his hospital, and in which he was met; planned ones are none."""
        self._held(date_start=self.now - timedelta(days=40))
        self.assertEqual(self._grade('calls'), {self.doctor: 1, self.other_doctor: 1})
        self.assertEqual(self._grade('calls', 'hospital'), {self.hospital: 1})

    def test_days_since_the_last_call(self):
        self.env.cr.execute("SELECT CURRENT_DATE")
        days = (self.env.cr.fetchone()[0] - self.held.date).days
        scores = self._grade('days_since_call')
        self.assertEqual(scores[self.doctor], days)
        self.assertEqual(scores[self.other_doctor], days)
