from odoo.tests import HttpCase, tagged

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestDuplicateUi(PharmaCrmCommon, HttpCase):
    """A customer that is known already is entered once more, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hospital = cls._create_hospital(
            name="巡访市听涛医院", phone="0572-2001001",
            territory=cls._create_territory(name="巡访西区"))

    def _entered(self):
        return self.env['res.partner'].search([('name', '=', "巡访市（听涛）医院")])

    def test_representative(self):
        """He does not see the other one: he is told whom to ask, and saves knowingly."""
        self.start_tour(
            '/odoo/terminals', 'pharma_crm_duplicate_representative',
            login='pharma_representative')
        partner = self._entered()
        self.assertEqual(partner.create_uid, self.user_representative)
        pair = self.env['pharma.duplicate'].search([('other_id', '=', partner.id)])
        self.assertEqual(pair.partner_id, self.hospital)
        self.assertEqual(pair.author_id, self.user_representative)
        # The note says in his language why he was warned
        labels = dict(pair.with_context(
            lang=self.user_representative.lang)._fields['reason']._description_selection(
                pair.with_context(lang=self.user_representative.lang).env))
        self.assertTrue(partner.message_ids.filtered(
            lambda message: message.author_id == self.user_representative.partner_id
            and labels[pair.reason] in message.body))

    def test_steward(self):
        """He is shown it, saves knowingly, and then decides in the list that it is two."""
        self.start_tour(
            '/odoo/terminals', 'pharma_crm_duplicate_steward', login='pharma_steward')
        pair = self.env['pharma.duplicate'].search([('other_id', '=', self._entered().id)])
        self.assertEqual(pair.partner_id, self.hospital)
        self.start_tour('/odoo/duplicates', 'pharma_crm_duplicate_pair', login='pharma_steward')
        self.assertEqual(pair.state, 'different')
        self.assertEqual(pair.decided_by_id, self.user_steward)
