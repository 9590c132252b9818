from odoo import http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import content_disposition, request


class DataRequestController(http.Controller):

    @http.route('/pharma_crm/data_request/<int:request_id>', type='http', auth='user')
    def download_copy(self, request_id):
        """The copy of what is kept of a person, for whoever works on his request."""
        try:
            name, data = request.env['pharma.data.request'].browse(request_id)._make_copy()
        except (AccessError, MissingError, UserError):
            # Neither there nor yours: both look the same
            return request.not_found()
        return request.make_response(data, [
            ('Content-Type', 'application/zip'),
            ('Content-Disposition', content_disposition(name)), ('Cache-Control', 'no-store')])
