import json
import secrets
from hmac import compare_digest

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import message_gateway as gateway

PROVIDER_KINDS = [
    ('sms', "SMS by Template (HTTP, JSON)"),
    ('wecom', "Robot of WeCom"),
    ('dingtalk', "Robot of DingTalk"),
]
CHANNELS = [
    ('sms', "SMS"),
    ('messenger', "Messenger"),
]
SIGNINGS = [
    ('none', "No Signature"),
    ('plain', "The Secret Itself"),
    ('sha256', "HMAC-SHA256"),
    ('sha1', "HMAC-SHA1"),
]
SYSTEM = 'base.group_system'


class PharmaMessageProvider(models.Model):
    """A gateway for short messages: SMS with templates, a robot of an enterprise messenger.

    How to extend: a subclass of ``tools.message_gateway.Gateway``, registered there, and its kind
    added to ``kind``.
    """

    _name = 'pharma.message.provider'
    _description = "Message Provider"
    _order = 'sequence, id'
    _check_company_auto = True

    _timeout_check = models.Constraint(
        'CHECK(timeout BETWEEN 1 AND 30)', "Wait for an answer between 1 and 30 seconds.")
    _cost_check = models.Constraint('CHECK(unit_cost >= 0)', "A message cannot cost less than 0.")

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(PROVIDER_KINDS, required=True, default='sms')
    channel = fields.Selection(CHANNELS, compute='_compute_channel', store=True, precompute=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    currency_id = fields.Many2one(related='company_id.currency_id')
    unit_cost = fields.Float(
        string="Cost per Message", digits=(12, 4),
        help="Of one part of at most 70 characters; where the gateway tells the fee, that counts")
    timeout = fields.Integer(string="Seconds to Wait", required=True, default=10)
    is_idempotent = fields.Boolean(
        string="Knows Messages Again",
        help="The gateway takes a message with the same own id only once: a message whose answer "
             "was lost may be sent again. Without this it is not sent again by itself.")
    template_ids = fields.One2many('pharma.message.template', 'provider_id', string="Templates")
    # Whoever knows the address of a robot can write in its name
    url = fields.Char(string="Address", required=True, groups=SYSTEM)
    key = fields.Char(string="Access Key", groups=SYSTEM, copy=False)
    secret = fields.Char(groups=SYSTEM, copy=False)
    delivery_token = fields.Char(
        groups=SYSTEM, copy=False, default=lambda self: secrets.token_urlsafe(24), readonly=True)
    delivery_url = fields.Char(
        string="Address for Delivery Reports", compute='_compute_delivery_url', groups=SYSTEM)

    # the gateway's own words: of the request
    sign_name = fields.Char(string="Signature Name", help="As registered with the gateway")
    signing = fields.Selection(SIGNINGS, string="Signed By", required=True, default='none')
    encoding = fields.Selection(
        [('base64', "Base64"), ('hex', "Hexadecimal")], required=True, default='base64')
    params_as = fields.Selection(
        [('text', "JSON in a Text"), ('object', "Object"), ('list', "List of Values")],
        string="Parameters As", required=True, default='text')
    field_phone = fields.Char(string="Field of the Number", default='PhoneNumbers')
    field_sign_name = fields.Char(string="Field of the Signature Name", default='SignName')
    field_template = fields.Char(string="Field of the Template", default='TemplateCode')
    field_params = fields.Char(string="Field of the Parameters", default='TemplateParam')
    field_out_id = fields.Char(string="Field of the Own Id", default='OutId')
    field_key = fields.Char(string="Field of the Access Key", default='AccessKeyId')
    field_timestamp = fields.Char(string="Field of the Time", default='Timestamp')
    field_signature = fields.Char(string="Field of the Signature", default='Signature')
    # of the answer
    code_path = fields.Char(string="Path of the Code", default='Code')
    ok_code = fields.Char(string="Code of Success", default='OK')
    retry_codes = fields.Char(
        string="Codes to Try Again", default='isv.BUSINESS_LIMIT_CONTROL',
        help="Separated by commas")
    text_path = fields.Char(string="Path of the Text", default='Message')
    reference_path = fields.Char(string="Path of the Gateway's Id", default='BizId')
    fee_path = fields.Char(string="Path of the Fee")
    # of a report of delivery
    delivery_out_id_path = fields.Char(string="Path of the Own Id", default='out_id')
    delivery_code_path = fields.Char(string="Path of the Result", default='success')
    delivery_ok_code = fields.Char(string="Result of Success", default='true')

    # === COMPUTE === #

    @api.depends('kind')
    def _compute_channel(self):
        for provider in self:
            provider.channel = gateway.GATEWAYS[provider.kind].channel

    @api.depends('delivery_token')
    def _compute_delivery_url(self):
        for provider in self:
            provider.delivery_url = (
                f'{provider.get_base_url()}/pharma_crm/message/{provider._origin.id}/'
                f'{provider.delivery_token}' if provider._origin else False)

    # === CONSTRAINTS === #

    @api.constrains('kind', 'signing', 'field_signature', 'field_phone', 'code_path')
    def _check_fields(self):
        for provider in self.filtered(lambda provider: provider.kind == 'sms'):
            if not (provider.field_phone and provider.code_path) or (
                    provider.signing != 'none' and not provider.field_signature):
                raise ValidationError(self.env._(
                    "The gateway %s needs the names of the fields of the number, of the signature "
                    "where it has one, and the path of the answer's code.", provider.name))

    # === BUSINESS === #

    def _get_config(self):
        """What the gateway's class needs.

        :rtype: dict
        """
        self.ensure_one()
        provider = self.sudo()  # the system sends, whoever it reminds
        return {
            'url': provider.url, 'timeout': provider.timeout, 'key': provider.key,
            'secret': provider.secret, 'sign_name': provider.sign_name,
            'signing': provider.signing, 'encoding': provider.encoding,
            'params_as': provider.params_as,
            'fields': {name: provider[f'field_{name}'] for name in (
                'phone', 'sign_name', 'template', 'params', 'out_id', 'key', 'timestamp',
                'signature')},
            'code_path': provider.code_path, 'ok_code': provider.ok_code,
            'retry_codes': set((provider.retry_codes or '').replace(' ', '').split(',')) - {''},
            'text_path': provider.text_path, 'reference_path': provider.reference_path,
            'fee_path': provider.fee_path,
        }

    @api.model
    def _find(self, company, channel):
        """The first active provider of a company for a channel.

        :param str channel: 'sms' or 'messenger'
        :rtype: pharma.message.provider
        """
        # sudo: by the system
        return self.sudo().search(
            [('company_id', '=', company.id), ('channel', '=', channel)], limit=1)

    def action_send_test(self):
        """Send a message to oneself, to see whether the gateway answers.

        :rtype: dict
        """
        self.ensure_one()
        self.check_access('write')
        messages = self.env['pharma.message'].sudo()
        message = messages._queue(
            self.env.user, self.company_id, self.channel, 'test', f'test-{secrets.token_hex(8)}',
            {'name': self.env.user.name, 'count': 1}, provider=self)
        return message._get_records_action()

    def _accept_delivery(self, token, payload):
        """Note what the gateway reports of messages.

        :param str token: part of the address that only the gateway knows
        :param bytes payload: JSON: one report, or a list of them
        :return: whether it was understood
        :rtype: bool
        """
        # sudo: a gateway has no login, its token is checked instead
        provider = self.sudo().exists()
        if not provider or not compare_digest(
                token.encode(), (provider.delivery_token or '').encode()):
            return False
        try:
            reports = json.loads(payload)
        except ValueError:
            return False
        for report in reports if isinstance(reports, list) else [reports]:
            out_id = str(gateway.look_up(report, provider.delivery_out_id_path))
            result = gateway.look_up(report, provider.delivery_code_path)
            result = str(result).lower() if isinstance(result, bool) else str(result)
            message = self.env['pharma.message'].sudo().search(
                [('out_id', '=', out_id), ('provider_id', '=', provider.id)], limit=1)
            if message:
                message._note_delivery(result == provider.delivery_ok_code, result)
        return True


class PharmaMessageTemplate(models.Model):
    """What a provider sends for a purpose: the gateway's template and its text."""

    _name = 'pharma.message.template'
    _description = "Message Template"
    _order = 'provider_id, purpose'
    _rec_name = 'purpose'

    _purpose_uniq = models.UniqueIndex(
        '(provider_id, purpose)', "The provider has a template for this already.")

    provider_id = fields.Many2one(
        'pharma.message.provider', required=True, index=True, ondelete='cascade')
    purpose = fields.Selection('_selection_purpose', required=True)
    code = fields.Char(
        string="Template of the Gateway", help="Its id there, as SMS_15305; robots need none")
    body = fields.Text(
        string="Text", required=True,
        help="With its parameters: ${name}, ${count}, ${date}, ${days}. Nothing else of a person "
             "or customer is ever sent.")

    @api.model
    def _selection_purpose(self):
        kinds = self.env['pharma.reminder']._get_kinds()
        return [*kinds.items(), ('test', self.env._("Test"))]
