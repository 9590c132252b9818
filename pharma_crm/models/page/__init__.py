from . import res_partner_tree
from . import res_partner_page
from . import res_partner_page_people
from . import res_partner_page_sales
from . import res_partner_timeline
from . import res_partner_page_visits  # extends page and time line
