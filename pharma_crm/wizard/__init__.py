from . import pharma_affiliation_change
