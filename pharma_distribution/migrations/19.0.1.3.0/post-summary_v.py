from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    """Rows get the department that their file names; then all tables of results are counted anew:
    one of them, by years, is new, and all tell departments apart.
    """
    env = api.Environment(cr, SUPERUSER_ID, {})
    departments = env['pharma.flow.department']
    cr.execute(SQL(
        "SELECT DISTINCT customer_key, partner_id FROM pharma_flow_line line"
        " WHERE partner_id IS NOT NULL AND %s", departments._sql_may_name()))
    found = [(key, customer_id, department_id) for (key, customer_id), (_customer, department_id)
             in departments._split(set(cr.fetchall())).items() if customer_id != department_id]
    # Rows whose customer was corrected say nothing about a department
    cr.execute(
        """ UPDATE pharma_flow_line line SET department_id = new.department_id
              FROM unnest(%s::text[], %s::int[], %s::int[]) new(key, partner_id, department_id)
             WHERE line.customer_key = new.key AND line.partner_id = new.partner_id
               AND NOT EXISTS (
                   SELECT FROM pharma_flow_correction fix
                    WHERE fix.field = 'partner' AND fix.file_id = line.file_id
                      AND fix.row_number = line.row_number
                      AND fix.sheet_name = COALESCE(line.sheet_name, '')) """,
        [list(column) for column in zip(*found, strict=True)] if found else [[], [], []])
    # Names that people gave to a department stand for its hospital from now on
    env['pharma.flow.resolver']._apply_to_lines(SQL(
        "line.partner_id IN (SELECT id FROM res_partner WHERE pharma_type = 'department')"))
    env['pharma.flow.summary']._rebuild()
