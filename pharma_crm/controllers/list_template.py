from odoo import http
from odoo.exceptions import AccessError
from odoo.http import content_disposition, request

XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'


class ListTemplateController(http.Controller):

    @http.route('/pharma_crm/list_template/<string:kind>', type='http', auth='user', readonly=True)
    def download_list_template(self, kind):
        """The workbook to be filled in for a kind of list, for whoever may import it."""
        templates = request.env['pharma.list.template']
        try:
            name, data = templates._build(kind)
        except (AccessError, KeyError):
            # Neither there nor yours: both look the same
            return request.not_found()
        return request.make_response(data, [
            ('Content-Type', XLSX), ('Content-Disposition', content_disposition(name))])
