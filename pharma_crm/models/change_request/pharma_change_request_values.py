from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_date

from .pharma_change_request import NEW_KINDS

# Facts of the customer that are changed by request, in the order of the form
PARTNER_FIELDS = (
    'name', 'pharma_type', 'ref', 'parent_id', 'hospital_level', 'hospital_grade', 'specialty_id',
    'function', 'parent_organisation_id', 'state_id', 'pharma_city_id', 'pharma_county_id',
    'street', 'zip', 'phone', 'email', 'website', 'vat', 'company_registry')
# A person's place follows from his posts: it is changed by another kind of request
PLACE_FIELDS = ('parent_id', 'function')
# Facts of the new post of a person who moves; without a place he leaves
POST_FIELDS = ('place_id', 'date_from', 'post', 'title_id')
# What a new customer cannot do without
VITAL_FIELDS = ('name', 'pharma_type', 'parent_id')


class PharmaChangeRequest(models.Model):
    """Values of change requests: which, of what type, in words.

    Only the facts above can be asked for: no values with special rights, never the private profile,
    which its owner keeps himself.
    """

    _inherit = 'pharma.change.request'

    # === WHICH === #

    def _get_fields(self):
        """Names of the facts that this kind of request may change.

        :rtype: tuple(str)
        """
        self.ensure_one()
        if self.kind == 'post':
            return POST_FIELDS
        if self.kind == 'close':
            return ()
        if self.kind == 'facts' and self.pharma_type == 'person':
            return tuple(name for name in PARTNER_FIELDS if name not in PLACE_FIELDS)
        return PARTNER_FIELDS

    def _get_vital_fields(self):
        """Facts without which there is no such customer.

        :rtype: tuple(str)
        """
        return VITAL_FIELDS

    def _get_field(self, name):
        """The field of customer or post that a line changes.

        :param str name: one of :meth:`_get_fields`
        :rtype: odoo.fields.Field
        """
        model = 'pharma.affiliation' if name in POST_FIELDS else 'res.partner'
        return self.env[model]._fields[name]

    # === READ === #

    def _get_current(self, names):
        """What the customer has today, read with the rights of the user.

        :param names: names of facts
        :return: values as lines keep them, by name
        :rtype: dict
        """
        self.ensure_one()
        names = [name for name in names if name]
        if not names or not self.partner_id:  # reading nothing would be reading all
            return dict.fromkeys(names, False)
        source = self.partner_id
        if not set(POST_FIELDS).isdisjoint(names):
            source = self.env['pharma.affiliation']._get_primary(self.partner_id)
            if not source:
                return dict.fromkeys(names, False)
        row = source.read(names, load=None)[0]
        # The day of the change is new in any case
        return {name: self._to_json(row[name]) if name != 'date_from' else False for name in names}

    @api.model
    def _to_json(self, value):
        """A value as lines keep it: empty ones are all alike."""
        if not value:
            return False
        return value if isinstance(value, str | int) else fields.Date.to_string(value)

    def _get_label(self, name):
        """The name of a fact, as the dialog has it."""
        return self.env['ir.model.fields']._get('pharma.change.proposal', name).field_description

    def _get_text(self, name, value):
        """A value in words; of records that the user may not see it does not tell the name.

        :rtype: str
        """
        if not value:
            return ""
        field = self._get_field(name)
        if field.type == 'selection':
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == 'date':
            return format_date(self.env, value)
        if field.type == 'many2one':
            record = self.env[field.comodel_name].browse(value).exists()
            if not record:
                return self.env._("(deleted)")
            if not self.env.su and not record.has_access('read'):
                return self.env._("(hidden)")
            return record.display_name
        return value

    # === CHECK === #

    def _clean(self, name, value):
        """A value of the right type, or the reason why it is none.

        :param str name: name of the fact
        :param value: what a client sent, or a line holds
        :return: the value as lines keep it
        :raise ValidationError: for a value that the field cannot hold
        """
        if value in (False, None, ""):
            return False
        field = self._get_field(name)
        valid = {
            'char': lambda: (
                isinstance(value, str) and len(value) <= 500 and '\0' not in value),
            'selection': lambda: isinstance(value, str) and value in dict(
                field._description_selection(self.env)),
            'many2one': lambda: self._is_linkable(field, value),
            'date': lambda: isinstance(value, str) and self._is_date(value),
        }[field.type]()
        if not valid:
            raise ValidationError(self.env._(
                "%(value)s cannot be entered as %(fact)s.", value=value,
                fact=self._get_label(name)))
        return (value.strip() or False) if field.type == 'char' else value

    @api.model
    def _is_date(self, value):
        try:
            return bool(fields.Date.to_date(value))
        except ValueError:
            return False

    def _is_linkable(self, field, value):
        """Whether a record exists, may be read, and is not the customer himself."""
        if type(value) is not int or field.comodel_name == 'res.partner' and (
                value == self.partner_id.id):
            return False
        return bool(self.env[field.comodel_name].browse(value).exists()._filtered_access('read'))

    # === WRITE === #

    def _set_values(self, values):
        """Replace the lines by what is proposed; what is as proposed already makes none.

        :param dict values: by name of the fact
        :raise AccessError: for facts that cannot be asked for
        :raise ValidationError: for values that a fact cannot have
        """
        self.ensure_one()
        values = self._clean_all(values)
        # A customer who was entered with this request had nothing before
        old = dict.fromkeys(values, False) if self.is_new else self._get_current(values)
        if self.kind in NEW_KINDS and 'pharma_type' in values:
            self._set_closed(pharma_type=values['pharma_type'])
        self._set_closed(line_ids=[
            fields.Command.clear(), *(
                fields.Command.create({
                    'sequence': number, 'field_name': name, 'old_value': old[name],
                    'proposed_value': value, 'decided_value': value})
                for number, (name, value) in enumerate(values.items()) if value != old[name])])

    def _correct_values(self, values):
        """Change what will be written, whatever was proposed.

        :param dict values: by name of the fact; what is neither in the request nor another value
            than today's is left alone
        """
        self.ensure_one()
        values = self._clean_all(values)
        old = dict.fromkeys(values, False) if not self.partner_id else self._get_current(values)
        self._set_closed(corrected_at=fields.Datetime.now())
        lines = {line.field_name: line for line in self.sudo().line_ids}
        for number, (name, value) in enumerate(values.items()):
            if name in lines:
                if lines[name].decided_value != value:
                    lines[name].write({'decided_value': value, 'is_taken': True})
            elif value != old[name]:
                self._set_closed(line_ids=[fields.Command.create({
                    'sequence': number, 'field_name': name, 'old_value': old[name],
                    'proposed_value': False, 'decided_value': value})])

    def _clean_all(self, values):
        """Values that are allowed and of their type, in the order of the form."""
        allowed = self._get_fields()
        if not set(values) <= set(allowed):
            raise AccessError(self.env._(
                "These facts cannot be changed by such a request: %s.",
                ", ".join(sorted(set(values) - set(allowed)))))
        return {name: self._clean(name, values[name]) for name in allowed if name in values}

    def _get_decided(self):
        """What is to be written, checked once more: by name of the fact.

        :rtype: dict
        """
        return {line.field_name: self._clean(line.field_name, line.decided_value)
                for line in self.line_ids if line.is_taken}
