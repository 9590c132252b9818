from odoo.tests import tagged

from .common import PharmaTenderCommon


@tagged('post_install', '-at_install')
class TestCustomerPage(PharmaTenderCommon):
    """Tenders on the 360° page of who organises them."""

    def _tenders(self, partner, user):
        page = partner.with_user(user).get_customer_page()
        return next((part for part in page['sections'] if part['key'] == 'tenders'), None)

    def test_tenders(self):
        """Running and public tenders of a hospital; representatives see public ones alone."""
        hospital = self._create_hospital()
        running = self._create_tender(organiser_id=hospital.id)
        public = self._create_tender(organiser_id=hospital.id, stage_id=self.stage_public.id)
        self._create_tender(organiser_id=self._create_hospital(name="别处").id)
        section = self._tenders(hospital, self.user_product_manager)
        self.assertEqual([figure['value'] for figure in section['figures']], [1, 2])
        self.assertEqual(
            self.env['pharma.tender'].search(section['figures'][0]['action']['domain']), running)
        section = self._tenders(hospital, self.user_representative)
        self.assertEqual([figure['value'] for figure in section['figures']], [0, 1])
        self.assertEqual(section['rows'][0]['action']['res_id'], public.id)
        self.assertFalse(self._tenders(hospital, self.user_service))
        self.assertFalse(self._tenders(
            self._create_distributor(), self.user_product_manager))
