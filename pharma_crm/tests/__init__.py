from . import test_sheets
