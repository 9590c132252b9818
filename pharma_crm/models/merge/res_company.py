from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    pharma_merge_undo_days = fields.Integer(
        string="Merges Can Be Undone For (Days)", default=30, groups='base.group_user',
        help="Customers that were merged can be parted again for so many days")
    _pharma_merge_undo_days_check = models.Constraint(
        'CHECK(pharma_merge_undo_days >= 0)', "The days for undoing cannot be negative.")
