from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ...tools.names import pinyin_key
from ..territory.pharma_alignment import OPEN_TYPES


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'pharma.search.mixin']

    _search_name_columns = frozenset((
        'name', 'complete_name', 'pinyin_key', 'pharma_type', 'commercial_partner_id', 'email',
        'ref', 'vat', 'company_registry'))
    _search_name_sort = 'pinyin_key'
    _search_name_kind = 'pharma_type'
    _search_name_owner = 'commercial_partner_id'

    pinyin_key = fields.Char(
        string="Pinyin", compute='_compute_pinyin_key', store=True, index=True, copy=False,
        export_string_translation=False, groups='base.group_user',
        help="Lists sort by it: the database knows no Chinese order")

    def _auto_init(self):
        """A new stored computed field would be computed record by record for all contacts; the
        keys are written in bulk when the names are indexed.

        The database compares its commonest values of a column with each of the thousands of
        customers whom a manager sees, in every plan: ten instead of a hundred make his pages a
        third faster.
        """
        self.env.cr.execute(
            "ALTER TABLE res_partner ALTER COLUMN commercial_partner_id SET STATISTICS 10")
        if not column_exists(self.env.cr, 'res_partner', 'pinyin_key'):
            create_column(self.env.cr, 'res_partner', 'pinyin_key', 'varchar')
        return super()._auto_init()

    @api.depends('complete_name')
    def _compute_pinyin_key(self):
        for partner in self:
            partner.pinyin_key = self._pinyin_key_of(partner.complete_name)

    @api.model
    def _pinyin_key_of(self, complete_name):
        """Key of a name with those of its superiors before it: who belongs to a hospital follows
        it at once, before hospitals with longer names.
        """
        return '\t'.join(pinyin_key(name) for name in (complete_name or '').split(', '))

    # === SEARCH === #

    @api.model
    def _search_name_sources(self, record_ids):
        # The doctors of a hospital are not found by its name alone; plain contacts are, as in Odoo.
        return SQL(
            """ SELECT id, 'name', CASE WHEN pharma_type IS NULL THEN complete_name ELSE name END,
                       pinyin_key, pharma_type, %(owner)s
                  FROM res_partner p WHERE id = ANY(%(ids)s)
             UNION ALL
                SELECT p.id, 'code', code.value, p.pinyin_key, p.pharma_type, %(owner)s
                  FROM res_partner p,
                       LATERAL (VALUES (p.email), (p.ref), (p.vat), (p.company_registry))
                            AS code(value)
                 WHERE p.id = ANY(%(ids)s) AND code.value != ''
             UNION ALL
                SELECT a.partner_id, 'alias', a.name, p.pinyin_key, p.pharma_type, %(owner)s
                  FROM pharma_alias a JOIN res_partner p ON p.id = a.partner_id
                 WHERE a.status = 'confirmed' AND a.automatic IS NOT TRUE
                   AND a.partner_id = ANY(%(ids)s) """,
            ids=record_ids, owner=self._search_name_owner_sql())

    @api.model
    def _search_name_owner_sql(self):
        """Of the names of a contact ``p``: the id of the customer on which it depends who sees
        them; NULL: everybody does.

        :rtype: SQL
        """
        return SQL(
            "CASE WHEN p.pharma_type IS NOT NULL AND p.pharma_type NOT IN %s"
            " THEN p.commercial_partner_id END", OPEN_TYPES)

    @api.model
    def _search_name_prepare(self, record_ids):
        cr = self.env.cr
        cr.execute("SELECT id, complete_name, pinyin_key FROM res_partner WHERE id = ANY(%s)",
                   [record_ids])
        wrong = [
            (partner_id, new_key) for partner_id, name, old_key in cr.fetchall()
            if (new_key := self._pinyin_key_of(name)) != old_key
        ]
        if wrong:
            cr.execute(
                """ UPDATE res_partner SET pinyin_key = new.key
                      FROM unnest(%s::int[], %s::text[]) AS new(id, key)
                     WHERE res_partner.id = new.id """,
                [*map(list, zip(*wrong, strict=True))])
        self.browse(record_ids).invalidate_recordset(['pinyin_key'], flush=False)

    @api.model
    def _search_name_order(self):
        # On orders and invoices those who bought or delivered before come first.
        if self.env.context.get('res_partner_search_mode') in ('customer', 'supplier'):
            return self._order
        return super()._search_name_order()

    @api.model
    def _search_name_visible(self):
        return None if self.env.su else self.env['pharma.access']._count_visible()

    @api.model
    def _search_name_visible_sql(self, alias):
        return None if self.env.su else self.env['pharma.access']._search_name_sql(alias)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        if field_name == 'pinyin_key' and self._search_name_sees_few():
            # The database would seek them through the whole index of this key
            return SQL("(%s || '') %s %s", self._field_to_sql(alias, field_name, query),
                       direction, nulls)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)
