from . import matching
from . import posting
from . import reading
from . import calendar
from . import customer
from . import money
from . import market
from . import setup
from . import compliance  # after the models whose figures it may hide
from . import demo
from . import handover
