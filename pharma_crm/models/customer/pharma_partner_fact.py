import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools.facts import merge_options

WANTED, REQUIRED = 'wanted', 'required'
IMPORTANCES = [
    ('optional', "Optional"),
    (WANTED, "Counts for Completeness"),
    (REQUIRED, "Required to Save"),
]
KINDS = [
    ('char', "Text"),
    ('text', "Long Text"),
    ('integer', "Whole Number"),
    ('float', "Decimal Number"),
    ('date', "Date"),
    ('boolean', "Yes or No"),
    ('selection', "Choice"),
]
# Fields of Odoo's contact and of ours that a type of customer can ask for.
FACT_FIELDS = (
    'ref', 'vat', 'company_registry', 'hospital_level', 'hospital_grade', 'specialty_id',
    'function', 'parent_id', 'parent_organisation_id', 'state_id', 'pharma_city_id',
    'pharma_county_id', 'street', 'zip', 'phone', 'email', 'website', 'user_id', 'source_id',
)


class PharmaPartnerFact(models.Model):
    """A fact that we want to know about a kind of customer: a field of the contact or an own one.

    Own fields are Odoo properties: this line is what the definition on the type is made from. A
    number of 0 counts as not entered.
    """

    _name = 'pharma.partner.fact'
    _description = "Fact of a Customer Type"
    _order = 'sequence, id'

    _unique_field = models.Constraint(
        'UNIQUE(type_id, field_name)', "This field is among the facts already.")
    _unique_property = models.Constraint(
        'UNIQUE(type_id, property_key)', "This own field is among the facts already.")

    type_id = fields.Many2one(
        'pharma.partner.type', string="Customer Type", required=True, index=True,
        ondelete='cascade')
    sequence = fields.Integer(default=100)
    field_name = fields.Selection('_selection_field_name', string="Field")
    name = fields.Char(string="Own Field", translate=True)
    property_key = fields.Char(string="Technical Name", readonly=True, copy=False)
    kind = fields.Selection(KINDS, default='char')
    options = fields.Text(
        string="Choices", translate=True, help="For an own field of the kind Choice: one per line")
    importance = fields.Selection(IMPORTANCES, required=True, default=WANTED)
    locked = fields.Boolean(
        string="Read-only", help="Once entered, only data stewards change it")

    # === SELECTION AND COMPUTE === #

    @api.model
    def _selection_field_name(self):
        env = self.env
        partner_fields = env['res.partner']._fields
        # As the customer's form calls them, where Odoo has another word
        labels = {
            'ref': env._("Our Code"), 'function': env._("Post or Title"),
            'parent_id': env._("Belongs To"), 'state_id': env._("Province"),
            'pharma_city_id': env._("City"),
        }
        return [
            (name, labels.get(name) or partner_fields[name]._description_string(env))
            for name in FACT_FIELDS]

    @api.depends('name', 'field_name')
    @api.depends_context('lang')
    def _compute_display_name(self):
        labels = dict(self._selection_field_name())
        for fact in self:
            fact.display_name = labels[fact.field_name] if fact.field_name else fact.name

    # === CONSTRAINTS === #

    @api.constrains('field_name', 'name', 'kind', 'options', 'importance')
    def _check_fact(self):
        for fact in self:
            if not fact.field_name and not fact.name:
                raise ValidationError(self.env._("Choose a field, or name an own one."))
            if fact.field_name:
                continue
            if fact.kind == 'boolean' and fact.importance != 'optional':
                raise ValidationError(self.env._(
                    "%s: a tick cannot be missing. Make it a choice of yes and no, or optional.",
                    fact.name))
            if fact.kind == 'selection' and not (fact.options or '').strip():
                raise ValidationError(self.env._("%s: enter the choices.", fact.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        facts = super().create([
            vals if vals.get('field_name') or vals.get('property_key')
            else {**vals, 'property_key': f'own_{uuid.uuid4().hex[:12]}'}
            for vals in vals_list])
        facts.type_id._rebuild_definitions()
        facts.type_id._recompute_completeness()
        return facts

    def write(self, vals):
        for name in ('type_id', 'field_name', 'kind'):
            # What was entered would belong to another fact, or not fit any more
            if name in vals and any(
                    fact._fields[name].convert_to_write(fact[name], fact) != vals[name]
                    and (name != 'kind' or fact.property_key) for fact in self):
                raise UserError(self.env._(
                    "What a fact is stays as it is: delete it and enter another."))
        result = super().write(vals)
        if vals.keys() & {'name', 'kind', 'options', 'sequence', 'importance'}:
            self.type_id._rebuild_definitions()
        if 'importance' in vals:
            self.type_id._recompute_completeness()
        return result

    def unlink(self):
        kinds = self.type_id
        result = super().unlink()
        kinds._rebuild_definitions()
        kinds._recompute_completeness()
        return result

    # === BUSINESS === #

    def _prepare_property(self, old):
        """Its entry in the definition of the type's own fields.

        :param old: the entry so far or None
        :rtype: dict
        """
        self.ensure_one()
        # The star is how people know a required field
        star = " *" if self.importance == REQUIRED else ""
        values = {'name': self.property_key, 'type': self.kind, 'string': f"{self.name}{star}"}
        if self.kind == 'selection':
            choices = (old or {}).get('selection')
            if not choices:
                # The English labels are the keys, whatever language the first user has
                source = self.with_context(lang='en_US').options or ''
                choices = merge_options([], source.splitlines())
            values['selection'] = merge_options(choices, (self.options or '').splitlines())
        return values

    def _is_missing(self, partner, own):
        """Whether a customer lacks this fact.

        :param partner: the customer
        :param dict own: values of his own fields, {technical name: value}
        """
        return not (partner[self.field_name] if self.field_name else own.get(self.property_key))
