from . import pharma_access
from . import pharma_alignment
from . import pharma_alias
from . import pharma_demo
from . import pharma_demo_flow  # after the demo's stock, whose lots the flow names
from . import pharma_flow_check
from . import pharma_flow_claim
from . import pharma_flow_correction
from . import pharma_flow_double
from . import pharma_flow_file
from . import pharma_flow_line
from . import pharma_flow_advice  # after the line that it extends
from . import pharma_flow_message
from . import pharma_flow_period
from . import pharma_flow_post
from . import pharma_flow_progress
from . import pharma_flow_read
from . import pharma_flow_resolver
from . import pharma_flow_stage
from . import pharma_health_check
from . import product_line
from . import res_company
from . import res_config_settings
from . import res_partner
from . import res_partner_page
from . import product_product
from . import sale_order
from . import stock_picking
