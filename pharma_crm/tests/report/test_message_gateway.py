import base64
import hashlib
import hmac
import json
import threading
import time
import urllib.parse
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from ...tools import message_gateway as gateway
from ..common import PharmaCrmCommon


class FakeGateway:
    """A gateway on this machine, which answers what it is told and remembers what it was asked.

    ``answers``: one per request, the last one again and again: a status and what becomes JSON;
    'silence': takes the request and never answers; 'hang up': closes the connection after it.
    """

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.accepted = set()
        fake = self

        class Handler(BaseHTTPRequestHandler):

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
                fake.requests.append((self.path, body))
                answer = fake.answers.pop(0) if len(fake.answers) > 1 else fake.answers[0]
                if answer == 'silence':
                    fake.released.wait(5)
                    return
                if answer == 'hang up':
                    self.connection.close()
                    return
                status, data = answer
                data = data if isinstance(data, bytes) else json.dumps(data).encode()
                self.send_response(status)
                self.send_header('Content-Length', str(len(data)))
                if status == 302:
                    self.send_header('Location', f'{fake.url}/elsewhere')
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args):
                """Say nothing on the console."""

        self.released = threading.Event()
        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.handle_error = lambda *args: None
        self.url = f'http://127.0.0.1:{self.server.server_address[1]}'

    @contextmanager
    def run(self):
        thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.released.set()
            self.server.shutdown()
            self.server.server_close()
            thread.join(5)


OK = (200, {'Code': 'OK', 'Message': 'OK', 'BizId': 'b-1'})


@tagged('post_install', '-at_install')
class TestGateways(PharmaCrmCommon):
    """What gateways are asked, and what their answers mean."""

    CONFIG = {
        'timeout': 0.3, 'key': 'K', 'secret': 'S', 'sign_name': "海州医药", 'signing': 'sha256',
        'encoding': 'base64', 'params_as': 'text', 'code_path': 'Code', 'ok_code': 'OK',
        'retry_codes': {'BUSY'}, 'text_path': 'Message', 'reference_path': 'BizId',
        'fee_path': 'Fee', 'fields': {
            'phone': 'PhoneNumbers', 'sign_name': 'SignName', 'template': 'TemplateCode',
            'params': 'TemplateParam', 'out_id': 'OutId', 'key': 'AccessKeyId',
            'timestamp': 'Timestamp', 'signature': 'Signature'}}
    MESSAGE = gateway.Message('13800000000', 'SMS_1', {'count': '5'}, "您有5个拜访", 'out-1')

    def _send(self, *answers, kind='sms', **config):
        fake = FakeGateway(*answers)
        with fake.run():
            answer = gateway.GATEWAYS[kind]({**self.CONFIG, 'url': fake.url, **config}).send(
                self.MESSAGE)
        return answer, fake.requests

    def test_sms(self):
        """Template, parameters, own id and signature arrive as the gateway wants them."""
        answer, [[_path, body]] = self._send((200, {'Code': 'OK', 'BizId': 'b-1', 'Fee': '0.045'}))
        self.assertEqual(
            (answer.result, answer.reference, answer.fee), (gateway.SENT, 'b-1', 0.045))
        signature = body.pop('Signature')
        text = '&'.join(f'{name}={value}' for name, value in sorted(body.items()))
        self.assertEqual(signature, base64.b64encode(
            hmac.new(b'S', text.encode(), hashlib.sha256).digest()).decode())
        self.assertEqual(json.loads(body['TemplateParam']), {'count': '5'})
        self.assertEqual(
            (body['PhoneNumbers'], body['TemplateCode'], body['SignName'], body['OutId']),
            ('13800000000', 'SMS_1', "海州医药", 'out-1'))
        self.assertNotIn('S', body.values(), "the secret itself is not sent")

    def test_other_forms(self):
        """Parameters as a list, answers in depth, no signature."""
        config = {
            'params_as': 'list', 'signing': 'none', 'code_path': 'SendStatusSet.0.Code',
            'ok_code': 'Ok', 'fee_path': 'SendStatusSet.0.Fee', 'reference_path': ''}
        answer, [[_path, body]] = self._send(
            (200, {'SendStatusSet': [{'Code': 'Ok', 'Fee': 2}]}), **config)
        self.assertEqual((answer.result, answer.fee), (gateway.SENT, 2))
        self.assertEqual(body['TemplateParam'], ['5'])
        self.assertNotIn('Signature', body)

    def test_results(self):
        """Refused is final, busy is not, and no readable answer means that nobody knows."""
        for answer, result in (
            ((200, {'Code': 'isv.MOBILE_NUMBER_ILLEGAL'}), gateway.REFUSED),
            ((200, {'Code': 'BUSY'}), gateway.RETRY),
            ((403, {'Code': 'Forbidden'}), gateway.REFUSED),
            ((302, {}), gateway.REFUSED),
            ((500, b'oops'), gateway.RETRY),
            ((429, b''), gateway.RETRY),
            ((200, b'<html>'), gateway.LOST),
            ((200, {'other': 1}), gateway.LOST),
            ('silence', gateway.LOST),
            ('hang up', gateway.LOST),
        ):
            with self.subTest(answer=answer):
                got, requests = self._send(answer)
                self.assertEqual(got.result, result)
                self.assertEqual(len(requests), 1, "asked once, and not elsewhere")

    def test_never_sent(self):
        """Where nobody listens nothing was sent; an address that is none is no crash."""
        fake = FakeGateway(OK)
        fake.server.server_close()
        for url in (fake.url, 'ftp://example.com', 'nonsense', ''):
            answer = gateway.TemplateSms({**self.CONFIG, 'url': url}).send(self.MESSAGE)
            self.assertEqual((answer.result, answer.code), (gateway.RETRY, 'connect'))

    def test_robots(self):
        """WeCom names whom it is for; DingTalk signs the address."""
        answer, [[path, body]] = self._send((200, {'errcode': 0, 'errmsg': 'ok'}), kind='wecom')
        self.assertEqual(answer.result, gateway.SENT)
        self.assertEqual(body, {'msgtype': 'text', 'text': {
            'content': "您有5个拜访", 'mentioned_mobile_list': ['13800000000']}})
        answer, [[path, body]] = self._send((200, {'errcode': 0}), kind='dingtalk')
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(path).query)
        mac = hmac.new(b'S', f"{query['timestamp'][0]}\nS".encode(), hashlib.sha256)
        self.assertEqual(query['sign'], [base64.b64encode(mac.digest()).decode()])
        self.assertLess(abs(time.time() * 1000 - int(query['timestamp'][0])), 60000)
        self.assertEqual(body['at']['atMobiles'], ['13800000000'])
        for kind, code, result in (
            ('wecom', 45009, gateway.RETRY), ('wecom', 93000, gateway.REFUSED),
            ('dingtalk', 130101, gateway.RETRY), ('dingtalk', 310000, gateway.REFUSED),
        ):
            answer, _requests = self._send((200, {'errcode': code}), kind=kind)
            self.assertEqual(answer.result, result)

    def test_parameters(self):
        """Only what the template asks for is sent."""
        text, params = gateway.fill(
            "${name}，明天${count}个拜访，${nothing}", {'name': "李", 'count': 3, 'secret': "x"})
        self.assertEqual(text, "李，明天3个拜访，")
        self.assertEqual(params, {'name': "李", 'count': '3', 'nothing': ''})
        self.assertEqual([gateway.count_parts("字" * n) for n in (0, 70, 71, 134, 135)],
                         [1, 1, 2, 2, 3])


class MessageCase(PharmaCrmCommon):
    """An SMS gateway of the company, and a representative with a number."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user_representative.phone = '+86 138 0000 0000'
        cls.provider = cls.env['pharma.message.provider'].create({
            'name': "测试网关", 'kind': 'sms', 'url': 'http://127.0.0.1:9', 'key': 'K',
            'secret': 'very secret', 'signing': 'sha256', 'unit_cost': 0.05,
            'template_ids': [(0, 0, {
                'purpose': 'visit_tomorrow', 'code': 'SMS_1', 'body': "您明天有${count}个拜访"})]})

    def _queue(self, key='k', **values):
        return self.env['pharma.message']._queue(
            self.user_representative, self.env.company, 'sms', 'visit_tomorrow', key,
            {'count': 5, 'name': "李思远", **values})

    def _send(self, message, *answers, times=1):
        """Let the job run, against a gateway that answers so; the requests that it got."""
        fake = FakeGateway(*answers)
        self.provider.url = fake.url
        self.env.flush_all()
        with fake.run(), self.enter_registry_test_mode(), patch.object(
                gateway, 'MAX_TIMEOUT', 0.3):
            for _time in range(times):
                message._send()
        message.invalidate_recordset()
        return fake.requests


@tagged('post_install', '-at_install')
class TestMessage(MessageCase):
    """The outbox: sent once, retried, cost seen."""

    def test_sent_once(self):
        """Two jobs, a second run, the same reminder again: the gateway is asked once."""
        message = self._queue()
        self.assertEqual(self._queue(), message)
        requests = self._send(message, OK, times=3)
        self.assertEqual(len(requests), 1)
        self.assertEqual(requests[0][1]['PhoneNumbers'], '13800000000')
        self.assertEqual(requests[0][1]['OutId'], message.out_id)
        self.assertEqual(json.loads(requests[0][1]['TemplateParam']), {'count': '5'})
        self.assertRecordValues(message, [{
            'state': 'sent', 'attempts': 1, 'reference': 'b-1', 'cost': 0.05, 'error': False}])
        self.assertTrue(message.sent_at)
        self.assertNotIn("李思远", json.dumps(message.params))

    def test_refused(self):
        """What the gateway refuses is not tried again, and says why."""
        message = self._queue()
        self._send(
            message, (200, {'Code': 'isv.AMOUNT_NOT_ENOUGH', 'Message': "余额不足"}), times=2)
        self.assertEqual((message.state, message.attempts, message.cost), ('failed', 1, 0))
        self.assertIn("余额不足", message.error)

    def test_failure_then_success(self):
        """After an error of the gateway it is tried again, later, with the same own id."""
        message = self._queue()
        with trap_jobs() as trap:
            first = self._send(message, (500, b'oops'), times=2)
            self.assertEqual(len(first), 1, "not before its time")
            trap.assert_jobs_count(1)
            self.assertTrue(trap.enqueued_jobs[0].eta)
        self.assertEqual((message.state, message.attempts), ('queued', 1))
        self.assertGreater(message.next_try, fields.Datetime.now() + timedelta(seconds=30))
        message.next_try = fields.Datetime.now()
        second = self._send(message, OK)
        self.assertEqual(second[0][1]['OutId'], first[0][1]['OutId'])
        self.assertEqual((message.state, message.attempts), ('sent', 2))

    def test_gives_up(self):
        """It is tried a certain number of times, at growing distances."""
        message = self._queue()
        waits = []
        for _attempt in range(10):
            if message.state != 'queued':
                break
            message.next_try = fields.Datetime.now()
            self._send(message, (500, b''))
            if message.next_try:
                waits.append((message.next_try - fields.Datetime.now()).total_seconds())
        self.assertEqual((message.state, message.attempts), ('failed', 5))
        self.assertEqual(waits, sorted(waits))
        self.assertGreater(waits[-1], 3600)

    def test_lost_answer(self):
        """An answer that was lost is not sent twice, unless the gateway knows messages again."""
        message = self._queue()
        requests = self._send(message, 'silence', times=2)
        self.assertEqual((len(requests), message.state), (1, 'unknown'))
        self.env['pharma.message']._cron_send()
        self.assertEqual(message.state, 'unknown')
        self.provider.is_idempotent = True
        other = self._queue('other')
        self._send(other, 'silence')
        self.assertEqual(other.state, 'queued')
        other.next_try = fields.Datetime.now()
        again = self._send(other, OK)
        self.assertEqual((again[0][1]['OutId'], other.state), (other.out_id, 'sent'))

    def test_job_died(self):
        """A job that died while the gateway was asked: nobody knows, so it is not sent again."""
        message = self._queue()
        message.write({
            'state': 'sending', 'attempts': 1,
            'next_try': fields.Datetime.now() - timedelta(minutes=2)})
        self.env['pharma.message']._cron_send()
        self.assertEqual(message.state, 'sending', "it may still be at it")
        message.next_try = fields.Datetime.now() - timedelta(minutes=20)
        self.env['pharma.message']._cron_send()
        self.assertEqual(message.state, 'unknown')

    def test_forgotten_job(self):
        """What waits without a job is taken up by the scheduled action."""
        message = self._queue()
        with trap_jobs() as trap:
            self.env['pharma.message']._cron_send()
            trap.assert_jobs_count(1)
        self.assertEqual(message.state, 'queued')

    def test_cannot_be_sent(self):
        """Without a provider, a template or a number the message says so."""
        self.user_representative.phone = False
        self.assertEqual(self._queue('a').state, 'failed')
        self.user_representative.phone = '13800000000'
        self.provider.template_ids.unlink()
        self.assertEqual(self._queue('b').state, 'failed')
        self.provider.active = False
        message = self._queue('c')
        self.assertEqual((message.state, message.provider_id), ('failed', self.provider.browse()))
        self.assertTrue(message.error)

    def test_delivery(self):
        """A report of delivery is seen; one that comes before a retry keeps it from being sent."""
        message = self._queue()
        self._send(message, OK)
        token = self.provider.delivery_token
        report = json.dumps([{'out_id': message.out_id, 'success': True},
                             {'out_id': 'nobody', 'success': True}, 'nonsense']).encode()
        self.assertFalse(self.provider._accept_delivery('wrong', report))
        self.assertEqual(message.state, 'sent')
        self.assertTrue(self.provider._accept_delivery(token, report))
        self.assertEqual(message.state, 'delivered')
        self.assertFalse(self.provider._accept_delivery(token, b'nonsense'))
        waiting = self._queue('waiting')
        self._send(waiting, (500, b''))
        self.provider._accept_delivery(token, json.dumps(
            {'out_id': waiting.out_id, 'success': True}).encode())
        waiting.next_try = fields.Datetime.now()
        self.assertFalse(self._send(waiting, OK))
        self.assertEqual(waiting.state, 'delivered')

    def test_cost_by_month(self):
        """What messages cost is summed; the gateway's own figure counts."""
        self.provider.fee_path = 'Fee'
        for key, answer in (('a', {'Code': 'OK', 'Fee': 0.2}), ('b', {'Code': 'OK'})):
            self._send(self._queue(key), (200, answer))
        [[_month, cost]] = self.env['pharma.message']._read_group(
            [('provider_id', '=', self.provider.id)], ['create_date:month'], ['cost:sum'])
        self.assertAlmostEqual(cost, 0.25)

    def test_secrets(self):
        """Addresses and keys are for system administrators alone, in every way."""
        admin = self.user_admin
        provider = self.provider.with_user(admin)
        self.assertTrue(provider.name)
        for name in ('url', 'key', 'secret', 'delivery_token', 'delivery_url'):
            with self.assertRaises(AccessError):
                provider.read([name])
            self.assertNotIn(name, provider.fields_get())
        with self.assertRaises(AccessError):
            provider.search([('secret', '=', 'very secret')])
        with mute_logger('odoo.addons.base.models.ir_model'):
            with self.assertRaises(AccessError):
                provider.name = "x"
            with self.assertRaises(AccessError):
                self.provider.with_user(self.user_director).read(['name'])
            with self.assertRaises(AccessError):
                provider.action_send_test()
        copied = self.provider.copy()
        self.assertFalse(copied.secret)

    def test_send_again(self):
        """A system administrator sends a failed message again; what was sent is not."""
        message = self._queue()
        self._send(message, (200, {'Code': 'no'}))
        with self.assertRaises(UserError):
            message.with_user(self.user_admin).action_send_again()
        with self.assertRaises(AccessError), mute_logger('odoo.addons.base.models.ir_model'):
            message.with_user(self.user_representative).action_send_again()
        message.action_send_again()
        self.assertEqual(len(self._send(message, OK)), 1)
        with self.assertRaises(UserError):
            message.action_send_again()


@tagged('post_install', '-at_install')
class TestDeliveryAddress(MessageCase, HttpCase):
    """The address to which gateways report."""

    def test_address(self):
        """With the token it is taken, with any other it is not found."""
        message = self._queue()
        message.write({'state': 'sent', 'attempts': 1})
        body = json.dumps({'out_id': message.out_id, 'success': True})
        base = f'/pharma_crm/message/{self.provider.id}/'
        self.assertEqual(self.url_open(base + 'wrong', data=body).status_code, 404)
        self.assertEqual(self.url_open(f'{base}{self.provider.delivery_token}'[:-1] + '%00',
                                       data=body).status_code, 404)
        self.assertEqual(message.state, 'sent')
        answer = self.url_open(base + self.provider.delivery_token, data=body)
        self.assertEqual(answer.status_code, 200)
        message.invalidate_recordset()
        self.assertEqual(message.state, 'delivered')
