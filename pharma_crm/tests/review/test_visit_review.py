from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_visit_review import VisitReviewCase


@tagged('post_install', '-at_install')
class TestVisitReview(VisitReviewCase):
    """Managers review the calls of their people."""

    def _queue(self, user):
        return self.env['pharma.visit'].with_user(user).get_review_queue()['ids']

    def test_review(self):
        """Appraisal and suggestion stay on the call, the person is told."""
        visit = self._call()
        visit.with_user(self.user_area_manager).action_review('3', " 带上文献 ", "辛苦了")
        self.assertRecordValues(visit, [{
            'review_state': 'reviewed', 'appraisal': '3', 'suggestion': "带上文献",
            'review_user_id': self.user_area_manager.id}])
        self.assertTrue(visit.review_date)
        message = visit.message_ids[0]
        self.assertEqual(message.author_id, self.user_area_manager.partner_id)
        self.assertEqual(
            message.notified_partner_ids, self.user_representative.partner_id)
        for text in ("带上文献", "辛苦了"):
            self.assertIn(text, message.body)

    def test_texts_are_no_markup(self):
        """What is typed is shown as typed."""
        visit = self._call()
        visit.with_user(self.user_area_manager).action_review(
            False, "<b>x</b>", "<script>y</script>")
        self.assertNotIn('<script', visit.message_ids[0].body)
        self.assertIn('&lt;b&gt;x', visit.message_ids[0].body)

    def test_who_reviews(self):
        """Managers at any height and directors; nobody himself, no other area's manager."""
        for user in (self.user_area_manager, self.upper, self.user_director, self.user_admin):
            visit = self._call()
            visit.with_user(user).action_review('4')
            self.assertEqual(visit.review_user_id, user)
        for user in (self.user_representative, self.colleague, self.other_manager, self.stranger,
                     self.user_product_manager, self.user_steward, self.user_service,
                     self.user_internal, self.user_portal):
            visit = self._call()
            with self.assertRaises(AccessError, msg=user.login):
                visit.with_user(user).action_review('4')
            self.assertEqual(visit.review_state, 'todo')

    def test_not_his_own(self):
        """A manager's own calls are for those above him, and not for who acts for him."""
        self.env['pharma.delegation'].create({
            'user_id': self.user_area_manager.id, 'delegate_id': self.user_representative.id,
            'date_from': self.today, 'date_to': self.today})
        visit = self._call(self.user_area_manager)
        for user in (self.user_area_manager, self.user_representative):
            with self.assertRaises(AccessError):
                visit.with_user(user).action_review('4')
        # In the manager's place he reviews others, not himself
        self._assign(self.colleague, self.area_a, date_from=self._day(-5))
        with self.assertRaises(AccessError):
            self._call().with_user(self.user_representative).action_review('4')
        visit.with_user(self.upper).action_review('4')
        own = self._call(self.user_director)
        with self.assertRaises(AccessError):
            own.with_user(self.user_director).action_review('4')

    def test_delegate_reviews(self):
        """Who acts for a manager reviews the calls of his people."""
        self.env['pharma.delegation'].create({
            'user_id': self.user_area_manager.id, 'delegate_id': self.colleague.id,
            'date_from': self.today, 'date_to': self.today})
        visit = self._call()
        visit.with_user(self.colleague).action_review('2')
        self.assertEqual(visit.review_user_id, self.colleague)

    def test_second_manager(self):
        """Who comes second is told who was first, and changes nothing; the first may correct."""
        visit = self._call()
        visit.with_user(self.user_area_manager).action_review('3', "甲")
        with self.assertRaisesRegex(UserError, self.user_area_manager.name):
            visit.with_user(self.upper).action_review('1', "乙")
        self.assertRecordValues(visit, [{'appraisal': '3', 'suggestion': "甲"}])
        visit.with_user(self.user_area_manager).action_review('4', "丙")
        self.assertRecordValues(visit, [{'appraisal': '4', 'suggestion': "丙"}])

    def test_what_cannot_be_reviewed(self):
        """Planned calls, unknown appraisals, nothing."""
        planned = self._call(state='planned', recorded_at=False).with_user(self.user_area_manager)
        with self.assertRaises(UserError):
            planned.action_review('3')
        visit = self._call(hour=12).with_user(self.user_area_manager)
        for appraisal in ('5', 7, 'x', ['3']):
            with self.assertRaises(UserError):
                visit.action_review(appraisal)
        with self.assertRaises(AccessError):
            visit.browse().action_review('3')
        self.assertFalse((planned + visit).review_user_id)

    def test_fields_are_closed(self):
        """No way but the review writes what a manager says, for nobody."""
        visit = self._call()
        for user in (self.user_representative, self.user_area_manager, self.user_director):
            for values in (
                {'review_state': 'reviewed'}, {'appraisal': '4'}, {'suggestion': "x"},
                {'review_user_id': user.id}, {'review_date': fields.Datetime.now()},
            ):
                with self.assertRaises(AccessError):
                    visit.with_user(user).write(values)
                with self.assertRaises(AccessError):
                    visit.with_user(user).web_save(values, {})

    def test_bulk_without_remark(self):
        """A whole day at once: reviewed, and nobody is troubled."""
        visits = self._call() + self._call(hour=12) + self._call(hour=14)
        visits[2].with_user(self.upper).action_review('4')
        before = self.env['mail.message'].search_count(
            [('model', '=', 'pharma.visit'), ('message_type', '=', 'comment')])
        visits.with_user(self.user_area_manager).action_review_without_remark()
        self.assertEqual(set(visits.mapped('review_state')), {'reviewed'})
        self.assertFalse(visits[0].appraisal)
        self.assertEqual(visits[2].review_user_id, self.upper)
        self.assertEqual(before, self.env['mail.message'].search_count(
            [('model', '=', 'pharma.visit'), ('message_type', '=', 'comment')]))

    def test_queue(self):
        """Who manages whom decides what waits; the count is that of the queue."""
        mine, other = self._call(), self._call(self.colleague, self.hospital_c)
        own = self._call(self.user_area_manager, self.hospital_a)
        self.assertEqual(self._queue(self.user_area_manager), mine.ids)
        self.assertEqual(set(self._queue(self.upper)), {mine.id, other.id, own.id})
        for user in (self.user_representative, self.other_manager, self.user_product_manager):
            self.assertFalse(self._queue(user))
        for user, count in ((self.user_area_manager, 1), (self.upper, 3),
                            (self.user_representative, 0), (self.user_internal, 0)):
            self.assertEqual(
                self.env['pharma.visit'].with_user(user).get_review_count(), count)

    def test_queue_does_not_grow_queries(self):
        """The queue of many calls costs what that of one costs."""
        self._call()
        Visit = self.env['pharma.visit'].with_user(self.user_area_manager)
        counts = []
        for _times in range(2):
            Visit.get_review_queue()
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            Visit.get_review_queue()
            counts.append(self.env.cr.sql_log_count - start)
            for hour in (12, 13, 14):
                self._call(hour=hour)
        self.assertEqual(*counts)

    def test_card(self):
        """The manager reads what the call brought; who may not read the call gets nothing."""
        visit = self._full_call()
        card = visit.with_user(self.user_area_manager).get_review_card()
        self.assertEqual(card['quality'], 100)
        self.assertEqual(card['products'][0]['message'], "餐后服用")
        self.assertEqual(
            [text['value'] for text in card['texts']],
            ["介绍了新的用法用量", "想了解长期安全性数据", "下周带来文献"])
        self.assertTrue(card['can_review'])
        self.assertFalse(visit.with_user(self.user_representative).get_review_card()['can_review'])
        for user in (self.other_manager, self.stranger, self.user_steward, self.user_portal):
            with self.assertRaises(AccessError):
                visit.with_user(user).get_review_card()
