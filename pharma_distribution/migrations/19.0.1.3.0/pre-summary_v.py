def migrate(cr, version):
    """The tables of results are counted anew after the upgrade: their new indexes are made on
    empty ones.
    """
    for table in ('', '_customer', '_trade', '_territory'):
        cr.execute(f'TRUNCATE pharma_flow_summary{table}')
