from . import pharma_handover
