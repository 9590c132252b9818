from odoo import api, fields, models
from odoo.exceptions import UserError


class PharmaChangeRequestLine(models.Model):
    """One fact of a change request: what it was, what is proposed, what was decided.

    Values are kept as the field's own: text, key of a choice, id of a record, date as text. Lines
    are written by the request alone.
    """

    _name = 'pharma.change.request.line'
    _description = "Line of a Change Request"
    _order = 'request_id, sequence, id'
    _rec_name = 'field_name'

    _unique_field = models.Constraint(
        'UNIQUE(request_id, field_name)', "This fact is in the request already.")

    request_id = fields.Many2one(
        'pharma.change.request', required=True, index=True, ondelete='cascade')
    sequence = fields.Integer(readonly=True)
    field_name = fields.Char(string="Technical Name", required=True, readonly=True)
    old_value = fields.Json(readonly=True)
    proposed_value = fields.Json(readonly=True)
    decided_value = fields.Json(readonly=True)
    is_taken = fields.Boolean(string="Accept", readonly=True, default=True)
    label = fields.Char(string="Fact", compute='_compute_label')
    old_text = fields.Char(string="Before", compute='_compute_texts')
    proposed_text = fields.Char(string="Proposed", compute='_compute_texts')
    decided_text = fields.Char(string="To Be Written", compute='_compute_texts')
    current_text = fields.Char(string="Now", compute='_compute_current')
    is_corrected = fields.Boolean(string="Corrected", compute='_compute_is_corrected')
    is_conflict = fields.Boolean(
        string="Changed Meanwhile", compute='_compute_current',
        help="The customer has another value now than when this was proposed")

    # === COMPUTE === #

    @api.depends('field_name')
    @api.depends_context('lang')
    def _compute_label(self):
        for line in self:
            line.label = line.request_id._get_label(line.field_name)

    @api.depends('old_value', 'proposed_value', 'decided_value')
    @api.depends_context('lang', 'uid')
    def _compute_texts(self):
        for line in self:
            for name in ('old', 'proposed', 'decided'):
                line[f'{name}_text'] = line.request_id._get_text(
                    line.field_name, line[f'{name}_value'])

    @api.depends('proposed_value', 'decided_value')
    def _compute_is_corrected(self):
        for line in self:
            line.is_corrected = line.proposed_value != line.decided_value

    @api.depends('old_value', 'decided_value', 'is_taken', 'request_id.state')
    @api.depends_context('lang', 'uid')
    def _compute_current(self):
        for request, lines in self.grouped('request_id').items():
            is_open = request.state in ('draft', 'submitted') and request.partner_id
            current = request._get_current(lines.mapped('field_name')) if is_open else {}
            for line in lines:
                value = current.get(line.field_name, line.old_value)
                line.current_text = request._get_text(line.field_name, value)
                line.is_conflict = bool(is_open) and not request.is_new and line.is_taken and (
                    value not in (line.old_value, line.decided_value))

    # === ACTIONS === #

    def action_leave(self):
        """Do not accept these facts, whatever becomes of the others.

        :raise AccessError: unless the user decides about the request
        """
        self._take(False)

    def action_take(self):
        """Accept these facts after all.

        :raise AccessError: unless the user decides about the request
        """
        self._take(True)

    def _take(self, taken):
        for request in self.request_id:
            request._check_decider()
        for line in self:
            if not taken and line.request_id.is_new and (
                    line.field_name in line.request_id._get_vital_fields()):
                raise UserError(self.env._(
                    "A new customer needs this: correct it, or refuse the request."))
        # sudo: lines are closed to everybody, after the check
        self.sudo().is_taken = taken
        self.request_id._set_closed(corrected_at=fields.Datetime.now())
