from contextlib import closing

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestScore(PharmaCrmCommon):
    """Score models on customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env['pharma.score.model'].search([]).active = False
        cls.env.flush_all()
        cls.model = cls._create_model()
        cls.criterion = cls.model.criterion_ids
        cls.hospitals = cls.env['res.partner'].concat(*(
            cls._create_hospital(name=f"评分{level}级医院", hospital_level=level)
            for level in ('3', '2', '1')))
        cls.env.cr.precommit.run()

    @classmethod
    def _create_model(cls, **values):
        return cls.env['pharma.score.model'].create({
            'name': "测试评分", 'pharma_type': 'hospital', 'is_main': True,
            'domain': "[('name', '=like', '评分%')]",
            'band_ids': [Command.create({'name': name, 'minimum': minimum})
                         for name, minimum in (('A', 75), ('B', 50), ('C', 0))],
            'criterion_ids': [Command.create({
                'name': "级别", 'field_path': 'hospital_level', 'weight': 10,
                'point_ids': [Command.create({'value': value, 'label': label, 'points': points})
                              for value, label, points in (
                                  ('3', "三级", 100), ('2', "二级", 60), ('1', "一级", 20))],
            })], **values})

    def _grades(self):
        return self.hospitals.mapped('grade')

    def _compute(self):
        changed = self.model._compute_all()
        self.env.invalidate_all()
        return changed

    # === GRADES === #

    def test_new_customers_are_graded_at_once(self):
        self.assertEqual(self._grades(), ['A', 'B', 'C'])
        self.assertEqual(self.hospitals.score_ids.mapped('value'), [100, 60, 20])

    def test_all_at_once_is_one_by_one(self):
        """What came customer by customer is what a calculation of all finds; twice changes
        nothing.
        """
        self.assertEqual(self._compute(), 0)
        self.env['pharma.score'].search([('model_id', '=', self.model.id)]).unlink()
        self.assertEqual(self._compute(), 3)
        self.assertEqual(self._grades(), ['A', 'B', 'C'])
        self.assertEqual(self._compute(), 0)
        self.assertFalse(self.env['pharma.score.history'].search_count(
            [('model_id', '=', self.model.id)]))

    def test_change_of_a_customer(self):
        """The grade follows in the same transaction, with what made it change."""
        self.hospitals[1].hospital_level = '3'
        self.env.cr.precommit.run()
        self.assertEqual(self._grades(), ['A', 'A', 'C'])
        entry = self.env['pharma.score.history'].search([('partner_id', '=', self.hospitals[1].id)])
        self.assertRecordValues(entry, [{
            'old_grade': 'B', 'new_grade': 'A', 'old_value': 60, 'new_value': 100, 'change': 40}])
        self.assertEqual(entry.with_context(lang='en_US').reason, "级别: 二级 → 三级, +40")

    def test_change_of_the_model(self):
        """Weights and points regrade all, and the history says that the model was changed."""
        self.criterion.point_ids.filtered(lambda point: point.value == '2').points = 80
        self.assertTrue(self.model.is_waiting)
        self.assertEqual(self._compute(), 1)
        self.assertEqual(self._grades(), ['A', 'A', 'C'])
        entry = self.env['pharma.score.history'].search(
            [('partner_id', '=', self.hospitals[1].id)], limit=1)
        self.assertEqual(entry.with_context(lang='en_US').reason, "级别: still 二级, +20")
        self.model.band_ids.filtered(lambda band: band.name == 'A').minimum = 90
        self._compute()
        self.assertEqual(self._grades(), ['A', 'B', 'C'])
        entry = self.env['pharma.score.history'].search(
            [('partner_id', '=', self.hospitals[1].id)], limit=1)
        self.assertEqual(entry.with_context(lang='en_US').reason, "The score model was changed")

    def test_customers_that_fit_no_more(self):
        self.hospitals[0].name = "改名医院"
        self._compute()
        self.assertFalse(self.hospitals[0].grade or self.hospitals[0].score_ids)
        self.model.active = False
        self._compute()
        self.assertEqual(self._grades(), [False] * 3)
        self.model.active = True
        self._compute()
        self.assertEqual(self._grades(), [False, 'B', 'C'])

    def test_doctor_by_his_hospital_and_title(self):
        """Paths: what the person belongs to, and his primary post."""
        titles = self.env['pharma.title'].search([], limit=2)
        model = self._create_model(
            name="医生评分", pharma_type='person', domain='[]', criterion_ids=[
                Command.create({
                    'name': "级别", 'field_path': 'commercial_partner_id.hospital_level',
                    'weight': 50, 'point_ids': [Command.create({'value': '3', 'points': 100})]}),
                Command.create({
                    'name': "职称", 'field_path': 'affiliation_ids.title_id', 'weight': 50,
                    'point_ids': [Command.create({'value': str(titles[0].id), 'points': 100})]}),
            ])
        person = self._create_person(self.hospitals[0], name="评分医生")
        self.env.cr.precommit.run()
        self.assertEqual(person.grade, 'B')
        person.affiliation_ids.title_id = titles[0]
        self.env.cr.precommit.run()
        self.assertEqual(person.grade, 'A')
        entry = self.env['pharma.score.history'].search([('partner_id', '=', person.id)])
        self.assertEqual(
            entry.with_context(lang='en_US').reason, f"职称: unknown → {titles[0].name}, +100")
        self.hospitals[0].hospital_level = '1'
        self.env.cr.precommit.run()
        self.assertEqual(person.grade, 'B')
        self.assertEqual(model._compute_all(), model.changed_count)
        lines = person.main_score_id._explain()
        self.assertEqual([line['points'] for line in lines], [0, 100])
        self.assertEqual([line['part'] for line in lines], [0, 50])

    def test_own_fields_numbers_and_dates(self):
        """Own fields count as numbers, dates as days until today, ranks among all."""
        kind = self.env.ref('pharma_crm.pharma_partner_type_hospital')
        self.assertIn('bed_count', {line['name'] for line in kind.property_definition})
        self.criterion.unlink()
        self.model.criterion_ids = [
            Command.create({
                'name': "床位", 'field_path': 'pharma_properties.bed_count', 'method': 'linear',
                'low': 0, 'high': 1000, 'weight': 1, 'missing': 10}),
            Command.create({
                'name': "多久", 'field_path': 'create_date', 'method': 'ranges', 'weight': 1,
                'point_ids': [Command.create({'limit': 0, 'points': 100})]}),
            Command.create({
                'name': "排名", 'field_path': 'pharma_properties.bed_count', 'weight': 2,
                'method': 'percentile', 'point_ids': [
                    Command.create({'limit': limit, 'points': points})
                    for limit, points in ((60, 100), (0, 20))]})]
        for hospital, beds in zip(self.hospitals, (500, 1500, False), strict=True):
            hospital.pharma_properties = {'bed_count': beds} if beds else {}
        self._compute()
        points = [
            [line['points'] for line in hospital.main_score_id._explain()]
            for hospital in self.hospitals]
        self.assertEqual(points, [[50, 100, 20], [100, 100, 100], [10, 100, 0]])

    def test_figures(self):
        """Orders, invoices and meetings of the customer, his people included."""
        self.criterion.unlink()
        self.model.criterion_ids = [
            Command.create({
                'name': key, 'source': 'metric', 'metric': key, 'method': 'linear', 'low': 0,
                'high': high, 'weight': 1})
            for key, high in (
                ('orders', 10), ('order_amount', 1000), ('invoiced', 100), ('overdue', 100),
                ('payment_delay', 10), ('contacts', 4), ('days_since_contact', 10))]
        person = self._create_person(self.hospitals[0], name="评分药师")
        product = self._create_product(list_price=100)
        order = self.env['sale.order'].create({
            'partner_id': self.hospitals[0].id,
            'order_line': [Command.create({
                'product_id': product.product_variant_id.id, 'price_unit': 250,
                'tax_ids': False})]})
        order.action_confirm()
        self.env['calendar.event'].create({
            'name': "x", 'start': '2026-01-01 02:00:00', 'stop': '2026-01-01 03:00:00',
            'partner_ids': [Command.set(person.ids)]})
        self._compute()
        lines = {line['name']: line for line in self.hospitals[0].main_score_id._explain()}
        self.assertEqual(lines['orders']['points'], 10)
        self.assertEqual(lines['order_amount']['points'], 25)
        self.assertEqual(lines['contacts']['points'], 25)
        self.assertEqual(lines['days_since_contact']['points'], 100)
        self.assertEqual(lines['overdue']['points'], 0)
        self.assertEqual(lines['payment_delay']['fact'], self.env._("unknown"))

    def test_shipped_models(self):
        """They grade without mistakes; doctors by nothing that the filing rules forbid."""
        models = self.env['pharma.score.model'].concat(*(
            self.env.ref(f'pharma_crm.pharma_score_model_{key}')
            for key in ('doctor', 'hospital', 'value', 'credit')))
        self.model.is_main = False
        self.env.flush_all()
        models.active = True
        for model in models:
            model._compute_all()
            self.assertTrue(model.computed_on, model.name)
            self.assertEqual(sum(model.criterion_ids.mapped('weight')), 100)
        self.assertFalse(models[0].criterion_ids.filtered(lambda line: line.source == 'metric'))

    # === CONFIGURATION === #

    def test_values_are_listed(self):
        """A click lists what the fact can be; twice changes nothing."""
        self.criterion.point_ids[0].unlink()
        for _click in range(2):
            self.criterion.action_list_values()
            keys = self.criterion.point_ids.mapped('value')
            self.assertEqual(
                sorted(keys), sorted(dict(
                    self.env['res.partner']._fields['hospital_level'].selection)))

    def test_wrong_criteria_are_told(self):
        for values in (
                {'field_path': 'no_such_field'}, {'field_path': 'name.more'},
                {'field_path': 'child_ids'}, {'field_path': 'pharma_properties.nonsense'},
                {'field_path': False}, {'method': 'linear'}, {'field_path': 'create_date'},
                {'source': 'metric', 'metric': 'orders'}, {'source': 'metric', 'method': 'ranges'},
                {'field_path': 'create_date', 'method': 'linear', 'low': 100}):
            with self.subTest(values), self.assertRaises(ValidationError), \
                    mute_logger('odoo.sql_db'):
                self.criterion.write(values)
        for domain in ("[('no_such_field', '=', 1)]", "nonsense", "[1]"):
            with self.subTest(domain), self.assertRaises(ValidationError):
                self.model.domain = domain
        with self.assertRaises(ValidationError):
            self.criterion.weight = 0

    def test_copy_is_no_main_model(self):
        copy = self.model.copy()
        self.assertFalse(copy.is_main)
        self.assertEqual(len(copy.criterion_ids.point_ids), 3)

    # === RIGHTS === #

    def test_roles(self):
        """All see grades of their customers; directors and administrators set the models."""
        for user in (self.user_director, self.user_admin):
            model = self.model.with_user(user)
            model.criterion_ids.weight = 20
            model.action_compute()
        for user in (self.user_representative, self.user_steward, self.user_internal):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.model.with_user(user).action_compute()
        for user in (self.user_internal, self.user_portal):
            with self.subTest(user.name), self.assertRaises(AccessError):
                self.hospitals.score_ids.with_user(user).read(['value'])
        for name in ('points', 'raw'):
            with self.assertRaises(AccessError):
                self.hospitals.score_ids.with_user(self.user_representative).read([name])

    def test_hidden_customers(self):
        """Grades, movements and the curve show nobody whom one does not see."""
        hidden = self._create_hospital(
            name="评分外地医院", hospital_level='3', territory=False)
        self.env.cr.precommit.run()
        hidden.hospital_level = '1'
        self.env.cr.precommit.run()
        self.assertEqual(hidden.grade, 'C')
        for name in ('pharma.score', 'pharma.score.history', 'pharma.score.curve'):
            domain = [('partner_id', '=', hidden.id)]
            with self.subTest(name):
                self.assertTrue(self.env[name].search_count(domain))
                self.assertFalse(self.env[name].with_user(
                    self.user_representative).search_count(domain))
        score = self.hospitals[0].score_ids.with_user(self.user_representative)
        self.assertIn("三级", score.explanation)

    def test_facts_that_one_may_not_read(self):
        """Explanations show nobody more than his rights, and nobody can make them do so."""
        self.criterion.write({'field_path': 'affiliation_ids.title_id'})
        for user, shown in ((self.user_internal, False), (self.user_representative, True)):
            criterion = self.criterion.with_user(user).sudo()
            self.assertEqual(criterion._may_see_fact(), shown)
            self.assertEqual(criterion._describe('3') == "三级", shown)
        self.assertTrue(self.env['res.partner']._fields['signup_type'].groups)
        with self.assertRaises(ValidationError):
            self.criterion.with_user(self.user_director).field_path = 'signup_type'

    def test_lists_group_by_grade(self):
        """Customers are searched and grouped by grade."""
        Partner = self.env['res.partner'].with_user(self.user_representative)
        domain = [('id', 'in', self.hospitals.ids)]
        groups = Partner.formatted_read_group(domain, ['grade'], ['__count'])
        self.assertEqual({group['grade']: group['__count'] for group in groups},
                         {'A': 1, 'B': 1, 'C': 1})
        self.assertEqual(
            Partner.search([*domain, ('grade', '=', 'B')]), self.hospitals[1])
        curve = self.env['pharma.score.curve'].search([('model_id', '=', self.model.id)])
        self.assertEqual(curve.sorted('value').mapped('value_range'), ['20–30', '60–70', '90–100'])
        self.assertEqual(max(curve.mapped('value_share')), 100)

    def test_customers_saved_while_all_are_graded(self):
        """Nobody waits for a calculation of all: the customer is graded after it."""
        model = self._create_model(pharma_type='pharmacy')
        with closing(db_connect(self.env.cr.dbname).cursor()) as other:
            other.execute(
                "SELECT pg_try_advisory_xact_lock(hashtext('pharma_score'), %s)", [model.id])
            self.assertTrue(other.fetchone()[0])
            pharmacy = self._create_partner_of_type(
                'pharmacy', name="评分药房", hospital_level='2')
            self.env.cr.precommit.run()
            self.assertFalse(pharmacy.score_ids)
        job = self.env['queue.job'].search([
            ('model_name', '=', 'pharma.score.model'),
            ('method_name', '=', '_compute_partners')], order='id desc', limit=1)
        self.assertEqual(job.args, [pharmacy.ids])
        job.records._compute_partners(*job.args)
        self.env.invalidate_all()
        self.assertEqual(pharmacy.grade, 'B')

    def test_queries_do_not_grow(self):
        """Ten changed customers cost as many statements as one."""
        def change(partners, level):
            partners.hospital_level = level
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.env.cr.precommit.run()
            return self.env.cr.sql_log_count - before
        more = self.env['res.partner'].concat(*(
            self._create_hospital(name=f"评分{number}号医院") for number in range(10)))
        self.env.cr.precommit.run()
        change(self.hospitals, '2')
        self.assertEqual(change(self.hospitals[0], '1'), change(more, '1'))
