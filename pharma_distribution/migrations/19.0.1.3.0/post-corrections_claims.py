from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Amounts follow corrected quantities from here on, those of open months that were corrected
    before as well; and claims that wait for commercial ask for it.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    env['pharma.flow.correction'].search([('field', '=', 'quantity')])._apply()
    env['pharma.flow.claim'].search([('state', '=', 'confirmed')])._ask_commercial()
