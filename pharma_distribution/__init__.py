from . import controllers
from . import models
from . import report
from . import wizard


def uninstall_hook(env):
    """Demo data does not outlive its tables."""
    env['pharma.demo']._remove_before_uninstall()
