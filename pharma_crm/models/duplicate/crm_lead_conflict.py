from odoo import api, fields, models
from odoo.tools.i18n import format_list

# What a conflict hangs on
CONFLICT_FIELDS = frozenset((
    'active', 'partner_id', 'product_line_id', 'stage_id', 'user_id', 'company_id'))
# A shorter name of a company is nobody's
SHORTEST_NAME = 4


class CrmLead(models.Model):
    """Who registers an opportunity is told who holds the customer and who works on him already."""

    _inherit = 'crm.lead'

    product_line_id = fields.Many2one(
        'product.category', index='btree_not_null', tracking=True,
        domain=[('is_product_line', '=', True)],
        help="People who work on different product lines of one customer are not in conflict")
    conflict_text = fields.Text(
        string="Who Holds the Customer", compute='_compute_conflict_text',
        groups='pharma_crm.group_pharma_crm_user', export_string_translation=False)
    has_conflict = fields.Boolean(
        compute='_compute_conflict_text', groups='pharma_crm.group_pharma_crm_user',
        export_string_translation=False)

    # === COMPUTE === #

    @api.depends('partner_id', 'partner_name', 'phone', 'product_line_id', 'user_id', 'stage_id',
                 'active')
    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_conflict_text(self):
        for lead in self:
            sentences, conflict = lead._tell_conflict()
            lead.conflict_text = "\n".join(sentences)
            lead.has_conflict = conflict

    def _tell_conflict(self):
        """What the current user is told about the customer of an opportunity: who holds him, whom
        a name that is typed may mean, and who works on the same product line.

        :return: sentences, and whether there is a conflict
        :rtype: tuple[list[str], bool]
        """
        self.ensure_one()
        # sudo: whoever sees the opportunity may be named its hospital
        customer = self.partner_id.sudo().commercial_partner_id
        if not customer:
            return self._tell_typed_customer()
        if not customer.pharma_type:
            return [], False
        holders = self.partner_id._duplicate_holders(customer.ids).get(customer.id, ())
        sentences = [self.env._(
            "Held by %s", self.partner_id._holder_text(holders))] if holders else []
        rivals = self._find_rivals(customer)
        # As the user: only what he may see is named
        shown = self.search([('id', 'in', rivals.ids)])
        for rival in shown:
            sentences.append(self.env._(
                "%(user)s works on \"%(lead)s\" (%(stage)s)", user=rival.sudo().user_id.name,
                lead=rival.name, stage=rival.stage_id.name))
        if rivals - shown:
            bosses = list(dict.fromkeys(row[2] for row in holders if row[2]))
            sentences.append(self.env._(
                "A colleague works on this customer already: ask %s.", format_list(self.env, bosses)
            ) if bosses else self.env._(
                "A colleague works on this customer already: ask your manager."))
        return sentences, bool(rivals)

    def _tell_typed_customer(self):
        """The same where only the name of a company is typed."""
        if len(self.partner_name or '') < SHORTEST_NAME or self._origin.partner_id:
            return [], False
        found = self.env['res.partner'].pharma_find_duplicates(
            {'name': self.partner_name, 'phone': self.phone}, limit=3)
        sentences = [
            self.env._("Known as %(name)s: %(holder)s", name=row['name'], holder=row['holder'])
            for row in found['candidates']]
        sentences += [
            self.env._("This customer is known. %s", row['holder']) for row in found['hidden']]
        return sentences, found['strong']

    def _find_rivals(self, customer):
        """Open opportunities of others with the same customer and product line, seen or not.

        :param customer: the hospital or company
        :return: opportunities in superuser mode
        """
        # sudo: that there is one is told, what it is only to whoever sees it
        rivals = self.env['crm.lead'].sudo().search([
            ('partner_id.commercial_partner_id', '=', customer.id),
            ('won_status', '=', 'pending'), ('id', '!=', self._origin.id),
            ('user_id', 'not in', (False, (self.user_id or self.env.user).id)),
            ('company_id', 'in', [False, *self.env.companies.ids])])
        return rivals.filtered(lambda rival: (
            not self.product_line_id or not rival.product_line_id
            or rival.product_line_id == self.product_line_id))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        leads._with_customer()._register_conflicts(new=True)
        return leads

    def write(self, vals):
        if CONFLICT_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self._with_customer()
        result = super().write(vals)
        (before | self._with_customer())._register_conflicts()
        return result

    # === BUSINESS === #

    def _with_customer(self):
        """Those with a customer of the suite; the others are Odoo's business."""
        return self.filtered(
            lambda lead: lead.sudo().partner_id.commercial_partner_id.pharma_type)

    def _register_conflicts(self, new=False):
        """List the conflicts of these opportunities, and tell those who hold the customers.

        :param bool new: the opportunities were just registered
        """
        if not self:
            return
        conflicts = self.env['pharma.lead.conflict']._update_for(self)
        if self.env.context.get('tracking_disable'):
            return
        # sudo: who is told does not hang on what the author sees
        for lead in (self if new else self.browse(conflicts.lead_id.ids)).sudo():
            lead._tell_holders(conflicts.filtered(
                lambda conflict, lead=lead: conflict.lead_id == lead))

    def _tell_holders(self, conflicts):
        """Tell those who hold the customer, and who was there first, that it was registered; of the
        opportunity itself only who works on it and for which product line.

        :param conflicts: new conflicts with this opportunity
        """
        self.ensure_one()
        customer = self.partner_id.commercial_partner_id
        told = (customer.owner_ids | conflicts.other_id.user_id) - self.user_id - self.env.user
        told = told.filtered(lambda user: user.active and user._is_internal())
        names = {
            'user': self.user_id.name or self.env.user.name, 'customer': customer.name,
            'line': self.product_line_id.name or self.env._("all product lines")}
        for user in told:
            # In his own language, on the customer, whom he sees
            lang = user.lang or self.env.lang
            body = self.with_context(lang=lang).env._(
                "%(user)s registered an opportunity with %(customer)s (%(line)s).", **names)
            customer.with_context(lang=lang).message_notify(
                partner_ids=user.partner_id.ids, body=body,
                subject=self.with_context(lang=lang).env._("Opportunity with your customer"))
