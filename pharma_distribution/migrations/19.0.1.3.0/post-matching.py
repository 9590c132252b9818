import logging

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL

from odoo.addons.pharma_distribution.tools.flow_values import read_day

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    """Rows that say the month alone say so, and pieces and bottles count by the pack data."""
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    # A month was stored as its first day; which of these days was one, its text tells
    cr.execute("""
        SELECT DISTINCT raw_date FROM pharma_flow_line
         WHERE EXTRACT(day FROM COALESCE(read_date, date)) = 1 AND date_precision IS NULL
    """)
    texts = [text for text, in cr.fetchall() if text and (read_day(text) or ('', ''))[1] == 'month']
    cr.execute("""
        UPDATE pharma_flow_line SET date_precision = 'month'
         WHERE raw_date = ANY(%s) AND EXTRACT(day FROM COALESCE(read_date, date)) = 1
    """, [texts])
    # Any unit but 件 was taken for a pack; locked months stay as they are
    file_ids = env['pharma.flow.resolver']._apply_to_lines(SQL(
        "COALESCE(line.raw_unit, '') NOT IN ('', '盒')"))
    env['pharma.flow.file'].browse(file_ids)._refresh_counts()
    _logger.info("%d files hold units that count otherwise now", len(file_ids))
