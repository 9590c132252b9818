from . import controllers
from . import models
from . import wizard


def uninstall_hook(env):
    """What the demo data says of flow files goes with their tables."""
    env['pharma.demo']._forget('pharma.flow.')
