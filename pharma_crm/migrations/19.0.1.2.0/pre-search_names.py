def migrate(cr, version):
    """Names say on which record it depends who sees them.

    Without the index of tokens, which Odoo makes anew afterwards: entry by entry that takes ten
    times as long.
    """
    cr.execute("ALTER TABLE pharma_search_name ADD COLUMN owner integer NOT NULL DEFAULT 0")
    cr.execute("ALTER TABLE pharma_search_name ALTER COLUMN owner DROP DEFAULT")
    cr.execute("ALTER TABLE pharma_search_name ALTER COLUMN owner SET STATISTICS 10")
    cr.execute("DROP INDEX pharma_search_name_grams_idx")
    cr.execute("""
        UPDATE pharma_search_name s SET owner = p.commercial_partner_id
          FROM res_partner p
         WHERE s.model = 'res.partner' AND p.id = s.res_id AND p.pharma_type IS NOT NULL
           AND p.pharma_type NOT IN ('group', 'distributor', 'manufacturer')
    """)
