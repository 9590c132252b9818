from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import PharmaTenderCommon

MODELS = ('pharma.tender', 'pharma.tender.item', 'pharma.tender.bid', 'pharma.price')
CONFIGURATION = ('pharma.tender.kind', 'pharma.tender.stage')
READERS = ('representative', 'area_manager', 'commercial')
PAPERS = ('product_manager', 'director')
STAFF = ('tender', 'tender_admin', 'admin')
OUTSIDERS = ('steward', 'service', 'internal', 'portal')


@tagged('post_install', '-at_install')
class TestAccessRights(PharmaTenderCommon):
    """Who sees, changes and deletes what.

                                        running tender   published tender   kinds, stages
        representative, area manager,
        commercial                      -                read               read
        product manager, director       read             read               read
        tender staff                    all but unlink   all but unlink     read
        administrators                  all              all                all
        steward, service, plain user,
        portal                          -                -                  -
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.running = cls._records(cls.stage_bids)
        cls.published = cls._records(cls.stage_public)

    @classmethod
    def _records(cls, stage):
        """{model: record} of one tender with everything below it."""
        tender = cls._create_tender(stage_id=stage.id)
        bid = cls._create_bid(cls._create_item(tender), result='won')
        bid.action_add_prices()
        return dict(zip(MODELS, (tender, bid.item_id, bid, bid.price_ids), strict=True))

    def _new_values(self, model, tender):
        item = tender.item_ids[:1]
        return {
            'pharma.tender': {'name': "New", 'kind_id': self.kind.id},
            'pharma.tender.item': {'tender_id': tender.id, 'generic_name': "New"},
            'pharma.tender.bid': {
                'item_id': item.id, 'product_id': self.rival_product.id, 'price_per_pack': 1},
            'pharma.price': {'product_id': self.product.id, 'price_per_pack': 1},
        }[model]

    def _may(self, user, operation, record):
        """Whether the operation really works, undone afterwards."""
        record = record.with_user(user)
        model = record._name
        savepoint = self.cr.savepoint()
        try:
            if operation == 'read':
                record.read(['display_name'])
            elif operation == 'write':
                record.write({'company_id': record.sudo().company_id.id} if model == 'pharma.price'
                             else {'note': "x"} if model == 'pharma.tender'
                             else {'unit': "片"} if model == 'pharma.tender.item'
                             else {'maker_note': "x"})
            elif operation == 'create':
                tender = record.sudo() if model == 'pharma.tender' else record.sudo().tender_id
                record.create(self._new_values(model, tender))
            else:
                record.unlink()
            self.env.flush_all()
            return True
        except AccessError:
            return False
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def _assert_rights(self, roles, records, expected):
        """:param expected: operations that must work; all others must not"""
        for role in roles:
            for model, record in records.items():
                allowed = expected(model) if callable(expected) else expected
                for operation in ('read', 'write', 'create', 'unlink'):
                    with self.subTest(f"{role} {operation} {model}"), \
                            mute_logger('odoo.addons.base'):
                        self.assertEqual(
                            self._may(self.users_by_role[role], operation, record),
                            operation in allowed)

    def test_readers(self):
        """Sales and commercial read results and prices, not running tenders."""
        self._assert_rights(READERS, self.published, {'read'})
        self._assert_rights(READERS, self.running, set())

    def test_papers(self):
        """Product managers and directors also read running tenders."""
        self._assert_rights(PAPERS, self.published, {'read'})
        self._assert_rights(PAPERS, self.running, {'read'})

    def test_staff(self):
        """Tender staff does everything but deleting tenders."""
        for records in (self.published, self.running):
            self._assert_rights(['tender'], records, lambda model: (
                {'read', 'write', 'create'} | (set() if model == 'pharma.tender' else {'unlink'})))

    def test_administrators(self):
        for records in (self.published, self.running):
            self._assert_rights(
                ['tender_admin', 'admin'], records, {'read', 'write', 'create', 'unlink'})

    def test_outsiders(self):
        """Stewards, service, plain internal users and the portal have no tenders at all."""
        for records in (self.published, self.running):
            self._assert_rights(OUTSIDERS, records, set())

    def test_lists_and_sums(self):
        """Searches, counts and sums of readers leave running tenders out."""
        user = self.user_representative
        both = [self.running, self.published]
        for model in MODELS:
            ids = [records[model].id for records in both]
            Model = self.env[model].with_user(user)
            self.assertEqual(Model.search([('id', 'in', ids)]), self.published[model])
            self.assertEqual(Model.search_count([('id', 'in', ids)]), 1)
            self.assertEqual(Model._read_group([('id', 'in', ids)], [], ['__count']), [(1,)])
        ids = [records['pharma.price'].id for records in both]
        groups = self.env['pharma.price'].with_user(user).formatted_read_group(
            [('id', 'in', ids)], ['product_id'], ['price_per_pack:sum'])
        self.assertEqual([group['price_per_pack:sum'] for group in groups], [7.0])
        self.assertEqual(self.product.with_user(user).pharma_price_count, 1)

    def test_configuration(self):
        """Kinds and stages are read by all who read tenders, changed by administrators."""
        for model in CONFIGURATION:
            record = self.kind if model == 'pharma.tender.kind' else self.stage_open
            for role in (*READERS, *PAPERS, *STAFF):
                record.with_user(self.users_by_role[role]).read(['name'])
            for role in ('tender_admin', 'admin'):
                self.assertTrue(record.with_user(self.users_by_role[role]).has_access('write'))
            for role in (*READERS, *PAPERS, 'tender'):
                self.assertFalse(record.with_user(self.users_by_role[role]).has_access('write'))
            for role in OUTSIDERS:
                self.assertFalse(record.with_user(self.users_by_role[role]).has_access('read'))

    def test_empty_lists_offer_what_one_may_do(self):
        """The button that loads the official results stands there for tender staff alone."""
        for action in ('pharma_price_action', 'pharma_tender_action'):
            for role, offered in (('tender', True), ('representative', False), ('director', False)):
                with self.subTest(f"{action} {role}"):
                    text = self.env['ir.actions.act_window'].with_user(
                        self.users_by_role[role])._for_xml_id(f'pharma_tender.{action}')['help']
                    self.assertEqual('o_pharma_load_official' in text, offered)
                    self.assertIn('o_view_nocontent_smiling_face', text)

    def test_columns_of_the_board(self):
        """Readers of results get the columns of published tenders, staff get all of them."""
        for role, columns in (
                ('tender', self.kind.stage_ids), ('representative', self.stage_public)):
            with self.subTest(role=role):
                self.assertEqual(
                    self.env['pharma.tender'].with_user(
                        self.users_by_role[role])._read_group_stage_ids(
                            self.env['pharma.tender.stage'], [('kind_id', '=', self.kind.id)]),
                    columns.sorted())

    def test_papers_of_a_published_tender(self):
        """Messages, files and activities of tenders stay with those who work on them."""
        tender = self.published['pharma.tender']
        message = tender.message_post(body="底价 6.50", attachments=[('底价.txt', b'6.50')])
        attachment = message.attachment_ids
        activity = tender.activity_schedule(
            'mail.mail_activity_data_todo', summary="底价", user_id=self.user_tender.id)
        for record in (message, attachment, activity):
            for role in (*PAPERS, *STAFF):
                with self.subTest(f"{role} {record._name}"):
                    user = self.users_by_role[role]
                    self.assertTrue(record.with_user(user).has_access('read'))
            for role in (*READERS, *OUTSIDERS):
                with self.subTest(f"{role} {record._name}"):
                    user = self.users_by_role[role]
                    self.assertFalse(record.with_user(user).has_access('read'))
                    if record.browse().with_user(user).has_access('read'):
                        self.assertFalse(record.with_user(user).search([('id', '=', record.id)]))
        other = self.env['ir.attachment'].with_user(self.user_representative).create(
            {'name': "own.txt", 'raw': b'x'})
        self.assertTrue(other.with_user(self.user_representative).has_access('read'))

    def test_other_company(self):
        """A company's tenders are its own; shared results are everybody's."""
        other = self.env['res.company'].create({'name': "Other"})
        for user in (self.user_tender_admin, self.user_tender):
            user.write({'company_ids': [Command.link(other.id)]})
        for records, shared in ((self._records(self.stage_public), False),
                                (self._records(self.stage_public), True)):
            records['pharma.tender'].company_id = False if shared else other
            for model, record in records.items():
                with self.subTest(f"{model} shared={shared}"):
                    self.assertEqual(
                        record.company_id, self.env['res.company'] if shared else other)
                    self.assertEqual(
                        record.with_user(self.user_director).has_access('read'), shared)
                    for company, visible in ((self.env.company, shared), (other, True)):
                        found = record.with_user(self.user_tender_admin).with_context(
                            allowed_company_ids=company.ids).search([('id', '=', record.id)])
                        self.assertEqual(bool(found), visible)

    def test_products_stay_out_of_reach(self):
        """Loading results gives tender staff no right on products or contacts."""
        for record in (self.product, self.rival):
            self.assertFalse(record.with_user(self.user_tender).has_access('write'))
        self.assertNotIn(
            'pharma_price_count', self.product.with_user(self.user_internal).fields_get())
