def migrate(cr, version):
    """Rows repeat company and distributor of their file and the line of their product, which have
    the foreign keys for them: they are checked there, and not once more for every row.
    """
    cr.execute("""
        ALTER TABLE pharma_flow_line
            DROP CONSTRAINT IF EXISTS pharma_flow_line_company_id_fkey,
            DROP CONSTRAINT IF EXISTS pharma_flow_line_distributor_id_fkey,
            DROP CONSTRAINT IF EXISTS pharma_flow_line_product_line_id_fkey
    """)
    cr.execute("""
        DELETE FROM ir_model_constraint
         WHERE name IN ('pharma_flow_line_company_id_fkey', 'pharma_flow_line_distributor_id_fkey',
                        'pharma_flow_line_product_line_id_fkey')
    """)
