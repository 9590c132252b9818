from odoo.tools import SQL


def migrate(cr, version):
    """Cells of results are nobody's: who wrote them, and when, was never filled."""
    cr.execute(
        """ SELECT table_name, column_name FROM information_schema.columns
             WHERE table_schema = current_schema AND table_name LIKE 'pharma\\_flow\\_summary%'
               AND column_name IN ('create_uid', 'create_date', 'write_uid', 'write_date') """)
    for table, column in cr.fetchall():
        cr.execute(SQL("ALTER TABLE %s DROP COLUMN %s", SQL.identifier(table),
                       SQL.identifier(column)))
