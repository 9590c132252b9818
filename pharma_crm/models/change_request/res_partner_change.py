from odoo import api, fields, models
from odoo.exceptions import UserError

from ..customer.res_partner import PERSON_TYPES
from ..customer.res_partner_facts import STEWARD_GROUP
from .pharma_change_request_apply import APPLYING
from .pharma_change_request_values import PARTNER_FIELDS, PLACE_FIELDS

USER_GROUP = 'pharma_crm.group_pharma_crm_user'


class ResPartner(models.Model):
    """Changes by request: proposed from the customer's page, and asked for where the company wants
    it so. Data stewards are not bound, nor is what the system itself writes.
    """

    _inherit = 'res.partner'

    change_request_ids = fields.One2many(
        'pharma.change.request', 'partner_id', string="Change Requests", groups=USER_GROUP)
    change_request_count = fields.Integer(
        string="Open Change Requests", compute='_compute_change_request_count', groups=USER_GROUP)
    pharma_by_request = fields.Boolean(
        compute='_compute_pharma_by_request', export_string_translation=False,
        groups='base.group_user')

    # === COMPUTE === #

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_change_request_count(self):
        counts = dict(self.env['pharma.change.request']._read_group(
            [('partner_id', 'in', self.ids), ('state', 'in', ('draft', 'submitted'))],
            ['partner_id'], ['__count']))
        for partner in self:
            partner.change_request_count = counts.get(partner._origin, 0)

    @api.depends('pharma_verified', 'pharma_type')
    @api.depends_context('uid', 'company')
    def _compute_pharma_by_request(self):
        bound = self._is_bound_by_requests() and self.env.company._is_changed_by_request('facts')
        for partner in self:
            partner.pharma_by_request = bound and bool(
                partner._origin and partner.pharma_type) and (
                partner.pharma_verified == 'verified')

    # === VIEWS === #

    @api.model
    def _get_view(self, view_id=None, view_type='form', **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == 'form' and arch.xpath(
                "//field[@name='pharma_by_request'][not(ancestor::field)]"):
            for node in arch.xpath("//field[not(ancestor::field)]"):
                if node.get('name') in PARTNER_FIELDS:
                    old = node.get('readonly')
                    node.set('readonly', f"({old}) or pharma_by_request" if old
                             else 'pharma_by_request')
        return arch, view

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        if partners._is_bound_by_requests():
            partners._propose_entered()
        return partners

    def write(self, vals):
        touched = vals.keys() & {*PARTNER_FIELDS, 'active'}
        if touched and self._is_bound_by_requests():
            self._check_by_request({name: vals[name] for name in touched})
        return super().write(vals)

    # === ACTIONS === #

    def action_propose_change(self):
        """Open the dialog with today's facts, to change what is wrong."""
        self.ensure_one()
        return self.env['pharma.change.proposal']._get_dialog(
            self.env._("Propose a Change"), default_partner_id=self.id, default_kind='facts')

    def action_view_change_requests(self):
        """Open the change requests of this customer, as far as the user sees them."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_change_request_action')
        return {**action, 'domain': [('partner_id', '=', self.id)], 'context': {}}

    def action_change_post(self):
        if self._is_bound_by_requests() and self._is_post_by_request():
            self.ensure_one()
            return self.env['pharma.change.proposal']._get_dialog(
                self.env._("Propose a Change"), default_partner_id=self.id, default_kind='post')
        return super().action_change_post()

    # === BUSINESS === #

    def _is_bound_by_requests(self):
        """Whether the current user changes customers by request where his company wants it."""
        return not (
            self.env.su or self.env.cr.cache.get(APPLYING)
            or not self.env.user._is_internal() or self.env.user.has_group(STEWARD_GROUP))

    def _is_post_by_request(self):
        return self.env.company._is_changed_by_request('post') and any(
            partner.pharma_verified == 'verified' for partner in self.sudo())

    def _check_not_by_request(self, kind):
        """:raise UserError: if such a change of these customers takes a request"""
        if not self._is_bound_by_requests() or not self.env.company._is_changed_by_request(kind):
            return
        # sudo: whether they are verified customers
        for partner in self.sudo():
            if partner.pharma_type and partner.pharma_verified == 'verified':
                raise UserError(self.env._(
                    "%s is changed by request: press Propose a Change.", partner.name))

    def _check_by_request(self, vals):
        """Refuse what takes a request.

        :param dict vals: values about to be written of ``PARTNER_FIELDS`` and ``active``
        :raise UserError: if it does
        """
        kinds = {'facts', 'post', 'close'}
        if not any(self.env.company._is_changed_by_request(kind) for kind in kinds):
            return
        for partner in self:
            # sudo: what it has now is only compared
            old = partner.sudo()
            changed = {
                name for name, value in vals.items()
                if (old._fields[name].convert_to_cache(value, old) or False)
                != (old._fields[name].convert_to_cache(old[name], old) or False)}
            place = set(PLACE_FIELDS) & changed if old.pharma_type == 'person' else set()
            for kind, names in (('close', changed & {'active'}), ('post', place),
                                ('facts', changed - place - {'active'})):
                if names:
                    partner._check_not_by_request(kind)

    def _propose_entered(self):
        """Customers who were entered where that takes a request are unverified, and asked for."""
        company = self.env.company
        # sudo: their kind alone
        for partner in self.sudo().filtered('pharma_type'):
            kind = 'new_person' if partner.pharma_type in PERSON_TYPES else 'new_customer'
            if company._is_changed_by_request(kind):
                partner.pharma_verified = 'unverified'
                self.env['pharma.change.request']._propose_entered(
                    partner.with_env(self.env), kind)

    def _change_post(self, date, place=None, old=None, **values):
        self._check_not_by_request('post')
        return super()._change_post(date, place, old, **values)
