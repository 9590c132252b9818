from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Rows get the identity by which the same movement is known in other files. Those that several
    posted files hold counted several times until now: from here on they count once.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    files = env['pharma.flow.file'].search([('state', 'in', ('review', 'posted'))], order='id')
    for file in files:
        file._apply_decisions()
