from . import models
from . import wizard


def post_init_hook(env):
    """Contacts and products that were there before the addon are found by their names, too."""
    search_names = env['pharma.search.name']
    for model_name in search_names._indexed_models():
        search_names._rebuild(model_name)
