from . import account_statement_import_sheet_parser
from . import pharma_flow_upload
from . import pharma_flow_post
