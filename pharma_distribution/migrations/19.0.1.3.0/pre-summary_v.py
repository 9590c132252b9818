def migrate(cr, version):
    """The tables of results are counted anew after the upgrade: their new indexes are made on
    empty ones.
    """
    cr.execute(
        """ TRUNCATE pharma_flow_summary, pharma_flow_summary_customer, pharma_flow_summary_trade,
                     pharma_flow_summary_territory """)
