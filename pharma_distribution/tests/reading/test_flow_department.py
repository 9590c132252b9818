from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from ..common import PharmaDistributionCommon


@tagged('post_install', '-at_install')
class TestFlowDepartment(PharmaDistributionCommon):
    """Rows know the department that their file names; their customer is the hospital all the
    same.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.cr.execute("DELETE FROM pharma_flow_line")
        cls.env['pharma.flow.summary']._rebuild()
        cls.cardiology = cls._create_department(cls.hospital, name="心血管内科")
        for name in ("望澜市人民医院心血管内科", "望澜市人民医院内科", "望澜市人民医院东院区内科"):
            cls._create_alias(name=name, partner_id=cls.hospital.id)

    def _post(self, *names):
        file = self._import(self._make_csv([
            self._make_row(name, **{"批号": str(number)}) for number, name in enumerate(names)]))
        file.action_post()
        return file.line_ids.sorted('row_number')

    def _count(self, user=None):
        """Rows of each department in the results."""
        report = self.env['pharma.flow.report'].with_user(user or self.user_director)
        return dict(report._read_group([], ['department_id'], ['row_count:sum']))

    def assertSame(self):
        self.env['pharma.flow.summary']._fold()
        self.assertFalse(any(self.env['pharma.flow.summary']._count_differences().values()))

    def test_names_that_end_with_a_department(self):
        rows = self._post(
            "望澜市人民医院（心血管内科）", "望澜市人民医院", "望澜市中医医院心血管内科")
        self.assertEqual(
            [row.department_id.name for row in rows], ["心血管内科", False, False])
        self.assertEqual(rows[:2].partner_id, self.hospital)
        self.assertEqual(self._count(), {
            self.cardiology: 1, self.env['res.partner']: rows[1:].mapped('status').count('ok')})
        # Rights go by the hospital
        self.assertEqual(self._count(self.user_representative)[self.cardiology], 1)
        self.assertSame()

    def test_the_longest_name_and_the_nearest_place(self):
        department = self.env['pharma.flow.department']
        internal = self._create_department(self.hospital, name="内科")
        campus = self._create_campus(self.hospital, name="东院区")
        key = "望澜市人民医院东院区内科"

        def find(customer, key=key):
            return department._split({(key, customer.id)}).get((key, customer.id))

        self.assertEqual(find(self.hospital, "望澜市人民医院心血管内科"),
                         (self.hospital.id, self.cardiology.id))
        self.assertEqual(find(self.hospital), (self.hospital.id, internal.id))
        own = self._create_department(campus, name="内科")
        self.assertEqual(find(campus), (campus.id, own.id))
        self.assertEqual(find(self.hospital), (self.hospital.id, internal.id))
        # Two of one name: nobody knows which
        self._create_department(self.cardiology, name="东院区内科")
        self._create_department(campus, name="东院区内科")
        self.assertIsNone(find(self.hospital))
        self.assertIsNone(find(self.clinic_hospital))

    def test_names_that_people_gave_a_department(self):
        self._create_alias(name="望澜胸痛病房小张", partner_id=self.cardiology.id)
        below = self._create_department(self.cardiology, name="二病区")
        self._create_alias(name="望澜胸痛二区", partner_id=below.id)
        rows = self._post("望澜胸痛病房小张", "望澜胸痛二区")
        self.assertEqual(rows.partner_id, self.hospital)
        self.assertEqual(rows.mapped('department_id'), self.cardiology | below)
        # ... and stays one where other names are decided on
        self.env['pharma.flow.line']._restate_territories(self.hospital.ids)
        self.assertEqual(rows.mapped('department_id'), self.cardiology | below)
        self.assertSame()

    def test_departments_that_come_and_go(self):
        rows = self._post("望澜市人民医院内科")
        self.assertFalse(rows.department_id)
        with trap_jobs() as trap:
            internal = self._create_department(self.hospital, name="内科")
            trap.assert_jobs_count(1)
            trap.perform_enqueued_jobs()
        self.assertEqual(rows.department_id, internal)
        self.assertEqual(self._count(), {internal: 1})
        with trap_jobs() as trap:
            internal.active = False
            self.env.flush_all()
            trap.perform_enqueued_jobs()
        self.assertFalse(rows.department_id)
        self.assertSame()
        # Where no row can name it there is nothing to write
        with trap_jobs() as trap:
            self._create_department(self.clinic_hospital, name="内科")
            trap.assert_jobs_count(0)

    def test_departments_that_are_merged(self):
        twin = self._create_department(self.hospital, name="心内科")
        row = self._post("望澜市人民医院心血管内科")
        self.env['pharma.flow.summary']._fold()
        self.env['pharma.merge']._merge(twin, self.cardiology)
        row.invalidate_recordset()
        self.assertEqual(row.department_id, twin)
        self.assertEqual(self._count(), {twin: 1})
        self.assertSame()

    def test_corrected_customers_have_no_department(self):
        row = self._post("望澜市人民医院心血管内科")
        self.assertEqual(row.department_id, self.cardiology)
        self.env['pharma.flow.correction'].create({
            'file_id': row.file_id.id, 'sheet_name': row.sheet_name or '',
            'row_number': row.row_number, 'field': 'partner',
            'partner_id': self.clinic_hospital.id, 'reason': "写错了"})
        self.assertEqual((row.partner_id, row.department_id.id), (self.clinic_hospital, False))
        self.assertSame()
