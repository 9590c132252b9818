from datetime import timedelta

from odoo import fields

from ..common import PharmaCrmCommon


class VisitCase(PharmaCrmCommon):
    """A representative with a hospital, a department and two doctors; a product line with two
    products; a colleague in the same region, and a stranger in another.

    ``_call(**values)`` makes a call as the representative, planned for tomorrow unless told
    otherwise; ``_record(visit, **values)`` records it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = 'Asia/Shanghai'
        cls.hospital = cls._create_hospital(name="云山绿川医院")
        cls.department = cls._create_department(cls.hospital)
        cls.doctor = cls._create_person(
            cls.department, name="林知远", phone='0571-55500001', email='lin@example.com')
        cls.other_doctor = cls._create_person(cls.department, name="周以宁")
        cls.line = cls.env['product.category'].create({'name': "心血管线", 'is_product_line': True})
        cls.products = cls.env['product.product'].concat(*(
            cls._create_product(name=name, categ_id=cls.line.id, default_code=code)
            .product_variant_id for code, name in (('XA1', "甲片"), ('XA2', "乙片"))))
        cls.env['pharma.territory.assignment'].search([
            ('user_id', '=', cls.user_representative.id)]).product_line_id = cls.line
        cls.reached = cls.env.ref('pharma_crm.pharma_visit_result_reached')
        cls.today = cls.env['pharma.access']._get_today()
        cls.now = fields.Datetime.now()
        cls.visits = cls.env['pharma.visit'].with_user(cls.user_representative)

    @classmethod
    def _call(cls, **values):
        return cls.visits.create({
            'partner_id': cls.doctor.id, 'date_start': cls.now + timedelta(days=1), **values})

    @classmethod
    def _held(cls, **values):
        """A call of yesterday that was recorded today."""
        return cls._call(**{
            'date_start': cls.now - timedelta(days=1), 'state': 'done',
            'result_id': cls.reached.id, **values})

    def _record(self, visit, **values):
        visit.action_record()
        visit.write({'result_id': self.reached.id, **values})
        visit.action_done()
        return visit
