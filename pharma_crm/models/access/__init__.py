from . import pharma_access
from . import pharma_access_team  # extends the one before
from . import pharma_access_lead  # likewise
from . import pharma_access_manager  # likewise
from . import pharma_delegation
from . import pharma_share
from . import account_move
from . import account_analytic_account
from . import calendar_attendee
from . import calendar_event
from . import crm_lead
from . import ir_http
from . import ir_rule
from . import mail_activity
from . import mail_followers
from . import mail_thread
from . import res_users
from . import sale_order
from . import sale_report
