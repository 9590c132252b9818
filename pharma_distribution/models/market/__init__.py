from . import pharma_agent_opening
from . import pharma_market_fact
