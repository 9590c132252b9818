import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_date

from .pharma_flow_line import COMMERCIAL_GROUP

ACTIVITY = 'mail.mail_activity_data_todo'
MANAGER_GROUP = 'pharma_crm.group_pharma_crm_area_manager'
CLAIM_STATES = [
    ('draft', "Draft"),
    ('submitted', "Submitted"),
    ('confirmed', "Confirmed by Manager"),
    ('approved', "Approved"),
    ('refused', "Refused"),
    ('withdrawn', "Withdrawn"),
]
# What the claimant says; it cannot change once he has submitted it.
CONTENT = {
    'partner_id', 'product_id', 'date', 'quantity', 'amount', 'reason', 'evidence',
    'evidence_name', 'company_id'}


class PharmaFlowClaim(models.Model):
    """A representative claims a sale that no file holds, or not for his terminal (申诉).

    His manager confirms it, commercial approves it. An approved claim becomes a row of a file of
    its own, one for each distributor and month, which counts like any other row: in the first open
    month where its own is locked, and not beside a row of a distributor's file that says the same.
    """

    _name = 'pharma.flow.claim'
    _description = "Flow Claim"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.access.mixin',
                'pharma.customer.mixin']
    _order = 'id desc'
    _check_company_auto = True
    _pharma_access_groups = (COMMERCIAL_GROUP,)

    _quantity_check = models.Constraint(
        'CHECK(quantity <> 0)', "Claim a quantity: a negative one takes a sale away.")

    # who
    user_id = fields.Many2one(
        'res.users', string="Claimed By", required=True, readonly=True, index=True, copy=False,
        default=lambda self: self.env.user, ondelete='restrict')
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')

    # what
    partner_id = fields.Many2one(
        'res.partner', string="Customer", required=True, index=True, tracking=True,
        ondelete='restrict', check_company=True,
        domain="[('pharma_type', 'in', ('hospital', 'campus', 'primary_care', 'pharmacy'))]")
    product_id = fields.Many2one(
        'product.template', required=True, index=True, tracking=True, ondelete='restrict',
        check_company=True, domain="[('sale_ok', '=', True)]")
    distributor_id = fields.Many2one(
        'res.partner', index='btree_not_null', tracking=True, ondelete='restrict',
        check_company=True, domain="[('pharma_type', '=', 'distributor')]",
        help="Who sold it; commercial knows it where the claimant does not")
    date = fields.Date(string="Day of Sale", required=True, tracking=True)
    quantity = fields.Float(
        digits='Product Unit', required=True, tracking=True, help="In the product's unit")
    amount = fields.Monetary(tracking=True)
    reason = fields.Text(help="Why the sale is missing in the files")
    evidence = fields.Binary(attachment=True, help="Invoice, delivery note, list of the hospital")
    evidence_name = fields.Char(export_string_translation=False)

    # what became of it
    state = fields.Selection(
        CLAIM_STATES, required=True, readonly=True, default='draft', index=True, tracking=True,
        copy=False)
    answer = fields.Text(copy=False, tracking=True, help="Why it was refused, or what to mind")
    confirmed_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    approved_by_id = fields.Many2one('res.users', readonly=True, copy=False)
    file_id = fields.Many2one(
        'pharma.flow.file', string="Counted In", readonly=True, copy=False,
        index='btree_not_null', ondelete='restrict')
    is_mine = fields.Boolean(compute='_compute_is_mine', export_string_translation=False)

    # === COMPUTE === #

    @api.depends('user_id')
    @api.depends_context('uid')
    def _compute_is_mine(self):
        for claim in self:
            claim.is_mine = claim.user_id == self.env.user

    @api.depends('partner_id', 'product_id', 'date')
    def _compute_display_name(self):
        for claim in self:
            # sudo: names on a claim that its reader sees
            names = claim.sudo()
            claim.display_name = " / ".join(filter(None, (
                names.partner_id.display_name, names.product_id.display_name,
                claim.date and format_date(self.env, claim.date, date_format='yyyy-MM'))))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        claims = super().create(vals_list)
        # Values of closed fields are refused, defaults of the context are not
        if not self.env.su and any(
                claim.user_id != self.env.user or claim.state != 'draft' for claim in claims):
            raise AccessError(self.env._("Nobody claims in another's name, or past the manager."))
        return claims

    def write(self, vals):
        if CONTENT & set(vals) and not self.env.su:
            for claim in self:
                if claim.state != 'draft' or claim.user_id != self.env.user:
                    raise UserError(self.env._(
                        "What is claimed can be changed by the claimant alone, and only before it"
                        " is submitted. He may take it back to a draft."))
        if 'answer' in vals and not self.env.su:
            for claim in self:
                claim._check_decider()
        if 'distributor_id' in vals and 'approved' in self.mapped('state'):
            raise UserError(self.env._("An approved claim counts with its distributor."))
        result = super().write(vals)
        if 'distributor_id' in vals:
            # Another distributor may be somebody else's
            self.filtered(lambda claim: claim.state == 'confirmed')._ask_commercial()
        return result

    @api.model
    def _has_field_access(self, field, operation):
        # States go through their own actions
        closed = ('state', 'user_id', 'confirmed_by_id', 'approved_by_id', 'file_id')
        if operation == 'write' and field.name in closed and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        for claim in self:
            if claim.state != 'draft' or (
                    claim.user_id != self.env.user and not self.env.su):
                raise UserError(self.env._("Only the claimant deletes a claim, while it is a"
                                           " draft."))

    # === ACTIONS === #

    def action_submit(self):
        """Give own claims to the manager."""
        self._check_step(('draft',), mine=True)
        for claim in self:
            if not (claim.reason and claim.evidence):
                raise UserError(self.env._(
                    "Say why the sale is missing, and attach what proves it."))
            claim._set_state('submitted')
            manager = claim._get_manager()
            if manager:
                claim.activity_schedule(
                    ACTIVITY, user_id=manager.id, summary=self.env._("Claim to confirm"))
        return True

    def action_confirm(self):
        """As manager: the sale is as claimed; commercial decides."""
        self._check_step(('submitted',), group=MANAGER_GROUP)
        self._close_activities()
        self._set_state('confirmed', confirmed_by_id=self.env.uid)
        self._ask_commercial()
        return True

    def action_approve(self):
        """As commercial: the claimed sale counts from now on."""
        self._check_step(('confirmed',), group=COMMERCIAL_GROUP)
        for claim in self:
            if not claim.distributor_id:
                raise UserError(self.env._("Say which distributor sold it."))
            claim._set_state(
                'approved', approved_by_id=self.env.uid, file_id=claim._get_file().id)
            line = claim._enter_row()
            claim._tell_claimant(
                self.env._("Your claim is approved and counts.") if line.status == 'ok' else
                self.env._("Your claim is approved, but its row does not count: %s", line.message))
        self._close_activities()
        return True

    def action_refuse(self):
        """As manager what was submitted, as commercial what a manager confirmed; with an answer."""
        for claim in self:
            claim._check_decider()
            if not claim.answer:
                raise UserError(self.env._("Write into the answer why the claim is refused."))
        self._close_activities()
        self._set_state('refused')
        for claim in self:
            claim._tell_claimant(self.env._("Your claim is refused: %s", claim.answer))
        return True

    def action_draft(self):
        """Take own claims back to change them, as long as they are not approved."""
        self._check_step(('submitted', 'confirmed', 'refused'), mine=True)
        # sudo: who was asked has nothing to do any more, whoever he is
        self.sudo().activity_unlink([ACTIVITY])
        self._set_state('draft', confirmed_by_id=False)
        return True

    def action_withdraw(self):
        """As commercial: an approved claim does not count any more."""
        self._check_step(('approved',), group=COMMERCIAL_GROUP)
        for claim in self:
            claim._remove_row()
            claim._set_state('withdrawn')
            claim._tell_claimant(
                self.env._("Your claim was withdrawn and does not count any more."))
        return True

    def action_view_line(self):
        """Open the row that the claim became."""
        self.ensure_one()
        self.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_line_action')
        # sudo: the file is closed to representatives, rows have rules of their own
        action.update(context={}, domain=[
            ('file_id', '=', self.sudo().file_id.id), ('row_number', '=', self.id)])
        return action

    # === STEPS === #

    def _check_step(self, states, mine=False, group=None):
        """Refuse what is not the user's turn.

        :param tuple states: from which the step leads on
        :param bool mine: only the claimant may
        :param str group: only its members may, and not on claims of their own
        """
        self.check_access('read' if group else 'write')
        for claim in self:
            if (mine and not claim.is_mine) or (group and (
                    claim.is_mine or not self.env.user.has_group(group))):
                raise AccessError(self.env._(
                    "This step of the claim is not yours: the claimant submits, his manager"
                    " confirms, commercial approves."))
            if claim.state not in states:
                raise UserError(self.env._(
                    "The claim is in another state by now: %s.",
                    dict(self._fields['state']._description_selection(self.env))[claim.state]))
            claim.lock_for_update(allow_referencing=True)

    def _check_decider(self):
        """Refuse unless it is the user's turn to decide: the manager's, after him commercial's."""
        self._check_step(
            ('submitted', 'confirmed'),
            group=MANAGER_GROUP if self.state == 'submitted' else COMMERCIAL_GROUP)

    def _set_state(self, state, **vals):
        # sudo: states are closed to everybody, the caller has checked whose turn it is
        self.sudo().write({'state': state, **vals})

    def _get_manager(self):
        """Who manages the territory of the customer, or one above it, and is not the claimant."""
        territory = self.sudo().partner_id.territory_id  # sudo: who is asked, is no secret
        while territory:
            manager = territory.manager_id
            if manager and manager != self.user_id:
                return manager
            territory = territory.parent_id
        return self.env['res.users']

    # === PEOPLE === #

    def _get_deciders(self):
        """Who of commercial is asked: whoever is responsible for the distributor's files, or all of
        them where nobody is; never the claimant.
        """
        self.ensure_one()
        # sudo: who is asked, is no secret
        users = self.env.ref(COMMERCIAL_GROUP).sudo().all_user_ids.filtered(
            lambda user: user.active and not user.share and user != self.user_id
            and self.company_id in user.company_ids)
        schedule = self.env['pharma.flow.schedule'].sudo().search([
            ('distributor_id', '=', self.distributor_id.id),
            ('company_id', '=', self.company_id.id)], limit=1)
        return schedule.user_id & users or users

    def _ask_commercial(self):
        """An activity for each of those who may approve, and for nobody else."""
        # sudo: reminders of colleagues; what calls this has checked rights
        for claim in self.sudo():
            asked = claim._get_deciders()
            open_ones = claim.activity_ids.filtered(
                lambda activity: activity.activity_type_id == self.env.ref(ACTIVITY)
                and activity.automated)
            missing = asked - open_ones.user_id
            open_ones.filtered(lambda activity, asked=asked: activity.user_id not in asked).unlink()
            for user in missing:
                claim.activity_schedule(
                    ACTIVITY, user_id=user.id, summary=self.env._("Claim to approve"))

    def _close_activities(self):
        """Whoever decided has done his part, and nobody else has to any more."""
        self.activity_feedback([ACTIVITY], user_id=self.env.uid)
        # sudo: reminders of colleagues
        self.sudo().activity_unlink([ACTIVITY])

    def _tell_claimant(self, text):
        """Write into the claim what was decided, and notify whoever claimed."""
        # sudo: where his messages go, not who may see his contact
        self.message_post(body=text, partner_ids=self.user_id.sudo().partner_id.ids)

    # === ROWS === #

    def _get_file(self):
        """The file of the claims of this distributor and month."""
        month = self.date.replace(day=1)
        # sudo: files of claims are kept by their approval alone
        files = self.env['pharma.flow.file'].sudo()
        file = files.search([
            ('is_claim', '=', True), ('distributor_id', '=', self.distributor_id.id),
            ('company_id', '=', self.company_id.id), ('date_from', '=', month)], limit=1)
        return file or files.create(self._prepare_file_vals(month))

    def _prepare_file_vals(self, month):
        name = self.env._("Claims %s", f'{month:%Y-%m}')
        return {
            'name': name, 'is_claim': True, 'kind': 'sale', 'state': 'posted',
            'data': base64.b64encode(
                f'{name} {self.distributor_id.id} {self.company_id.id}'.encode()),
            'distributor_id': self.distributor_id.id, 'company_id': self.company_id.id,
            'date_from': month, 'date_to': fields.Date.end_of(month, 'month'),
            'posted_by_id': self.env.uid, 'posted_on': fields.Datetime.now(),
        }

    def _prepare_line_vals(self):
        """A row that says what is claimed in words; what it means, its corrections say."""
        claim = self.sudo()
        return {
            'file_id': claim.file_id.id, 'company_id': claim.company_id.id,
            'distributor_id': claim.distributor_id.id, 'row_number': claim.id, 'kind': 'sale',
            'raw_customer': claim.partner_id.display_name,
            'raw_product': claim.product_id.display_name,
            'raw_date': fields.Date.to_string(claim.date), 'raw_quantity': f'{claim.quantity:g}',
            'date': claim.date, 'file_quantity': claim.quantity, 'amount': claim.amount,
            'status': 'error', 'reason': 'product_missing',
        }

    def _enter_row(self):
        """Let the claim count: a row, and what its customer and product are.

        :return: the pharma.flow.line
        """
        # sudo: rows are entered by approval alone
        lines = self.env['pharma.flow.line'].sudo()
        line = lines.create(self._prepare_line_vals())
        lines.flush_model()
        corrections = self.env['pharma.flow.correction'].sudo()
        corrections.create([
            {**corrections._prepare_vals(line, field), **value, 'reason': self.display_name}
            for field, value in (('partner', {'partner_id': self.partner_id.id}),
                                 ('product', {'product_id': self.product_id.id}))])
        self.sudo().file_id._refresh_counts()
        return line

    def _remove_row(self):
        """Take the row of an approved claim away, unless it counts in a locked month."""
        # sudo: as above
        claim = self.sudo()
        file = claim.file_id
        line = claim.env['pharma.flow.line'].search([
            ('file_id', '=', file.id), ('row_number', '=', claim.id)])
        claim.env['pharma.flow.correction']._find(line).unlink()
        if line.status == 'ok':
            raise UserError(self.env._(
                "The claim counts in a month that is locked. Unlock the month first, or claim the"
                " opposite quantity."))
        line.unlink()
        claim.file_id = False
        if not file.line_ids:
            file._set_result(state='undone')
            file.unlink()
        else:
            file._refresh_counts()
