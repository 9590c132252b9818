# pylint: disable=translation-required  # texts that people wrote
import base64
import io
import json
from collections import Counter

from PIL import Image

from odoo import Command
from odoo.tools import SQL

from ..common import PharmaCrmCommon

# The journal, queues, and counters of the server: no data of customers.
OTHER_TABLES = {
    'pharma_merge', 'pharma_merge_line', 'pharma_merge_source_rel', 'queue_job', 'bus_bus',
    'ir_cron', 'ir_cron_trigger', 'ir_cron_progress', 'pharma_flow_customer_change'}
# What the program itself is made of, too long to be read twice; a merge changes these alone.
PROGRAM = ('ir_', 'base_')
READ_PROGRAM = {'ir_attachment', 'ir_model_data', 'ir_default'}


class MergeCommon(PharmaCrmCommon):
    """Customers with much hanging on them, and dumps of the database to compare.

    Resources: ``keep`` and ``twin``, two hospitals that are one, each with a department of the same
    name and a person of the same name in it; helpers ``_merge``, ``_dump``, ``assertSameDump``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.merges = cls.env['pharma.merge']
        cls.keep = cls._create_hospital(
            name="澄江市人民医院", ref="CJ1", street="人民路1号", hospital_level='3')
        cls.twin = cls._create_hospital(
            name="澄江市第一人民医院", ref="CJ2", phone="0877-6661234", hospital_level='2',
            website="https://cj.example.com")
        cls.department = cls._create_department(cls.keep)
        cls.twin_department = cls._create_department(cls.twin)
        cls.person = cls._create_person(cls.department)
        cls.twin_person = cls._create_person(cls.twin_department, phone="13900001111")
        cls.env.flush_all()

    @classmethod
    def _merge(cls, keep=None, sources=None, **options):
        merge = cls.merges._merge(keep or cls.keep, sources or cls.twin, **options)
        cls.env.flush_all()
        return merge

    @classmethod
    def _load(cls, partner):
        """Hang a record of many kinds on a customer.

        :return: the order
        """
        env = cls.env
        partner.message_post(body="电话沟通", message_type='comment')
        partner.message_subscribe(cls.user_internal.partner_id.ids)
        partner.activity_schedule('mail.mail_activity_data_todo', summary="回访")
        env['ir.attachment'].create({
            'name': "合同.txt", 'raw': b'x', 'res_model': 'res.partner', 'res_id': partner.id})
        env['crm.lead'].create({'name': "阿托伐他汀进院", 'partner_id': partner.id})
        env['calendar.event'].create({
            'name': "科会", 'start': '2026-03-02 02:00:00', 'stop': '2026-03-02 03:00:00',
            'partner_ids': [Command.set([partner.id, cls.user_internal.partner_id.id])]})
        env['res.partner.bank'].create({'acc_number': "6222 0000 1111", 'partner_id': partner.id})
        cls._create_alias(name=f"{partner.complete_name}{partner.id}老院", partner_id=partner.id)
        partner.category_id = [Command.link(cls._tag().id)]
        product = cls._create_product().product_variant_id
        return env['sale.order'].create({
            'partner_id': partner.id,
            'order_line': [Command.create({'product_id': product.id, 'product_uom_qty': 3})]})

    @classmethod
    def _tag(cls):
        tags = cls.env['res.partner.category']
        return tags.search([('name', '=', "重点")]) or tags.create({'name': "重点"})

    # === DUMPS === #

    @classmethod
    def _dump(cls):
        """All rows of all tables, except when and by whom they were written.

        :return: ``{table: Counter of rows as texts}``
        """
        cls.env.flush_all()
        cls.env.cr.execute("""
            SELECT relname FROM pg_class WHERE relkind = 'r'
               AND relnamespace = current_schema::regnamespace AND relpersistence = 'p'""")
        return {table: cls._dump_table(table) for table, in cls.env.cr.fetchall()
                if table not in OTHER_TABLES
                and (table in READ_PROGRAM or not table.startswith(PROGRAM))}

    @classmethod
    def _dump_table(cls, table):
        ignored = ['write_date', 'write_uid']
        condition = SQL("TRUE")
        if table == 'pharma_search_name':
            ignored.append('id')  # rows of an index: written anew
        elif table in ('mail_message', 'mail_followers'):
            # what is said on the merge itself belongs to the journal
            column = 'model' if table == 'mail_message' else 'res_model'
            condition = SQL("%s IS DISTINCT FROM 'pharma.merge'", SQL.identifier(column))
        elif table == 'mail_followers_mail_message_subtype_rel':
            condition = SQL("mail_followers_id IN (SELECT id FROM mail_followers"
                            " WHERE res_model != 'pharma.merge')")
        cls.env.cr.execute(SQL(
            "SELECT (to_jsonb(t) - %s::text[])::text FROM %s t WHERE %s",
            ignored, SQL.identifier(table), condition))
        return Counter(row for row, in cls.env.cr.fetchall())

    def assertSameDump(self, before, after=None, without=()):
        """Two dumps are the same.

        :param without: texts of rows that came since, which do not count
        """
        after = after or self._dump()
        for table in sorted(before.keys() | after.keys()):
            gone, come = before[table] - after[table], after[table] - before[table]
            come = [row for row in come if not any(text in row for text in without)]
            self.assertFalse(self._tell(gone, come), table)

    def _tell(self, gone, come):
        """What differs between rows, in a few words."""
        told = []
        rows = {json.loads(row).get('id'): json.loads(row) for row in gone}
        for text in come:
            row = json.loads(text)
            old = rows.pop(row.get('id'), None)
            told.append(row if old is None else {
                name: (old[name], value) for name, value in row.items()
                if name == 'id' or old[name] != value})
        return told + [{'gone': row} for row in rows.values()]

    @staticmethod
    def _picture(number):
        """A small picture, of a colour of its own."""
        buffer = io.BytesIO()
        Image.new('RGB', (8, 8), (40 * number, 99, 200)).save(buffer, 'PNG')
        return base64.b64encode(buffer.getvalue())
