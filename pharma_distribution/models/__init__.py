from . import pharma_access
from . import pharma_alignment
from . import pharma_alias
from . import pharma_demo
from . import pharma_demo_flow  # after the demo's stock, whose lots the flow names
from . import pharma_flow_file
from . import pharma_flow_line
from . import pharma_flow_progress
from . import pharma_flow_resolver
from . import pharma_flow_stage
from . import product_product
from . import res_company
from . import res_config_settings
from . import res_partner
from . import sale_order
from . import stock_picking
