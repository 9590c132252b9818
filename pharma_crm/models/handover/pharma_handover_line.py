from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

LINE_RESULTS = [
    ('move', "Moves"),
    ('excluded', "Left Out"),
    ('refused', "Stays"),
    ('moved', "Moved"),
    ('returned', "Came Back"),
    ('skipped', "Not Taken Back"),
]
REFUSALS = [
    ('not_yours', "Not among what you see or manage: somebody above hands it over"),
    ('successor_role', "The successor has no role for territories"),
    ('successor_blind', "The successor may not see it or its customer: share it with him or choose"
                        " somebody else"),
    ('successor_has', "The successor has the same already"),
    ('successor_plan', "The successor has a plan of his own for that week; the calls go there"),
    ('no_territory', "The successor has no territory that could take it"),
    ('part_stays', "A part of it stays: leave it out or move all of it"),
    ('same_person', "It would be with himself"),
    ('changed', "Somebody changed it since"),
]


class PharmaHandoverLine(models.Model):
    """One thing in a handover: what happens to it, or happened."""

    _name = 'pharma.handover.line'
    _description = "Line of a Handover"
    _order = 'handover_id, id'

    _record_uniq = models.UniqueIndex(
        '(handover_id, key, res_id)', "A handover has each thing once.")

    handover_id = fields.Many2one(
        'pharma.handover', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='handover_id.company_id')
    state = fields.Selection(related='handover_id.state', export_string_translation=False)
    key = fields.Selection(
        lambda self: self.env['pharma.handover']._select_kinds(), string="Kind", required=True,
        readonly=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field='res_model', required=True, readonly=True)
    name = fields.Char(string="What", readonly=True, help="Empty: hidden from whoever hands over")
    to_user_id = fields.Many2one('res.users', string="To", readonly=True, ondelete='restrict')
    result = fields.Selection(LINE_RESULTS, required=True, readonly=True)
    refusal = fields.Selection(REFUSALS, string="Why", readonly=True)
    is_excluded = fields.Boolean(string="Leave Out")
    other_user_id = fields.Many2one(
        'res.users', string="To Somebody Else", domain=[('share', '=', False)],
        ondelete='restrict')
    # entries of ``row_journal.RowJournal``
    journal = fields.Json(readonly=True, groups=fields.NO_ACCESS)

    @api.depends('name', 'key')
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name or dict(
                self._fields['key']._description_selection(self.env)).get(line.key)

    def write(self, vals):
        if not self.env.su:
            self._check_choice(vals)
        result = super().write(vals)
        if {'is_excluded', 'other_user_id'} & vals.keys():
            # What was chosen changes what happens
            self.handover_id._forget_moment()
        return result

    def _check_choice(self, vals):
        """As for kinds; what nobody may move cannot be chosen either.

        :raise AccessError: for what the preview says
        :raise UserError: when the handover is planned or done
        """
        if not {'is_excluded', 'other_user_id'}.issuperset(vals):
            raise AccessError(self.env._("Choose what to leave out and who else gets it."))
        self.handover_id.kind_ids[:1]._check_choice(vals)
        for handover in self.handover_id:
            if handover.state != 'draft':
                raise UserError(self.env._(
                    "This handover is planned or done. Take it back first, or start a new one."))

    def action_open(self):
        """Open the record.

        :raise AccessError: for who may not see it
        """
        self.ensure_one()
        record = self.env[self.res_model].browse(self.res_id).exists()
        if not record:
            raise UserError(self.env._("It was deleted since."))
        record.check_access('read')
        return record._get_records_action()
