from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..common import PharmaCrmCommon


@tagged('post_install', '-at_install')
class TestExportLog(PharmaCrmCommon):
    """Exports of data of people are logged."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_person(cls._create_hospital())
        cls.user_representative.write({
            'group_ids': [Command.link(cls.env.ref('base.group_allow_export').id)]})

    def test_one_row_per_export(self):
        """Who, what, how many and which fields; nobody changes it."""
        self.person.with_user(self.user_representative).export_data(['name', 'phone'])
        row = self.env['pharma.export.log'].search([
            ('user_id', '=', self.user_representative.id)])
        self.assertEqual(
            (row.model, row.record_count, row.field_names), ('res.partner', 1, 'name, phone'))
        with self.assertRaises(UserError):
            row.write({'record_count': 5})
        with self.assertRaises(UserError):
            row.unlink()

    def test_who_reads_it(self):
        """Administrators of the suite, nobody else; and nobody writes in it."""
        logs = self.env['pharma.export.log']
        logs.with_user(self.user_admin).search([])
        with mute_logger('odoo.addons.base.models.ir_model'):
            for user in (self.user_representative, self.user_steward, self.user_director):
                with self.assertRaises(AccessError):
                    logs.with_user(user).search([])
            with self.assertRaises(AccessError):
                logs.with_user(self.user_admin).create({
                    'user_id': self.user_admin.id, 'company_id': self.env.company.id,
                    'date': '2026-01-01', 'model': 'res.partner', 'record_count': 1})

    def test_refused_exports_are_none(self):
        """Whoever may not export leaves no row."""
        with self.assertRaises(UserError):
            self.person.with_user(self.user_area_manager).export_data(['name'])
        self.assertFalse(self.env['pharma.export.log'].search([
            ('user_id', '=', self.user_area_manager.id)]))
