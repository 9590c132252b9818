from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    """A table of results is new: it is filled from the complete one."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    env['pharma.flow.summary.person']._add_cells(
        SQL("pharma_flow_summary WHERE pending IS NOT TRUE"))
