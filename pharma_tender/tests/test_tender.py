from psycopg2 import IntegrityError

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCase

from .common import PharmaTenderCommon


@tagged('post_install', '-at_install')
class TestTender(PharmaTenderCommon, MailCase):
    """Tenders go through the stages of their kind."""

    def test_first_stage_and_number(self):
        """A new tender starts at its kind's first stage and gets a number."""
        tender = self._create_tender()
        self.assertEqual(tender.stage_id, self.stage_open)
        self.assertRegex(tender.code, r'^ZB\d{4}-\d{4}$')
        self.assertNotEqual(self._create_tender().code, tender.code)

    def test_stage_of_another_kind_is_refused(self):
        """Dragging a tender into a column of another kind is refused in words."""
        tender = self._create_tender()
        tender.stage_id = self.stage_bids
        foreign = self.env['pharma.tender.stage'].create({'name': "Foreign"})
        with self.assertRaises(ValidationError):
            tender.stage_id = foreign

    def test_change_of_kind_restarts(self):
        """With another kind the tender goes to a stage of that kind, unless its stage fits."""
        tender = self._create_tender(stage_id=self.stage_bids.id)
        first = self.env['pharma.tender.stage'].create({'name': "First", 'sequence': 0})
        other = self.env['pharma.tender.kind'].create({
            'name': "Other", 'stage_ids': [Command.set((first | self.stage_bids).ids)]})
        tender.kind_id = other
        self.assertEqual(tender.stage_id, self.stage_bids)
        other_two = self.env['pharma.tender.kind'].create({
            'name': "Other Two", 'stage_ids': [Command.set(first.ids)]})
        tender.kind_id = other_two
        self.assertEqual(tender.stage_id, first)

    def test_kanban_columns(self):
        """The board has all columns of the kinds it shows, empty ones too, in their order."""
        tender = self._create_tender(stage_id=self.stage_public.id)
        groups = self.env['pharma.tender'].with_context(read_group_expand=True).web_read_group(
            [('id', '=', tender.id)], ['stage_id'], ['__count'])['groups']
        self.assertEqual(
            [(group['stage_id'][0], group['__count']) for group in groups],
            [(self.stage_open.id, 0), (self.stage_bids.id, 0), (self.stage_public.id, 1)])

    def test_stage_moves_are_logged(self):
        tender = self._create_tender().with_context(tracking_disable=False, mail_notrack=False)
        self.flush_tracking()
        tender.stage_id = self.stage_bids
        self.flush_tracking()
        values = tender.message_ids.sudo().tracking_value_ids.filtered(
            lambda value: value.field_id.name == 'stage_id')
        self.assertEqual(values.new_value_char, self.stage_bids.name)

    def test_results_become_public_with_the_stage(self):
        """The stage decides for the tender and everything below it, both ways."""
        tender = self._create_tender(stage_id=self.stage_bids.id)
        bid = self._create_bid(self._create_item(tender), result='won')
        bid.action_add_prices()
        for stage, public in ((self.stage_public, True), (self.stage_open, False)):
            tender.stage_id = stage
            for record in (tender, bid, bid.item_id, bid.price_ids):
                self.assertEqual(record.results_public, public, record)

    def test_dates_in_order(self):
        """The database refuses dates that run backwards."""
        for values in (
            {'date_announced': '2026-05-02', 'date_submission': '2026-05-01'},
            {'date_submission': '2026-05-02', 'date_opening': '2026-05-01'},
            {'date_opening': '2026-05-02', 'date_result': '2026-05-01'},
            {'date_from': '2026-05-02', 'date_to': '2026-05-01'},
        ):
            with self.subTest(values), self.assertRaises(IntegrityError), \
                    mute_logger('odoo.sql_db'), self.cr.savepoint():
                self._create_tender(**values)
        self._create_tender(date_announced='2026-05-01', date_submission='2026-05-01')

    def test_item_numbers_are_unique_and_sort_as_numbers(self):
        tender = self._create_tender()
        ten, two = (self._create_item(tender, item_no=number) for number in ('10', '2'))
        self.assertEqual(tender.item_ids.sorted(), two | ten)
        with self.assertRaises(IntegrityError), mute_logger('odoo.sql_db'), self.cr.savepoint():
            self._create_item(tender, item_no='2')

    def test_copy(self):
        """A copy has the items, its own number and the first stage, but no bids."""
        tender = self._create_tender(stage_id=self.stage_public.id)
        self._create_bid(self._create_item(tender))
        copy = tender.copy()
        self.assertEqual(copy.item_ids.mapped('generic_name'), ["测试他汀片"])
        self.assertFalse(copy.bid_ids)
        self.assertEqual(copy.stage_id, self.stage_open)
        self.assertNotEqual(copy.code, tender.code)
        self.assertNotEqual(copy.name, tender.name)

    def test_counts(self):
        tender = self._create_tender(stage_id=self.stage_public.id)
        item = self._create_item(tender)
        self._create_bid(item, result='won', state_ids=[Command.set(self.state_zj.ids)])
        self._create_bid(
            item, self.rival_product, result='won', state_ids=[Command.set(self.state_js.ids)])
        tender.action_add_prices()
        self.assertRecordValues(
            tender, [{'item_count': 1, 'bid_count': 2, 'won_count': 1, 'price_count': 2}])
        for action in (tender.action_view_items(), tender.action_view_bids(),
                       tender.action_view_prices()):
            records = self.env[action['res_model']].search(action['domain'])
            self.assertTrue(records)
            self.assertEqual(records.tender_id, tender)

    def test_search_by_number(self):
        tender = self._create_tender(batch="第九十九批")
        for word in (tender.code, "第九十九"):
            found = self.env['pharma.tender'].name_search(word)
            self.assertIn(tender.id, [row[0] for row in found])
