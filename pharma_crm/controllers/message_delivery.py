from odoo import http
from odoo.http import request

# A report of a gateway is some hundred bytes, a hundred of them at once at most
SIZE = 256 * 1024


class MessageDelivery(http.Controller):

    @http.route(
        '/pharma_crm/message/<int:provider_id>/<string:token>', type='http', auth='public',
        methods=['POST'], csrf=False, save_session=False)
    def note_delivery(self, provider_id, token):
        """A gateway tells which messages arrived."""
        provider = request.env['pharma.message.provider'].browse(provider_id)
        size = request.httprequest.content_length or 0
        if size > SIZE or not provider._accept_delivery(token, request.httprequest.get_data()):
            # Unknown address and unreadable report: both look the same
            return request.not_found()
        return request.make_json_response({'code': 0, 'msg': 'ok'})
