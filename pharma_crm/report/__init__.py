from . import pharma_source_report
