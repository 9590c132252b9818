# pylint: disable=translation-required  # texts that people wrote
from datetime import datetime, timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .test_customer_page import DONE, CustomerPageCase


@tagged('post_install', '-at_install')
class TestCustomerTimeline(CustomerPageCase):
    """One time line of everything, newest first, page by page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Entered long ago: the fixtures' own entries do not mix with those of the tests
        cls.env.cr.execute("UPDATE res_partner SET create_date = '2019-01-01' WHERE id = ANY(%s)", [
            [cls.hospital.id, cls.head.id, cls.department.id]])
        cls.env.invalidate_all()

    def _keys(self, timeline):
        return [entry['key'] for entry in timeline['entries']]

    def _fill(self):
        """One of each source, on the days before today."""
        self._create_order(self.hospital, 1)
        self._create_order(self.department, 2, state='draft')
        self._create_invoice(self.hospital, 100, due=-27)  # of three days ago
        self._done(self.head, 4)
        message = self.hospital.message_post(
            body="医院明年启用新院区", message_type='comment', subtype_xmlid='mail.mt_note')
        message.date = datetime.now() - timedelta(days=5)
        start = datetime.now().replace(microsecond=0) - timedelta(days=6)
        self.env['calendar.event'].create({
            'name': "科室会", 'start': start, 'stop': start + timedelta(hours=1), 'user_id': False,
            'partner_ids': [Command.set(self.doctor.ids)]})
        lead = self.env['crm.lead'].create({
            'name': "进院", 'partner_id': self.head.id, 'user_id': self.user_representative.id})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [datetime.now() - timedelta(days=7), lead.id])
        self.env['pharma.affiliation'].create({
            'person_id': self.head.id, 'place_id': self.hospital.id,
            'date_from': self.today - timedelta(days=30),
            'date_to': self.today - timedelta(days=8)})
        self.env['pharma.alignment'].create({
            'partner_id': self.hospital.id, 'date_from': '2021-01-01',
            'date_to': self.today - timedelta(days=9),
            'territory_id': self._create_territory(name="临川地区").id})
        self.env.invalidate_all()

    EXPECTED = [
        'order', 'order', 'invoice', 'message', 'message', 'meeting', 'lead', 'post_end',
        'alignment_end', 'post_begin', 'alignment_begin', 'alignment_begin', 'entry']

    def test_order(self):
        """Everything in one order, by when it happened; in the future is not yet."""
        self._fill()
        self._create_order(self.hospital, -2)
        timeline = self._timeline(self.hospital)
        self.assertEqual(self._keys(timeline), self.EXPECTED)
        self.assertFalse(timeline['next'])
        days = [entry['day'] for entry in timeline['entries']]
        self.assertEqual(days, sorted(days, reverse=True))
        call = timeline['entries'][3]
        self.assertIn(DONE, call['text'])
        self.assertEqual(call['about'], "东院区, 心内一科, 林知远")
        self.assertEqual(call['who'], self.user_representative.name)
        self.assertEqual(timeline['entries'][0]['day_label'], "Yesterday")

    def test_paging(self):
        """Pages of any size show everything once, also what happened at the same moment."""
        self._fill()
        moment = datetime.now().replace(microsecond=0) - timedelta(days=3, hours=1)
        for number in range(5):
            self.hospital.message_post(
                body=f"备注{number}", message_type='comment').date = moment
            self._create_order(self.hospital).date_order = moment
        everything = self._timeline(self.hospital, limit=100)['entries']
        self.assertEqual(len(everything), len(self.EXPECTED) + 10)
        identities = [(entry['key'], entry['id']) for entry in everything]
        for limit in (1, 3, 7):
            found, before = [], None
            while before is not False:
                page = self._timeline(self.hospital, before=before, limit=limit)
                self.assertLessEqual(len(page['entries']), limit)
                found += [(entry['key'], entry['id']) for entry in page['entries']]
                before = page['next']
            self.assertEqual(found, identities)

    def test_sources(self):
        """Narrowed to some sources, and to what belongs to a doctor alone."""
        self._fill()
        timeline = self._timeline(self.hospital, sources=['order', 'meeting'])
        self.assertEqual(self._keys(timeline), ['order', 'order', 'meeting'])
        self.assertEqual(
            self._keys(self._timeline(self.head)),
            ['message', 'lead', 'post_end', 'alignment_end', 'post_begin', 'alignment_begin',
             'alignment_begin', 'entry'])

    def test_rights(self):
        """Service sees neither doctors nor sales in the time line of a hospital."""
        self._fill()
        self.assertEqual(
            set(self._keys(self._timeline(self.hospital, self.user_service))),
            {'message', 'alignment_begin', 'alignment_end', 'entry'})

    def test_hidden_author(self):
        """What a doctor wrote to the hospital's page is read by service without his name."""
        message = self.hospital.message_post(
            body="请寄资料", message_type='comment', author_id=self.head.id)
        message.flush_recordset()
        entry, = self._timeline(self.hospital, self.user_service, sources=['message'])['entries']
        self.assertEqual((entry['text'], entry['who']), ("请寄资料", ""))
        entry, = self._timeline(self.hospital, sources=['message'])['entries']
        self.assertEqual(entry['who'], "林知远")

    def test_hidden_do_not_end_it(self):
        """What the reader may not see leaves no gap: older entries follow all the same."""
        for _number in range(5):
            self._done(self.head, 1)
        self._done(self.hospital, 3)
        page = self._timeline(self.hospital, self.user_service, limit=1)
        self.assertEqual(self._keys(page), ['message'])
        self.assertTrue(page['next'])

    def test_changes(self):
        """Changes of the lifecycle and of an opportunity's stage say from what to what."""
        kind = self.hospital.partner_type_id
        stages = kind._get_stages()
        lead = self.env['crm.lead'].create({
            'name': "进院", 'partner_id': self.hospital.id, 'type': 'opportunity',
            'user_id': self.user_representative.id})
        old, new = self.env['crm.stage'].search([], limit=2)
        lead.stage_id = old
        self.env.cr.flush()  # What is created in the same transaction is not tracked
        tracked = {'tracking_disable': False, 'mail_notrack': False}
        self.hospital.with_context(**tracked).lifecycle_stage_id = stages[1]
        lead.with_context(**tracked).stage_id = new
        self.env.cr.flush()
        titles = [entry['title'] for entry in self._timeline(
            self.hospital, sources=['change'])['entries']]
        self.assertTrue(any(f"{stages[0].name} → {stages[1].name}" in text for text in titles))
        self.assertTrue(any(f"{old.name} → {new.name}" in text for text in titles))

    def test_bad_cursor(self):
        """Nonsense from outside is refused with a sentence."""
        for before in (["gestern", 'order', 1], [1], ['2026-01-01', 'order', "x"]):
            with self.assertRaises(UserError):
                self._timeline(self.hospital, before=before)
