from . import test_hospital_import
from . import test_hospital_import_align
from . import test_hospital_list
from . import test_list_template
from . import test_setup_import
from . import test_setup_lists
from . import test_sheets
from . import test_territory_import
