from . import pharma_access
from . import pharma_alignment
from . import pharma_merge
from . import product_line
from . import res_partner
from . import res_partner_page
from . import product_product
