from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    """Two tables of results by years are new: they are filled from the complete one."""
    env = api.Environment(cr, SUPERUSER_ID, {})
    for name in ('terminal.year', 'person.year'):
        env[f'pharma.flow.summary.{name}']._add_cells(
            SQL("pharma_flow_summary WHERE pending IS NOT TRUE"))
