from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools.misc import clean_context

from ...models.change_request.pharma_change_request import CHANGE_KINDS, NEW_KINDS
from ...models.customer.res_partner import HOSPITAL_GRADES, HOSPITAL_LEVELS, PHARMA_TYPES

PLACES = "[('pharma_type', 'in', ('hospital', 'primary_care', 'campus', 'department', 'pharmacy'))]"


class PharmaChangeProposal(models.TransientModel):
    """The customer's facts as they are, to be changed where they are wrong; also how drafts are
    edited, and how those who decide correct what was proposed.
    """

    _name = 'pharma.change.proposal'
    _description = "Proposal of a Change"
    _rec_name = 'kind'

    request_id = fields.Many2one('pharma.change.request', readonly=True, ondelete='cascade')
    state = fields.Selection(related='request_id.state')
    kind = fields.Selection(CHANGE_KINDS, required=True, default='facts')
    partner_id = fields.Many2one('res.partner', string="Customer", ondelete='cascade')
    partner_type = fields.Selection(
        related='partner_id.pharma_type', string="Type of the Customer")
    duplicate_of_id = fields.Many2one(
        'res.partner', string="Same As", ondelete='cascade',
        domain="[('pharma_type', '!=', False), ('id', '!=', partner_id)]")
    reason = fields.Text()
    attachment_ids = fields.Many2many('ir.attachment', string="Evidence")

    # facts of the customer
    name = fields.Char()
    pharma_type = fields.Selection(PHARMA_TYPES, string="Customer Type")
    ref = fields.Char(string="Our Code")
    parent_id = fields.Many2one(
        'res.partner', string="Belongs To", domain=PLACES, ondelete='cascade')
    hospital_level = fields.Selection(HOSPITAL_LEVELS)
    hospital_grade = fields.Selection(HOSPITAL_GRADES)
    specialty_id = fields.Many2one('pharma.specialty', ondelete='cascade')
    function = fields.Char(string="Post or Title")
    parent_organisation_id = fields.Many2one(
        'res.partner', string="Member Of", domain=[('pharma_type', '=', 'group')],
        ondelete='cascade')
    state_id = fields.Many2one(
        'res.country.state', string="Province", ondelete='cascade',
        domain=[('country_id.code', '=', 'CN')])
    pharma_city_id = fields.Many2one(
        'pharma.division', string="City", ondelete='cascade',
        domain="[('level', '=', 'city'), ('state_id', '=?', state_id)]")
    pharma_county_id = fields.Many2one(
        'pharma.division', string="County", ondelete='cascade',
        domain="[('level', '=', 'county'), ('state_id', '=?', state_id),"
               " ('parent_id', '=?', pharma_city_id)]")
    street = fields.Char()
    zip = fields.Char()
    phone = fields.Char()
    email = fields.Char()
    website = fields.Char()
    vat = fields.Char(string="Tax ID")
    company_registry = fields.Char()

    # facts of a new post
    leaves = fields.Boolean(
        string="Leaves Without a New Post",
        help="For instance: retires, or goes we do not know where")
    place_id = fields.Many2one(
        'res.partner', string="New Hospital or Department", domain=PLACES, ondelete='cascade')
    date_from = fields.Date(
        string="From", default=fields.Date.context_today,
        help="The first day of the new post; the old one ends the day before")
    post = fields.Char()
    title_id = fields.Many2one('pharma.title', ondelete='cascade')

    # === DEFAULTS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        request = self.env['pharma.change.request'].browse(values.get('request_id'))
        if request:
            request.check_access('read')
            values |= {
                'kind': request.kind, 'partner_id': request.partner_id.id, 'reason': request.reason,
                'pharma_type': request.pharma_type, 'duplicate_of_id': request.duplicate_of_id.id,
                'attachment_ids': [Command.set(request.attachment_ids.ids)]}
        else:
            request = self._get_sketch(
                values.get('kind'), self.env['res.partner'].browse(values.get('partner_id')))
        current = self._get_prefilled(request)
        if values.get('kind') == 'post' and not current.get('date_from'):
            current.pop('date_from', None)  # today
        return {**values, **{name: value for name, value in current.items() if name in fields}}

    @api.model
    def _get_prefilled(self, request):
        """Today's facts, and what a request that is being edited says instead."""
        values = {}
        if request.partner_id and (request.kind not in NEW_KINDS or request.is_new):
            values = request._get_current(request._get_fields())
        elif request.partner_id:
            # Somebody new at this place
            place = request.partner_id
            kind = 'person' if place.pharma_type == 'department' else 'department'
            values = {'parent_id': place.id, 'pharma_type': kind, 'partner_id': False}
        return values | {line.field_name: line.decided_value for line in request.line_ids}

    @api.model
    def _get_sketch(self, kind, partner):
        """A request that is not there yet, to ask what it could change."""
        return self.env['pharma.change.request'].new({
            'kind': kind, 'partner_id': partner.id, 'pharma_type': partner.pharma_type})

    @api.model
    def _get_dialog(self, name, **context):
        """The action that opens this dialog."""
        return {
            'type': 'ir.actions.act_window', 'name': name, 'res_model': self._name,
            'view_mode': 'form', 'views': [(False, 'form')], 'target': 'new',
            'context': {**clean_context(self.env.context), **context},
        }

    # === ONCHANGES === #

    @api.onchange('pharma_city_id', 'pharma_county_id')
    def _onchange_division(self):
        division = self.pharma_county_id or self.pharma_city_id
        if division:
            self.state_id = division.state_id
            self.pharma_city_id = division.parent_id if division.level == 'county' else division

    # === ACTIONS === #

    def action_submit(self):
        """Propose what was changed, or bring a draft in line with it and submit it."""
        self.ensure_one()
        if self.request_id:
            self.request_id.write({
                'reason': self.reason, 'duplicate_of_id': self.duplicate_of_id.id})
            self.request_id._set_values(self._get_values())
            self.request_id.action_submit()
            return {'type': 'ir.actions.act_window_close'}
        request = self.env['pharma.change.request'].propose(
            self.kind, self.partner_id.id, self._get_values(), self.reason,
            self.attachment_ids.ids, self.duplicate_of_id.id)
        if request.kind in NEW_KINDS and request.partner_id:
            return request.partner_id._get_records_action()
        return request._get_records_action()

    def action_correct(self):
        """Write what those who decide want instead of what was proposed."""
        self.ensure_one()
        self.request_id._lock()
        self.request_id._check_decider()
        self.request_id._correct_values(self._get_values())
        return {'type': 'ir.actions.act_window_close'}

    def action_switch(self):
        """Propose something else about the same customer: the kind is in the context."""
        self.ensure_one()
        return self._get_dialog(
            self.env._("Propose a Change"), default_partner_id=self.partner_id.id,
            default_kind=self.env.context.get('pharma_kind', 'facts'))

    def _get_values(self):
        """What the dialog says, by name of the fact."""
        request = self.request_id or self._get_sketch(self.kind, self.partner_id)
        names = request._get_fields()
        if not names:
            return {}
        values = {name: request._to_json(value) for name, value in self.read(
            list(names), load=None)[0].items() if name in names}
        if self.kind == 'post' and self.leaves:
            values |= {'place_id': False, 'post': False, 'title_id': False}
        return values
