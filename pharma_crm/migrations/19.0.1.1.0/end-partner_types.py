from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Label the own fields in the company's language: translations come after the data."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env['pharma.partner.type'].search([])._rebuild_definitions()
