from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

ASSIGNMENT_ROLES = [
    ('representative', "Representative"),
    ('manager', "Manager"),
    ('product_manager', "Product Manager"),
]


class PharmaTerritoryAssignment(models.Model):
    """A person works in a territory (任命), with a role, for one product line or for all.

    A representative is responsible for the customers of this territory, a manager for those of all
    territories below as well; a product manager reads what his line has there.
    """

    _name = 'pharma.territory.assignment'
    _description = "Territory Assignment"
    _inherit = ['pharma.period.mixin']
    _order = 'territory_id, role, date_from DESC, id'
    _check_company_auto = True

    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "An assignment cannot end before it begins.")
    # Ranges of one number: the database compares these without an extension
    _overlap_excl = models.Constraint(
        "EXCLUDE USING gist (int4range(territory_id, territory_id, '[]') WITH =,"
        " int4range(user_id, user_id, '[]') WITH =,"
        " int4range(COALESCE(product_line_id, 0), COALESCE(product_line_id, 0), '[]') WITH =,"
        " numrange(ascii(role), ascii(role), '[]') WITH =,"
        " daterange(date_from, date_to, '[]') WITH &&)",
        "This person has the same role in this territory at this time already.")
    # Asked at every look at customers
    _user_idx = models.Index('(user_id, territory_id)')

    territory_id = fields.Many2one(
        'pharma.territory', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(related='territory_id.company_id', store=True, index=True)
    user_id = fields.Many2one(
        'res.users', required=True, index=True, ondelete='restrict',
        domain="[('share', '=', False), ('company_ids', '=', company_id)]")
    role = fields.Selection(ASSIGNMENT_ROLES, required=True, default='representative')
    product_line_id = fields.Many2one(
        'product.category', index='btree_not_null', ondelete='restrict',
        domain="[('is_product_line', '=', True)]", help="Empty: all product lines")

    @api.depends('territory_id', 'user_id', 'product_line_id')
    def _compute_display_name(self):
        for assignment in self:
            parts = (
                assignment.territory_id.name, assignment.user_id.name,
                assignment.product_line_id.name)
            assignment.display_name = ", ".join(part for part in parts if part)

    @api.constrains('product_line_id')
    def _check_product_line(self):
        for assignment in self:
            line = assignment.product_line_id
            if line and not line.is_product_line:
                raise ValidationError(self.env._(
                    "%s is no product line: tick \"Product Line\" on this category.",
                    line.display_name))

    @api.constrains('user_id', 'company_id')
    def _check_user_company(self):
        for assignment in self:
            if assignment.company_id not in assignment.user_id.company_ids:
                raise ValidationError(self.env._(
                    "%(user)s does not work in %(company)s.", user=assignment.user_id.name,
                    company=assignment.company_id.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        assignments = super().create(vals_list)
        assignments._after_change()
        return assignments

    def write(self, vals):
        result = super().write(vals)
        self._after_change()
        return result

    def unlink(self):
        self._after_change()
        return super().unlink()

    # === ACTIONS === #

    def action_view_as_user(self):
        """Look at Odoo with the eyes of the person assigned."""
        self.ensure_one()
        return self.user_id.impersonate_login()

    # === BUSINESS === #

    def _after_change(self):
        """The customers of these territories have other people than before."""
        alignments = self.env['pharma.alignment'].sudo()  # also those hidden from the author
        alignments._after_change(alignments.search(
            [('territory_id', 'in', self.territory_id.ids)]).partner_id.ids)

    def _end(self, date):
        """End these assignments on the day before a date; what had not begun then is deleted.

        :param datetime.date date: the first day without them
        """
        begun = self.filtered(lambda assignment: assignment.date_from < date)
        begun.date_to = date - timedelta(days=1)
        (self - begun).unlink()
