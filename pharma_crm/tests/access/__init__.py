from . import test_access_question
from . import test_access_rights
from . import test_team_member
from . import test_territory_access
from . import test_view_as_user
