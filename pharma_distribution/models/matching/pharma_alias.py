from odoo import api, fields, models
from odoo.tools import SQL

# Who decides on names, and sees what the figures of files tell
DECIDERS = (
    'pharma_crm.group_pharma_crm_steward,pharma_crm.group_pharma_crm_director,'
    'pharma_distribution.group_pharma_distribution_commercial')
# A decision, and what it is about: changing one of these changes what rows mean.
DECISION_FIELDS = {
    'status', 'partner_id', 'product_id', 'name', 'kind', 'distributor_id', 'company_id'}
# What only the program writes: callers from outside could pass for it.
OWN_FIELDS = {
    'automatic', 'reason', 'confidence', 'relation', 'match_data', 'candidates', 'ask_again',
    'by_hand', 'line_count', 'line_amount', 'first_file_id', 'undo_data', 'asked_on'}


class PharmaAlias(models.Model):
    _inherit = 'pharma.alias'

    # Names to decide: those that most waits on come first.
    _waiting_idx = models.Index(
        "(line_amount DESC, line_count DESC) WHERE status IN ('todo', 'suggested')")

    line_count = fields.Integer(
        string="Rows", readonly=True, copy=False, aggregator='sum', groups=DECIDERS,
        help="Rows of flow files that carry this name")
    line_amount = fields.Float(
        string="Amount in Rows", digits='Product Price', readonly=True, copy=False,
        groups=DECIDERS, help="What these rows are worth, as far as the files say it")
    first_file_id = fields.Many2one(
        'pharma.flow.file', string="First Seen In", readonly=True, copy=False,
        index='btree_not_null', ondelete='set null', groups=DECIDERS)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        aliases = super().create([self._without_own(vals) for vals in vals_list])
        if not self.env.context.get('pharma_flow_import'):
            aliases._recount_flow_rows()
            aliases.filtered(lambda alias: alias.status != 'todo')._apply_to_flow()
        return aliases

    def write(self, vals):
        vals = self._without_own(vals)
        if not DECISION_FIELDS & set(vals):
            return super().write(vals)
        # What the old name or scope meant must be judged anew as well
        scopes = self._get_flow_scopes()
        result = self._write_decision(vals)
        if {'name', 'kind', 'distributor_id', 'company_id'} & set(vals):
            self._recount_flow_rows()
        self._apply_to_flow(scopes)
        return result

    def _write_decision(self, vals):
        """Write what people decided, and how to take it back; the rows do not follow yet: whoever
        decides on many names lets them follow once.
        """
        if {'status', 'partner_id', 'product_id'} & set(vals):
            self._forget_reasons(vals)
        return super().write(vals)  # pylint: disable=super-method-mismatch

    def _without_own(self, vals):
        """Values without those that nobody but the program may set."""
        return {name: value for name, value in vals.items()
                if self.env.su or name not in OWN_FIELDS}

    def unlink(self):
        scopes = self._get_flow_scopes()
        result = super().unlink()
        self.browse()._apply_to_flow(scopes)
        return result

    # === ACTIONS === #

    def action_view_flow_lines(self):
        """Open the rows that carry these names."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_line_action')
        domains = [alias._get_flow_line_domain() for alias in self]
        action['domain'] = list(fields.Domain.OR(domains))
        action['context'] = {}
        return action

    def _get_flow_line_domain(self):
        """Rows that carry the name, within the scope of this alias."""
        self.ensure_one()
        key_field = 'customer_key' if self.kind == 'partner' else 'product_key'
        domain = [(key_field, '=', self.key)]
        if self.distributor_id:
            domain.append(('distributor_id', '=', self.distributor_id.id))
        if self.company_id:
            domain.append(('company_id', '=', self.company_id.id))
        return domain

    # === FLOW === #

    def _get_flow_scopes(self):
        """What these aliases speak about: set of (kind, key)."""
        return {(alias.kind, alias.key) for alias in self if alias.key}

    def _forget_reasons(self, vals):  # pylint: disable=missing-return  # it returns nothing
        """Before people decide: the program's reason goes, where they decide otherwise; from now on
        they alone decide on a name where it was wrong.

        :param dict vals: what is about to be written
        """
        target_id = vals.get('partner_id') or vals.get('product_id')
        # sudo: these are the program's own notes
        names = self.sudo()
        undo_data = names._get_undo_data()
        for alias in names:
            own = {'undo_data': undo_data[alias.id], 'by_hand': alias.by_hand or alias.automatic}
            if (alias.partner_id.id or alias.product_id.id) != target_id:
                own |= {'reason': False, 'match_data': False, 'confidence': 0, 'relation': False}
            super(PharmaAlias, alias).write(own)  # pylint: disable=super-method-mismatch

    def _apply_to_flow(self, scopes=()):
        """Let decisions reach every row that carries the names, in one statement.

        :param scopes: further (kind, key) to judge anew
        """
        scopes = self._get_flow_scopes() | set(scopes)
        if not scopes:
            return
        self.flush_model()
        customers = [key for kind, key in scopes if kind == 'partner']
        products = [key for kind, key in scopes if kind == 'product']
        file_ids = self.env['pharma.flow.resolver']._apply_to_lines(SQL(
            "(line.customer_key = ANY(%s) OR line.product_key = ANY(%s))", customers, products),
            scopes)
        # sudo: the figures of all files with these names change, also of those the user cannot see
        self.env['pharma.flow.file'].sudo().browse(file_ids)._refresh_counts()

    @api.model
    def _count_flow_rows(self, files, sign, where=None):
        """Add the rows of files to the counters of their names, or take them off.

        Each name is looked up by the index (OFFSET keeps it so): without statistics the database
        would compare every name of the files with every name that is listed.

        :param files: pharma.flow.file
        :param int sign: 1 or -1
        :param SQL where: condition on ``a.id``, the name's, none for all names
        """
        self.flush_model()
        for kind, column in (('partner', 'customer_key'), ('product', 'product_key')):
            self.env.cr.execute(SQL("""
                WITH rows AS MATERIALIZED (
                    SELECT %(column)s AS key, distributor_id, company_id, COUNT(*) AS count,
                           COALESCE(SUM(%(amount)s), 0) AS amount
                      FROM pharma_flow_line line
                     WHERE file_id = ANY(%(files)s) AND %(column)s IS NOT NULL
                     GROUP BY %(column)s, distributor_id, company_id
                ), found AS (
                    SELECT a.id, SUM(rows.count) AS count, SUM(rows.amount) AS amount
                      FROM rows CROSS JOIN LATERAL (
                           SELECT id FROM pharma_alias
                            WHERE kind = %(kind)s AND key = rows.key
                              AND COALESCE(distributor_id, 0) IN (0, rows.distributor_id)
                              AND COALESCE(company_id, 0) IN (0, rows.company_id) OFFSET 0) a
                     WHERE %(where)s
                     GROUP BY a.id
                )
                UPDATE pharma_alias a
                   SET line_count = COALESCE(a.line_count, 0) + %(sign)s * found.count,
                       line_amount = COALESCE(a.line_amount, 0) + %(sign)s * found.amount
                  FROM found WHERE a.id = found.id
            """, column=SQL.identifier(column), files=files.ids, kind=kind, sign=sign,
                amount=self._sql_file_amount(), where=where or SQL("TRUE")))
        self.invalidate_model(['line_count', 'line_amount'])

    def _recount_flow_rows(self):
        """Count all rows of these names anew, where a name or its scope is new."""
        if not self:
            return
        self.flush_model()
        self.env.cr.execute(SQL("""
            UPDATE pharma_alias alias
               SET line_count = found.count, line_amount = found.amount
              FROM (SELECT a.id, COUNT(line.id) AS count, COALESCE(SUM(%s), 0) AS amount
                      FROM pharma_alias a
                 LEFT JOIN pharma_flow_line line
                        ON ((a.kind = 'partner' AND line.customer_key = a.key)
                            OR (a.kind = 'product' AND line.product_key = a.key))
                       AND (a.distributor_id IS NULL OR a.distributor_id = line.distributor_id)
                       AND (a.company_id IS NULL OR a.company_id = line.company_id)
                     WHERE a.id = ANY(%s)
                     GROUP BY a.id) found
             WHERE alias.id = found.id
        """, self._sql_file_amount(), self.ids))
        self.invalidate_model(['line_count', 'line_amount'])

    @api.model
    def _sql_file_amount(self):
        """What the file says of a row ``line``: corrections come and go between counting it in and
        taking it off.
        """
        return SQL("CASE WHEN line.has_other_amount THEN line.read_amount ELSE line.amount END")

    @api.model
    def _forget_flow_names(self):
        """Remove names that imports brought, on which no person decided and that no row carries any
        more."""
        # sudo: what an import registered, its undoing removes
        self.sudo().search([
            '|', ('status', 'in', ('todo', 'suggested')), ('automatic', '=', True),
            ('first_file_id', '!=', False), ('line_count', '=', 0),
        ]).with_context(pharma_flow_import=True).unlink()
