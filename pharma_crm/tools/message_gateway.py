"""Short messages by HTTP gateways: SMS by template, robots of WeCom and DingTalk. No Odoo here.

How to use: ``GATEWAYS[kind](config).send(Message(...))`` returns an :class:`Answer`, whatever
happens; it never raises for what the other side does.

How to extend: a subclass of :class:`Gateway` with :meth:`Gateway.build` and :meth:`Gateway.judge`,
registered by :func:`register`.

How it works: whether the gateway has the message is what counts. Refused before a byte was sent,
or told to come again: it may be sent again. No answer after it was sent: nobody knows, ``lost``;
only a gateway that knows the message again by its ``out_id`` may be asked once more.
"""

import base64
import hashlib
import hmac
import http.client
import json
import re
import socket
import ssl
import time
import urllib.parse
from typing import NamedTuple

# What is read of an answer at most, in bytes
ANSWER_SIZE = 64 * 1024
# Seconds to wait for an answer at most, whatever is configured
MAX_TIMEOUT = 30

PLACEHOLDER = re.compile(r'\$\{(\w+)\}')

SENT, REFUSED, RETRY, LOST = 'sent', 'refused', 'retry', 'lost'


class Message(NamedTuple):
    """What is sent: to which number, which template with which parameters, and its own id."""

    phone: str
    template: str
    params: dict
    text: str
    out_id: str


class Answer(NamedTuple):
    """What came of it.

    ``result`` is 'sent', 'refused' (never send it again), 'retry' (not accepted, send it again) or
    'lost' (nobody knows whether it was accepted); ``reference`` the gateway's own id; ``fee`` what
    it says the message costs, or None.
    """

    result: str
    code: str = ''
    text: str = ''
    reference: str = ''
    fee: float = None


class NotSent(Exception):
    """The connection failed before anything was sent."""


class Lost(Exception):
    """No usable answer came after the message was sent."""


def fill(body, values):
    """A template's text with its parameters.

    :param str body: text with ``${name}``
    :param dict values: everything that is known
    :return: the text, and only those values that the template asks for, as texts
    :rtype: tuple(str, dict)
    """
    params = {name: str(values.get(name, '')) for name in PLACEHOLDER.findall(body or '')}
    return PLACEHOLDER.sub(lambda match: params[match[1]], body or ''), params


def sign(text, secret, digest, encoding):
    """HMAC of a text.

    :param str digest: 'sha1' or 'sha256'
    :param str encoding: 'base64' or 'hex'
    :rtype: str
    """
    mac = hmac.new(secret.encode(), text.encode(), getattr(hashlib, digest))
    return mac.hexdigest() if encoding == 'hex' else base64.b64encode(mac.digest()).decode()


def look_up(data, path):
    """The value at a path of keys and numbers, as ``SendStatusSet.0.Code``; '' where there is none.

    :param data: decoded JSON
    :param str path: keys separated by dots
    """
    for key in filter(None, (path or '').split('.')):
        if isinstance(data, dict):
            data = data.get(key, '')
        elif isinstance(data, list) and key.isdigit() and int(key) < len(data):
            data = data[int(key)]
        else:
            return ''
    return data if data is not None else ''


def post(url, body, headers, timeout):
    """Send JSON, without following redirections: they would carry keys elsewhere.

    :param str url: http or https
    :param bytes body: of the request
    :param dict headers: of the request
    :param float timeout: seconds for connecting, and for the answer
    :return: status and body of the answer
    :rtype: tuple(int, bytes)
    :raise NotSent: nothing was sent
    :raise Lost: sent, and no answer
    """
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ('http', 'https') or not parts.hostname:
        raise NotSent(f"not a web address: {parts.scheme}://{parts.hostname or ''}")
    options = {'timeout': timeout}
    if parts.scheme == 'https':
        options['context'] = ssl.create_default_context()
    kind = http.client.HTTPSConnection if parts.scheme == 'https' else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, **options)
    try:
        try:
            connection.connect()
        except (OSError, http.client.HTTPException) as error:
            raise NotSent(str(error)) from error
        target = (parts.path or '/') + (f'?{parts.query}' if parts.query else '')
        deadline = time.monotonic() + timeout
        try:
            connection.request('POST', target, body, headers)
            response = connection.getresponse()
            return response.status, _read_until(response, deadline)
        except (OSError, http.client.HTTPException) as error:
            late = isinstance(error, (socket.timeout, TimeoutError))
            raise Lost("no answer in time" if late else str(error)) from error
    finally:
        connection.close()


def _read_until(response, deadline):
    """The beginning of an answer's body; :raise Lost: if it goes on after the deadline."""
    data = b''
    while len(data) <= ANSWER_SIZE:
        chunk = response.read1(4096)
        if not chunk:
            break
        data += chunk
        if time.monotonic() > deadline:
            raise Lost("the answer took too long")
    return data[:ANSWER_SIZE]


class Gateway:
    """One kind of gateway.

    :param dict config: ``url``, ``timeout``, ``key``, ``secret`` and what the kind needs
    """

    #: how it reaches people: 'sms' or 'messenger'
    channel = 'sms'

    def __init__(self, config):
        self.config = config

    def build(self, message, now):
        """The request.

        :param Message message: what is sent
        :param float now: seconds since 1970
        :return: URL, body as a dict, more headers
        :rtype: tuple(str, dict, dict)
        """
        raise NotImplementedError

    def judge(self, data):
        """What a decoded answer with a status of success says.

        :rtype: Answer
        """
        raise NotImplementedError

    def send(self, message):
        """Send one message, and tell what came of it.

        :param Message message: what is sent
        :rtype: Answer
        """
        url, body, headers = self.build(message, time.time())
        timeout = min(max(self.config.get('timeout') or 10, 0.1), MAX_TIMEOUT)
        try:
            status, data = post(
                url, json.dumps(body, ensure_ascii=False).encode(),
                {'Content-Type': 'application/json; charset=utf-8', **headers}, timeout)
        except NotSent as error:
            return Answer(RETRY, 'connect', str(error))
        except Lost as error:
            return Answer(LOST, 'lost', str(error))
        if status == 429 or status >= 500:
            return Answer(RETRY, str(status), data[:200].decode(errors='replace'))
        if not 200 <= status < 300:
            return Answer(REFUSED, str(status), data[:200].decode(errors='replace'))
        try:
            answer = json.loads(data)
        except ValueError:
            # Accepted or not: this is no answer of the gateway
            return Answer(LOST, str(status), data[:200].decode(errors='replace'))
        return self.judge(answer)


class TemplateSms(Gateway):
    """SMS by a template that the gateway knows, as Aliyun, Tencent Cloud and their like have them.

    ``config``: names of the fields (``fields``: phone, sign_name, template, params, out_id, key,
    timestamp, signature; empty names are left out), ``params_as`` ('text': JSON in a text,
    'object', 'list': the values in their order), ``signing`` ('none', 'plain': the secret itself
    in the field of the signature, 'sha1', 'sha256': HMAC of ``name=value&…`` of all other fields
    by name),
    ``encoding`` ('base64', 'hex'); of the answer ``code_path``, ``ok_code``, ``text_path``,
    ``reference_path``, ``fee_path``, ``retry_codes`` (a set).
    """

    def build(self, message, now):
        config = self.config
        params = message.params
        if config['params_as'] == 'text':
            params = json.dumps(params, ensure_ascii=False)
        elif config['params_as'] == 'list':
            params = list(params.values())
        values = {
            'phone': message.phone, 'sign_name': config.get('sign_name') or '',
            'template': message.template, 'params': params, 'out_id': message.out_id,
            'key': config.get('key') or '', 'timestamp': str(int(now))}
        body = {config['fields'][name]: value for name, value in values.items()
                if config['fields'].get(name)}
        if config['signing'] != 'none':
            body[config['fields']['signature']] = self._sign(body)
        return config['url'], body, {}

    def _sign(self, body):
        if self.config['signing'] == 'plain':
            return self.config.get('secret') or ''
        text = '&'.join(
            f"{name}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
            for name, value in sorted(body.items()))
        return sign(text, self.config.get('secret') or '', self.config['signing'],
                    self.config['encoding'])

    def judge(self, data):
        config = self.config
        code = str(look_up(data, config['code_path']))
        text = str(look_up(data, config.get('text_path')))[:200] if config.get('text_path') else ''
        if code != config['ok_code']:
            if not code:
                return Answer(LOST, '', text)
            retry = code in config.get('retry_codes', ())
            return Answer(RETRY if retry else REFUSED, code, text)
        reference = fee = None
        if config.get('reference_path'):
            reference = str(look_up(data, config['reference_path']))[:120]
        if config.get('fee_path'):
            try:
                fee = float(look_up(data, config['fee_path']))
            except (TypeError, ValueError):
                fee = None
        return Answer(SENT, code, text, reference or '', fee)


class Robot(Gateway):
    """A robot of a group chat, whose address is its secret."""

    channel = 'messenger'
    retry_codes = frozenset()

    def judge(self, data):
        code = str(look_up(data, 'errcode'))
        text = str(look_up(data, 'errmsg'))[:200]
        if code == '0':
            return Answer(SENT, code, text)
        if not code:
            return Answer(LOST, code, text)
        return Answer(RETRY if code in self.retry_codes else REFUSED, code, text)


class WeCom(Robot):
    """企业微信群机器人."""

    retry_codes = frozenset({'-1', '45009'})  # busy, too many a minute

    def build(self, message, now):
        text = {'content': message.text}
        if message.phone:
            text['mentioned_mobile_list'] = [message.phone]
        return self.config['url'], {'msgtype': 'text', 'text': text}, {}


class DingTalk(Robot):
    """钉钉群机器人, with a signature where there is a secret (加签)."""

    retry_codes = frozenset({'-1', '130101'})  # busy, too many a minute

    def build(self, message, now):
        url = self.config['url']
        if self.config.get('secret'):
            stamp = str(int(now * 1000))
            secret = self.config['secret']
            signature = sign(f"{stamp}\n{secret}", secret, 'sha256', 'base64')
            url += ('&' if '?' in url else '?') + urllib.parse.urlencode(
                {'timestamp': stamp, 'sign': signature})
        body = {'msgtype': 'text', 'text': {'content': message.text}}
        if message.phone:
            body['at'] = {'atMobiles': [message.phone], 'isAtAll': False}
        return url, body, {}


GATEWAYS = {'sms': TemplateSms, 'wecom': WeCom, 'dingtalk': DingTalk}


def register(kind, gateway):
    """Add a kind of gateway; the addon that does adds its label to the selection of providers.

    :param str kind: its name
    :param type gateway: subclass of :class:`Gateway`
    """
    GATEWAYS[kind] = gateway


def count_parts(text):
    """How many short messages a text takes: one up to 70 characters, then 67 each.

    :rtype: int
    """
    length = len(text or '')
    return 1 if length <= 70 else -(-length // 67)
