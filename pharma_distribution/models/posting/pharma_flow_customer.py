from odoo import api, fields, models
from odoo.tools import SQL

from .pharma_flow_summary import DIMENSIONS, MEASURES, names

# Facts of a customer ``p`` of the hospital ``h`` that tables of results are kept by.
FACTS = {
    'state_id': SQL("COALESCE(p.state_id, h.state_id)"),
    'pharma_type': SQL("p.pharma_type"),
    'hospital_level': SQL("h.hospital_level"),
    'hospital_grade': SQL("h.hospital_grade"),
}
# Columns of customers that these follow from.
COPIED = ('commercial_partner_id', *FACTS)


class PharmaFlowCustomer(models.Model):
    """What the tables of results know of customers: a copy, as of the last folding.

    Tables that add figures up by facts of customers have to follow customers that move to another
    province or change their level. They are kept by this copy and not by the customers themselves:
    the folding compares both, moves the cells of whoever has changed and takes over the change.
    Until then these tables are not asked (see ``pharma.flow.report._plan``), so that answers are
    right at any moment: whatever changes customers marks them (``_mark``), the ORM by itself.
    """

    _name = 'pharma.flow.customer'
    _description = "Customers as Results Know Them"
    _log_access = False

    _partner_uniq = models.UniqueIndex('(partner_id)')

    # Plain numbers, as in the tables of results
    partner_id = fields.Integer(aggregator=None)
    commercial_partner_id = fields.Integer(aggregator=None)
    state_id = fields.Integer(aggregator=None)
    pharma_type = fields.Char(export_string_translation=False)
    hospital_level = fields.Char(export_string_translation=False)
    hospital_grade = fields.Char(export_string_translation=False)

    @api.model
    def _sql_facts(self):
        """Query of ``id`` and FACTS of the customers, as of the last folding."""
        return SQL(
            """ SELECT p.partner_id AS id, %s FROM pharma_flow_customer p
             LEFT JOIN pharma_flow_customer h ON h.partner_id = p.commercial_partner_id """,
            SQL(", ").join(
                SQL("%s AS %s", fact, SQL.identifier(name)) for name, fact in FACTS.items()))

    @api.model
    def _sql_changed(self):
        """FROM and WHERE of the copies ``k`` that differ from their partners ``p``."""
        self.env['res.partner'].flush_model(COPIED)
        return SQL(
            """ FROM pharma_flow_customer k JOIN res_partner p ON p.id = k.partner_id
               WHERE ROW(%s) IS DISTINCT FROM ROW(%s) """, names(COPIED, 'k'), names(COPIED, 'p'))

    @api.model
    def _is_behind(self):
        """Whether a customer has changed since the last folding.

        :rtype: bool
        """
        self.env['res.partner'].flush_model(COPIED)
        [[found]] = self.env.execute_query(SQL(
            """ SELECT EXISTS (SELECT FROM pharma_flow_customer_change change
                                 JOIN pharma_flow_customer k USING (partner_id)) """))
        return found

    @api.model
    def _mark(self, ids):
        """Customers have changed, or may have: results follow them. Who changes COPIED of
        customers by SQL calls this in the same transaction.

        :param ids: of ``res.partner``
        """
        # All are marked: a folding under way may be about to copy those that are not known yet
        self.env.cr.execute(SQL(
            "INSERT INTO pharma_flow_customer_change (partner_id) SELECT unnest(%s::int[])",
            list(ids)))
        [[known]] = self.env.execute_query(SQL(
            "SELECT EXISTS (SELECT FROM pharma_flow_customer WHERE partner_id = ANY(%s::int[]))",
            list(ids)))
        if known:
            self.env['pharma.flow.summary']._after_append()

    @api.model
    def _get_tables(self):
        """Tables of results that are kept by this copy.

        :return: list of empty recordsets
        """
        return [table for table in self.env['pharma.flow.summary']._get_tables()
                if table._get_facts()]

    # === FOLLOWING === #

    @api.model
    def _follow(self):
        """Move the cells of customers that have changed, and take over the change.

        For the folding alone, of which there is one at a time. All customers are compared, the
        marked ones and those that somebody has changed by SQL without a word. Deleted ones stay:
        what their rows were may still have to be taken out.
        """
        changed = [row_id for row_id, in self.env.execute_query(SQL(
            "SELECT k.partner_id %s", self._sql_changed()))]
        self.env.cr.execute("DELETE FROM pharma_flow_customer_change")
        if not changed:
            return
        moved = [row_id for row_id, in self.env.execute_query(SQL(
            """ SELECT partner_id FROM pharma_flow_customer
                 WHERE partner_id = ANY(%s) OR commercial_partner_id = ANY(%s) """,
            changed, changed))]
        self._move(moved, -1)
        self.env.cr.execute(SQL(
            """ UPDATE pharma_flow_customer k SET (%s) = ROW(%s) FROM res_partner p
                 WHERE p.id = k.partner_id AND p.id = ANY(%s) """,
            names(COPIED), names(COPIED, 'p'), changed))
        self._learn_hospitals()
        self._move(moved, 1)

    @api.model
    def _move(self, ids, sign):
        """Add the folded cells of some customers to the tables once more, or take them out.

        :param list[int] ids: of customers
        :param int sign: 1 or -1
        """
        measures = SQL(", ").join(
            SQL("%s * %s AS %s", sign, SQL.identifier(name), SQL.identifier(name))
            for name in MEASURES)
        cells = SQL(
            "(SELECT %s, %s FROM pharma_flow_summary"
            " WHERE pending IS NOT TRUE AND partner_id = ANY(%s)) cell",
            names(DIMENSIONS), measures, ids)
        for table in self._get_tables():
            table._add_cells(cells)

    @api.model
    def _learn(self, source):
        """Copy customers that are new in the results, and their hospitals.

        :param SQL source: table of cells with ``partner_id``
        """
        self._copy(SQL("SELECT partner_id FROM %s", source))
        self._learn_hospitals()

    @api.model
    def _learn_hospitals(self):
        self._copy(SQL("SELECT commercial_partner_id FROM pharma_flow_customer"))

    @api.model
    def _copy(self, partners):
        """Copy partners that are not known yet.

        :param SQL partners: query of their ids
        """
        self.env['res.partner'].flush_model(COPIED)
        self.env.cr.execute(SQL(
            """ INSERT INTO pharma_flow_customer (partner_id, %s)
                SELECT p.id, %s FROM res_partner p
                 WHERE p.id IN (%s)
                   AND NOT EXISTS (SELECT FROM pharma_flow_customer k WHERE k.partner_id = p.id)
            """, names(COPIED), names(COPIED, 'p'), partners))

    @api.model
    def _relearn(self):
        """Copy all customers that have results anew."""
        self.env.cr.execute("DELETE FROM pharma_flow_customer")
        self._learn(SQL("pharma_flow_summary"))


class PharmaFlowCustomerChange(models.Model):
    """Customers that have changed since the last folding. Nothing but rows that come and go: who
    changes a customer waits for no folding, and no folding for him.
    """

    _name = 'pharma.flow.customer.change'
    _description = "Changed Customer"
    _log_access = False

    partner_id = fields.Integer(aggregator=None)


class ResPartner(models.Model):
    _inherit = 'res.partner'

    def _write_multi(self, vals_list):
        """All changes of columns come by here, computed ones as well."""
        changed = [partner.id for partner, vals in zip(self, vals_list, strict=True)
                   if not vals.keys().isdisjoint(COPIED)]
        if changed:
            self.env['pharma.flow.customer']._mark(changed)
        return super()._write_multi(vals_list)

    def unlink(self):
        """What their rows were may not be folded yet."""
        ids = self.ids
        result = super().unlink()
        if ids:
            self.env['pharma.flow.customer']._mark(ids)
        return result
