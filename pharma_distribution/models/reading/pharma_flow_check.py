from collections import defaultdict

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

# How many months before the file's say what is usual, and how many of them must hold sales.
MONTHS_COMPARED = 6
MONTHS_NEEDED = 2
# A product or a total differs when it is more than twice, or less than half, of the usual month;
# one customer's month jumps when it is more than three times.
FACTOR = 2
FACTOR_CUSTOMER = 3
# What is less than this part of the file's month is not worth a line.
SHARE = 0.03
# A period that covers at least so many days per month can tell that something is missing.
DAYS_OF_MONTH = 25
# Products and customers named one by one, the largest differences first.
LISTED = 10

CHECKS = [
    ('counted', "Rows that count"),
    ('restated', "Rows of locked months"),
    ('names_decided', "New names, known from earlier decisions"),
    ('names_found', "New names, found in the archive"),
    ('names_open', "New names, open"),
    ('unmatched', "Rows that wait for names"),
    ('error', "Rows with errors"),
    ('out_of_period', "Rows outside of the period"),
    ('double', "Rows that other files hold"),
    ('suspected', "Rows that other files may hold"),
    ('superseded', "Rows that were replaced"),
    ('ignored', "Ignored rows"),
    ('month_only', "Rows without a day"),
    ('total_differs', "Differs from the usual month"),
    ('product_differs', "Product differs from the usual month"),
    ('product_new', "New product"),
    ('product_missing', "Product is missing"),
    ('customer_jump', "Customer's jump"),
    ('customer_new', "New customers"),
    ('customer_missing', "Customers are missing"),
]
WARNINGS = {
    'restated', 'unmatched', 'error', 'suspected', 'total_differs', 'product_differs',
    'product_new', 'product_missing', 'customer_jump', 'customer_missing',
}


class PharmaFlowCheck(models.Model):
    """What somebody should look at before a file is posted, found by SQL when it was read."""

    _name = 'pharma.flow.check'
    _description = "Check of a Flow File"
    _order = 'file_id, sequence, id'

    file_id = fields.Many2one(
        'pharma.flow.file', required=True, readonly=True, index=True, ondelete='cascade')
    company_id = fields.Many2one(related='file_id.company_id', store=True, index=True)
    currency_id = fields.Many2one(related='company_id.currency_id')
    sequence = fields.Integer(readonly=True)
    code = fields.Selection(CHECKS, required=True, readonly=True)
    is_warning = fields.Boolean(readonly=True)
    name = fields.Char(string="What to Look At", compute='_compute_name')
    row_count = fields.Integer(string="Rows", readonly=True)
    count = fields.Integer(readonly=True, export_string_translation=False)
    amount = fields.Monetary(readonly=True)
    partner_id = fields.Many2one(
        'res.partner', readonly=True, index='btree_not_null', ondelete='cascade')
    product_id = fields.Many2one(
        'product.template', readonly=True, index='btree_not_null', ondelete='cascade')
    quantity = fields.Float(digits='Product Unit', readonly=True)
    usual_quantity = fields.Float(
        string="Usual Month", digits='Product Unit', readonly=True,
        help="Median of the last months that hold sales of this distributor")

    # === COMPUTE === #

    @api.depends('code', 'row_count', 'count', 'quantity', 'usual_quantity', 'partner_id',
                 'product_id')
    @api.depends_context('lang')
    def _compute_name(self):
        for check in self:
            # sudo: names on a file that its reader sees
            check.name = check.sudo()._get_text()

    def _get_text(self):
        numbers = {
            'rows': self.row_count, 'count': self.count, 'quantity': f"{self.quantity:,.10g}",
            'usual': f"{self.usual_quantity:,.10g}", 'product': self.product_id.display_name,
            'customer': self.partner_id.display_name,
        }
        return (self._get_row_texts(numbers) | self._get_month_texts(numbers))[self.code]

    def _get_row_texts(self, numbers):
        """What is said about the file's own rows and names, by code."""
        env = self.env
        return {
            'counted': env._("%(rows)s rows count", **numbers),
            'restated': env._(
                "%(rows)s rows are of months that are locked: they will count in the first open"
                " month", **numbers),
            'names_decided': env._(
                "%(count)s names appear for the first time; people have decided on them before",
                **numbers),
            'names_found': env._(
                "%(count)s names appear for the first time and are found in the archive",
                **numbers),
            'names_open': env._(
                "%(count)s names appear for the first time and nobody has decided on them",
                **numbers),
            'unmatched': env._("%(rows)s rows do not count until their names are decided",
                               **numbers),
            'error': env._("%(rows)s rows have errors", **numbers),
            'out_of_period': env._("%(rows)s rows are outside of the period", **numbers),
            'double': env._("%(rows)s rows stand in files that were posted before", **numbers),
            'suspected': env._(
                "%(rows)s rows may stand in files that were posted before: somebody has to say"
                " whether they count", **numbers),
            'superseded': env._("%(rows)s rows were replaced by a newer file", **numbers),
            'ignored': env._("%(rows)s rows carry names that are ignored", **numbers),
            'month_only': env._(
                "%(rows)s rows say the month alone: they stand on its first day", **numbers),
        }

    def _get_month_texts(self, numbers):
        """What is said about the month beside the usual one, by code."""
        env = self.env
        return {
            'total_differs': env._(
                "The month has %(quantity)s, the usual one %(usual)s", **numbers),
            'product_differs': env._(
                "%(product)s: %(quantity)s in the month, usually %(usual)s", **numbers),
            'product_new': env._(
                "%(product)s: %(quantity)s in the month, none in the months before", **numbers),
            'product_missing': env._(
                "%(product)s: nothing in the month, usually %(usual)s", **numbers),
            'customer_jump': env._(
                "%(customer)s: %(quantity)s in the month, usually %(usual)s", **numbers),
            'customer_new': env._(
                "%(count)s customers buy for the first time in months: %(quantity)s", **numbers),
            'customer_missing': env._(
                "%(count)s regular customers buy nothing, together usually %(usual)s", **numbers),
        }

    # === ACTIONS === #

    def action_view_lines(self):
        """Open the rows that are meant; of what is missing, those of the months before."""
        self.ensure_one()
        self.check_access('read')
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_line_action')
        action.update(name=self.name, domain=self._get_line_domain(), context={})
        return action

    def _get_line_domain(self):
        here = [('file_id', '=', self.file_id.id)]
        by_status = {
            'counted': [('status', '=', 'ok')], 'ignored': [('status', '=', 'ignored')],
            'unmatched': [('status', 'in', ('unmatched_customer', 'unmatched_product'))],
            'error': [('status', '=', 'error')],
        }
        if self.code in by_status:
            return here + by_status[self.code]
        if self.code == 'month_only':
            return [*here, ('date_precision', '=', 'month'), ('has_other_date', '!=', True)]
        if self.code == 'restated':
            return here + self._get_restated_domain()
        if self.code in ('out_of_period', 'double', 'suspected', 'superseded'):
            return [*here, ('reason', '=', self.code)]
        if self.code.startswith('names_'):
            return [*here, ('customer_key', 'in', [
                key for key, kind, _rows in self._get_new_names(self.file_id)
                if kind == self.code])]
        if self.code == 'customer_new':
            return [*here, ('status', '=', 'ok'), (
                'partner_id', 'in', self._compare(self.file_id, 'partner_id').get('new_ids', []))]
        return self._get_difference_domain()

    def _get_restated_domain(self):
        """Rows that count later than their day says, or will once they are posted."""
        if self.file_id.state == 'posted':
            return [('entry_month', '!=', False)]
        locked = self.env['pharma.flow.period'].search([
            ('company_id', '=', self.file_id.company_id.id), ('state', '=', 'locked')])
        return list(Domain('status', '=', 'ok') & Domain.OR(
            [('date', '>=', period.month), ('date', '<', period.month + relativedelta(months=1))]
            for period in locked))

    def _get_difference_domain(self):
        """The months compared and this one, of what differs."""
        file = self.file_id
        domain = [
            ('distributor_id', '=', file.distributor_id.id), ('kind', '=', 'sale'),
            ('status', '=', 'ok'), ('company_id', '=', file.company_id.id),
            ('date', '>=', self._get_span(file)['since']), ('date', '<=', file.date_to),
            '|', ('file_state', '=', 'posted'), ('file_id', '=', file.id)]
        if self.product_id:
            domain.append(('product_id', '=', self.product_id.id))
        elif self.code == 'customer_jump':
            domain.append(('partner_id', '=', self.partner_id.id))
        elif self.code == 'customer_missing':
            domain.append((
                'partner_id', 'in', self._compare(file, 'partner_id').get('missing_ids', [])))
        return domain

    # === FINDING === #

    @api.model
    def _refresh(self, file):
        """Look a file through anew.

        :param file: pharma.flow.file with its rows judged
        """
        # sudo: checks follow from the rows, nobody enters them
        checks = self.sudo()
        checks.search([('file_id', '=', file.id)]).unlink()
        found = self._find_by_status(file) + self._find_names(file)
        if self._has_history(file):
            found += self._find_differences(file)
        codes = [code for code, _label in CHECKS]
        checks.create([
            {'file_id': file.id, 'sequence': codes.index(values['code']),
             'is_warning': values['code'] in WARNINGS, **values} for values in found])

    @api.model
    def _find_by_status(self, file):
        rows = self.env.execute_query_dict(SQL("""
            SELECT CASE WHEN status = 'ok' THEN 'counted' WHEN status = 'duplicate' THEN reason
                        WHEN status LIKE 'unmatched%%' THEN 'unmatched' ELSE status END AS code,
                   COUNT(*) AS row_count, COALESCE(SUM(amount), 0) AS amount,
                   COALESCE(SUM(quantity), 0) AS quantity
              FROM pharma_flow_line WHERE file_id = %s GROUP BY 1
        """, file.id))
        rows += self.env.execute_query_dict(SQL("""
            SELECT 'month_only' AS code, COUNT(*) AS row_count,
                   COALESCE(SUM(amount), 0) AS amount
              FROM pharma_flow_line
             WHERE file_id = %s AND date_precision = 'month' AND has_other_date IS NOT TRUE
            HAVING COUNT(*) > 0
        """, file.id))
        if self.env['pharma.flow.period']._fill_locked():
            rows += self.env.execute_query_dict(SQL("""
                SELECT 'restated' AS code, COUNT(*) AS row_count,
                       COALESCE(SUM(line.amount), 0) AS amount
                  FROM pharma_flow_line line JOIN pharma_flow_locked locked
                       ON locked.company_id = line.company_id
                      AND locked.month = date_trunc('month', line.date)
                 WHERE line.file_id = %s AND line.status = 'ok' HAVING COUNT(*) > 0
            """, file.id))
        return rows

    @api.model
    def _get_new_names(self, file):
        """Customers' names that no other file of the distributor holds.

        The distributor comes from the rows: of one whose first rows these are, statistics know
        nothing, and a plan that takes it for rare reads all its rows again for every name.

        :return: list of (key, code of the check, rows)
        """
        self.env['pharma.flow.file'].flush_model(['distributor_id', 'row_count'])
        return self.env.execute_query(SQL("""
            WITH name AS MATERIALIZED (
                SELECT customer_key AS key, distributor_id, MIN(status) AS status,
                       MIN(partner_id) AS partner_id, COUNT(*) AS rows
                  FROM pharma_flow_line
                 WHERE file_id = %(file)s AND kind = 'sale' AND customer_key IS NOT NULL
                 GROUP BY customer_key, distributor_id
            ), known AS (
                SELECT EXISTS (
                    SELECT FROM pharma_flow_file other JOIN pharma_flow_file file
                        ON file.id = %(file)s AND other.distributor_id = file.distributor_id
                     WHERE other.id <> file.id AND other.row_count > 0) AS has_others
            )
            SELECT name.key,
                   CASE WHEN name.status = 'ignored' OR EXISTS (
                             SELECT FROM pharma_alias alias
                              WHERE alias.kind = 'partner' AND alias.key = name.key
                                AND alias.status = 'confirmed' AND alias.automatic IS NOT TRUE
                                AND COALESCE(alias.distributor_id, 0)
                                    IN (0, name.distributor_id))
                        THEN 'names_decided'
                        WHEN name.partner_id IS NULL THEN 'names_open'
                        ELSE 'names_found' END,
                   name.rows
              FROM name
             WHERE NOT (SELECT has_others FROM known) OR NOT EXISTS (
                   SELECT FROM pharma_flow_line other
                    WHERE other.customer_key = name.key
                      AND other.distributor_id = name.distributor_id
                      AND other.file_id <> %(file)s OFFSET 0)
        """, file=file.id))

    @api.model
    def _find_names(self, file):
        counts = defaultdict(lambda: [0, 0])
        for _key, code, rows in self._get_new_names(file):
            counts[code][0] += 1
            counts[code][1] += rows
        return [{'code': code, 'count': count, 'row_count': rows}
                for code, (count, rows) in counts.items()]

    @api.model
    def _get_span(self, file):
        """Days of the file's months, and of those that it is compared with."""
        first = file.date_from.replace(day=1)
        after = file.date_to.replace(day=1) + relativedelta(months=1)
        months = (after.year - first.year) * 12 + after.month - first.month
        days = (file.date_to - file.date_from).days + 1
        return {
            'since': first - relativedelta(months=MONTHS_COMPARED), 'first': first, 'after': after,
            'months': months, 'whole': days >= DAYS_OF_MONTH * months,
        }

    @api.model
    def _has_history(self, file):
        """Whether there is anything to compare the file with."""
        if not (file.date_from and file.date_to):
            return False
        span = self._get_span(file)
        return bool(self.env['pharma.flow.line'].search_count([
            ('distributor_id', '=', file.distributor_id.id), ('date', '>=', span['since']),
            ('date', '<', span['first']), ('company_id', '=', file.company_id.id)], limit=1))

    @api.model
    def _get_sums(self, file, column):
        """Sales of the file's months and of the usual one by something.

        :param str column: 'partner_id', 'product_id' or '' for all together
        :return: list of (id, rows of the file, quantity per month, usual quantity or None, amount
            per month, months in which it was sold before, months compared)
        """
        return self.env.execute_query(SQL("""
            WITH sold AS (%(sold)s), month AS (
                SELECT DISTINCT month FROM sold WHERE month < %(first)s
            ), usual AS (
                SELECT sold.key,
                       percentile_cont(0.5) WITHIN GROUP (ORDER BY COALESCE(past.quantity, 0))
                           AS quantity,
                       COUNT(past.month) AS seen
                  FROM (SELECT DISTINCT key FROM sold WHERE month < %(first)s) sold
                 CROSS JOIN month
             LEFT JOIN sold past ON past.key = sold.key AND past.month = month.month
                 GROUP BY sold.key
            ), now AS (
                SELECT key, SUM(rows)::int AS rows, SUM(quantity) / %(months)s AS quantity,
                       SUM(amount) / %(months)s AS amount
                  FROM sold WHERE month >= %(first)s GROUP BY key
            )
            SELECT key, COALESCE(now.rows, 0), COALESCE(now.quantity, 0)::float,
                   usual.quantity::float, COALESCE(now.amount, 0)::float, COALESCE(usual.seen, 0),
                   (SELECT COUNT(*) FROM month)
              FROM now FULL JOIN usual USING (key)
        """, sold=self._sold_sql(file, column), **self._get_span(file)))

    @api.model
    def _sold_sql(self, file, column):
        """Query of the sales by month, of the file and of the months that it is compared with.

        :param str column: as of ``_get_sums``
        """
        span = self._get_span(file)
        return SQL("""
                SELECT %(key)s AS key, date_trunc('month', line.date)::date AS month,
                       SUM(line.quantity) AS quantity, SUM(line.amount) AS amount,
                       COUNT(*) FILTER (WHERE line.file_id = %(file)s) AS rows
                  FROM pharma_flow_line line JOIN pharma_flow_file file ON file.id = line.file_id
                 WHERE line.distributor_id = %(distributor)s AND line.company_id = %(company)s
                   AND line.date >= %(since)s AND line.date < %(after)s
                   AND line.kind = 'sale' AND line.status = 'ok'
                   AND (file.state = 'posted' OR line.file_id = %(file)s)
                 GROUP BY 1, 2
        """, key=SQL.identifier('line', column) if column else SQL("0"), file=file.id,
            distributor=file.distributor_id.id, company=file.company_id.id,
            since=span['since'], after=span['after'])

    @api.model
    def _find_differences(self, file):
        """What differs from this distributor's usual month."""
        found = []
        for _key, rows, quantity, usual, amount, _seen, _months in self._compare(file, '').get(
                'differs', []):
            found.append({
                'code': 'total_differs', 'row_count': rows, 'quantity': quantity,
                'usual_quantity': usual, 'amount': amount})
        products = self._compare(file, 'product_id')
        for code, part in (
                ('product_differs', 'differs'), ('product_new', 'new'),
                ('product_missing', 'missing')):
            for product_id, rows, quantity, usual, amount, *_rest in products.get(part, []):
                found.append({
                    'code': code, 'product_id': product_id, 'row_count': rows,
                    'quantity': quantity, 'usual_quantity': usual or 0, 'amount': amount})
        customers = self._compare(file, 'partner_id')
        for partner_id, rows, quantity, usual, amount, *_rest in customers.get('differs', []):
            found.append({
                'code': 'customer_jump', 'partner_id': partner_id, 'row_count': rows,
                'quantity': quantity, 'usual_quantity': usual, 'amount': amount})
        for code in ('new', 'missing'):
            if ids := customers.get(f'{code}_ids'):
                found.append({
                    'code': f'customer_{code}', 'count': len(ids),
                    'quantity': customers[f'{code}_quantity'] if code == 'new' else 0,
                    'usual_quantity': customers[f'{code}_quantity'] if code != 'new' else 0})
        return found

    @api.model
    def _compare(self, file, column):
        """What of the file differs from the usual month.

        :param str column: as of ``_get_sums``
        :return: dict; empty when there is nothing to compare with. 'differs', 'new', 'missing':
            rows of ``_get_sums``, at most LISTED; 'new_ids', 'missing_ids': all of them;
            'new_quantity', 'missing_quantity': their sums
        """
        sums = [row for row in self._get_sums(file, column) if row[0] is not None]
        if not sums or sums[0][-1] < MONTHS_NEEDED:
            return {}
        whole = self._get_span(file)['whole']
        factor = FACTOR_CUSTOMER if column == 'partner_id' else FACTOR
        least = SHARE * max(
            sum(abs(row[2]) for row in sums), sum(abs(row[3] or 0) for row in sums))
        new = [row for row in sums if row[3] is None and row[1]]
        regular = [row for row in sums if row[3] and row[5] * 2 > row[6]]
        missing = [row for row in regular if whole and not row[2]]
        differs = [
            row for row in regular if row[2] and abs(row[2] - row[3]) > least and (
                (row[1] and abs(row[2]) > factor * abs(row[3]))
                or (column != 'partner_id' and whole and abs(row[2]) * factor < abs(row[3])))]
        result = {
            'differs': sorted(differs, key=lambda row: -abs(row[2] - row[3]))[:LISTED],
            'new': sorted(new, key=lambda row: -abs(row[2]))[:LISTED],
            'missing': sorted(missing, key=lambda row: -row[3])[:LISTED],
        }
        return {
            **result, 'new_ids': [row[0] for row in new],
            'missing_ids': [row[0] for row in missing],
            'new_quantity': sum(row[2] for row in new),
            'missing_quantity': sum(row[3] for row in missing),
        }
