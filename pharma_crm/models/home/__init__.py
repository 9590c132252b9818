from . import pharma_home  # after the calls that it shows
from . import pharma_home_person  # extends the one before
from . import pharma_home_team  # likewise
