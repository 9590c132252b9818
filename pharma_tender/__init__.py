from . import models
from . import wizard


def uninstall_hook(env):
    """Delete tenders before Odoo deletes their kinds and stages, on which they insist.

    Products that the loaded results made go too: without this addon nobody could tell them from
    products that were entered.
    """
    env['pharma.demo']._remove_before_uninstall()
    env['pharma.tender.results'].remove_official()
    env['pharma.tender'].with_context(active_test=False).search([]).unlink()
