from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools.i18n import format_list

from ...tools.facts import locked_changes
from .pharma_partner_fact import FACT_FIELDS, REQUIRED

STEWARD_GROUP = 'pharma_crm.group_pharma_crm_steward'


class ResPartner(models.Model):
    """Facts of a customer: own fields of his type, what is missing, what must and may be entered.

    Data stewards and the superuser are not bound by required and read-only facts: they import
    lists and put masters right. What is missing shows in the completeness all the same.
    """

    _inherit = 'res.partner'

    partner_type_id = fields.Many2one(
        'pharma.partner.type', string="Type of Customer", ondelete='restrict',
        compute='_compute_partner_type_id', store=True, precompute=True, groups='base.group_user')
    pharma_properties = fields.Properties(
        string="Own Fields", definition='partner_type_id.property_definition', copy=True,
        groups='base.group_user')
    source_id = fields.Many2one(
        'utm.source', string="Customer Source", index='btree_not_null', tracking=True,
        groups='base.group_user', help="How we came to know this customer")
    completeness = fields.Integer(
        string="Completeness (%)", compute='_compute_completeness', store=True, aggregator='avg',
        groups='base.group_user')
    missing_facts = fields.Char(
        compute='_compute_missing_facts', compute_sudo=True, groups='base.group_user')
    required_facts_missing = fields.Char(
        compute='_compute_missing_facts', compute_sudo=True, groups='base.group_user')

    # === COMPUTE === #

    @api.depends('pharma_type')
    def _compute_partner_type_id(self):
        ids = self.env['pharma.partner.type']._get_ids_by_kind()
        for partner in self:
            partner.partner_type_id = ids.get(partner.pharma_type, False)

    @api.depends('partner_type_id', 'pharma_properties', *FACT_FIELDS)
    def _compute_completeness(self):
        for kind, partners in self.grouped('partner_type_id').items():
            facts = kind.fact_ids.filtered(lambda fact: fact.importance != 'optional')
            # Plain tuples: this runs for thousands of customers of an import
            names = [(fact.field_name, fact.property_key) for fact in facts]
            own = any(key for _name, key in names)
            for partner in partners:
                values = partner._get_own_values() if own else {}
                known = sum(
                    bool(partner[name] if name else values.get(key)) for name, key in names)
                partner.completeness = known * 100 // len(names) if names else 100 * bool(kind)

    @api.depends(
        'partner_type_id.fact_ids.importance', 'pharma_properties', *FACT_FIELDS)
    @api.depends_context('lang')
    def _compute_missing_facts(self):
        for partner in self:
            missing = partner._get_missing_facts()
            required = missing.filtered(lambda fact: fact.importance == REQUIRED)
            partner.missing_facts = format_list(self.env, missing.mapped('display_name'))
            partner.required_facts_missing = format_list(
                self.env, required.mapped('display_name'))

    def _get_own_values(self):
        """Values of the own fields as they are kept, {technical name: value}."""
        self.ensure_one()
        # Not through the mapping's own keys: each of them reads the whole definition
        return self.pharma_properties._values

    def _get_missing_facts(self):
        """The facts of this customer's type that count and are not known."""
        self.ensure_one()
        own = self._get_own_values()
        return self.partner_type_id.fact_ids.filtered(
            lambda fact: fact.importance != 'optional' and fact._is_missing(self, own)).sorted()

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_own_definition(vals)
        partners = super().create([self._with_partner_type(vals) for vals in vals_list])
        if self._is_bound_by_facts():
            partners._check_required_facts()
        return partners

    def write(self, vals):
        self._check_own_definition(vals)
        if 'partner_type_id' in vals:  # it follows from the kind of customer, whoever asks
            vals = {name: value for name, value in vals.items() if name != 'partner_type_id'}
        touched = vals.keys() & {'name', 'pharma_type', 'pharma_properties', *FACT_FIELDS}
        bound = touched and self._is_bound_by_facts()
        if bound:
            self._check_locked_facts(vals)
        result = super().write(vals)
        # A new salesperson is given to a customer that others left incomplete, too
        if bound and not (touched == {'user_id'} and vals['user_id']):
            self._check_required_facts()
        return result

    @api.model
    def _with_partner_type(self, vals):
        """Complete values: Odoo drops own fields that come without the record that defines them."""
        if not vals.keys() & {'pharma_properties', 'partner_type_id'}:
            return vals
        kind = vals['pharma_type'] if 'pharma_type' in vals else self.default_get(
            ['pharma_type']).get('pharma_type')
        ids = self.env['pharma.partner.type']._get_ids_by_kind()
        return {**vals, 'partner_type_id': ids.get(kind, False)}

    @api.model
    def _is_bound_by_facts(self):
        return not (self.env.su or self.env.user.has_group(STEWARD_GROUP))

    @api.model
    def _check_own_definition(self, vals):
        """Own fields are set up on the customer type alone, where their rules are, too."""
        own = vals.get('pharma_properties')
        if isinstance(own, list) and any(
                entry.get('definition_changed') or entry.get('definition_deleted')
                for entry in own):
            raise UserError(self.env._(
                "Own fields are set up under Configuration, Customer Types."))

    def _check_required_facts(self):
        """Refuse to save customers without required facts; a portal user's address is saved."""
        if not self.env.user._is_internal():
            return
        problems = []
        # Rules of the type and what the customer lacks; only names of facts are told
        for kind, partners in self.sudo().grouped('partner_type_id').items():
            if REQUIRED not in kind.fact_ids.mapped('importance'):
                continue
            problems += [
                self.env._("%(customer)s: please enter %(facts)s.", customer=partner.name,
                           facts=partner.required_facts_missing)
                for partner in partners if partner.required_facts_missing]
        if problems:
            raise ValidationError("\n".join(problems))

    def _check_locked_facts(self, vals):
        """Refuse a change of facts that were entered and are read-only then."""
        for partner in self.sudo():  # the rules of the type; nothing is told but names of facts
            facts = partner.partner_type_id.fact_ids.filtered('locked')
            changed = {
                fact.field_name for fact in facts
                if fact.field_name in vals and partner[fact.field_name]
                and partner._fields[fact.field_name].convert_to_write(
                    partner[fact.field_name], partner) != vals[fact.field_name]}
            if 'pharma_properties' in vals:
                new = self._fields['pharma_properties'].convert_to_cache(
                    vals['pharma_properties'], partner) or {}
                changed.update(locked_changes(
                    facts.filtered('property_key').mapped('property_key'),
                    partner._get_own_values(), new))
            if changed:
                names = [
                    fact.display_name for fact in facts
                    if (fact.field_name or fact.property_key) in changed]
                raise UserError(self.env._(
                    "%(customer)s: %(facts)s was entered and is read-only. Ask a data steward to"
                    " change it.", customer=partner.name, facts=format_list(self.env, names)))
