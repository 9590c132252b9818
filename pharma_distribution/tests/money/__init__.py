from . import test_bank_statement
from . import test_money_ui
from . import test_portal_customer
