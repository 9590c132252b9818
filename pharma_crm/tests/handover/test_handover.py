from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from .common_handover import HandoverCase


@tagged('post_install', '-at_install')
class TestHandover(HandoverCase):
    """Work goes to a successor for good."""

    def test_preview_is_effect(self):
        """The preview changes nothing; applying does what it says, of every kind."""
        work = self._make_work()
        before = self._snapshot()
        handover = self._make_handover()
        handover.action_preview()
        promised = self._counts(handover)
        self.assertSame(before)
        for key in work:
            self.assertEqual(promised.get(key), 1, key)
        handover.action_apply()
        self.assertEqual(handover.state, 'done')
        self.assertEqual(self._counts(handover), promised)
        self.assertEqual(set(handover.sudo().line_ids.mapped('result')) - {'refused'}, {'moved'})
        for key in ('customer', 'share', 'week', 'visit', 'support_own', 'lead', 'order',
                    'activity', 'event', 'team', 'member'):
            self.assertEqual(work[key].user_id, self.new, key)
        self.assertEqual(work['companion'].companion_id, self.new)
        self.assertEqual(work['delegation'].delegate_id, self.new)
        self.assertEqual(work['review'].reviewer_ids, self.new)
        self.assertEqual(work['visit'].week_id, work['week'])

    def test_territory(self):
        """The predecessor's assignment ends the day before, the successor's begins; he sees."""
        self._hand_over()
        self.assertEqual(self.old_post.date_to, self._day(-1))
        post = self.area_a.assignment_ids.filtered(lambda one: one.user_id == self.new)
        self.assertRecordValues(post, [{'date_from': self.today, 'role': 'representative'}])
        self.assertTrue(self.hospital_a.with_user(self.new).has_access('read'))
        self.assertFalse(self.hospital_a.with_user(self.old).has_access('read'))

    def test_customers_without_territory(self):
        """What he entered and nobody aligned goes to the territory that moves."""
        work = self._make_work()
        self._hand_over()
        self.assertEqual(work['entered'].alignment_ids.territory_id, self.area_a)
        self.assertTrue(work['entered'].with_user(self.new).has_access('read'))

    def test_meeting(self):
        """The successor takes part where the predecessor did; others stay."""
        event = self._make_work()['event']
        self._hand_over()
        self.assertEqual(event.partner_ids, (self.new | self.manager).partner_id)
        self.assertEqual(event.attendee_ids.partner_id, (self.new | self.manager).partner_id)

    def test_followers(self):
        """The successor follows instead; followed by both it is followed once."""
        lead = self._make_lead()
        lead.message_subscribe(self.old.partner_id.ids)
        other = self._make_lead(name="两人关注")
        other.message_subscribe((self.old | self.new).partner_id.ids)
        self._hand_over()
        for record in (lead, other):
            self.assertIn(self.new.partner_id, record.message_partner_ids)
            self.assertNotIn(self.old.partner_id, record.message_partner_ids)

    def test_past_stays(self):
        """Recorded calls, won opportunities and ended assignments stay with the person."""
        done = self._make_visit(days=-2, state='done')
        won = self._make_lead()
        won.action_set_won()
        lost = self._make_lead()
        lost.action_set_lost()
        past = self._assign(self.old, self.area_b, date_from=self._day(-20), date_to=self._day(-9))
        self._hand_over()
        for record in (done, won, lost, past):
            self.assertEqual(record.user_id, self.old)

    def test_undo(self):
        """Everything is as it was before, in every table."""
        self._make_work()
        other = self._make_lead()
        other.message_subscribe((self.old | self.new).partner_id.ids)
        before = self._snapshot()
        handover = self._hand_over()
        self.assertNotEqual(self._snapshot(), before)
        handover.action_undo()
        self.assertEqual(handover.state, 'undone')
        self.assertSame(before)
        self.assertTrue(self.hospital_a.with_user(self.old).has_access('read'))
        self.assertFalse(self.hospital_a.with_user(self.new).has_access('read'))

    def test_undo_after_changes(self):
        """What somebody else has by now stays his, and is listed; the rest comes back."""
        lead, changed = self._make_lead(), self._make_lead(name="已转交")
        handover = self._hand_over()
        changed.user_id = self.manager
        lead.name = "改名"
        handover.action_undo()
        self.assertEqual((lead.user_id, lead.name), (self.old, "改名"))
        self.assertEqual(changed.user_id, self.manager)
        self.assertEqual(
            self._results(handover, 'lead')[changed.id], ('skipped', 'changed'))
        self.assertEqual(handover.skipped_count, 1)

    def test_undo_nothing_left(self):
        """When all was changed since, nothing is done."""
        self.old_post.unlink()
        lead = self._make_lead(partner_id=self.hospital_c.id)
        handover = self._hand_over(self.user_director)
        lead.user_id = self.manager
        with self.assertRaises(UserError):
            handover.action_undo()
        self.assertEqual(handover.state, 'done')

    def test_undo_of_who_left(self):
        """Nothing goes back to somebody who is archived."""
        handover = self._hand_over()
        self.old.with_user(self.user_admin).sudo().active = False
        with self.assertRaises(UserError):
            handover.action_undo()

    def test_left_out(self):
        """Rows and kinds that are left out stay; others are named for some."""
        lead, stays = self._make_lead(), self._make_lead(name="留下")
        activity = self._make_activity(lead)
        visit = self._make_visit()
        third = new_test_user(
            self.env, login='pharma_third', groups='pharma_crm.group_pharma_crm_representative')
        self._assign(third, self.area_a, date_from=self.begin)
        handover = self._make_handover()
        handover.action_preview()
        handover.line_ids.filtered(lambda line: line.res_id == stays.id).is_excluded = True
        kinds = {kind.key: kind for kind in handover.kind_ids}
        kinds['activity'].is_excluded = True
        kinds['visit'].other_user_id = third
        self.assertFalse(handover.previewed_on)
        with self.assertRaises(UserError):
            handover.action_apply()
        handover.action_preview()
        self.assertEqual(handover.excluded_count, 2)
        handover.action_apply()
        self.assertEqual(lead.user_id, self.new)
        self.assertEqual(stays.user_id | activity.user_id, self.old)
        self.assertEqual(visit.user_id, third)

    def test_changed_since_preview(self):
        """What came in addition is shown in a new preview before it moves."""
        lead = self._make_lead()
        handover = self._make_handover()
        handover.action_preview()
        more = self._make_lead(name="新增")
        notice = handover.action_apply()
        self.assertIn("新增", notice['params']['message'])
        self.assertEqual(handover.state, 'draft')
        self.assertEqual(lead.user_id | more.user_id, self.old)
        self.assertIn(more.id, self._results(handover, 'lead'))
        self.assertIsNone(handover.action_apply())
        self.assertEqual(lead.user_id | more.user_id, self.new)

    def test_successor_must_see(self):
        """What the successor would not see stays, and the preview says so."""
        self.old_post.unlink()
        lead = self._make_lead()
        handover = self._make_handover(self.user_director)
        handover.action_preview()
        self.assertEqual(self._results(handover, 'lead')[lead.id], ('refused', 'successor_blind'))
        with self.assertRaises(UserError):
            handover.action_apply()
        self.env['pharma.share'].create({
            'partner_id': self.hospital_a.id, 'user_id': self.new.id, 'mode': 'work',
            'shared_by_id': self.user_director.id})
        handover.action_preview()
        handover.action_apply()
        self.assertEqual(lead.user_id, self.new)

    def test_successor_has_territory_already(self):
        """An assignment of the successor in the same territory is kept, and lasts long enough."""
        same = self._assign(self.new, self.area_a, date_from=self._day(-3), date_to=self._day(5))
        handover = self._hand_over()
        self.assertRecordValues(same, [{'date_from': self._day(-3), 'date_to': False}])
        handover.action_undo()
        self.assertRecordValues(same, [{'date_from': self._day(-3), 'date_to': self._day(5)}])

    def test_plans_of_both(self):
        """The successor's own plan of a week holds; calls go into it."""
        monday = self.today - timedelta(days=self.today.weekday()) + timedelta(days=7)
        weeks = self.env['pharma.week'].create([
            {'user_id': user.id, 'date_from': monday} for user in (self.old, self.new)])
        visit = self._make_visit(days=(monday - self.today).days + 2)
        self.assertEqual(visit.week_id, weeks[0])
        handover = self._hand_over()
        self.assertEqual(
            self._results(handover, 'week'), {weeks[0].id: ('refused', 'successor_plan')})
        self.assertEqual(visit.week_id, weeks[1])
        handover.action_undo()
        self.assertEqual(visit.week_id, weeks[0])

    def test_trip_goes_as_a_whole(self):
        """A trip moves with its calls or not at all."""
        trips = self.env['pharma.trip'].create([{
            'name': name, 'user_id': self.old.id, 'date_from': self._day(3),
            'date_to': self._day(4)} for name in "一二"])
        visits = self._make_visit(trip_id=trips[0].id) | self._make_visit(trip_id=trips[1].id)
        handover = self._make_handover()
        handover.action_preview()
        handover.line_ids.filtered(
            lambda line: line.key == 'visit' and line.res_id == visits[1].id).is_excluded = True
        handover.action_preview()
        self.assertEqual(
            self._results(handover, 'trip'),
            {trips[0].id: ('move', False), trips[1].id: ('refused', 'part_stays')})
        handover.action_apply()
        self.assertEqual(trips[0].user_id | visits[0].user_id, self.new)
        self.assertEqual(visits[0].trip_id, trips[0])
        self.assertEqual(trips[1].user_id | visits[1].user_id, self.old)

    def test_targets(self):
        """Goals entered by hand: the successor is to make the calls still wanted."""
        cycle = self.env['pharma.cycle'].create({
            'date_from': self._day(-10), 'date_to': self._day(20)})
        cycle.sudo().state = 'open'
        target = self.env['pharma.cycle.target'].with_user(self.user_director).create({
            'cycle_id': cycle.id, 'user_id': self.old.id, 'partner_id': self.hospital_a.id,
            'goal': 5})
        handover = self._hand_over()
        made = cycle.target_ids.filtered(lambda one: one.user_id == self.new and (
            one.partner_id == self.hospital_a))
        self.assertEqual((made.goal, target.goal), (5, 0))
        handover.action_undo()
        self.assertEqual(target.goal, 5)
        self.assertFalse(made.exists())

    def test_told_once(self):
        """The successor gets one message, the manager one; each opportunity a note."""
        leads = self._make_lead() | self._make_lead() | self._make_lead()
        handover = self._hand_over(self.user_director)
        for user in (self.new, self.manager):
            self.assertEqual(self.env['mail.notification'].search_count([
                ('res_partner_id', '=', user.partner_id.id),
                ('mail_message_id.date', '>=', handover.create_date)]), 1, user.login)
        for lead in leads:
            self.assertIn(self.new.name, lead.message_ids[0].body)
        note = handover.message_ids.filtered(
            lambda message: self.new.partner_id in message.notified_partner_ids)
        self.assertIn("3", note.body)

    # === RIGHTS === #

    def test_who_may(self):
        """Managers for their people, directors for all, nobody for himself or for strangers."""
        self._make_handover(self.manager)
        self._make_handover(self.user_director)
        for user in (self.old, self.new, self.user_product_manager, self.user_steward):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._make_handover(user)
        other = new_test_user(
            self.env, login='pharma_far', groups='pharma_crm.group_pharma_crm_area_manager')
        self._assign(other, self.other_region, role='manager', date_from=self.begin)
        with self.assertRaises(AccessError):
            self._make_handover(other)
        with self.assertRaises(AccessError):
            self._make_handover(self.manager, user_id=self.manager.id)

    def test_own_agent(self):
        """A person appoints an agent for himself, but cannot make it last."""
        handover = self._make_handover(
            self.old, duration='temporary', date_to=self._day(3))
        with self.assertRaises(AccessError):
            handover.duration = 'permanent'

    def test_only_what_the_manager_sees(self):
        """What lies outside of a manager's area is counted, not named, and stays for others."""
        far = self._assign(self.old, self.area_x, date_from=self.begin)
        hidden = self._make_lead(partner_id=self.hospital_x.id, name="秘密商机")
        mine = self._make_lead()
        handover = self._hand_over()
        self.assertEqual(
            self._results(handover, 'assignment')[far.id], ('refused', 'not_yours'))
        self.assertEqual(self._results(handover, 'lead')[hidden.id], ('refused', 'not_yours'))
        self.assertEqual(mine.user_id, self.new)
        self.assertEqual(hidden.user_id, self.old)
        names = handover.line_ids.mapped('name')
        self.assertNotIn("秘密商机", names)
        self.assertFalse([name for name in names if name and "云岭" in name])

    def test_results_closed(self):
        """Nobody writes what only preview, apply and undo decide."""
        handover = self._make_handover()
        handover.action_preview()
        for vals in ({'state': 'done'}, {'previewed_on': '2026-01-01'}, {'done_by_id': 1},
                     {'line_ids': [(5,)]}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                handover.write(vals)
        line = handover.line_ids[0]
        for vals in ({'result': 'move'}, {'to_user_id': self.manager.id}, {'res_id': 1},
                     {'journal': []}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                line.write(vals)
        with self.assertRaises(AccessError):
            self.env['pharma.handover'].with_user(self.manager).create({
                'user_id': self.old.id, 'to_user_id': self.new.id, 'state': 'done'})
        with self.assertRaises(AccessError):
            handover.kind_ids[0].write({'key': 'lead'})

    def test_defaults_closed(self):
        """Nor do defaults that a client sends decide, least of all whose work it is."""
        model = self.env['pharma.handover'].with_user(self.manager).with_context(
            default_state='done', default_done_by_id=self.manager.id)
        handover = model.create({'user_id': self.old.id, 'to_user_id': self.new.id})
        self.assertEqual((handover.state, handover.done_by_id.id), ('draft', False))
        with self.assertRaises(AccessError):
            model.create({'user_id': self.user_steward.id, 'to_user_id': self.new.id})
        # Whoever did one may take it back, and nothing else
        forged = self.env['pharma.handover'].create({
            'user_id': self.user_steward.id, 'to_user_id': self.new.id,
            'done_by_id': self.manager.id})
        with self.assertRaises(AccessError):
            forged.with_user(self.manager).action_preview()

    def test_notes_without_a_document(self):
        """What somebody noted for himself goes along unread; it does not hold him for ever."""
        note = self.env['mail.activity'].create({
            'user_id': self.old.id, 'summary': "给自己的备忘", 'date_deadline': self._day(1),
            'activity_type_id': self.env.ref('mail.mail_activity_data_todo').id})
        handover = self._hand_over()
        self.assertEqual(note.user_id, self.new)
        self.assertEqual(self._results(handover, 'activity')[note.id], ('moved', False))
        self.assertNotIn("备忘", "".join(filter(None, handover.line_ids.mapped('name'))))

    def test_undo_of_what_was_made_anew(self):
        """What the person has made anew holds; all else comes back."""
        monday = self.today - timedelta(days=self.today.weekday()) + timedelta(days=70)
        week = self.env['pharma.week'].create({'user_id': self.old.id, 'date_from': monday})
        leads = self._make_lead() | self._make_lead(name="第二个商机")
        handover = self._hand_over()
        self.assertEqual(week.user_id, self.new)
        self.env['pharma.week'].create({'user_id': self.old.id, 'date_from': monday})
        handover.action_undo()
        self.assertEqual(leads.user_id, self.old)
        self.assertEqual(week.user_id, self.new)
        self.assertEqual(self._results(handover, 'week')[week.id], ('skipped', 'changed'))
        self.assertEqual(handover.skipped_count, 1)

    def test_done_is_done(self):
        """No second time, no changes, no deletion."""
        self._make_lead()
        handover = self._hand_over()
        with self.assertRaises(UserError):
            handover.action_apply()
        with self.assertRaises(UserError):
            handover.to_user_id = self.manager
        with self.assertRaises(UserError):
            handover.kind_ids[0].is_excluded = True
        with self.assertRaises(UserError):
            handover.unlink()

    def test_successor_checked(self):
        """Archived colleagues, people of other companies and days that are over are refused."""
        company = self.env['res.company'].create({'name': "另一公司"})
        for vals in ({'active': False}, {'company_ids': [(6, 0, company.ids)],
                                         'company_id': company.id}):
            user = new_test_user(
                self.env, login=f"pharma_{len(vals)}",
                groups='pharma_crm.group_pharma_crm_representative')
            user.write(vals)
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self._make_handover(to_user_id=user.id)
        handover = self._make_handover(date_from=self._day(-1))
        with self.assertRaises(UserError):
            handover.action_preview()

    def test_successor_without_role(self):
        """Territories go only to people with a role for them."""
        handover = self._make_handover(to_user_id=self.user_internal.id)
        handover.action_preview()
        self.assertEqual(
            self._results(handover, 'assignment')[self.old_post.id],
            ('refused', 'successor_role'))
