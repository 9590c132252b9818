from odoo import fields, models


class ResCompany(models.Model):
    """How the company keeps its call cycles."""

    _inherit = 'res.company'

    pharma_cycle_auto = fields.Boolean(
        string="Cycles by Themselves", default=True, groups='base.group_user',
        help="Every month gets its cycle with the goals of the one before, and is opened and "
             "closed by its dates")
