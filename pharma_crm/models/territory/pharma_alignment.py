from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..customer.res_partner import PHARMA_TYPES

ALIGNMENT_SOURCES = [
    ('hand', "By Hand"),
    ('rule', "By Rule"),
    ('file', "From a File"),
    ('entry', "Entered by a Representative"),
]
# A distributor, manufacturer or group is nobody's territory: all roles see these.
OPEN_TYPES = ('group', 'distributor', 'manufacturer')
# These go with their hospital.
BELOW_TYPES = ('campus', 'department')
# Kinds of customers that rules choose by; persons go with their hospital, too, if they have one.
ALIGNMENT_TYPES = [
    (kind, label) for kind, label in PHARMA_TYPES
    if kind not in (*OPEN_TYPES, *BELOW_TYPES, 'person')]
ALIGNMENT_DOMAIN = [
    ('pharma_type', 'not in', (False, *BELOW_TYPES, *OPEN_TYPES)), ('parent_id', '=', False)]
# Of the rows of ``_owner_sql``, the first counts.
OWNER_ORDER = "a.product_line_id NULLS LAST, a.id, g.product_line_id NULLS LAST, g.id"


class PharmaAlignment(models.Model):
    """A customer belongs to a territory (划分), from a day to a day, for one product line or all.

    Several teams on one hospital are the normal case: one row per product line. The campuses,
    departments and persons of a hospital go with it.
    """

    _name = 'pharma.alignment'
    _description = "Alignment"
    _inherit = ['pharma.period.mixin', 'pharma.access.mixin']
    _order = 'partner_id, product_line_id NULLS FIRST, date_from DESC, id'
    _check_company_auto = True

    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "An alignment cannot end before it begins.")
    # Ranges of one number: the database compares these without an extension
    _overlap_excl = models.Constraint(
        "EXCLUDE USING gist (int4range(partner_id, partner_id, '[]') WITH =,"
        " int4range(territory_id, territory_id, '[]') WITH =,"
        " int4range(COALESCE(product_line_id, 0), COALESCE(product_line_id, 0), '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)",
        "This customer is aligned with this territory at this time already.")
    # Asked at every look at customers: answered from the index alone
    _access_idx = models.Index(
        '(territory_id) INCLUDE (partner_id, product_line_id, date_from, date_to)')

    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, ondelete='cascade',
        domain=ALIGNMENT_DOMAIN)
    territory_id = fields.Many2one(
        'pharma.territory', required=True, index=True, ondelete='restrict', check_company=True)
    company_id = fields.Many2one(related='territory_id.company_id', store=True, index=True)
    product_line_id = fields.Many2one(
        'product.category', index='btree_not_null', ondelete='restrict',
        domain=[('is_product_line', '=', True)], help="Empty: all product lines")
    source = fields.Selection(ALIGNMENT_SOURCES, required=True, readonly=True, default='hand')
    # the customer's, to search and group by
    state_id = fields.Many2one(related='partner_id.state_id', string="Province")
    pharma_city_id = fields.Many2one(related='partner_id.pharma_city_id', string="City")
    pharma_type = fields.Selection(related='partner_id.pharma_type', string="Customer Type")
    hospital_level = fields.Selection(related='partner_id.hospital_level', string="Level")
    user_ids = fields.Many2many(
        'res.users', string="Responsible", compute='_compute_user_ids', compute_sudo=True,
        help="Who works for this product line in the territory today")

    # === COMPUTE === #

    @api.depends('partner_id', 'territory_id', 'product_line_id')
    def _compute_display_name(self):
        for alignment in self:
            parts = (
                alignment.partner_id.name, alignment.territory_id.name,
                alignment.product_line_id.name)
            alignment.display_name = ", ".join(part for part in parts if part)

    @api.depends('territory_id.assignment_ids.user_id', 'product_line_id')
    def _compute_user_ids(self):
        for alignment in self:
            line = alignment.product_line_id
            assignments = alignment.territory_id._get_current('representative')
            alignment.user_ids = assignments.filtered(
                lambda assignment, line=line: not line or not assignment.product_line_id
                or assignment.product_line_id == line).user_id

    # === CONSTRAINTS === #

    @api.constrains('partner_id')
    def _check_partner(self):
        for partner in self.partner_id:
            if partner.commercial_partner_id != partner:
                raise ValidationError(self.env._(
                    "%(name)s goes with %(hospital)s: align that one.", name=partner.name,
                    hospital=partner.commercial_partner_id.name))
            if not partner.pharma_type or partner.pharma_type in OPEN_TYPES:
                raise ValidationError(self.env._(
                    "%s is not a customer of a territory.", partner.name))

    @api.constrains('product_line_id')
    def _check_product_line(self):
        for alignment in self:
            line = alignment.product_line_id
            if line and not line.is_product_line:
                raise ValidationError(self.env._(
                    "%s is no product line: tick \"Product Line\" on this category.",
                    line.display_name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        alignments = super().create(vals_list)
        self._refresh_territories(alignments.partner_id.ids)
        return alignments

    def write(self, vals):
        before = self.partner_id
        result = super().write(vals)
        self._refresh_territories((before | self.partner_id).ids)
        return result

    def unlink(self):
        partners = self.partner_id
        result = super().unlink()
        self._refresh_territories(partners.exists().ids)
        return result

    # === BUSINESS === #

    @api.model
    def _refresh_territories(self, partner_ids=None):
        """Write on customers the territory that they belong to today, for lists and groupings.

        Of several, that of the row for all lines, else of the first product line. Named customers
        are written even if theirs stays the same: so two transactions that align one customer at
        the same time do not miss each other.

        :param partner_ids: ids of customers; None: all, as the nightly job does
        """
        self.env['pharma.access']._forget()
        self.flush_model()
        self.env['res.partner'].flush_model(['territory_id'])
        today = self._get_today()
        some = SQL("TRUE") if partner_ids is None else SQL(
            "partner_id = ANY(%s)", list(partner_ids))
        some_partners = SQL("territory_id IS NOT NULL") if partner_ids is None else SQL(
            "id = ANY(%s)", list(partner_ids))
        changed = SQL("TRUE") if partner_ids is not None else SQL(
            "res_partner.territory_id IS DISTINCT FROM wanted.territory_id")
        self.env.cr.execute(SQL(
            """ WITH main AS (
                    SELECT DISTINCT ON (partner_id) partner_id, territory_id
                      FROM pharma_alignment
                     WHERE %(some)s AND date_from <= %(today)s
                       AND (date_to IS NULL OR date_to >= %(today)s)
                  ORDER BY partner_id, company_id, product_line_id NULLS FIRST, id
                ), wanted AS (
                    SELECT COALESCE(main.partner_id, p.id) AS id, main.territory_id
                      FROM main
                 FULL JOIN (SELECT id FROM res_partner WHERE %(some_partners)s) p
                        ON p.id = main.partner_id
                )
                UPDATE res_partner SET territory_id = wanted.territory_id
                  FROM wanted
                 WHERE res_partner.id = wanted.id AND %(changed)s """,
            some=some, some_partners=some_partners, today=today, changed=changed))
        self.env['res.partner'].invalidate_model(['territory_id', 'owner_ids'])
        if partner_ids is not None:
            self._after_change(partner_ids)

    @api.model
    def _after_change(self, partner_ids):
        """Hook: customers belong to other territories or people than before.

        :param list[int] partner_ids: customers, hospitals as a whole
        """

    @api.model
    def _owner_sql(self, partner, product_line, date, company):
        """Joins of the territory and the representative of customers on a day: of an alignment
        ``a`` and an assignment ``g``, both perhaps empty.

        Several may hold on one day; the first counts in the order of ``OWNER_ORDER``: those for
        the line itself go before those for all lines. Joins, since a million rows are asked about
        at once: the database then reads the alignments once, and not for every row.

        :param SQL partner: id of the customer, a hospital as a whole
        :param SQL product_line: id of the product line, or null
        :param SQL date: the day
        :param SQL company: id of the company
        :rtype: SQL
        """
        return SQL(
            """ LEFT JOIN pharma_alignment a
                       ON a.partner_id = %(partner)s AND a.company_id = %(company)s
                      AND (a.product_line_id = %(line)s OR a.product_line_id IS NULL)
                      AND a.date_from <= %(date)s AND (a.date_to IS NULL OR a.date_to >= %(date)s)
                LEFT JOIN pharma_territory_assignment g
                       ON g.territory_id = a.territory_id AND g.role = 'representative'
                      AND (g.product_line_id = %(line)s OR g.product_line_id IS NULL)
                      AND g.date_from <= %(date)s AND (g.date_to IS NULL OR g.date_to >= %(date)s)
            """, partner=partner, line=product_line, date=date, company=company)

    @api.model
    def _cron_refresh_territories(self):
        """Alignments that begin or end today show in lists; rights do not wait for this."""
        self._refresh_territories()
