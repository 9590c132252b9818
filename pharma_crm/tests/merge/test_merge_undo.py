# pylint: disable=translation-required  # texts that people wrote
import random
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_merge import MergeCommon


@tagged('post_install', '-at_install')
class TestMergeUndo(MergeCommon):
    """After the undo the database is as it was before the merge."""

    def test_dump(self):
        """What hangs on a customer moves, and goes back; three levels at once."""
        orders = [self._load(partner)
                  for partner in (self.keep, self.twin, self.twin_person, self.person)]
        before = self._dump()
        merge = self._merge(alike=True)
        self.assertFalse(self.twin.active)
        self.assertEqual(self.twin.merged_into_id, self.keep)
        self.assertEqual(self.twin_department.merged_into_id, self.department)
        self.assertEqual(self.twin_person.merged_into_id, self.person)
        self.assertEqual(orders[1].partner_id, self.keep)
        self.assertEqual(orders[2].partner_id, self.person)
        self.assertEqual(self.keep.phone, "0877-6661234")
        self.assertEqual(self.keep.hospital_level, '3')
        self.assertNotEqual(self._dump()['res_partner'], before['res_partner'])
        merge.action_undo()
        self.assertSameDump(before)
        self.assertEqual((merge.state, merge.kept_count), ('undone', 0))
        self.assertTrue(self.twin.active)

    def test_many(self):
        """Any number; a merged customer had been archived before and stays so."""
        others = self.env['res.partner'].concat(*(
            self._create_hospital(name=f"澄江市人民医院分部{number}") for number in range(5)))
        others[2].active = False
        self._load(others[3])
        before = self._dump()
        merge = self._merge(sources=others | self.twin)
        self.assertEqual(set(self.keep.merged_ids), {*others, self.twin})
        merge.action_undo()
        self.assertSameDump(before)
        self.assertFalse(others[2].active)

    def test_conflicts(self):
        """What the kept customer has already stays with the merged one, archived where that is
        possible, and comes back."""
        user = self.user_internal
        for partner in (self.keep, self.twin):
            partner.message_subscribe(user.partner_id.ids)
            self.env['res.partner.bank'].create(
                {'acc_number': "6222 0001", 'partner_id': partner.id})
            self.env['calendar.event'].create({
                'name': "查房", 'start': '2026-03-02 02:00:00', 'stop': '2026-03-02 03:00:00',
                'partner_ids': [Command.set([self.keep.id, self.twin.id])]})
            partner.category_id = [Command.link(self._tag().id)]
        before = self._dump()
        merge = self._merge()
        bank = self.twin.with_context(active_test=False).bank_ids
        self.assertFalse(bank.active)
        self.assertEqual(self.twin.sudo().alignment_ids.partner_id, self.twin)
        left = merge.line_ids.filtered(lambda line: line.reason == 'conflict')
        self.assertLessEqual(
            {'res_partner_bank', 'mail_followers', 'pharma_alignment', 'calendar_attendee',
             'calendar_event_res_partner_rel', 'res_partner_res_partner_category_rel'},
            set(left.mapped('table_name')))
        self.assertEqual(merge.left_count, len(left))
        merge.action_undo()
        self.assertSameDump(before)
        self.assertTrue(bank.active)

    def test_later(self):
        """Later messages stay with the kept customer, later changes hold and are told."""
        lead = self.env['crm.lead'].create({'name': "新品进院", 'partner_id': self.twin.id})
        other = self._create_hospital(name="澄江市中医医院")
        event = self.env['calendar.event'].create({
            'name': "科会", 'start': '2026-03-02 02:00:00', 'stop': '2026-03-02 03:00:00',
            'partner_ids': [Command.set(self.twin.ids)]})
        before = self._dump()
        merge = self._merge()
        message = self.keep.message_post(body="合并以后的沟通")
        lead.partner_id = other
        self.keep.phone = "0877-9999999"
        event.unlink()
        result = merge.action_undo()
        self.assertEqual(result['params']['type'], 'warning')
        self.assertEqual(message.res_id, self.keep.id)
        self.assertEqual(lead.partner_id, other)
        self.assertEqual((self.keep.phone, self.twin.phone), ("0877-9999999", "0877-6661234"))
        kept = merge.line_ids.filtered(lambda line: line.state == 'kept')
        self.assertEqual(merge.kept_count, len(kept))
        self.assertEqual({'crm_lead', 'res_partner', 'calendar_attendee',
                          'calendar_event_res_partner_rel'}, set(kept.mapped('table_name')))
        self.assertIn(str(merge.kept_count), merge.message_ids[0].body)
        # All else is as before
        after = self._dump()
        same = {table for table in before if before[table] == after[table]}
        self.assertLessEqual({'pharma_alias', 'pharma_affiliation', 'pharma_alignment',
                              'mail_followers', 'ir_attachment', 'pharma_search_name'}, same)

    def test_row_that_came_since(self):
        """A link cannot go back where such a row came since: it stays, and is told."""
        partner = self.user_internal.partner_id
        self.twin.message_subscribe(partner.ids)
        merge = self._merge()
        self.twin.message_subscribe(partner.ids)
        self.env.flush_all()
        merge.action_undo()
        for customer in (self.keep, self.twin):
            self.assertIn(partner, customer.message_partner_ids)
        self.assertEqual(
            merge.line_ids.filtered(lambda line: line.state == 'kept').table_name,
            'mail_followers')

    def test_stacked(self):
        """A into B, B into C: the second is undone first."""
        third = self._create_hospital(name="澄江市总医院")
        self._load(self.twin)
        before = self._dump()
        first = self._merge()
        between = self._dump()
        second = self._merge(keep=third, sources=self.keep)
        self.assertEqual(self.twin.merged_into_id, third)
        with self.assertRaisesRegex(UserError, third.name):
            first.action_undo()
        second.action_undo()
        self.assertEqual(self.twin.merged_into_id, self.keep)
        self.assertSameDump(between)
        first.action_undo()
        self.assertSameDump(before)
        with self.assertRaises(UserError):
            first.action_undo()

    def test_portal(self):
        """A portal login of a merged customer follows, and goes back."""
        user = self.user_portal
        user.partner_id.write({'parent_id': self.twin.id})
        own = self.env['res.users'].with_context(no_reset_password=True).create({
            'login': 'twin@example.com', 'partner_id': self.twin.id,
            'group_ids': [Command.set(self.env.ref('base.group_portal').ids)]})
        before = self._dump()
        merge = self._merge()
        self.assertEqual(own.partner_id, self.keep)
        self.assertEqual(user.partner_id.commercial_partner_id, self.keep)
        merge.action_undo()
        self.assertEqual(own.partner_id, self.twin)
        self.assertSameDump(before)

    def test_accounting(self):
        """Posted entries never move; drafts do; sums of both show on the kept customer."""
        journal = self.env['account.journal'].search([('type', '=', 'sale')], limit=1)
        product = self._create_product().product_variant_id
        posted, draft = self.env['account.move'].create([{
            'move_type': 'out_invoice', 'partner_id': self.twin.id, 'journal_id': journal.id,
            'invoice_date': '2026-03-01',
            'invoice_line_ids': [Command.create({
                'product_id': product.id, 'price_unit': price, 'tax_ids': []})],
        } for price in (100, 7)])
        posted.action_post()
        before = self._dump()
        merge = self._merge()
        self.assertEqual((posted | draft).mapped('partner_id'), self.twin | self.keep)
        self.assertEqual(posted.line_ids.partner_id, self.twin)
        self.assertEqual(posted.commercial_partner_id, self.twin)
        self.assertEqual(draft.partner_id, self.keep)
        self.assertEqual(draft.commercial_partner_id, self.keep)
        self.assertEqual(
            {line.table_name for line in merge.line_ids if line.reason == 'frozen'},
            {'account_move', 'account_move_line'})
        money = next(section for section in self.keep.get_customer_page()['sections']
                     if section['key'] == 'money')
        figures = {figure['label']: figure['value'] for figure in money['figures']}
        self.assertEqual(figures[self.env._("Balance")], 100)
        self.assertEqual(
            self.env['account.move'].search([('pharma_customer_id', '=', self.keep.id)]),
            posted | draft)
        merge.action_undo()
        self.assertSameDump(before)

    def test_deadline(self):
        self.env.company.pharma_merge_undo_days = 5
        merge = self._merge()
        today = fields.Date.context_today(merge)
        self.assertEqual(merge.undo_until, today + timedelta(days=5))
        merge.undo_until = today - timedelta(days=1)
        self.assertFalse(merge.can_undo)
        with self.assertRaises(UserError):
            merge.action_undo()
        merge.undo_until = today
        merge.action_undo()
        self.assertEqual(merge.state, 'undone')

    def test_picture(self):
        """The chosen picture comes with all its sizes, and goes back."""
        for number, partner in enumerate((self.keep, self.twin)):
            partner.image_1920 = self._picture(number)
        pictures = [partner.image_128 for partner in (self.keep, self.twin)]
        before = self._dump()
        merge = self._merge(values={'image_1920': self.twin.id})
        self.assertEqual(self.keep.image_128, pictures[1])
        merge.action_undo()
        self.assertEqual(self.keep.image_128, pictures[0])
        self.assertSameDump(before)

    def test_random(self):
        """Any merges, undone from the last to the first."""
        for seed in (1, 2, 3):
            with self.subTest(seed=seed):
                self._merge_at_random(random.Random(seed))

    def _merge_at_random(self, chance):
        hospitals = self.env['res.partner'].concat(*(
            self._create_hospital(name=f"随机医院{number}", vat=chance.choice(["", "91X"]))
            for number in range(5)))
        for hospital in hospitals:
            for name in chance.sample(("内科", "外科", "儿科"), 2):
                department = self._create_department(hospital, name=name)
                for person in chance.sample(("张伟", "李静", "王芳"), 2):
                    self._create_person(
                        department, name=person, phone=chance.choice([False, "13800000000"]))
            self._hang_at_random(chance, hospital)
        self.env.flush_all()
        alive, merges, dumps = list(hospitals), [], []
        while len(alive) > 1:
            sources = chance.sample(alive, chance.randint(1, min(2, len(alive) - 1)))
            keep = chance.choice([hospital for hospital in alive if hospital not in sources])
            dumps.append(self._dump())
            merges.append(self._merge(
                keep, self.env['res.partner'].concat(*sources), alike=chance.random() < 0.7,
                values={'name': chance.choice(sources).id}))
            alive = [hospital for hospital in alive if hospital not in sources]
        while merges:
            merges.pop().action_undo()
            self.assertSameDump(dumps.pop())

    def _hang_at_random(self, chance, hospital):
        partners = hospital._get_below() | hospital
        for _number in range(6):
            partner = chance.choice(partners)
            kind = chance.choice(('lead', 'follower', 'alias', 'visit', 'tag', 'share'))
            if kind == 'lead':
                self.env['crm.lead'].create({'name': "随机商机", 'partner_id': partner.id})
            elif kind == 'follower':
                partner.message_subscribe(chance.choice(
                    (self.user_internal, self.user_steward)).partner_id.ids)
            elif kind == 'alias':
                self._create_alias(name=f"旧名{partner.id}{_number}", partner_id=hospital.id)
            elif kind == 'visit' and partner.pharma_type == 'person':
                self.env['pharma.visit'].create({
                    'partner_id': partner.id, 'date_start': '2026-03-02 02:00:00'})
            elif kind == 'tag':
                partner.category_id = [Command.link(self._tag().id)]
            elif kind == 'share':
                self.env['pharma.share'].create({
                    'partner_id': hospital.id, 'user_id': self.user_representative.id})
