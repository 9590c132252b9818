from datetime import datetime, time, timedelta

from odoo.fields import Command
from odoo.tools import SQL

from ..common_territory import TerritoryCase


class HandoverCase(TerritoryCase):
    """A representative with work, a colleague who may get it, their manager and a director.

    The representative works in ``area_a``, the colleague in ``area_b``, the area manager manages
    ``region`` above both; ``user_director`` sees all. Helpers make things that he owns.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old, cls.new = cls.user_representative, cls.colleague
        cls.manager = cls.user_area_manager
        cls.old_post = cls._assign(cls.old, cls.area_a, date_from=cls.begin)
        cls.new_post = cls._assign(cls.new, cls.area_b, date_from=cls.begin)
        cls._assign(cls.manager, cls.region, role='manager', date_from=cls.begin)

    @classmethod
    def _make_lead(cls, **values):
        return cls.env['crm.lead'].create({
            'name': "新院开发", 'type': 'opportunity', 'partner_id': cls.hospital_a.id,
            'user_id': cls.old.id, **values})

    @classmethod
    def _make_visit(cls, days=3, **values):
        start = datetime.combine(cls.today + timedelta(days=days), time(2))
        return cls.env['pharma.visit'].create({
            'partner_id': cls.hospital_a.id, 'user_id': cls.old.id, 'date_start': start, **values})

    @classmethod
    def _make_activity(cls, record, days=1, **values):
        return record.activity_schedule(
            'mail.mail_activity_data_todo', user_id=cls.old.id, summary="回电话",
            date_deadline=cls.today + timedelta(days=days), **values)

    def _make_handover(self, user=None, **values):
        return self.env['pharma.handover'].with_user(user or self.manager).create({
            'user_id': self.old.id, 'to_user_id': self.new.id, **values})

    def _hand_over(self, user=None, **values):
        """A handover, previewed and done."""
        handover = self._make_handover(user, **values)
        handover.action_preview()
        handover.action_apply()
        return handover

    def _results(self, handover, key):
        """{record id: (result, refusal or False)} of a kind."""
        return {line.res_id: (line.result, line.refusal)
                for line in handover.sudo().line_ids if line.key == key}

    def _counts(self, handover):
        """{key: how many move} of the lines."""
        counts = {}
        for line in handover.sudo().line_ids:
            if line.result in ('move', 'moved'):
                counts[line.key] = counts.get(line.key, 0) + 1
        return counts

    def _snapshot(self):
        """Everything that a handover may change, as the database has it."""
        self.env.cr.flush()     # with what waits for the end of the transaction
        tables = sorted({self.env[kind.model]._table
                         for kind in self.env['pharma.handover']._get_kinds()}
                        | {'pharma_alignment', 'calendar_attendee'})
        dump = {}
        for table in tables:
            self.env.cr.execute(SQL(
                "SELECT jsonb_agg(to_jsonb(t) - 'write_date' - 'write_uid' ORDER BY id) FROM %s t",
                SQL.identifier(table)))
            dump[table] = self.env.cr.fetchone()[0]
        for model, name in (('calendar.event', 'partner_ids'), ('tier.review', 'reviewer_ids'),
                            ('mail.followers', 'subtype_ids'),
                            ('res.company', 'pharma_support_user_ids')):
            field = self.env[model]._fields[name]
            self.env.cr.execute(SQL(
                "SELECT * FROM %s ORDER BY 1, 2", SQL.identifier(field.relation)))
            dump[field.relation] = self.env.cr.fetchall()
        return dump

    def assertSame(self, before):
        """Nothing differs from a snapshot; the message names table, row and columns."""
        now = self._snapshot()
        for table, rows in before.items():
            found = [
                (row, then) for row, then in zip(now[table] or [], rows or [], strict=True)
                if row != then]
            told = [
                {name: (row[name], then[name]) for name in ('id', *row) if row[name] != then[name]}
                if isinstance(row, dict) else (row, then) for row, then in found]
            self.assertFalse(told, table)

    @classmethod
    def _make_work(cls):
        """One thing of each kind that the representative can own; key -> record."""
        return {**cls._make_customers(), **cls._make_plans(), **cls._make_odoo_work()}

    @classmethod
    def _make_customers(cls):
        free = cls.hospital_free
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE res_partner SET create_uid = %s WHERE id = %s",
                           [cls.old.id, free.id])
        free.invalidate_recordset()
        cls.hospital_b.user_id = cls.old
        return {
            'assignment': cls.old_post,
            'entered': free,
            'customer': cls.hospital_b,
            'share': cls.env['pharma.share'].create({
                'partner_id': cls.hospital_x.id, 'user_id': cls.old.id, 'mode': 'work',
                'shared_by_id': cls.user_director.id}),
            'delegation': cls.env['pharma.delegation'].create({
                'user_id': cls.user_product_manager.id, 'delegate_id': cls.old.id,
                'date_to': cls.today + timedelta(days=2)}),
        }

    @classmethod
    def _make_plans(cls):
        monday = cls.today - timedelta(days=cls.today.weekday()) + timedelta(days=14)
        return {
            'week': cls.env['pharma.week'].create({'user_id': cls.old.id, 'date_from': monday}),
            'visit': cls._make_visit(days=(monday - cls.today).days + 1),
            'companion': cls._make_visit(user_id=cls.manager.id, companion_id=cls.old.id),
            'support_own': cls.env['pharma.support.request'].create({
                'name': "请支持", 'partner_id': cls.hospital_a.id, 'user_id': cls.old.id,
                'manager_id': cls.manager.id}),
        }

    @classmethod
    def _make_odoo_work(cls):
        env = cls.env
        lead = cls._make_lead()
        lead.message_subscribe(cls.old.partner_id.ids)
        level = env['tier.definition'].create({
            'name': "审批", 'model_id': env['ir.model']._get_id('crm.lead'),
            'review_type': 'individual', 'reviewer_id': cls.old.id})
        start = datetime.combine(cls.today + timedelta(days=5), time(2))
        team = env['crm.team'].create({'name': "一队", 'user_id': cls.old.id})
        return {
            'lead': lead,
            'order': env['sale.order'].create({
                'partner_id': cls.hospital_a.id, 'user_id': cls.old.id}),
            'activity': cls._make_activity(lead),
            'review': env['tier.review'].create({
                'model': 'crm.lead', 'res_id': lead.id, 'definition_id': level.id}),
            'event': env['calendar.event'].create({
                'name': "周例会", 'user_id': cls.old.id, 'start': start,
                'stop': start + timedelta(hours=1),
                'partner_ids': [Command.set((cls.old | cls.manager).partner_id.ids)]}),
            'team': team,
            'member': env['crm.team.member'].create({
                'crm_team_id': team.id, 'user_id': cls.old.id}),
        }
