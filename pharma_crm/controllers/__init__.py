from . import data_request
from . import list_template
from . import message_delivery
