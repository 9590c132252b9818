def migrate(cr, version):
    """Rows repeat company and distributor of their file, which has the foreign keys for both: they
    are checked there, and not once more for every row.
    """
    for name in ('pharma_flow_line_company_id_fkey', 'pharma_flow_line_distributor_id_fkey'):
        cr.execute(f'ALTER TABLE pharma_flow_line DROP CONSTRAINT IF EXISTS {name}')
        cr.execute("DELETE FROM ir_model_constraint WHERE name = %s", [name])
