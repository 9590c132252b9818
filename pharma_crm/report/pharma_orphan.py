from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.setup.pharma_health_people import FIELD_ROLES

# Room for the kinds in the ids of rows
KINDS_AT_MOST = 100


class PharmaOrphan(models.Model):
    """Work that has nobody: its owner has left or has no territory, or a territory has nobody.

    Rows come from the same list of kinds as handovers, so that what one of them forgets the other
    forgets as well, and the test of the list finds it.
    """

    _name = 'pharma.orphan'
    _description = "Work without Owner"
    _auto = False
    _order = 'user_id, key, id'
    _rec_name = 'name'

    key = fields.Selection(
        lambda self: self.env['pharma.handover']._select_kinds(), string="Kind", readonly=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(string="Record", model_field='res_model', readonly=True)
    user_id = fields.Many2one('res.users', string="Was Owned By", readonly=True)
    company_id = fields.Many2one('res.company', readonly=True)
    reason = fields.Selection([
        ('inactive', "The Owner Is Archived"),
        ('unassigned', "The Owner Has No Territory"),
        ('nobody', "A Territory without Representative"),
    ], string="Why", readonly=True)
    name = fields.Char(string="What", compute='_compute_name')

    def _search(self, domain, *args, **kwargs):
        # Rows come from thirty tables
        self.env.flush_all()
        return super()._search(domain, *args, **kwargs)

    @property
    def _table_query(self):
        handover = self.env['pharma.handover']
        parts = [self._kind_sql(kind, number) for number, kind in enumerate(handover._get_kinds())
                 if kind.blocks]
        return SQL("%s UNION ALL %s", SQL(" UNION ALL ").join(parts), self._territories_sql())

    def _kind_sql(self, kind, number):
        """Query of the rows of one kind whose owner does not work any more.

        :param int number: of the kind, below ``KINDS_AT_MOST``
        :rtype: SQL
        """
        # sudo: who may read this report may know of all of it; rules of the report follow
        model = self.env[kind.model].sudo()
        field = model._fields[kind.field]
        query = model._search(kind.domain & Domain(kind.field, '!=', False))
        company = SQL("NULL::int")
        if 'company_id' in model._fields and model._fields['company_id'].store:
            company = model._field_to_sql(model._table, 'company_id', query)
        record = SQL.identifier(model._table, 'id')
        if field.type == 'many2many':
            owned = SQL(
                "SELECT own.id, own.company_id, link.%s AS owner FROM (%s) own JOIN %s link"
                " ON link.%s = own.id", SQL.identifier(field.column2),
                query.select(record, SQL("%s AS company_id", company)),
                SQL.identifier(field.relation), SQL.identifier(field.column1))
        else:
            owned = query.select(
                record, SQL("%s AS company_id", company),
                SQL("%s AS owner", model._field_to_sql(model._table, kind.field, query)))
        owner = SQL("u.id") if field.comodel_name == 'res.users' else SQL("u.partner_id")
        return SQL(
            """ SELECT owned.id::bigint * %(room)s + %(number)s AS id, %(key)s AS key,
                       %(model)s AS res_model, owned.id AS res_id, u.id AS user_id,
                       owned.company_id,
                       CASE WHEN u.active THEN 'unassigned' ELSE 'inactive' END AS reason
                  FROM (%(owned)s) owned
                  JOIN res_users u ON %(owner)s = owned.owner AND u.id != %(root)s
                   AND u.share IS NOT TRUE
                 WHERE NOT u.active OR (
                       EXISTS (SELECT FROM res_groups_users_rel g
                                WHERE g.uid = u.id AND g.gid = ANY(%(roles)s))
                   AND NOT EXISTS (SELECT FROM pharma_territory_assignment a
                                    WHERE a.user_id = u.id AND %(valid)s)) """,
            room=KINDS_AT_MOST, number=number, key=kind.key, model=kind.model, owned=owned,
            owner=owner, root=SUPERUSER_ID, roles=self._get_field_roles(),
            valid=self.env['pharma.access']._valid_sql('a'))

    def _get_field_roles(self):
        return [self.env.ref(xmlid).id for xmlid in FIELD_ROLES]

    def _territories_sql(self):
        """Query of territories that have customers today, and no representative."""
        valid = self.env['pharma.access']._valid_sql
        return SQL(
            """ SELECT t.id::bigint * %(room)s + %(room)s - 1, 'assignment', 'pharma.territory',
                       t.id, NULL::int, t.company_id, 'nobody'
                  FROM pharma_territory t
                 WHERE t.active
                   AND EXISTS (SELECT FROM pharma_alignment b
                                WHERE b.territory_id = t.id AND %(aligned)s)
                   AND NOT EXISTS (
                       SELECT FROM pharma_territory_assignment a JOIN res_users u
                           ON u.id = a.user_id AND u.active
                        WHERE a.territory_id = t.id AND a.role = 'representative'
                          AND %(assigned)s) """,
            room=KINDS_AT_MOST, aligned=valid('b'), assigned=valid('a'))

    def _compute_name(self):
        """Names of what the user may read; the rest is counted."""
        kinds = {kind.key: kind for kind in self.env['pharma.handover']._get_kinds()}
        for (model, key), orphans in self.grouped(
                lambda orphan: (orphan.res_model, orphan.key)).items():
            records = self.env[model].browse(orphans.mapped('res_id')).exists()
            # sudo: of what the user reads, also where the name tells of what is linked
            records = records._filtered_access('read').sudo()
            names = self.env['pharma.handover']._get_names(kinds[key], records) if (
                kinds[key].model == model) else {
                    record.id: record.display_name for record in records}
            for orphan in orphans:
                orphan.name = names.get(orphan.res_id) or False

    # === ACTIONS === #

    def action_hand_over(self):
        """Open a new handover of the owner; of a territory without anybody, the territory.

        :raise AccessError: for who may not
        """
        self.ensure_one()
        if self.user_id:
            return self.env['pharma.handover']._get_new_action(self.user_id)
        return self.action_open()

    def action_open(self):
        """Open the record.

        :raise UserError: if it was deleted since
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("It was deleted since."))
        record.check_access('read')
        return record._get_records_action()
