import base64
import io
import json
import zipfile

from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, html2plaintext

from ...tools import crypto
from ..customer.pharma_person_profile_numbers import NUMBERS

# What the system notes of messages for sending them
LEFT_OUT_FIELDS = {
    'mail.message': frozenset((
        'message_id', 'reply_to', 'email_layout_xmlid', 'model', 'record_alias_domain_id',
        'record_company_id', 'reply_to_force_new', 'mail_server_id', 'email_add_signature')),
    # Of the call's author, not of whom he called on
    'pharma.visit': frozenset((
        'quality', 'appraisal', 'suggestion', 'review_state', 'review_user_id', 'review_date',
        'entry_days', 'recorded_at')),
}
# Their content is in a folder of the file
FILES = 'ir.attachment'
KINDS = ('char', 'text', 'html', 'selection', 'date', 'datetime', 'integer', 'float', 'monetary',
         'boolean', 'many2one', 'many2many', 'properties')


class PharmaPersonalData(models.AbstractModel):
    """Everything kept about a person, as a file for him."""

    _inherit = 'pharma.personal.data'

    @api.model
    def _export(self, partner):
        """A copy of everything that is kept about a person.

        Nothing of it is kept here: a copy with the private numbers in plain would undo their
        encryption.

        :param partner: ``res.partner``
        :return: name of the file and its bytes: a ZIP of a JSON file for machines, a page to be
            read, and the files that hang on the person
        :rtype: tuple(str, bytes)
        """
        persons = self._get_persons(partner.sudo())
        sections = self._get_sections(partner, persons)
        # The name of the file tells no name
        title = self.env._("Personal data %s", partner.id)
        told = {'person': partner.id, 'date': fields.Datetime.to_string(fields.Datetime.now()),
                'sections': sections}
        page = self.env['ir.qweb']._render('pharma_crm.personal_data_document', {
            'title': title, 'sections': sections,
            'date': format_datetime(self.env, fields.Datetime.now())})
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED) as file:
            file.writestr(f'{title}.json', json.dumps(told, ensure_ascii=False, indent=1))
            file.writestr(f'{title}.html', str(page))
            for number, (name, data) in enumerate(self._get_files(persons), 1):
                file.writestr(f'{number}_{name}'.replace('/', '_'), data)
        return f'{title}.zip', buffer.getvalue()

    @api.model
    def _get_sections(self, partner, persons):
        """What the copy says, model by model.

        :param partner: the person, with the rights of whoever exports
        :param persons: the same with records merged into his, in superuser mode
        :return: dicts of ``model``, ``title``, ``records`` (dicts of label and text)
        :rtype: list(dict)
        """
        sections = [self._get_section(persons, persons)]
        profile = partner.env['pharma.person.profile'].search([('partner_id', 'in', persons.ids)])
        if profile:
            sections.append(self._get_profile_section(profile, persons))
        for name, ids in sorted(self._get_linked(persons).items()):
            if name not in ('pharma.person.profile', 'res.users'):
                # sudo: see _get_linked
                records = self.env[name].sudo().with_context(active_test=False).browse(sorted(ids))
                sections.append(self._get_section(records, persons))
        return [section for section in sections if section['records']]

    @api.model
    def _get_section(self, records, persons):
        rows = [self._get_row(record, persons) for record in records]
        return {'model': records._name, 'title': self._get_title(records._name),
                'records': [row for row in rows if row]}

    @api.model
    def _get_profile_section(self, profile, persons):
        """The private profile, with the numbers in plain: who may read it may show them."""
        profile._log('exported')
        section = self._get_section(profile.sudo(), persons)
        for record, row in zip(profile, section['records'], strict=True):
            for fname in NUMBERS:
                label = profile._fields[fname]._description_string(self.env)
                try:
                    number = record._number(fname)
                except crypto.CryptoError as error:
                    number = record._key_message(error)
                if number:
                    row[label] = number
                    record._log('shown', fname)
        return section

    @api.model
    def _get_row(self, record, persons):
        """What a record says, as ``{label: text}``."""
        row, left_out = {}, LEFT_OUT_FIELDS.get(record._name, frozenset())
        for fname, field in record._fields.items():
            if field.type not in KINDS or fname in left_out or not self._is_plain(field):
                continue
            text = self._get_text(record, field, persons)
            label = field._description_string(self.env)
            if text:
                row[f'{label} ({fname})' if label in row else label] = text
        return row

    @api.model
    def _get_text(self, record, field, persons):
        """A value as one reads it, empty for none; of other people outside of the company nothing
        is told.
        """
        value = record[field.name]
        if field.type == 'properties':
            return self._get_properties_text(record, field)
        if not value:
            return ""
        if field.relational:
            return ", ".join(self._get_name(other, persons) for other in value)
        if field.type == 'selection':
            return str(dict(field._description_selection(self.env)).get(value, value))
        if field.type == 'html':
            return html2plaintext(value)
        if field.type == 'date':
            return format_date(self.env, value)
        if field.type == 'datetime':
            return format_datetime(self.env, value)
        return self.env._("Yes") if value is True else str(value)

    @api.model
    def _get_name(self, record, persons):
        if record._name == 'res.partner' and record.pharma_type == 'person' and (
                record not in persons):
            return self.env._("Another Person")
        return record.display_name or str(record.id)

    @api.model
    def _get_properties_text(self, record, field):
        """Own fields, as ``name: value``."""
        values = record.read([field.name])[0][field.name] or []
        return ", ".join(
            f"{prop.get('string')}: {prop['value']}" for prop in values if prop.get('value'))

    @api.model
    def _get_files(self, persons):
        """Files and the picture of a person.

        :return: pairs of name and bytes
        :rtype: list(tuple(str, bytes))
        """
        found = [(f'{person.id}.png', base64.b64decode(person.image_1920))
                 for person in persons if person.image_1920]
        # sudo: see _get_linked
        attachments = self.env[FILES].sudo().search([
            ('res_model', '=', 'res.partner'), ('res_id', 'in', persons.ids),
            ('res_field', '=', False), ('type', '=', 'binary')])
        return found + [(file.name, file.raw or b'') for file in attachments]
