from . import pharma_alignment
from . import pharma_alignment_rows  # extends the one before
from . import pharma_territory
from . import pharma_territory_assignment
from . import pharma_realignment  # after the mixin that reads spreadsheets
from . import pharma_realignment_choose
from . import pharma_realignment_line
from . import pharma_realignment_plan
