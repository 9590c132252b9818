from . import test_score
from . import test_scoring
