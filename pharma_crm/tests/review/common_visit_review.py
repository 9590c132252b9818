from datetime import datetime, time, timedelta

import pytz

from odoo.fields import Command
from odoo.tests import new_test_user

from ..common_territory import TerritoryCase


class VisitReviewCase(TerritoryCase):
    """People of two areas and their calls.

    ===================  ====================================================
    华东大区 (region)     ``upper`` (manager of all below)
    海州地区 (area_a)     ``user_area_manager``, ``user_representative``
    临川地区 (area_b)     ``colleague``
    云岭地区 (area_x)     ``other_manager``, ``stranger``
    ===================  ====================================================

    ``_call(user, hospital, **values)`` records a call of yesterday, ten o'clock.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        manager = 'pharma_crm.group_pharma_crm_area_manager'
        cls.upper, cls.other_manager = (new_test_user(
            cls.env, login=login, password=login, groups=manager, tz='Asia/Shanghai')
            for login in ('pharma_upper', 'pharma_other_manager'))
        cls.stranger = new_test_user(
            cls.env, login='pharma_stranger', tz='Asia/Shanghai',
            groups='pharma_crm.group_pharma_crm_representative')
        begin = cls.begin - timedelta(days=100)
        for user, territory, role in (
                (cls.upper, cls.region, 'manager'),
                (cls.user_area_manager, cls.area_a, 'manager'),
                (cls.user_representative, cls.area_a, 'representative'),
                (cls.colleague, cls.area_b, 'representative'),
                (cls.other_manager, cls.area_x, 'manager'),
                (cls.stranger, cls.area_x, 'representative')):
            cls._assign(user, territory, role=role, date_from=begin)
        cls.department_a = cls._create_department(cls.hospital_a)
        cls.doctor = cls._create_person(cls.department_a, name="林知远")
        cls.purpose = cls.env.ref('pharma_crm.pharma_visit_purpose_inform')
        cls.result = cls.env.ref('pharma_crm.pharma_visit_result_reached')
        cls.drug = cls._create_product().product_variant_id
        # The jobs are tried by hand; those that others left may be running
        cls.env['queue.job'].search([('date_created', '>=', cls.env.cr.now())]).unlink()

    @classmethod
    def _at(cls, days=-1, hour=10, minute=0):
        """A moment of the company's day, in UTC."""
        zone = pytz.timezone(cls.env['pharma.access']._get_zone())
        local = zone.localize(datetime.combine(
            cls.today + timedelta(days=days), time(hour, minute)))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    @classmethod
    def _call(cls, user=None, partner=None, days=-1, hour=10, minute=0, **values):
        user = user or cls.user_representative
        start = cls._at(days, hour, minute)
        # sudo: when a call was recorded is written by the program
        return cls.env['pharma.visit'].with_user(user).sudo().create({
            'partner_id': (partner or cls.doctor).id, 'state': 'done', 'duration': 20,
            'date_start': start, 'recorded_at': start + timedelta(minutes=20), **values,
        }).with_env(cls.env)

    @classmethod
    def _full_call(cls, **values):
        """A call with everything in its record."""
        visit = cls._call(
            state='planned', recorded_at=False, purpose_id=cls.purpose.id,
            product_ids=[
                Command.create({'product_id': cls.drug.id, 'message': "餐后服用"})], **values)
        visit.product_ids.reaction = 'positive'
        visit.recorded_at = visit.date_end
        # It was entered before it took place
        visit.is_planned = True
        visit.with_user(visit.user_id).write({
            'state': 'done', 'result_id': cls.result.id, 'summary': "介绍了新的用法用量",
            'need': "想了解长期安全性数据", 'solution': "下周带来文献",
            'revisit_date': cls.today + timedelta(days=7)})
        return visit
