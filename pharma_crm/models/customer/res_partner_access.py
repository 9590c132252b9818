from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from ..territory.pharma_alignment import OPEN_TYPES
from .res_partner import PERSON_GROUP


class ResPartner(models.Model):
    """Whose customer it is, and who sees it."""

    _inherit = 'res.partner'

    # What everybody sees, and what its author entered and nobody has aligned yet: parts of the
    # condition of pharma.access, each with an index of its own
    _pharma_open_idx = models.Index(
        "(id) WHERE pharma_type IS NULL OR pharma_type IN ('group', 'distributor', 'manufacturer')")
    _pharma_entered_idx = models.Index(
        "(create_uid) WHERE territory_id IS NULL AND pharma_type IS NOT NULL"
        " AND commercial_partner_id = id")

    territory_id = fields.Many2one(
        'pharma.territory', compute='_compute_territory_id',
        inverse='_inverse_territory_id', store=True, index='btree_not_null',
        domain="[('company_id', '=?', company_id)]", groups='base.group_user',
        help="The territory of today, of the first product line if there are several. A new one "
             "holds from today on")
    entity_territory_id = fields.Many2one(
        'pharma.territory', related='commercial_partner_id.territory_id',
        string="Territory of the Hospital", groups='base.group_user')
    alignment_ids = fields.One2many(
        'pharma.alignment', 'partner_id', string="Alignments",
        groups='pharma_crm.group_pharma_crm_user')
    owner_ids = fields.Many2many(
        'res.users', string="Responsible", compute='_compute_owner_ids', search='_search_owner_ids',
        groups='base.group_user',
        help="The representatives of the territories that the customer is aligned with today")

    share_ids = fields.One2many(
        'pharma.share', 'partner_id', string="Shared With", groups=PERSON_GROUP)

    pharma_access = fields.Boolean(
        compute='_compute_pharma_access', search='_search_pharma_access',
        export_string_translation=False, groups='base.group_user')
    pharma_work = fields.Boolean(
        compute='_compute_pharma_work', search='_search_pharma_work',
        export_string_translation=False, groups='base.group_user')
    pharma_responsible = fields.Boolean(
        compute='_compute_pharma_responsible', search='_search_pharma_responsible',
        export_string_translation=False, groups='base.group_user')

    def _auto_init(self):
        # Nobody is aligned yet: no computation for each of a million contacts
        if not column_exists(self.env.cr, 'res_partner', 'territory_id'):
            create_column(self.env.cr, 'res_partner', 'territory_id', 'int4')
        return super()._auto_init()

    # === COMPUTE === #

    @api.depends_context('uid')
    def _compute_pharma_access(self):
        self._compute_right('pharma_access')

    @api.depends_context('uid')
    def _compute_pharma_work(self):
        self._compute_right('pharma_work')

    @api.depends_context('uid')
    def _compute_pharma_responsible(self):
        self._compute_right('pharma_responsible')

    def _compute_right(self, name):
        allowed = set(self._search([('id', 'in', self._origin.ids), (name, '=', True)]))
        for partner in self:
            # What is being entered is its author's own
            partner[name] = not partner._origin or partner._origin.id in allowed

    @api.model
    def _search_pharma_access(self, operator, value):
        """Customers that the current user may see."""
        if operator != 'in':
            return NotImplemented
        return self.env['pharma.access']._partner_domain('read')

    @api.model
    def _search_pharma_work(self, operator, value):
        """Customers that the current user may change."""
        if operator != 'in':
            return NotImplemented
        return self.env['pharma.access']._partner_domain('work')

    @api.model
    def _search_pharma_responsible(self, operator, value):
        """Customers that the current user is responsible for by his territories."""
        return self.env['pharma.access']._responsible_domain() if operator == 'in' else (
            NotImplemented)

    @api.depends('alignment_ids.territory_id', 'alignment_ids.date_from', 'alignment_ids.date_to')
    def _compute_territory_id(self):
        for partner in self:
            # sudo: the main line is the same for everybody
            rows = partner.sudo().alignment_ids.filtered(lambda row: row.state == 'current')
            partner.territory_id = rows.sorted(lambda row: (
                row.company_id.id, row.product_line_id.id or 0, row._origin.id))[:1].territory_id

    def _inverse_territory_id(self):
        alignments = self.env['pharma.alignment']
        alignments.check_access('create')
        today = alignments._get_today()
        for partner in self:
            rows = partner.alignment_ids.filtered(lambda row: row.state == 'current')
            main = rows.sorted(lambda row: (row.product_line_id.id or 0, row.id))[:1]
            if main.territory_id != partner.territory_id:
                alignments._align(
                    partner.ids, partner.territory_id.id, main.product_line_id.id, today)

    @api.depends('alignment_ids.territory_id', 'alignment_ids.product_line_id')
    def _compute_owner_ids(self):
        access = self.env['pharma.access']
        access._flush()
        # As superuser: who sees a customer may know who is responsible for it
        rows = self.env.execute_query(SQL(
            "SELECT owned.partner_id, array_agg(DISTINCT owned.user_id) FROM (%s) owned"
            " WHERE owned.partner_id = ANY(%s) GROUP BY owned.partner_id",
            self._owned_sql(SQL("TRUE")), self.sudo().commercial_partner_id._origin.ids))
        owners = dict(rows)
        for partner in self:
            partner.owner_ids = [Command.set(
                owners.get(partner.sudo().commercial_partner_id._origin.id, []))]

    @api.model
    def _search_owner_ids(self, operator, value):
        if operator != 'in':
            return NotImplemented
        self.env['pharma.access']._flush()
        user_ids = [user_id for user_id in value if user_id]
        domain = Domain.custom(to_sql=lambda model, alias, query: SQL(
            "%s = ANY(ARRAY(SELECT partner_id FROM (%s) owned))",
            SQL.identifier(alias, 'commercial_partner_id'),
            self._owned_sql(SQL("g.user_id = ANY(%s)", user_ids))))
        if False in value:
            domain |= Domain.custom(to_sql=lambda model, alias, query: SQL(
                "NOT EXISTS (SELECT FROM (%s) owned WHERE owned.partner_id = %s)",
                self._owned_sql(SQL("TRUE")), SQL.identifier(alias, 'commercial_partner_id')))
        return domain

    @api.model
    def _owned_sql(self, condition):
        """Query of the customers for which somebody is responsible today, with his id.

        :param SQL condition: on the assignment ``g``
        :return: query of ``(partner_id, user_id)``
        """
        valid = self.env['pharma.access']._valid_sql
        return SQL(
            """ SELECT a.partner_id, g.user_id
                  FROM pharma_alignment a
                  JOIN pharma_territory_assignment g ON g.territory_id = a.territory_id
                   AND (g.product_line_id = a.product_line_id OR g.product_line_id IS NULL
                        OR a.product_line_id IS NULL)
                 WHERE g.role = 'representative' AND %s AND %s AND %s """,
            valid('a'), valid('g'), condition)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        if groupby_spec != 'owner_ids':
            return super()._read_group_groupby(alias, groupby_spec, query)
        # As Odoo groups by stored many2many fields: a customer stands with each of his owners
        self._check_field_access(self._fields['owner_ids'], 'read')
        self.env['pharma.access']._flush()
        owner = query.make_alias(alias, 'owner_ids')
        query.add_join(
            'LEFT JOIN', owner,
            SQL("(SELECT DISTINCT owned.* FROM (%s) owned)", self._owned_sql(SQL("TRUE"))),
            SQL("%s = %s", SQL.identifier(owner, 'partner_id'),
                SQL.identifier(alias, 'commercial_partner_id')))
        return SQL.identifier(owner, 'user_id')

    # === CRUD === #

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        partners = super().search_fetch(
            domain, field_names, offset=offset, limit=limit, order=order)
        if not self.env.su:
            # The rule was part of the query: reading them need not ask about each once more
            self._fields['pharma_access']._insert_cache(partners.sudo(), [True] * len(partners))
        return partners

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        self.env['pharma.access']._forget()
        partners._align_with_author()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(('parent_id', 'is_company', 'pharma_type')):
            self.env['pharma.access']._forget()
        return result

    # === ACTIONS === #

    def action_share(self):
        """Open the dialog that shares this customer with a colleague."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_share_action_new')
        return {**action, 'context': {'default_partner_id': self.id}}

    def action_realign(self):
        """Start a re-alignment of these customers; campuses, departments and persons mean their
        hospital.

        :return: the action that opens it
        :raise AccessError: unless the user may re-align
        """
        self.check_access('read')
        record = self.env['pharma.realignment'].create({
            'method': 'hand',
            # sudo: who sees a person may know his hospital
            'partner_ids': [Command.set(self.sudo().commercial_partner_id.ids)],
        })
        return {
            'type': 'ir.actions.act_window',
            'res_model': record._name,
            'res_id': record.id,
            'view_mode': 'form',
            'views': [(False, 'form')],
        }

    # === BUSINESS === #

    def _get_responsible(self):
        """Who is told what happens with each customer: the representative of its territory, the
        first of several; of a customer without territories Odoo's salesperson.

        :return: ``{partner: user}``; customers without anybody are left out
        :rtype: dict
        """
        found = {}
        for partner in self.sudo():  # whose customer it is, whether or not the reader may see it
            users = partner.owner_ids.sorted('id') or partner.user_id
            if user := users.filtered('active')[:1]:
                found[partner] = user
        return found

    def _align_with_author(self):
        """New customers entered by somebody with a territory belong to it, for his product line.

        A steward's or an import's belong to nobody until they are aligned.
        """
        access = self.env['pharma.access']
        entered = self.filtered(
            lambda partner: partner.commercial_partner_id == partner
            and partner.sudo().pharma_type and partner.sudo().pharma_type not in OPEN_TYPES
            and not partner.sudo().alignment_ids)
        if not entered or self.env.su or access._sees_all():
            return
        assignments = self.env['pharma.territory.assignment'].sudo().search([
            ('user_id', '=', self.env.uid), ('role', '=', 'representative'),
            ('state', '=', 'current')])
        # sudo: representatives do not align; this gives them nothing that they do not see already
        self.env['pharma.alignment'].sudo().create([{
            'partner_id': partner.id, 'territory_id': assignment.territory_id.id,
            'product_line_id': assignment.product_line_id.id, 'source': 'entry',
        } for partner in entered for assignment in assignments])
