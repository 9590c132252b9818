from . import pharma_import_line_mixin  # the same
from . import pharma_import_mixin  # the same
from . import pharma_import_territory  # extends the one before
from . import pharma_hospital_import
from . import pharma_hospital_import_align
from . import pharma_hospital_import_line
from . import pharma_hospital_import_read
from . import pharma_hospital_import_undo
from . import pharma_list_template
from . import pharma_setup_import
from . import pharma_setup_import_line
from . import pharma_setup_import_territory
from . import pharma_setup_import_user
from . import pharma_setup_import_user_apply
from . import pharma_import_progress
