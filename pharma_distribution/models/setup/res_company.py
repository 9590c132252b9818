from odoo import fields, models


class ResCompany(models.Model):
    _inherit = 'res.company'

    pharma_flow_lock_day = fields.Integer(
        string="Day for Locking Months", groups='base.group_user',
        help="From this day on, those who may lock are asked to lock the month before; 0: never.")
    pharma_flow_auto_post = fields.Boolean(
        string="Post Clean Flow Files", groups='base.group_user',
        help="Files of which every row is counted are posted as soon as they are read.")
    pharma_match_threshold = fields.Float(
        string="Decide Names Alone From", default=0.98, digits=(4, 3), groups='base.group_user',
        help="How certain the meaning of a name must be, from 0 to 1, for the program to decide on"
             " it alone. Below, it suggests and people decide. 1 decides nothing but equal names.")

    _pharma_match_threshold_check = models.Constraint(
        'CHECK(pharma_match_threshold >= 0.9 AND pharma_match_threshold <= 1)',
        "Below 0.9 too many names would be decided wrongly: choose a number from 0.9 to 1.")
