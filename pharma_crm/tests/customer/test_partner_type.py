from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ...models.customer import pharma_partner_type
from ...tools.facts import locked_changes, merge_options
from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestFactsEngine(TransactionCase):
    """What happens to own fields and their choices when they are edited."""

    def test_choices_keep_their_keys(self):
        """Moving, adding, renaming and removing labels loses no choice that stays."""
        old = [['public', "Public"], ['private', "Private"]]
        for labels, expected in (
            (["Private", "Public"], [['private', "Private"], ['public', "Public"]]),
            (["State", "Private"], [['public', "State"], ['private', "Private"]]),
            (["Public", "Army", "Private"],
             [['public', "Public"], ['Army', "Army"], ['private', "Private"]]),
            (["Private"], [['private', "Private"]]),
            ([" Public ", "", "Public", "private"],
             [['public', "Public"], ['private', "private"]]),
            ([], []),
        ):
            with self.subTest(labels=labels):
                self.assertEqual(merge_options(old, labels), expected)
        self.assertEqual(
            merge_options([['B', "A"]], ["A", "B"]), [['B', "A"], ['B_', "B"]])

    def test_locked_changes(self):
        """Entering is no change; altering, emptying and leaving out are."""
        old = {'a': 1, 'b': "x", 'c': False}
        self.assertEqual(locked_changes(['a', 'b', 'c'], old, {'a': 1, 'b': "x", 'c': 5}), [])
        self.assertEqual(locked_changes(['a', 'b', 'c'], old, {'a': 2, 'b': False}), ['a', 'b'])
        self.assertEqual(locked_changes(['b'], old, {'a': 2}), ['b'])


@tagged('post_install', '-at_install')
class TestPartnerType(PharmaCrmCommon):
    """Own fields per customer type, required and read-only facts, completeness."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.kind = cls.env.ref('pharma_crm.pharma_partner_type_hospital')
        cls.kind.fact_ids.unlink()
        cls.fact_phone = cls._create_fact(field_name='phone')
        cls.fact_level = cls._create_fact(field_name='hospital_level')
        cls.fact_beds = cls._create_fact(name="床位数", kind='integer', property_key='bed_count')
        cls.fact_legal = cls._create_fact(name="法定代表人", property_key='legal_representative')
        cls.hospital = cls._create_hospital()

    @classmethod
    def _create_fact(cls, **values):
        return cls.env['pharma.partner.fact'].create({'type_id': cls.kind.id, **values})

    # === OWN FIELDS === #

    def test_type_of_every_kind(self):
        """Every kind of customer has a type, and a customer follows his kind."""
        kinds = self.env['pharma.partner.type'].search([])
        self.assertEqual(
            set(kinds.mapped('pharma_type')),
            set(dict(self.env['res.partner']._fields['pharma_type'].selection)))
        self.assertEqual(self.hospital.partner_type_id, self.kind)
        self.hospital.pharma_type = 'primary_care'
        self.assertEqual(self.hospital.partner_type_id.pharma_type, 'primary_care')
        self.assertFalse(self.env['res.partner'].create({'name': "x"}).partner_type_id)

    def test_own_field_from_fact(self):
        """A fact makes a property; renaming and removing it follow."""
        fact = self._create_fact(
            name="所有制", kind='selection', options="公立\n民营", importance='required')
        entry = self._get_entry(fact)
        self.assertEqual(entry['string'], "所有制 *")
        self.assertEqual(entry['selection'], [["公立", "公立"], ["民营", "民营"]])
        fact.write({'name': "性质", 'options': "公立\n私立", 'importance': 'wanted'})
        entry = self._get_entry(fact)
        self.assertEqual(entry['string'], "性质")
        self.assertEqual(entry['selection'], [["公立", "公立"], ["民营", "私立"]])
        key = fact.property_key
        fact.unlink()
        self.assertNotIn(key, [own['name'] for own in self.kind.property_definition])

    def _get_entry(self, fact):
        return next(own for own in self.kind.property_definition
                    if own['name'] == fact.property_key)

    def test_language_of_labels(self):
        """Labels are in the company's language, the keys of choices do not depend on it."""
        self.env['res.lang']._activate_lang('zh_CN')
        self.env.ref('base.main_company').partner_id.lang = 'zh_CN'
        fact = self.env['pharma.partner.fact'].with_context(lang='en_US').create({
            'type_id': self.kind.id, 'name': "Ownership", 'kind': 'selection',
            'options': "Public\nPrivate"})
        fact.with_context(lang='zh_CN').write({'name': "所有制", 'options': "公立\n民营"})
        entry = self._get_entry(fact)
        self.assertEqual(entry['string'], "所有制")
        self.assertEqual(entry['selection'], [['Public', "公立"], ['Private', "民营"]])

    def test_other_own_fields_stay(self):
        """Values are kept when another own field is added."""
        self.hospital.pharma_properties = {'bed_count': 800}
        self._create_fact(name="院长")
        self.hospital.invalidate_recordset()
        self.assertEqual(self.hospital.pharma_properties['bed_count'], 800)

    def test_own_fields_of_a_new_customer(self):
        """Own fields are entered together with the customer, whose kind decides on his type."""
        own = {'legal_representative': "王"}
        pharmacy = self.env.ref('pharma_crm.pharma_partner_type_pharmacy')
        partners = self.env['res.partner'].with_user(self.user_representative)
        for hospital in (
            partners.create({'name': "a", 'pharma_type': 'hospital', 'pharma_properties': own}),
            partners.with_context(default_pharma_type='hospital').create({
                'name': "b", 'pharma_properties': own, 'partner_type_id': pharmacy.id}),
        ):
            self.assertEqual(hospital.partner_type_id, self.kind)
            self.assertEqual(hospital.pharma_properties['legal_representative'], "王")
            self.assertEqual(hospital.completeness, 25)
            hospital.partner_type_id = pharmacy
            self.assertEqual(hospital.partner_type_id, self.kind)
        with Form(partners) as form:
            form.name = "c"
            form.pharma_type = 'hospital'
            form.pharma_properties = [{
                'name': 'legal_representative', 'type': 'char', 'string': "x", 'value': "王"}]
        self.assertEqual(form.record.completeness, 25)

    @mute_logger('odoo.sql_db')
    def test_impossible_facts(self):
        """Neither nothing nor twice the same nor a tick that could be missing."""
        for values in ({}, {'name': "x", 'kind': 'boolean'}, {'name': "x", 'kind': 'selection'}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._create_fact(**values)
        with self.assertRaises(IntegrityError):
            self._create_fact(field_name='phone')
        self.assertTrue(self._create_fact(name="x", kind='boolean', importance='optional'))
        for values in ({'kind': 'char'}, {'field_name': 'email'}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.fact_beds.write(values)
        with self.assertRaises(UserError):
            self.kind.pharma_type = 'campus'

    def test_definition_belongs_to_the_type(self):
        """Nobody adds own fields beside the type, where their rules are."""
        own = self.hospital.read(['pharma_properties'])[0]['pharma_properties']
        own.append({'name': 'sneaked', 'type': 'char', 'string': "x", 'definition_changed': True})
        with self.assertRaises(UserError):
            self.hospital.with_user(self.user_admin).write({'pharma_properties': own})
        with self.assertRaises(UserError):
            self.env['res.partner'].create({
                'name': "x", 'pharma_type': 'hospital', 'pharma_properties': own})
        self.assertEqual(len(self.kind.property_definition), 2)

    # === COMPLETENESS === #

    def test_completeness(self):
        """Facts count the same; 0 and optional ones do not count; what is missing is named."""
        self._create_fact(name="备注", importance='optional')
        self.assertEqual(self.hospital.completeness, 0)
        self.hospital.write({'phone': "010-1", 'pharma_properties': {'bed_count': 0}})
        self.assertEqual(self.hospital.completeness, 25)
        self.hospital.pharma_properties = {'bed_count': 10}
        self.assertEqual(self.hospital.completeness, 50)
        missing = self.hospital.missing_facts
        self.assertIn("法定代表人", missing)
        self.assertNotIn("床位数", missing)
        self.hospital.write({
            'hospital_level': '3',
            'pharma_properties': {'bed_count': 10, 'legal_representative': "王"}})
        self.assertEqual((self.hospital.completeness, self.hospital.missing_facts), (100, ""))
        found = self.env['res.partner'].search([
            ('id', '=', self.hospital.id), ('completeness', '<', 100)])
        self.assertFalse(found)

    def test_completeness_without_facts(self):
        """Contacts without a type have none, a type that asks for nothing is complete."""
        self.assertFalse(self.env['res.partner'].create({'name': "x"}).completeness)
        self.kind.fact_ids.importance = 'optional'
        self.assertEqual(self.hospital.completeness, 100)

    def test_completeness_follows_the_type(self):
        """Changing what counts counts anew, many customers in the background."""
        self.hospital.phone = "010-1"
        archived = self._create_hospital(name="旧", phone="010-2", active=False)
        self.fact_level.importance = 'optional'
        self.assertEqual((self.hospital.completeness, archived.completeness), (33, 33))
        self.fact_legal.unlink()
        self.assertEqual(self.hospital.completeness, 50)
        self.patch(pharma_partner_type, 'QUEUE_CUSTOMERS', 1)
        with trap_jobs() as trap:
            self.fact_beds.importance = 'optional'
            trap.assert_jobs_count(1, only=self.kind._run_completeness)
            self.assertEqual(self.hospital.completeness, 50)
            trap.perform_enqueued_jobs()
        self.assertEqual((self.hospital.completeness, archived.completeness), (100, 100))

    def test_completeness_in_batches(self):
        """The number of queries does not grow with the customers."""
        def create(count):
            self.env.flush_all()
            start = self.env.cr.sql_log_count
            partners = self.env['res.partner'].with_context(tracking_disable=True).create([
                {'name': f"批{count}-{number}", 'pharma_type': 'hospital', 'phone': "1"}
                for number in range(count)])
            partners.flush_recordset(['completeness'])
            self.assertEqual(set(partners.mapped('completeness')), {25})
            return self.env.cr.sql_log_count - start
        create(2)
        self.assertLessEqual(create(100), create(10) + 10)

    def test_customers_from_before(self):
        """Customers that were there before the types get type, stage and completeness."""
        self.hospital.phone = "010-1"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET partner_type_id = NULL, lifecycle_stage_id = NULL,"
            " lifecycle_date = NULL, completeness = NULL WHERE id = %s", [self.hospital.id])
        self.env.invalidate_all()
        self.env['pharma.partner.type']._adopt_partners()
        self.assertRecordValues(self.hospital, [{
            'partner_type_id': self.kind.id, 'completeness': 25,
            'lifecycle_stage_id': self.kind._get_stages()[0].id}])
        self.assertTrue(self.hospital.lifecycle_date)

    # === REQUIRED AND READ-ONLY === #

    def test_required(self):
        """Without a required fact a representative saves nothing; he is told its name."""
        self.fact_legal.importance = 'required'
        hospital = self.hospital.with_user(self.user_representative)
        with self.assertRaisesRegex(ValidationError, "法定代表人"):
            hospital.phone = "010-1"
        with self.assertRaisesRegex(ValidationError, "法定代表人"):
            self.env['res.partner'].with_user(self.user_representative).create({
                'name': "新医院", 'pharma_type': 'hospital'})
        hospital.write({'phone': "010-1", 'pharma_properties': {'legal_representative': "王"}})
        with self.assertRaises(ValidationError):
            hospital.pharma_properties = {'legal_representative': False}
        # What is no fact is not held up, a new salesperson neither, nor are stewards
        self.hospital.pharma_properties = False
        hospital.with_user(self.user_area_manager).user_id = self.user_representative
        hospital.comment = "x"
        self.hospital.with_user(self.user_steward).phone = "010-2"
        # Other kinds are not asked for it
        self.env['res.partner'].with_user(self.user_representative).create({
            'name': "药店", 'pharma_type': 'pharmacy'})

    def test_required_in_the_form(self):
        """The form names what is required, and saves when it is there."""
        self.fact_phone.importance = 'required'
        with Form(self.hospital.with_user(self.user_representative)) as form:
            self.assertTrue(form.required_facts_missing)
            form.phone = "010-1"
            self.assertFalse(form.required_facts_missing)
            self.assertEqual(form.completeness, 25)

    def test_read_only(self):
        """What was entered and is read-only is changed by stewards alone."""
        (self.fact_phone + self.fact_beds).locked = True
        hospital = self.hospital.with_user(self.user_representative)
        hospital.write({'phone': "010-1", 'pharma_properties': {'bed_count': 5}})
        for values in ({'phone': "2"}, {'phone': False}, {'pharma_properties': {'bed_count': 6}},
                       {'pharma_properties': {}}, {'pharma_properties': False}):
            with self.subTest(values=values), self.assertRaises(UserError):
                hospital.write(values)
        own = hospital.read(['pharma_properties'])[0]['pharma_properties']
        next(entry for entry in own if entry['name'] == 'bed_count')['value'] = 7
        with self.assertRaisesRegex(UserError, "床位数"):
            hospital.write({'pharma_properties': own})
        # Saving the same is no change
        hospital.write({'phone': "010-1", 'hospital_level': '2',
                        'pharma_properties': {'bed_count': 5, 'legal_representative': "王"}})
        self.hospital.with_user(self.user_steward).write({
            'phone': "3", 'pharma_properties': {'bed_count': 6}})
        self.assertEqual(self.hospital.pharma_properties['bed_count'], 6)

    # === RIGHTS === #

    @mute_logger('odoo.addons.base.models.ir_model', 'odoo.addons.base.models.ir_rule')
    def test_rights(self):
        """Stewards set types up, everybody inside reads them, portal users see nothing."""
        for role in ('steward', 'admin'):
            with self.subTest(role=role):
                fact = self.env['pharma.partner.fact'].with_user(self.users_by_role[role]).create({
                    'type_id': self.kind.id, 'name': f"x{role}"})
                fact.importance = 'optional'
                self.kind.with_user(self.users_by_role[role]).sequence = 5
                fact.unlink()
        for role in ('representative', 'area_manager', 'product_manager', 'service', 'director',
                     'internal'):
            with self.subTest(role=role):
                user = self.users_by_role[role]
                self.assertTrue(self.kind.with_user(user).read(['property_definition']))
                with self.assertRaises(AccessError):
                    self.fact_phone.with_user(user).importance = 'optional'
                with self.assertRaises(AccessError):
                    self.kind.with_user(user).sequence = 5
                with self.assertRaises(AccessError):
                    self.env['pharma.partner.fact'].with_user(user).create({
                        'type_id': self.kind.id, 'name': "x"})
        self.user_portal.partner_id.parent_id = self.hospital
        hospital = self.hospital.with_user(self.user_portal)
        for name in ('pharma_properties', 'completeness', 'missing_facts', 'source_id',
                     'lifecycle_stage_id', 'duration_tracking', 'partner_type_id'):
            with self.subTest(field=name), self.assertRaises(AccessError):
                hospital.read([name])
        for record in self.kind + self.env['pharma.partner.type'].search([], limit=1):
            with self.assertRaises(AccessError):
                record.with_user(self.user_portal).read(['pharma_type'])
        with self.assertRaises(AccessError):
            self.fact_phone.with_user(self.user_portal).read(['name'])
