from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal as BaseCustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager


class CustomerPortal(BaseCustomerPortal):
    """Deliveries in the portal: what was shipped to the customer, with lots and expiry dates.

    Odoo shows the last three deliveries on the page of an order and nothing else.
    """

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if 'delivery_count' in counters:
            Picking = request.env['stock.picking']
            values['delivery_count'] = (
                Picking.search_count(self._prepare_deliveries_domain(), limit=1)
                if Picking.has_access('read') else 0
            )
        return values

    def _prepare_deliveries_domain(self):
        """The deliveries of the orders of the user's company."""
        partner = request.env.user.partner_id.commercial_partner_id
        return [
            ('sale_id.partner_id', 'child_of', partner.ids),
            ('picking_type_code', '=', 'outgoing'),
            ('state', 'not in', ('draft', 'cancel')),
        ]

    @http.route(
        ['/my/deliveries', '/my/deliveries/page/<int:page>'],
        type='http', auth='user', website=True, readonly=True)
    def portal_my_deliveries(self, page=1, **kwargs):
        values = self._prepare_portal_layout_values()
        Picking = request.env['stock.picking']
        domain = self._prepare_deliveries_domain()
        readable = Picking.has_access('read')
        pager = portal_pager(
            url='/my/deliveries', page=page, step=self._items_per_page,
            total=Picking.search_count(domain) if readable else 0)
        deliveries = Picking.search(
            domain, order='scheduled_date desc, id desc', limit=self._items_per_page,
            offset=pager['offset']) if readable else Picking
        values.update({
            # Found with the user's rights; their products and orders are shown with ours.
            'deliveries': deliveries.sudo(),
            'page_name': 'delivery',
            'pager': pager,
            'default_url': '/my/deliveries',
        })
        return request.render('pharma_distribution.portal_my_deliveries', values)

    @http.route(
        '/my/deliveries/<int:delivery_id>', type='http', auth='user', website=True, readonly=True)
    def portal_my_delivery(self, delivery_id, **kwargs):
        try:
            delivery_sudo = self._document_check_access('stock.picking', delivery_id)
        except (AccessError, MissingError):
            return request.redirect('/my')
        values = {'page_name': 'delivery', 'delivery': delivery_sudo}
        return request.render('pharma_distribution.portal_my_delivery', values)
