from . import pharma_change_proposal
from . import pharma_change_refusal
