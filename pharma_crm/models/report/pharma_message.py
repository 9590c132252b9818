import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import message_gateway as gateway
from .pharma_message_provider import CHANNELS

MESSAGE_STATES = [
    ('queued', "Waiting"),
    ('sending', "Being Sent"),
    ('sent', "Sent"),
    ('delivered', "Delivered"),
    ('failed', "Failed"),
    ('unknown', "Answer Lost"),
]
# Seconds until it is tried again, after the first, second, … attempt
BACKOFF = (60, 300, 1800, 7200)
# After so many minutes nobody answers any more: the job died
STALE = 5


class PharmaMessage(models.Model):
    """A short message to a person of the company, and what became of it.

    It is sent once. What holds is written before and after the gateway is asked, in transactions
    of their own: 'sending' says that the gateway may have it, so that no second job and no crash
    sends it again.
    """

    _name = 'pharma.message'
    _description = "Short Message"
    _order = 'id DESC'
    _rec_name = 'purpose'

    _key_uniq = models.UniqueIndex('(key)', "This message is there already.")
    _out_id_uniq = models.UniqueIndex('(out_id)')
    _due_idx = models.Index("(next_try) WHERE state IN ('queued', 'sending')")

    key = fields.Char(
        required=True, readonly=True, help="What it is about, so that it is told once")
    purpose = fields.Selection('_selection_purpose', required=True, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    provider_id = fields.Many2one(
        'pharma.message.provider', readonly=True, index='btree_not_null', ondelete='restrict')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    user_id = fields.Many2one(
        'res.users', string="To", required=True, readonly=True, index=True, ondelete='cascade')
    phone = fields.Char(string="Number", readonly=True)
    template_code = fields.Char(string="Template", readonly=True)
    params = fields.Json(string="Parameters", readonly=True)
    text = fields.Text(readonly=True)
    out_id = fields.Char(
        string="Own Id", required=True, readonly=True, copy=False,
        default=lambda self: uuid.uuid4().hex)
    state = fields.Selection(MESSAGE_STATES, required=True, readonly=True, default='queued')
    attempts = fields.Integer(readonly=True, default=0, aggregator=None)
    next_try = fields.Datetime(string="Next Attempt", readonly=True)
    sent_at = fields.Datetime(string="Sent On", readonly=True)
    delivered_at = fields.Datetime(string="Delivered On", readonly=True)
    reference = fields.Char(string="Gateway's Id", readonly=True)
    error = fields.Char(readonly=True)
    cost = fields.Monetary(readonly=True, aggregator='sum')

    @api.model
    def _selection_purpose(self):
        return self.env['pharma.message.template']._selection_purpose()

    # === QUEUE === #

    @api.model
    def _queue(self, user, company, channel, purpose, key, values, provider=None):
        """Put a message into the outbox; the same key gives the same message.

        :param user: ``res.users`` who gets it
        :param company: ``res.company`` whose provider sends it
        :param str channel: 'sms' or 'messenger'
        :param str purpose: a kind of reminder, or 'test'
        :param str key: what it is about, so that it is told once
        :param dict values: what templates may use; nothing else is stored
        :param provider: ``pharma.message.provider``; none: the company's first
        :rtype: pharma.message
        """
        messages = self.sudo()  # the system sends
        found = messages.search([('key', '=', key)])
        if found:
            return found
        provider = (provider or self.env['pharma.message.provider']._find(company, channel)).sudo()
        template = provider.template_ids.filtered(lambda row: row.purpose == purpose)
        text, params = gateway.fill(template.body, values)
        phone = self._clean_phone(user)
        problem = (
            not provider and self.env._("The company has no provider for this channel.")
            or not template and self.env._("The provider has no template for this purpose.")
            or channel == 'sms' and not phone and self.env._("The person has no phone number."))
        message = messages.create({
            'key': key, 'purpose': purpose, 'channel': channel, 'provider_id': provider.id,
            'company_id': company.id, 'user_id': user.id, 'phone': phone,
            'template_code': template.code, 'params': params, 'text': text,
            'state': 'failed' if problem else 'queued', 'error': problem or False,
            'next_try': False if problem else fields.Datetime.now()})
        if not problem:
            message._send_later()
        return message

    @api.model
    def _clean_phone(self, user):
        """The number of a person as gateways of the mainland take it."""
        digits = ''.join(filter(str.isdigit, user.sudo().partner_id.phone or ''))
        return digits[2:] if len(digits) == 13 and digits.startswith('86') else digits

    def _send_later(self):
        for message in self:
            # The number of the attempt: a job that is done does not keep the next one out
            message.with_delay(
                eta=message.next_try, description=f"message {message.id}",
                identity_key=f'pharma_message-{message.id}-{message.attempts}')._send()

    @api.model
    def _cron_send(self):
        """Send what no job has sent, and find out what became of messages of jobs that died."""
        now = fields.Datetime.now()
        self.search([('state', '=', 'queued'), ('next_try', '<=', now)])._send_later()
        stale = self.search([
            ('state', '=', 'sending'), ('next_try', '<=', now - timedelta(minutes=STALE))])
        for message in stale.try_lock_for_update():
            message._note_answer(gateway.Answer(
                gateway.LOST, 'lost', self.env._("The job that sent it did not end.")))

    # === SEND === #

    def _send(self):
        """Job: send one message, unless it was sent already or somebody sends it."""
        self.ensure_one()
        # Transactions of their own: what is going on must hold even if this one does not
        with self.env.registry.cursor() as cr:
            message = self.with_env(self.env(cr=cr))
            if not message._claim():
                return
            config = message.provider_id._get_config()
            kind = gateway.GATEWAYS[message.provider_id.kind](config)
            request = gateway.Message(
                message.phone or '', message.template_code or '', message.params or {},
                message.text or '', message.out_id)
        answer = kind.send(request)
        with self.env.registry.cursor() as cr:
            self.with_env(self.env(cr=cr))._note_answer(answer)
        self.invalidate_recordset()

    def _claim(self):
        """Say that this job sends it.

        :return: whether it is to be sent, and nobody else does
        :rtype: bool
        """
        now = fields.Datetime.now()
        rows = self.env.execute_query(SQL(
            """ UPDATE pharma_message
                   SET state = 'sending', attempts = attempts + 1, next_try = %s
                 WHERE id = %s AND state = 'queued' AND next_try <= %s
             RETURNING id """, now, self.id, now))
        self.invalidate_recordset()
        return bool(rows)

    def _note_answer(self, answer):
        """Write what came of an attempt, and plan the next one where there is one.

        :param Answer answer: of the gateway
        """
        self.ensure_one()
        if self.state != 'sending':
            return  # the gateway reported its delivery meanwhile
        error = ' '.join(filter(None, [answer.code, answer.text]))[:250] or False
        if answer.result == gateway.SENT:
            parts = gateway.count_parts(self.text) if self.channel == 'sms' else 1
            cost = self.provider_id.unit_cost * parts if answer.fee is None else answer.fee
            self.write({
                'state': 'sent', 'sent_at': fields.Datetime.now(), 'error': False, 'cost': cost,
                'reference': answer.reference, 'next_try': False})
        elif answer.result == gateway.REFUSED:
            self.write({'state': 'failed', 'error': error, 'next_try': False})
        elif answer.result == gateway.LOST and not self.provider_id.is_idempotent:
            # It may have arrived: nobody wants it twice
            self.write({'state': 'unknown', 'error': error, 'next_try': False})
        elif self.attempts > len(BACKOFF):
            self.write({
                'state': 'unknown' if answer.result == gateway.LOST else 'failed',
                'error': error, 'next_try': False})
        else:
            wait = timedelta(seconds=BACKOFF[self.attempts - 1])
            self.write({
                'state': 'queued', 'error': error, 'next_try': fields.Datetime.now() + wait})
            self._send_later()

    def _note_delivery(self, delivered, result):
        """Write what the gateway reports of the way to the person.

        :param bool delivered: whether it arrived
        :param str result: the gateway's word for it
        """
        now = fields.Datetime.now()
        for message in self.filtered('attempts'):
            if delivered and message.state != 'delivered':
                # Also one that was to be tried again, since its answer was lost
                message.write({
                    'state': 'delivered', 'delivered_at': now, 'error': False,
                    'sent_at': message.sent_at or now, 'next_try': False})
            elif not delivered and message.state in ('sending', 'sent', 'unknown'):
                message.write({'state': 'failed', 'error': result[:250], 'next_try': False})

    # === ACTIONS === #

    def action_send_again(self):
        """Send a failed message again, or one whose answer was lost: the administrator knows that
        it did not arrive.

        :raise UserError: for a message that is on its way or was sent
        """
        self.check_access('read')
        if not self.env.user.has_group('base.group_system'):
            raise UserError(self.env._("Only a system administrator sends messages again."))
        for message in self:
            if message.state not in ('failed', 'unknown') or not message.provider_id:
                raise UserError(self.env._("Only failed messages of a provider are sent again."))
        # sudo: outbox of the system, after the check
        self.sudo().write({
            'state': 'queued', 'attempts': 0, 'error': False, 'next_try': fields.Datetime.now()})
        self.sudo()._send_later()
