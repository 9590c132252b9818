from . import pharma_tender_import
