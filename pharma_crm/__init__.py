from . import controllers
from . import models
from . import wizard
from . import report


def post_init_hook(env):
    """Find what was there before the addon by its names, and label own fields in our language."""
    search_names = env['pharma.search.name']
    for model_name in search_names._indexed_models():
        search_names._rebuild(model_name)
    # Only now are the labels translated
    env['pharma.partner.type'].search([])._rebuild_definitions()
    env['res.users']._restrict_view_as_user()


def uninstall_hook(env):
    """Customers let go of their types and stages, which are deleted before the columns are."""
    env['pharma.demo']._remove_before_uninstall()
    env.cr.execute("UPDATE res_partner SET lifecycle_stage_id = NULL, partner_type_id = NULL")
    env.cr.execute("ALTER TABLE res_partner ALTER COLUMN commercial_partner_id SET STATISTICS -1")
    env.invalidate_all()
