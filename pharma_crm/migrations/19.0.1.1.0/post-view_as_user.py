from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """What a fresh installation does in its hook: nobody looks with an administrator's eyes."""
    api.Environment(cr, SUPERUSER_ID, {})['res.users']._restrict_view_as_user()
