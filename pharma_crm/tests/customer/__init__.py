from . import test_affiliation
from . import test_crypto
from . import test_lifecycle
from . import test_partner_type
from . import test_party_tree
from . import test_person_profile
from . import test_person_profile_rights
from . import test_res_partner
