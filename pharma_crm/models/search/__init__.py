from . import pharma_alias
from . import pharma_alias_search
from . import pharma_search_name
from . import product_search
from . import res_partner_search
