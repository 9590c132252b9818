def migrate(cr, version):
    """All imports share one table now; Odoo keeps the tables of models that are gone."""
    cr.execute("DROP TABLE IF EXISTS pharma_hospital_import_progress")
