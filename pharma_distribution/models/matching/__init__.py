from . import pharma_alias
from . import pharma_alias_automatic
from . import pharma_alias_decision
from . import pharma_alias_workbench
from . import pharma_flow_matcher
from . import pharma_flow_resolver
