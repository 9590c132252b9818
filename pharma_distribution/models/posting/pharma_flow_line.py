from odoo import api, fields, models
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import SQL

from odoo.addons.pharma_crm.models.access.pharma_access import CACHE_KEY
from odoo.addons.pharma_crm.models.customer.res_partner import PERSON_TYPES

COMMERCIAL_GROUP = 'pharma_distribution.group_pharma_distribution_commercial'

FLOW_KINDS = [
    ('sale', "Sales"),
    ('purchase', "Purchases"),
    ('stock', "Stock"),
]
LINE_STATUSES = [
    ('ok', "Counted"),
    ('unmatched_customer', "Customer Unknown"),
    ('unmatched_product', "Product Unknown"),
    ('duplicate', "Duplicate"),
    ('out_of_period', "Outside of Period"),
    ('error', "Error"),
    ('ignored', "Ignored"),
]
# What the reader found wrong in the row itself (see tools/flow_reader.REASONS).
PARSE_REASONS = [
    ('customer_missing', "There is no customer"),
    ('product_missing', "There is no product"),
    ('date_missing', "There is no date"),
    ('date_invalid', "The date cannot be read"),
    ('quantity_missing', "There is no quantity"),
    ('quantity_invalid', "The quantity is not a number"),
    ('price_invalid', "The price is not a number"),
    ('amount_invalid', "The amount is not a number"),
]
# What decisions and master data leave open.
OPEN_REASONS = [
    ('customer_unknown', "Nobody has decided yet who this customer is"),
    ('customer_ambiguous', "Several customers have this name"),
    ('product_unknown', "Nobody has decided yet which product this is"),
    ('product_ambiguous', "Several products have this name"),
    ('case_size_missing', "The product does not say how many packs are in a case"),
    ('case_size_differs', "The unit says another size of the case than the product"),
    ('pack_size_missing', "The product does not say how many pieces are in a pack"),
    ('pack_not_whole', "The pieces are no exact number of packs"),
    ('unit_ambiguous', "The unit may be the pack or a piece in it"),
    ('unit_unknown', "The unit is not known"),
    ('out_of_period', "The date is outside of the file's period"),
    ('name_ignored', "The name is ignored"),
    ('superseded', "A file that replaces this one covers the day"),
]
# How exactly the file says the date.
DATE_PRECISIONS = [
    ('day', "Day"),
    ('month', "Month Alone"),
]
# What other files of the distributor say about the row (see pharma.flow.double).
DOUBLE_REASONS = [
    ('double', "Another file holds the same movement"),
    ('suspected', "Another file may hold the same movement"),
]


class BigInteger(fields.Integer):
    """Eight bytes; for hashes, which nobody reads through an API that knows four bytes alone."""

    _column_type = ('int8', 'int8')


class Repeated(fields.Many2one):
    """What a row repeats of its file or of its product.

    File and product are foreign keys of the row, and have one for this: to check it once more for
    each row would guard next to nothing, and cost a twentieth of every import. What they do not
    guard, an ``ondelete`` does (see ``product.category``).
    """

    def update_db_foreign_key(self, model, column):
        """There is none, see above."""


class PharmaFlowLine(models.Model):
    """One row of a distributor's file: what moved, to whom, when.

    Raw values are never overwritten; what was decided about them stands beside. Lines are written
    by SQL alone, when a file is read and whenever a name is decided (see
    ``pharma.flow.resolver``); there is nothing to edit here.
    """

    _name = 'pharma.flow.line'
    _description = "Flow Line"
    _inherit = ['pharma.access.mixin', 'pharma.customer.mixin']
    _order = 'file_id desc, id'
    _rec_name = 'raw_customer'
    # Who and when stand on the file; checking two more users per row makes imports a third slower
    _log_access = False
    _check_company_auto = True

    # Decisions find the rows of a name; reports and rules go by customer, person, date.
    _customer_key_idx = models.Index('(customer_key, distributor_id)')
    _product_key_idx = models.Index('(product_key, distributor_id)')
    _date_idx = models.Index('USING brin (date)')
    # Doubles are sought by identity; distributor and day in front keep what is new together
    _identity_idx = models.Index('(distributor_id, date, identity)')

    # where it stands
    file_id = fields.Many2one(
        'pharma.flow.file', required=True, readonly=True, index=True,
        ondelete='cascade')
    file_state = fields.Selection(related='file_id.state', string="File Status")
    sheet_name = fields.Char(string="Sheet", readonly=True)
    row_number = fields.Integer(string="Row", readonly=True, aggregator=None)
    kind = fields.Selection(FLOW_KINDS, required=True, readonly=True)

    # whose it is
    company_id = Repeated('res.company', required=True, readonly=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    distributor_id = Repeated(
        'res.partner', required=True, readonly=True, ondelete='restrict',
        check_company=True)

    # as the file says it
    raw_customer = fields.Char(string="Customer in File", readonly=True)
    raw_customer_code = fields.Char(string="Customer Code in File", readonly=True)
    raw_product = fields.Char(string="Product in File", readonly=True)
    raw_product_code = fields.Char(string="Product Code in File", readonly=True)
    raw_spec = fields.Char(string="Specification in File", readonly=True)
    raw_unit = fields.Char(string="Unit in File", readonly=True)
    raw_maker = fields.Char(string="Manufacturer in File", readonly=True)
    raw_date = fields.Char(string="Date in File", readonly=True)
    raw_quantity = fields.Char(string="Quantity in File", readonly=True)
    raw_price = fields.Char(string="Price in File", readonly=True)
    raw_amount = fields.Char(string="Amount in File", readonly=True)
    document_number = fields.Char(string="Document", readonly=True)
    lot = fields.Char(readonly=True)
    source = fields.Char(
        string="Warehouse or Branch", readonly=True,
        help="Who at the distributor reports the row, where a column says so")

    # as it was read
    date = fields.Date(readonly=True)
    entry_month = fields.Date(
        readonly=True,
        help="First day of the month in whose figures the row stands; a later one than its own"
             " where that month was locked already")
    date_precision = fields.Selection(
        DATE_PRECISIONS, readonly=True,
        help="Where the file says the month alone, the day is not known: the row stands on the"
             " month's first day")
    has_other_date = fields.Boolean(
        readonly=True, export_string_translation=False, help="A correction says another date")
    read_date = fields.Date(
        string="Date as It Was Read", readonly=True, help="Where a correction says another one")
    file_quantity = fields.Float(
        string="Quantity in the File's Unit", digits='Product Unit', readonly=True)
    quantity = fields.Float(
        digits='Product Unit', readonly=True,
        help="In sales packs: cases and pieces of the file are counted in packs")
    price = fields.Float(digits='Product Price', readonly=True, aggregator='avg')
    amount = fields.Monetary(readonly=True)
    has_other_amount = fields.Boolean(
        readonly=True, export_string_translation=False,
        help="A correction says another amount, or another quantity that the amount follows")
    read_amount = fields.Monetary(
        string="Amount as It Was Read", readonly=True,
        help="Where a correction says another one, or another quantity")

    # as it was decided
    partner_id = fields.Many2one(
        'res.partner', string="Customer", readonly=True, index='btree_not_null',
        ondelete='restrict', check_company=True)
    department_id = fields.Many2one(
        'res.partner', readonly=True, index='btree_not_null', ondelete='restrict',
        help="The department of the customer that the file names, where it names one")
    product_id = fields.Many2one(
        'product.template', readonly=True, index='btree_not_null',
        ondelete='restrict', check_company=True)
    product_line_id = Repeated(
        'product.category', readonly=True, ondelete='restrict')
    territory_id = fields.Many2one(
        'pharma.territory', readonly=True, index='btree_not_null', ondelete='restrict',
        help="The territory of the customer for this product line on the day of the sale")
    user_id = fields.Many2one(
        'res.users', string="Representative", readonly=True, index='btree_not_null',
        ondelete='restrict', help="Who worked for this product line in the territory on that day")
    status = fields.Selection(LINE_STATUSES, required=True, readonly=True, default='ok')
    reason = fields.Selection(PARSE_REASONS + OPEN_REASONS + DOUBLE_REASONS, readonly=True)
    message = fields.Char(compute='_compute_message')
    correction_ids = fields.Many2many(
        'pharma.flow.correction', string="Corrections", compute='_compute_correction_ids',
        compute_sudo=True)
    is_separate = fields.Boolean(
        string="Row of Its Own", compute='_compute_correction_ids', compute_sudo=True,
        help="Somebody said that this row is no double of equal rows in other files")

    # names as they are compared
    customer_key = fields.Char(readonly=True, export_string_translation=False)
    product_key = fields.Char(readonly=True, export_string_translation=False)
    identity = BigInteger(
        readonly=True, aggregator=None, groups=NO_ACCESS, export_string_translation=False,
        help="What the row has in common with the same movement in other files; empty where it"
             " could not count anyway")

    # === COMPUTE === #

    @api.depends('sheet_name', 'row_number', 'file_id.name')
    def _compute_display_name(self):
        for line in self:
            # sudo: who may see a row may know where it stands, if not read the file's other rows
            parts = (line.file_id.sudo().name, line.sheet_name, f"#{line.row_number}")
            line.display_name = " ".join(part for part in parts if part)

    @api.depends('reason', 'raw_customer', 'raw_product', 'raw_date', 'raw_quantity', 'raw_unit',
                 'date_precision', 'has_other_date')
    @api.depends_context('lang')
    def _compute_message(self):
        """What is open about the row, with the text of the file that it is about."""
        labels = dict(self._fields['reason']._description_selection(self.env))
        raw_fields = {
            'date': 'raw_date', 'quantity': 'raw_quantity', 'price': 'raw_price',
            'amount': 'raw_amount', 'customer': 'raw_customer', 'product': 'raw_product',
            'case': 'raw_unit', 'pack': 'raw_unit', 'unit': 'raw_unit', 'out': 'raw_date',
            'name': 'raw_customer',
            'superseded': 'raw_date',
        }
        for line in self:
            if not line.reason:
                line.message = line._get_date_message()
                continue
            raw_field = raw_fields.get(line.reason.split('_')[0])
            raw = raw_field and line[raw_field]
            label = labels[line.reason]
            line.message = f"{label}: {raw}" if raw else label

    def _get_date_message(self):
        """What is to be known of the date of a row that counts, False for nothing."""
        if self.date_precision != 'month' or self.has_other_date:
            return False
        return self.env._(
            "The file says the month alone: the row stands on its first day: %s", self.raw_date)

    @api.depends('file_id', 'sheet_name', 'row_number')
    def _compute_correction_ids(self):
        # In sudo: what was said about a row is known to whoever sees the row
        found = self.env['pharma.flow.correction']._find(self).grouped(
            lambda correction: correction._get_row())
        for line in self:
            line.correction_ids = found.get(line._get_row())
            line.is_separate = 'separate' in line.correction_ids.mapped('field')

    @api.model
    def _pharma_link_domain(self, mode):
        """Rows that count, of the customers and product lines in the current user's territories;
        directors, stewards and commercial staff see all rows.

        A customer that comes to a territory brings his past with him: what was sold there before
        is what his new representative has to know.
        """
        rows = self._pharma_rows_domain(mode)
        return rows if rows.is_true() else Domain('file_state', '=', 'posted') & rows

    @api.model
    def _pharma_rows_domain(self, mode):
        """The customers and product lines whose rows the current user sees, as a domain that holds
        for rows and for the cells of results alike.

        :param str mode: 'read' or 'work'
        :rtype: Domain
        """
        figures = self._get_figures_domain()
        access = self.env['pharma.access']
        if self._sees_all_rows():
            return figures
        access._flush()
        pairs = self._sql_visible_pairs(mode)
        # The customers once more by themselves, roughly: the index knows them, not the pairs
        _count, entities, _contacts = access._get_visible(mode)
        customers = SQL(
            "SELECT unnest(%(entities)s) UNION ALL SELECT id FROM res_partner"
            " WHERE pharma_type = 'campus' AND commercial_partner_id = ANY(%(entities)s)",
            entities=entities)
        return figures & Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "(%(partner)s = ANY(ARRAY(%(customers)s))"
                " AND (%(partner)s, COALESCE(%(line)s, 0)) IN (%(pairs)s))",
                partner=SQL.identifier(alias, 'partner_id'), customers=customers,
                line=SQL.identifier(alias, 'product_line_id'), pairs=pairs))

    @api.model
    def _sees_all_rows(self):
        """Whether the current user sees rows of all customers."""
        return self.env['pharma.access']._sees_all() or self.env.user.has_group(COMMERCIAL_GROUP)

    @api.model
    def _sql_visible_pairs(self, mode):
        """Query of the customers whose rows the current user sees, with the product lines; 0 for
        rows without a line.

        :param str mode: 'read' or 'work'
        :return: query of ``partner_id`` and ``line_id``
        :rtype: SQL
        """
        return SQL(
            """ SELECT p.id AS partner_id, lines.id AS line_id
                  FROM (%s) aligned
                  JOIN res_partner p ON p.commercial_partner_id = aligned.partner_id
                   AND p.pharma_type NOT IN %s
                  JOIN (SELECT id FROM product_category WHERE is_product_line
                         UNION ALL SELECT 0) lines
                    ON lines.id = 0 OR aligned.product_line_id IS NULL
                       OR lines.id = aligned.product_line_id """,
            self.env['pharma.access']._aligned_lines_sql(mode), PERSON_TYPES)

    @api.model
    def _pharma_cells_domain(self):
        """What ``_pharma_rows_domain('read')`` says, for adding up cells by the hundred thousand:
        with the customers of each line as values, which the database looks up by their hash.

        :rtype: Domain
        """
        if self._sees_all_rows():
            return self._get_figures_domain()
        access = self.env['pharma.access']
        access._flush()
        # As long as who sees what: pharma.access forgets both together
        cache = self.env.cr.cache.setdefault(CACHE_KEY, {})
        key = self._name, self.env.uid, access._get_today()
        if key not in cache:
            cache[key] = dict(self.env.execute_query(SQL(
                "SELECT line_id, array_agg(DISTINCT partner_id)::text FROM (%s) pairs"
                " GROUP BY line_id", self._sql_visible_pairs('read'))))
        customers = cache[key]

        if not customers:
            return Domain.FALSE

        def to_sql(model, alias, query):
            partner = SQL.identifier(alias, 'partner_id')
            line = SQL("COALESCE(%s, 0)", SQL.identifier(alias, 'product_line_id'))
            lines = []
            for line_id, ids in customers.items():
                own = SQL("TRUE") if ids == customers[0] else SQL(
                    "%s = ANY(%s::int[])", partner, ids)
                lines.append(SQL("%s = %s AND %s", line, line_id, own))
            return SQL("(%s = ANY(%s::int[]) AND (%s))", partner, customers[0],
                       SQL(" OR ").join(lines))

        return self._get_figures_domain() & Domain.custom(to_sql=to_sql)

    @api.model
    def _get_figures_domain(self):
        """Hook: the sales figures that may be shown to the current user at all, beside the rights
        by territory; none are hidden here.

        What rules of compliance hide from a role (for instance figures of sales from people who
        are filed as medical representatives) is left out by this one method: of rows, of results,
        pages and counts alike. The domain may name what both rows and cells have: ``company_id``,
        ``kind``, ``distributor_id``, ``partner_id``, ``product_id``, ``product_line_id``,
        ``territory_id``, ``user_id``; ``Domain.FALSE`` hides everything.

        :rtype: Domain
        """
        return Domain.TRUE

    # === ACTIONS === #

    def action_view_file(self):
        """Open the file that the row comes from."""
        self.ensure_one()
        return {
            'type': 'ir.actions.act_window',
            'res_model': 'pharma.flow.file',
            'view_mode': 'form',
            'res_id': self.file_id.id,
        }

    def action_count_separately(self):
        """Say that rows are movements of their own, though other files hold equal ones."""
        doubles = self.filtered(lambda line: line.reason in ('double', 'suspected'))
        doubles._check_may_correct()
        corrections = self.env['pharma.flow.correction']
        corrections.create([corrections._prepare_vals(line, 'separate') for line in doubles])
        return True

    def action_correct(self):
        """Ask what is right instead of what the file says about the row."""
        self.ensure_one()
        self._check_may_correct()
        file_id, sheet_name, row_number = self._get_row()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Correct a Row"),
            'res_model': 'pharma.flow.correction',
            'view_mode': 'form',
            'views': [(self.env.ref(
                'pharma_distribution.pharma_flow_correction_view_form_dialog').id, 'form')],
            'target': 'new',
            'context': {
                'default_file_id': file_id, 'default_sheet_name': sheet_name,
                'default_row_number': row_number},
        }

    def action_count_once(self):
        """Take back that rows are movements of their own."""
        self._check_may_correct()
        self.env['pharma.flow.correction']._find(self, 'separate').unlink()
        return True

    def action_view_equal(self):
        """Open this row beside those of other files that are, or may be, the same movement."""
        self.ensure_one()
        self.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_line_action')
        action['name'] = self.env._("Equal Rows")
        action['domain'] = [('id', 'in', self._get_equal_ids())]
        action['context'] = {}
        return action

    # === BUSINESS === #

    def _get_row(self):
        """By what corrections name the row."""
        self.ensure_one()
        return self.file_id.id, self.sheet_name or '', self.row_number

    def _check_may_correct(self):
        """Corrections need somebody who may make them, and rows that he sees."""
        self.check_access('read')
        self.env['pharma.flow.correction'].check_access('create')

    def _get_equal_ids(self):
        """Rows of all files with the identity of this one."""
        self.ensure_one()
        self.flush_recordset()
        rows = self.env.execute_query(SQL("""
            SELECT other.id FROM pharma_flow_line line
              JOIN pharma_flow_line other
                ON other.distributor_id = line.distributor_id AND other.identity = line.identity
               AND other.date IS NOT DISTINCT FROM line.date
             WHERE line.id = %s
        """, self.id))
        return [line_id for line_id, in rows]

    @api.model
    def _judge_identities(self, lines):
        """Compare rows with those of other files anew, after a person spoke about them."""
        doubles = self.env['pharma.flow.double']
        doubles._begin()
        self.env.cr.execute("""
            INSERT INTO pharma_flow_touched
            SELECT distributor_id, date, identity FROM pharma_flow_line WHERE id = ANY(%s)
        """, [lines.ids])
        # sudo: the figures of all files with these rows change
        self.env['pharma.flow.file'].sudo().browse(doubles._judge())._refresh_counts()

    @api.model
    def _restate_territories(self, partner_ids):
        """Write territory and representative anew on the rows of customers whose alignments or
        people changed; a job, since a customer may have many rows.

        :param list[int] partner_ids: customers, hospitals as a whole
        """
        self.env['pharma.flow.resolver']._apply_to_lines(SQL(
            "line.partner_id IN (SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)"
            " AND pharma_type NOT IN %s)", list(partner_ids), PERSON_TYPES))

    @api.model
    def _restate_products(self, product_ids):
        """Write product line, territory and representative anew on the rows of products whose
        category changed; a job as well.

        :param list[int] product_ids: product templates
        """
        self.env['pharma.flow.resolver']._apply_to_lines(
            SQL("line.product_id = ANY(%s)", list(product_ids)))

    @api.model
    def _count_by_file(self, files):
        """Figures of files, by SQL since a file has up to a million rows.

        :return: dict file id -> dict of the counters of ``pharma.flow.file``
        """
        rows = self.env.execute_query_dict(SQL("""
            SELECT file_id,
                   COUNT(*) AS row_count,
                   COUNT(*) FILTER (WHERE status = 'ok') AS ok_count,
                   COUNT(*) FILTER (WHERE status IN ('unmatched_customer', 'unmatched_product'))
                       AS unmatched_count,
                   COUNT(*) FILTER (WHERE status IN ('error', 'out_of_period', 'duplicate'))
                       AS error_count,
                   COUNT(*) FILTER (WHERE status = 'ignored') AS ignored_count,
                   COALESCE(SUM(quantity) FILTER (WHERE status = 'ok'), 0) AS quantity,
                   COALESCE(SUM(amount) FILTER (WHERE status = 'ok'), 0) AS amount,
                   MIN(date) AS first_date, MAX(date) AS last_date
              FROM pharma_flow_line WHERE file_id = ANY(%s) GROUP BY file_id
        """, files.ids))
        return {row.pop('file_id'): row for row in rows}
