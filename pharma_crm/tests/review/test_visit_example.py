from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ...tools.anonymous import find_names, hide_names
from .common_visit_review import VisitReviewCase


@tagged('post_install', '-at_install')
class TestVisitExample(VisitReviewCase):
    """Calls worth learning from, without the names of customers."""

    def _example(self, manager=None, **values):
        visit = self._call(**{'summary': "在甲医院与林主任谈了用法，林知远愿意试用", **values})
        action = visit.with_user(manager or self.user_area_manager).action_make_example()
        return self.env['pharma.visit.example'].browse(action['res_id'])

    def _share(self, example):
        example.with_user(example.manager_id).action_share()

    def test_names(self):
        """Full names, surnames with titles, other names of the hospital; nothing else."""
        places, people = ["甲医院", "海州市甲医院"], ["林知远", "欧阳明"]
        self.assertEqual(
            hide_names("海州市甲医院林主任、欧阳教授与林知远：林地", places, people, "某院", "某"),
            "某院某主任、某教授与某：林地")
        self.assertEqual(hide_names("甲乙", [], [], "x", "y"), "甲乙")
        self.assertEqual(find_names(None, places, people), [])
        self.assertEqual(find_names("a.b", ["A.B"], []), ["a.b"])
        self.assertEqual(find_names("axb", ["a.b"], []), [])

    def test_share(self):
        """The text goes without names; the people below read it, and nobody beside."""
        self._create_alias(name="海州甲院", partner_id=self.hospital_a.id, status='confirmed')
        example = self._example(need="海州甲院想要资料")
        for name in ("甲医院", "林", "海州甲院"):
            self.assertNotIn(name, example.text)
        for user in (self.user_representative, self.colleague, self.other_manager):
            with self.assertRaises(AccessError):
                example.with_user(user).read(['text'])
        self._share(example)
        for user in (self.user_representative, self.user_area_manager, self.upper,
                     self.user_director):
            self.assertTrue(example.with_user(user).read(['text', 'name']))
        for user in (self.colleague, self.stranger, self.other_manager, self.user_steward):
            self.assertNotIn(example, example.with_user(user).search([]))
            with self.assertRaises(AccessError, msg=user.login):
                example.with_user(user).read(['text'])
        example.with_user(self.user_area_manager).action_withdraw()
        with self.assertRaises(AccessError):
            example.with_user(self.user_representative).read(['text'])

    def test_of_a_region(self):
        """What the manager of a region shares, all his areas read, and no other region."""
        example = self._example(self.upper)
        self._share(example)
        self.assertEqual(example.territory_id, self.region)
        for user in (self.user_representative, self.colleague, self.user_area_manager):
            self.assertIn(example, example.with_user(user).search([]))
        self.assertNotIn(example, example.with_user(self.stranger).search([]))

    def test_names_typed_again(self):
        """A name that the manager types again is not shared, over any way."""
        example = self._example().with_user(self.user_area_manager)
        example.good = "林主任的问题答得好"
        with self.assertRaisesRegex(ValidationError, "林"):
            example.action_share()
        example.good = "问题答得好"
        example.action_share()
        for values in ({'name': "甲医院的例子"}, {'text': "林知远"}, {'good': "林医生"}):
            with self.assertRaises(ValidationError):
                example.write(values)

    def test_the_call_is_hidden(self):
        """The link to the call, which names the customer, is read by nobody."""
        example = self._example()
        self._share(example)
        for user in (self.user_representative, self.user_area_manager, self.user_director):
            with self.assertRaises(AccessError):
                example.with_user(user).read(['visit_id'])
            self.assertNotIn('visit_id', example.with_user(user).fields_get())

    def test_who_makes_examples(self):
        """Managers of the person, of calls with a text; twice gives the same one."""
        visit = self._call(summary="谈了用法")
        for user in (self.user_representative, self.colleague, self.other_manager):
            with self.assertRaises(AccessError):
                visit.with_user(user).action_make_example()
        with self.assertRaises(UserError):
            self._call(hour=12).with_user(self.user_area_manager).action_make_example()
        own = self._call(self.user_area_manager, summary="谈了用法")
        with self.assertRaises(AccessError):
            own.with_user(self.user_area_manager).action_make_example()
        visit = visit.with_user(self.user_area_manager)
        self.assertEqual(
            visit.action_make_example()['res_id'], visit.action_make_example()['res_id'])

    def test_who_changes_examples(self):
        """Who shares it; nobody writes whose it is or with whom it is shared."""
        example = self._example()
        self._share(example)
        example.with_user(self.user_area_manager).good = "清楚"
        example.with_user(self.user_director).good = "很清楚"
        for user in (self.upper, self.user_representative, self.other_manager):
            with self.assertRaises(AccessError):
                example.with_user(user).good = "x"
            with self.assertRaises(AccessError):
                example.with_user(user).action_withdraw()
        for values in ({'is_shared': False}, {'territory_id': self.other_region.id},
                       {'manager_id': self.upper.id}, {'visit_id': False}):
            with self.assertRaises(AccessError):
                example.with_user(self.user_area_manager).write(values)
        with self.assertRaises(AccessError):
            example.with_user(self.user_area_manager).create({'name': "x", 'text': "x"})
