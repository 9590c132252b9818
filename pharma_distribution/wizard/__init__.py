from . import account_statement_import_sheet_parser
from . import mail_compose_message
from . import pharma_flow_post
from . import pharma_flow_upload
