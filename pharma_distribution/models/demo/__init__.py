from . import pharma_demo
from . import pharma_demo_flow  # after the demo's stock, whose lots the flow names
