from . import mixin
from . import customer
from . import territory
from . import access
from . import search
from . import list_import
from . import visit
from . import review
from . import cycle
from . import plan
from . import scoring
from . import report
from . import page
from . import merge
from . import product
from . import market
from . import home
from . import decision  # after the page that it adds to
from . import allocation
from . import setup
from . import compliance  # after the models whose figures it may hide
from . import demo
from . import settings
from . import duplicate
from . import change_request  # after what it extends
from . import handover  # after all that it moves
