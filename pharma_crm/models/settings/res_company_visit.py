from odoo import fields, models


class ResCompany(models.Model):
    """What the company expects of calls, and what it wants to talk about."""

    _inherit = 'res.company'

    _pharma_call_check = models.Constraint(
        'CHECK(pharma_call_shortest >= 0 AND pharma_call_longest >= pharma_call_shortest'
        ' AND pharma_call_on_time_days >= 0)',
        "The longest call is at least as long as the shortest, and days are not negative.")
    _pharma_flag_check = models.Constraint(
        'CHECK(pharma_flag_speed > 0 AND pharma_flag_rail_speed > 0'
        ' AND pharma_flag_km >= 0 AND pharma_flag_days > 0'
        ' AND pharma_flag_minutes >= 0 AND pharma_flag_share > 0 AND pharma_flag_share <= 100'
        ' AND pharma_flag_letters > 0 AND pharma_flag_text_days > 0)',
        "Limits of unusual calls are positive, and a share is at most 100 %.")

    pharma_call_shortest = fields.Integer(
        string="Shortest Call", required=True, default=5, groups='base.group_user')
    pharma_call_longest = fields.Integer(
        string="Longest Call", required=True, default=120, groups='base.group_user')
    pharma_call_on_time_days = fields.Integer(
        string="Recorded in Time within", required=True, default=1, groups='base.group_user')
    pharma_flag_speed = fields.Integer(
        string="Faster Than", required=True, default=90, groups='base.group_user')
    pharma_flag_rail_speed = fields.Integer(
        string="By Train, Faster Than", required=True, default=300, groups='base.group_user')
    pharma_flag_km = fields.Float(
        string="Further Than", required=True, default=3.0, groups='base.group_user')
    pharma_flag_share = fields.Integer(
        string="Same Text From", required=True, default=90, groups='base.group_user')
    pharma_flag_letters = fields.Integer(
        string="Texts From", required=True, default=12, groups='base.group_user')
    pharma_flag_text_days = fields.Integer(
        string="Compared With", required=True, default=60, groups='base.group_user')
    pharma_flag_days = fields.Integer(
        string="Recorded After", required=True, default=3, groups='base.group_user')
    pharma_flag_minutes = fields.Integer(
        string="Shorter Than", required=True, default=3, groups='base.group_user')
    pharma_flags_own = fields.Boolean(
        string="Representatives Read Remarks on Their Own Calls", groups='base.group_user')

    def write(self, vals):
        result = super().write(vals)
        if any(name.startswith('pharma_call_') for name in vals):
            self.env['pharma.visit']._rate_later()
        return result
