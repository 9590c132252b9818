from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .pharma_handover import DRAFT


class PharmaHandoverKind(models.Model):
    """One kind of things in a handover: how many, whether they move, and to whom."""

    _name = 'pharma.handover.kind'
    _description = "Kind of Things in a Handover"
    _order = 'handover_id, sequence, id'
    _rec_name = 'key'

    _key_uniq = models.UniqueIndex('(handover_id, key)', "A handover has each kind once.")

    handover_id = fields.Many2one(
        'pharma.handover', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='handover_id.company_id')
    state = fields.Selection(related='handover_id.state', export_string_translation=False)
    sequence = fields.Integer(readonly=True)
    key = fields.Selection(
        lambda self: self.env['pharma.handover']._select_kinds(), string="Kind", required=True,
        readonly=True)
    is_excluded = fields.Boolean(string="Leave Out")
    other_user_id = fields.Many2one(
        'res.users', string="To Somebody Else", domain=[('share', '=', False)],
        ondelete='restrict')
    move_count = fields.Integer(string="Moves", compute='_compute_counts')
    left_count = fields.Integer(
        string="Does Not Move", compute='_compute_counts',
        help="Left out by you, or impossible: the lines say why")

    @api.depends('handover_id.line_ids.result')
    def _compute_counts(self):
        # sudo: figures of a handover that the user sees
        counts = {
            (handover, key, result): count for handover, key, result, count
            in self.env['pharma.handover.line'].sudo()._read_group(
                [('handover_id', 'in', self.handover_id.ids)], ['handover_id', 'key', 'result'],
                ['__count'])}
        for kind in self:
            of_kind = {result: count for (handover, key, result), count in counts.items()
                       if handover == kind.handover_id.sudo() and key == kind.key}
            kind.move_count = of_kind.get('move', 0) + of_kind.get('moved', 0)
            kind.left_count = sum(of_kind.values()) - kind.move_count

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(self.env._("The preview makes these lines."))
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_choice(vals)
        result = super().write(vals)
        # What was chosen changes what happens
        self.handover_id._forget_moment()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_system(self):
        if not self.env.su:
            raise AccessError(self.env._("Leave the kind out instead of deleting it."))

    def _check_choice(self, vals):
        """Only the choice is people's, and only before it is done.

        :raise AccessError: for what the preview says
        :raise UserError: when the handover is planned or done
        """
        if not {'is_excluded', 'other_user_id'}.issuperset(vals):
            raise AccessError(self.env._("Choose what to leave out and who else gets it."))
        for handover in self.handover_id:
            if handover.state != DRAFT:
                raise UserError(self.env._(
                    "This handover is planned or done. Take it back first, or start a new one."))
            handover._check_right()
            if vals.get('other_user_id'):
                handover._check_successor(self.env['res.users'].browse(vals['other_user_id']))

    def action_view_lines(self):
        """Open the lines of this kind."""
        self.ensure_one()
        action = self.handover_id.action_view_lines()
        of_kind = [('handover_id', '=', self.handover_id.id), ('key', '=', self.key)]
        return {**action, 'domain': of_kind, 'context': {}}
