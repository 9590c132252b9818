from odoo.tools import SQL


def migrate(cr, version):
    """Cells of results hold floats instead of decimal numbers; they are counted up anew."""
    cr.execute(
        """ SELECT table_name FROM information_schema.columns
             WHERE table_schema = current_schema AND column_name = 'quantity'
               AND table_name LIKE 'pharma\\_flow\\_summary%' """)
    for table, in cr.fetchall():
        cr.execute(SQL(
            "TRUNCATE %(table)s; ALTER TABLE %(table)s ALTER quantity TYPE float8,"
            " ALTER amount TYPE float8", table=SQL.identifier(table)))
