from . import pharma_hospital_import
