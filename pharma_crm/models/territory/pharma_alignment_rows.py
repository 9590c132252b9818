import json

from odoo import api, models
from odoo.tools import SQL

from ...tools.alignment_plan import Row, Wanted, diff


class PharmaAlignment(models.Model):
    """Writing the alignments of thousands of customers at once.

    What shall stand there is decided by ``tools.alignment_plan``; here it is read and written in a
    few statements, whether one customer or 5,000 are meant.
    """

    _inherit = 'pharma.alignment'

    # === BUSINESS === #

    @api.model
    def _align(self, partner_ids, territory_id, product_line_id, date_from, source='hand'):
        """Align customers with a territory from a day on, instead of what was there for the line.

        Rows that begin later for this product line give way. Rows of other lines, and of other
        companies, stay.

        :param list[int] partner_ids: customers, hospitals as a whole
        :param int territory_id: the new territory; False: none
        :param product_line_id: id of a product line; False: the rows for all lines
        :param datetime.date date_from: the first day
        :param str source: one of ``ALIGNMENT_SOURCES``
        """
        territory = self.env['pharma.territory'].browse(territory_id or [])
        company = territory.company_id or self.env.company
        rows = self._get_rows(partner_ids, company)
        wanted = [
            Wanted(partner=partner_id, line=product_line_id or 0, territory=territory.id or 0,
                   day=date_from)
            for partner_id in partner_ids]
        for item in wanted:
            item.plan(map(Row.from_values, rows.get((item.partner, item.line), ())))
        created = self._write_plan(wanted, company, source)
        self.browse(created)._validate_fields(['partner_id', 'product_line_id'])

    @api.model
    def _lock_customers(self, partners):
        """Nobody else changes these customers' alignments until the transaction ends.

        Every way of writing alignments writes their customers as well (see
        ``_refresh_territories``). So PostgreSQL refuses the lock when somebody did so after this
        transaction began, and Odoo repeats it with what stands there now.

        :param partners: customers
        :return: False when somebody is at it at this moment
        """
        if partners.try_lock_for_update(allow_referencing=True) != partners:
            return False
        self.env.cr.execute(SQL(
            "SELECT id FROM pharma_alignment WHERE partner_id = ANY(%s) ORDER BY id FOR UPDATE",
            partners.ids))
        return True

    @api.model
    def _get_rows(self, partner_ids, company):
        """All alignments of customers in a company, past ones too.

        :param partner_ids: customers
        :return: {(partner id, product line id or 0): list of dicts with all columns of the table,
            as JSON has them}
        """
        self.flush_model()
        return {(partner_id, line_id): rows for partner_id, line_id, rows in self.env.execute_query(
            SQL(
                """ SELECT partner_id, COALESCE(product_line_id, 0), jsonb_agg(to_jsonb(a)
                           ORDER BY id)
                      FROM pharma_alignment a
                     WHERE partner_id = ANY(%s) AND company_id = %s
                  GROUP BY 1, 2 """,
                list(partner_ids), company.id))}

    @api.model
    def _write_plan(self, wanted, company, source):
        """Write what was planned; the new rows in ``wanted`` get their ids.

        :param wanted: list of ``tools.alignment_plan.Wanted``, planned
        :param company: the company of all the territories
        :param str source: one of ``ALIGNMENT_SOURCES``
        :return: ids of the alignments created
        """
        self._number_rows(wanted)
        changes = [(item, diff(item.before, item.after)) for item in wanted]
        self._delete_rows([row_id for _item, change in changes for row_id in change.deleted])
        updated = [row for _item, change in changes for row in change.updated]
        self.env.cr.execute(SQL(
            """ UPDATE pharma_alignment a
                   SET date_to = new.date_to, write_uid = %s, write_date = %s
                  FROM unnest(%s::int[], %s::date[]) new(id, date_to)
                 WHERE a.id = new.id """,
            self.env.uid, self.env.cr.now(), [row.id for row in updated],
            [row.last for row in updated]))
        created = [{
            'id': row.id, 'partner_id': item.partner, 'territory_id': row.territory,
            'company_id': company.id, 'product_line_id': item.line or None,
            'date_from': row.first.isoformat(), 'source': source,
            'create_uid': self.env.uid, 'create_date': str(self.env.cr.now()),
            'write_uid': self.env.uid, 'write_date': str(self.env.cr.now()),
        } for item, change in changes for row in change.created]
        self._insert_rows(created)
        self._after_rows_written([item.partner for item, change in changes if any(change)])
        return [values['id'] for values in created]

    @api.model
    def _number_rows(self, wanted):
        """Give planned rows their ids."""
        new = [item for item in wanted if any(not row.id for row in item.after)]
        ids = [row_id for row_id, in self.env.execute_query(SQL(
            "SELECT nextval('pharma_alignment_id_seq') FROM generate_series(1, %s)", len(new)))]
        for item, row_id in zip(new, ids, strict=True):
            item.after = [row if row.id else row._replace(id=row_id) for row in item.after]

    @api.model
    def _delete_rows(self, row_ids):
        self.env.cr.execute(SQL("DELETE FROM pharma_alignment WHERE id = ANY(%s)", list(row_ids)))

    @api.model
    def _insert_rows(self, rows):
        """Insert alignments with all their columns.

        :param rows: list of dicts, as ``_get_rows`` gives them
        """
        self.env.cr.execute(SQL(
            """ INSERT INTO pharma_alignment
                SELECT * FROM jsonb_populate_recordset(NULL::pharma_alignment, %s::jsonb) """,
            json.dumps(rows)))

    @api.model
    def _restore_rows(self, rows):
        """Give alignments back all their columns.

        :param rows: list of dicts, as ``_get_rows`` gave them before they were written
        """
        self.env.cr.execute(SQL(
            """ UPDATE pharma_alignment a
                   SET date_from = old.date_from, date_to = old.date_to,
                       write_uid = old.write_uid, write_date = old.write_date
                  FROM jsonb_populate_recordset(NULL::pharma_alignment, %s::jsonb) old
                 WHERE a.id = old.id """,
            json.dumps(rows)))

    @api.model
    def _after_rows_written(self, partner_ids):
        """Rows were written past the ORM: whatever is derived from them follows."""
        self.invalidate_model()
        self.env['pharma.territory'].invalidate_model(
            ['alignment_ids', 'customer_count', 'total_customer_count'])
        self.env['res.partner'].invalidate_model(
            ['alignment_ids', 'pharma_access', 'pharma_work'])
        self._refresh_territories(partner_ids)
