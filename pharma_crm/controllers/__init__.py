from . import list_template
