from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.pharma_crm.tools.names import normalise

from ...models.matching.pharma_alias_automatic import MATCH_REASONS
from ...tools.matching import Archive
from ...tools.matching_result import FACTS, REASONS
from ..common import PharmaDistributionCommon

# Of a hospital in Suzhou: short for its name, its department, and nobody's
SHORT, DEPARTMENT, UNKNOWN = "苏州澄屿医院", "苏州市澄屿医院门诊药房", "岚溪某某诊所"


@tagged('post_install', '-at_install')
class TestFlowMatcher(PharmaDistributionCommon):
    """What the program decides alone, remembers, suggests and asks anew."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        division = cls.env['pharma.division'].search([('code', '=', '3205')])
        cls.place = {'pharma_city_id': division.id, 'state_id': division.state_id.id}
        cls.distributor.write(cls.place)
        cls.suzhou = cls._create_hospital(name="苏州市澄屿医院", territory=False, **cls.place)

    def import_names(self, *names, **values):
        return self._import(self._make_csv(
            [self._make_row(customer=name, quantity=str(number + 3))
             for number, name in enumerate(names)]), **values)

    def dump(self):
        """All that an import may touch, but for the file itself."""
        self.env.flush_all()
        self.env.cr.execute(
            """ SELECT COALESCE(jsonb_agg(to_jsonb(a) - 'write_date' ORDER BY id), '[]')
                  FROM pharma_alias a """)
        return self.env.cr.fetchone()[0]

    # === DECISIONS === #

    def test_own_name_needs_no_decision(self):
        file = self.import_names("苏州市澄屿医院")
        self.assertEqual(file.line_ids.partner_id, self.suzhou)
        self.assertFalse(self.env['pharma.alias'].search([('partner_id', '=', self.suzhou.id)]))
        self.assertTrue(file.line_ids.customer_decision)

    def test_automatic_decision_is_stored_with_its_reason(self):
        file = self.import_names(SHORT, DEPARTMENT)
        self.assertEqual(file.line_ids.partner_id, self.suzhou)
        for name, relation in ((SHORT, 'same'), (DEPARTMENT, 'department')):
            alias = self._find_name(name).with_context(lang='en_US')
            self.assertRecordValues(alias, [{
                'status': 'confirmed', 'automatic': True, 'partner_id': self.suzhou.id,
                'relation': relation, 'decided_by_id': False, 'line_count': 1,
                'first_file_id': file.id, 'company_id': self.env.company.id}])
            self.assertTrue(alias.decided_on)
            self.assertGreaterEqual(alias.confidence, 0.98)
            self.assertTrue(alias.reason_text)
            self.assertFalse(alias.message_ids)

    def test_remembered_decision_does_not_ask_again(self):
        self.import_names(SHORT)
        with patch.object(Archive, 'match', side_effect=AssertionError):
            file = self.import_names(SHORT, SHORT)
        self.assertEqual(file.line_ids.partner_id, self.suzhou)

    def test_threshold_of_the_company(self):
        self.env.company.pharma_match_threshold = 1
        file = self.import_names(SHORT)
        self.assertFalse(file.line_ids.partner_id)
        alias = self._find_name(SHORT)
        self.assertEqual((alias.status, alias.automatic), ('suggested', False))
        self.assertEqual(alias.candidates[0][0], self.suzhou.id)
        with self.assertRaises(CheckViolation), mute_logger('odoo.sql_db'), \
                self.cr.savepoint():
            self.env.company.pharma_match_threshold = 0.2
            self.env.company.flush_recordset()

    def test_people_win(self):
        """For this distributor before for all before automatic; and nothing overwrites them."""
        self.import_names(SHORT)
        file = self.import_names(SHORT, SHORT)
        self._create_alias(name=SHORT, partner_id=self.clinic_hospital.id)
        self.assertEqual(file.line_ids.partner_id, self.clinic_hospital)
        alias = self._find_name(SHORT)
        alias.with_user(self.user_commercial).partner_id = self.hospital
        self.assertEqual(file.line_ids.partner_id, self.hospital)
        self.assertRecordValues(alias, [{
            'automatic': False, 'by_hand': True, 'decided_by_id': self.user_commercial.id,
            'reason': False}])
        self.env['pharma.alias']._doubt([SHORT])
        self.assertEqual(self.import_names(SHORT, SHORT, SHORT).line_ids.partner_id, self.hospital)
        self.assertEqual(alias.partner_id, self.hospital)

    def test_taken_back_is_left_to_people(self):
        file = self.import_names(SHORT)
        alias = self._find_name(SHORT)
        alias.with_user(self.user_commercial).action_reopen()
        self.assertEqual(file.line_ids.status, 'unmatched_customer')
        self.assertFalse(self.import_names(SHORT, SHORT).line_ids.partner_id)
        self.assertRecordValues(alias, [{'status': 'suggested', 'automatic': False}])
        self.assertEqual(alias.candidates[0][0], self.suzhou.id)

    def test_archived_customer_is_asked_about_anew(self):
        self.import_names(SHORT)
        self.suzhou.active = False
        self.assertFalse(self.import_names(SHORT, SHORT).line_ids.partner_id)
        other = self._create_hospital(name="苏州市澄屿医院", territory=False, **self.place)
        with self.enter_registry_test_mode():
            self.env.ref('pharma_distribution.ir_cron_look_up_names').method_direct_trigger()
        self.env.invalidate_all()
        self.assertRecordValues(
            self._find_name(SHORT), [{'partner_id': other.id, 'automatic': True}])
        self.assertEqual(self.import_names(SHORT, SHORT, SHORT).line_ids.partner_id, other)

    def test_twin_of_the_name_is_asked_about_anew(self):
        data = self._make_csv([self._make_row()])
        self.assertEqual(self._import(data).line_ids.partner_id, self.hospital)
        self._create_hospital(name="望澜市人民医院")
        data = self._make_csv([self._make_row(quantity='9')])
        self.assertEqual(self._import(data).line_ids.reason, 'customer_ambiguous')

    # === FRESHNESS === #

    def test_nothing_old_is_found(self):
        """A renamed, new, archived or otherwise known customer counts at once."""
        self.assertFalse(self.import_names("昆山市汀兰医院").line_ids.partner_id)
        self.suzhou.name = "昆山市汀兰医院"
        names = self.env['pharma.alias'].search([('name', '=', "昆山市汀兰医院")])
        self.assertEqual(names.reason, False)
        self.assertEqual(
            self.import_names("昆山市汀兰医院", "昆山市汀兰医院").line_ids.partner_id, self.suzhou)
        self._create_alias(name="澄屿老院", partner_id=self.suzhou.id)
        archive = self.env['pharma.flow.matcher']._get_archive(self.env.company.id)
        self.assertIn(normalise("澄屿老院"), archive.index.by_key)

    def test_company_finds_its_own_customers(self):
        company = self.env['res.company'].create({'name': "另一公司"})
        self.suzhou.company_id = company
        matcher = self.env['pharma.flow.matcher']
        own = matcher._get_archive(self.env.company.id)
        self.assertIsNone(own.own("苏州市澄屿医院"))
        self.assertEqual(matcher._get_archive(company.id).own("苏州市澄屿医院"), self.suzhou.id)
        self.assertIs(matcher._get_archive(self.env.company.id), own)

    def test_decided_names_cost_no_question_to_the_engine(self):
        self.import_names(SHORT, UNKNOWN)
        with patch.object(Archive, 'match', side_effect=AssertionError):
            self.import_names(SHORT, UNKNOWN, SHORT)

    # === UNDO OF A FILE === #

    def test_undone_file_is_forgotten(self):
        before = self.dump()
        file = self.import_names(SHORT, DEPARTMENT, UNKNOWN, "苏州市澄屿医院")
        file.action_post()
        self.assertNotEqual(self.dump(), before)
        file.action_undo()
        self.assertEqual(self.dump(), before)

    def test_undone_file_leaves_what_others_carry(self):
        first = self.import_names(SHORT)
        before = self.dump()
        self.import_names(SHORT, DEPARTMENT).action_undo()
        self.assertEqual(self.dump(), before)
        first.action_undo()
        self.assertFalse(self.env['pharma.alias'].search([('automatic', '=', True)]))

    def test_confirmed_decision_survives_its_file(self):
        file = self.import_names(SHORT)
        alias = self._find_name(SHORT)
        alias.with_user(self.user_commercial).action_confirm()
        self.assertRecordValues(alias, [{
            'automatic': False, 'status': 'confirmed', 'decided_by_id': self.user_commercial.id}])
        self.assertTrue(alias.reason)
        self.assertEqual(file.line_ids.partner_id, self.suzhou)
        file.action_undo()
        self.assertTrue(alias.exists())

    # === PRODUCTS === #

    def test_product_of_another_maker_is_another_one(self):
        maker = self._create_partner_of_type('manufacturer', name="明川制药有限公司")
        self.product.drug_manufacturer_id = maker
        headings = ("销售日期", "客户名称", "商品名称", "商品规格", "生产企业", "数量")
        row = ("2026-01-05", "望澜市人民医院", "澜舒他汀钙片", "20mg*7片")
        ours = self._import(self._make_csv([(*row, "明川制药", '3')], headings))
        self.assertEqual(ours.line_ids.product_id, self.product)
        other = self._create_distributor(name="岚溪医药有限公司")
        theirs = self._import(
            self._make_csv([(*row, "别家药业有限公司", '3')], headings), distributor_id=other.id)
        self.assertFalse(theirs.line_ids.product_id)

    def test_product_in_other_words(self):
        self.product.drug_dosage_form = "片剂"
        file = self._import(self._make_csv([self._make_row(商品规格="20mg×7片/盒")]))
        self.assertEqual(file.line_ids.product_id, self.product)

    # === WORDS === #

    def test_every_reason_has_words(self):
        message = self.env['pharma.flow.message'].with_context(lang='en_US')
        self.assertEqual(
            message._match_reason_texts(), {code: text for code, (_max, text) in REASONS.items()})
        self.assertEqual(message._match_fact_labels(), FACTS)
        self.assertEqual([code for code, _label in MATCH_REASONS], list(REASONS))
        self.assertEqual(
            message._match_reason_text('slip', {'written': "建", 'correct': "健"}),
            "One character differs: 建 for 健")

    def test_row_says_where_its_customer_comes_from(self):
        file = self.import_names(SHORT, UNKNOWN)
        lines = {line.raw_customer: line.with_context(lang='en_US') for line in file.line_ids}
        self.assertIn("Automatic", lines[SHORT].customer_decision)
        self.assertFalse(lines[UNKNOWN].customer_decision)
        self._find_name(SHORT).with_user(self.user_commercial).action_confirm()
        lines[SHORT].invalidate_recordset(['customer_decision'])
        self.assertIn(self.user_commercial.name, lines[SHORT].customer_decision)

    def test_program_alone_writes_its_notes(self):
        alias = self._create_alias(name=UNKNOWN, distributor_id=self.distributor.id)
        alias.with_user(self.user_commercial).write({
            'automatic': True, 'confidence': 1, 'reason': 'exact', 'undo_data': [{}]})
        self.assertRecordValues(alias, [{
            'automatic': False, 'confidence': 0, 'reason': False, 'undo_data': False}])
        self.assertEqual(alias.key, normalise(UNKNOWN))


@tagged('post_install', '-at_install')
class TestWorkbench(PharmaDistributionCommon):
    """People's decisions: choosing, many at once, taking back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pharmacy = cls._create_partner_of_type('pharmacy', name="澄屿大药房云溪店")
        cls.file = cls._import()
        cls.names = cls.env['pharma.alias'].with_user(cls.user_commercial)

    def find(self, name):
        return self._find_name(name).with_user(self.user_commercial)

    def test_page_by_money(self):
        page = self.names.get_workbench_page({})
        self.assertEqual(page['count'], 3)
        amounts = [name['amount'] for name in page['names']]
        self.assertEqual(amounts, sorted(amounts, reverse=True))
        pharmacy = next(name for name in page['names'] if "澄屿" in name['name'])
        self.assertEqual(pharmacy['best'], self.pharmacy.display_name)
        self.assertEqual(page['distributors'], [
            {'id': self.distributor.id, 'name': self.distributor.name, 'count': 3}])
        for filters, count in (({'kind': 'product'}, 1), ({'text': "澄屿"}, 1),
                               ({'file_id': self.file.id}, 3), ({'distributor_id': -1}, 0)):
            self.assertEqual(self.names.get_workbench_page(filters)['count'], count, filters)

    def test_candidates_side_by_side(self):
        name = self.find("澄屿大药房连锁（云溪店）")
        detail = name.get_candidates()
        best = detail['candidates'][0]
        self.assertEqual((best['id'], best['name']), (self.pharmacy.id, self.pharmacy.display_name))
        self.assertEqual({fact['key'] for fact in best['facts']}, set(detail['labels']) & {
            fact['key'] for fact in best['facts']})
        self.assertTrue(detail['why'])
        self.assertEqual(len(detail['rows']), 2)
        self.assertEqual(detail['new_context']['default_pharma_type'], 'pharmacy')
        ids = name.search_targets('partner', "望澜")
        self.assertIn(self.hospital.id, ids)
        found = name.get_candidates(target_ids=ids)
        self.assertEqual([candidate['id'] for candidate in found['candidates']], ids)

    def test_product_candidates(self):
        name = self.find("澜舒他汀钙片 2.5mg*7片")
        best = name.get_candidates()['candidates'][0]
        self.assertEqual(best['id'], self.product.id)
        self.assertIn('danger', [fact['tone'] for fact in best['facts']])

    def test_choose_and_take_back(self):
        name = self.find("澄屿大药房连锁（云溪店）")
        before = name.read(['status', 'partner_id', 'reason', 'confidence'])
        lines = self.file.line_ids.filtered(lambda line: line.customer_key == name.key)
        name.action_choose(self.pharmacy.id)
        self.assertEqual(lines.partner_id, self.pharmacy)
        name.action_choose(self.hospital.id, 'department')
        self.assertEqual((lines.partner_id, name.relation), (self.hospital, 'department'))
        name.action_undo_decision()
        self.assertEqual(lines.partner_id, self.pharmacy)
        name.action_undo_decision()
        self.assertFalse(lines.partner_id)
        self.assertEqual(name.read(['status', 'partner_id', 'reason', 'confidence']), before)
        with self.assertRaises(UserError):
            name.action_undo_decision()

    def test_decision_of_somebody_else_stays(self):
        name = self.find("澄屿大药房连锁（云溪店）")
        name.action_choose(self.pharmacy.id)
        name.with_user(self.user_steward).action_choose(self.hospital.id)
        with self.assertRaises(UserError):
            name.action_undo_decision()
        self.assertEqual(name.partner_id, self.hospital)

    def test_many_at_once(self):
        names = self._find_name("澄屿大药房连锁（云溪店）") | self._find_name("岚溪市第一人民医院")
        names = names.with_user(self.user_commercial)
        decided = names.action_choose_best(0.6)
        self.assertEqual(decided, [self._find_name("澄屿大药房连锁（云溪店）").id])
        self.assertEqual(self.file.ok_count, 4)
        self.names.browse(decided).action_undo_decision()
        self.assertEqual(self.file.ok_count, 2)
        names.action_ignore()
        self.assertEqual(self.file.unmatched_count, 0)
        names.action_undo_decision()
        self.assertEqual(self.file.unmatched_count, 3)

    def test_campus_is_created_once(self):
        name = self.find("岚溪市第一人民医院")
        self.assertEqual(name.action_choose_part(self.hospital.id, "北院区"), name.ids)
        campus = name.partner_id
        self.assertEqual((campus.parent_id, campus.pharma_type), (self.hospital, 'campus'))
        self.assertEqual((campus.name, name.relation), ("北院区", 'campus'))
        name.action_undo_decision()
        self.assertFalse(campus.active, "what was created for the decision goes with it")
        name.action_choose_part(self.hospital.id, "北院区")
        self.assertEqual((name.partner_id, campus.active), (campus, True))
        with self.assertRaises(UserError):
            name.action_choose_part(self.hospital.id, " ")

    def test_new_customer_goes_with_its_decision(self):
        """Unless something else has come to use it, or it was there before."""
        name = self.find("岚溪市第一人民医院")
        created = self.env['res.partner'].with_user(self.user_commercial).create({
            'name': "岚溪新院", 'pharma_type': 'hospital', 'is_company': True})
        name.action_choose(created.id, is_new=True)
        name.action_undo_decision()
        self.assertFalse(created.active)
        created.active = True
        other = self.find("澄屿大药房连锁（云溪店）")
        (name | other).action_choose(created.id, is_new=True)
        name.action_undo_decision()
        self.assertTrue(created.active, "the other name still means it")
        other.action_undo_decision()
        self.assertFalse(created.active)
        name.action_choose(self.pharmacy.id, is_new=True)
        name.action_undo_decision()
        self.assertTrue(self.pharmacy.active, "somebody else's customer is nobody's to archive")

    def test_everywhere(self):
        """A steward decides for all distributors at once, and takes that back at once."""
        other = self._create_distributor(name="岚溪医药有限公司")
        data = self._make_csv([self._make_row(customer="岚溪市第一人民医院")])
        file = self._import(data, distributor_id=other.id)
        name = self._find_name("岚溪市第一人民医院").with_user(self.user_steward)
        names = self.env['pharma.alias'].search([('key', '=', name.key)])
        self.assertEqual(len(names), 2)
        before = names.read(['status', 'partner_id', 'reason'])
        self.assertTrue(name.get_workbench_page({})['may_everywhere'])
        ids = name.action_choose(self.hospital.id, everywhere=True)
        self.assertLessEqual(set(names.ids), set(ids))
        everywhere = name.browse(ids) - names
        self.assertRecordValues(everywhere, [{
            'distributor_id': False, 'partner_id': self.hospital.id, 'status': 'confirmed'}])
        self.assertEqual(file.line_ids.partner_id, self.hospital)
        third = self._create_distributor(name="澄屿医药有限公司")
        self.assertEqual(
            self._import(data, distributor_id=third.id).line_ids.partner_id, self.hospital)
        name.browse(ids).action_undo_decision()
        self.assertFalse(everywhere.exists())
        self.assertEqual(names.read(['status', 'partner_id', 'reason']), before)
        self.assertFalse(file.line_ids.partner_id)
        self.assertEqual(len(name.action_ignore_everywhere()), 4)

    def test_who_may_decide_everywhere(self):
        name = self.find("岚溪市第一人民医院")
        self.assertFalse(name.get_workbench_page({})['may_everywhere'])
        for method, arguments in (
                ('action_choose', (self.hospital.id, 'same', True)),
                ('action_choose_part', (self.hospital.id, "北院区", True)),
                ('action_ignore_everywhere', ())):
            with self.subTest(method=method), self.assertRaises(AccessError):
                getattr(name, method)(*arguments)
        self.assertNotEqual(name.status, 'confirmed')

    def test_wrong_choices(self):
        department = self._create_department(self.hospital)
        with self.assertRaises(UserError):
            self.find("岚溪市第一人民医院").action_choose(department.id)
        both = self.find("岚溪市第一人民医院") | self.find("澜舒他汀钙片 2.5mg*7片")
        with self.assertRaises(UserError):
            both.action_choose(self.hospital.id)

    def test_ask_the_distributor(self):
        name = self.find("岚溪市第一人民医院")
        self.distributor.email = 'sales@example.com'
        action = name.action_ask_distributor()
        self.assertIn("岚溪市第一人民医院", action['context']['default_body'])
        self.assertFalse(name.asked_on)
        composer = self.env['mail.compose.message'].with_user(self.user_commercial).with_context(
            **action['context']).create({})
        composer._action_send_mail()
        self.assertTrue(name.asked_on)
        self.assertIn(name.status, ('todo', 'suggested'))
        self.assertIn("岚溪市第一人民医院", self.distributor.message_ids[0].body)

    def test_new_customers_are_looked_up_again(self):
        name = self.find("岚溪市第一人民医院")
        hospital = self._create_hospital(name="岚溪市第一人民医院", territory=False)
        name.action_suggest()
        self.assertRecordValues(name, [{'automatic': True, 'partner_id': hospital.id}])
        line = self.file.line_ids.filtered(lambda line: line.row_number == 9)
        self.assertEqual(line.partner_id, hospital)

    def test_who_may_decide(self):
        name = self._find_name("岚溪市第一人民医院")
        calls = {
            'get_candidates': (), 'action_choose': (self.hospital.id,), 'action_choose_best': (),
            'action_choose_part': (self.hospital.id, "北院区"), 'action_confirm': (),
            'action_suggest': (), 'action_undo_decision': (), 'action_ask_distributor': ()}
        for user in (self.user_representative, self.user_director):
            for method, arguments in calls.items():
                with self.subTest(user=user.login, method=method), self.assertRaises(AccessError):
                    getattr(name.with_user(user), method)(*arguments)
            with self.assertRaises(AccessError):
                self.names.with_user(user).get_workbench_page({})
            with self.assertRaises(AccessError):
                self.names.with_user(user).search_targets('partner', "望澜")
        name.with_user(self.user_steward).action_choose(self.hospital.id)
        self.assertEqual(name.partner_id, self.hospital)
