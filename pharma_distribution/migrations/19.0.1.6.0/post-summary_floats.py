from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """All tables of results from the rows, the new ones as well."""
    api.Environment(cr, SUPERUSER_ID, {})['pharma.flow.summary']._rebuild()
