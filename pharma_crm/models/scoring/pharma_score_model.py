from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

from ...tools import scoring
from ..customer.res_partner import PHARMA_TYPES

# Criteria whose points changed: key, fact before, fact now, points more
SQL_REASONS = SQL("""
    (SELECT jsonb_agg(jsonb_build_array(
                k, o.raw -> k, n.raw -> k,
                COALESCE((n.points ->> k)::int, 0) - COALESCE((o.points ->> k)::int, 0)) ORDER BY k)
       FROM jsonb_object_keys(n.points) k
      WHERE n.points -> k IS DISTINCT FROM o.points -> k)""")

# One statement: what is not as it was, with its history
WRITE_CHANGES = """
    WITH scored AS MATERIALIZED (%(scored)s),
    n AS MATERIALIZED (
        SELECT n.id AS partner_id, n.value, n.band_id, b.name AS grade, n.points,
               o.id AS score_id, jsonb_build_object(%(raw)s) AS raw
          FROM scored n
     LEFT JOIN pharma_score_band b ON b.id = n.band_id
     LEFT JOIN pharma_score o ON o.model_id = %(model)s AND o.partner_id = n.id
         WHERE o.id IS NULL OR o.value <> n.value OR o.points <> n.points
            OR o.band_id IS DISTINCT FROM n.band_id OR o.grade IS DISTINCT FROM b.name),
    history AS (
        INSERT INTO pharma_score_history (
            model_id, partner_id, date, old_grade, new_grade, old_value, new_value, change,
            reasons)
        SELECT %(model)s, n.partner_id, now() AT TIME ZONE 'UTC', o.grade, n.grade,
               o.value, n.value, n.value - o.value, %(reasons)s
          FROM n JOIN pharma_score o ON o.id = n.score_id
         WHERE o.grade IS DISTINCT FROM n.grade),
    updated AS (
        UPDATE pharma_score o
           SET value = n.value, band_id = n.band_id, grade = n.grade, points = n.points,
               raw = n.raw, computed_on = now() AT TIME ZONE 'UTC'
          FROM n WHERE o.id = n.score_id),
    added AS (
        INSERT INTO pharma_score (
            model_id, partner_id, value, band_id, grade, points, raw, computed_on)
        SELECT %(model)s, partner_id, value, band_id, grade, points, raw,
               now() AT TIME ZONE 'UTC'
          FROM n WHERE score_id IS NULL),
    removed AS (
        DELETE FROM pharma_score o
         WHERE o.model_id = %(model)s %(only)s
           AND NOT EXISTS (SELECT FROM scored WHERE scored.id = o.partner_id)
     RETURNING id)
    SELECT (SELECT COUNT(*) FROM n) + (SELECT COUNT(*) FROM removed)
    """


class PharmaScoreModel(models.Model):
    """How customers of one type are graded (评分模型): criteria with weights, and bands of grades.

    The main model of a type gives the grade that stands on the customer. A change of the model
    grades all its customers again in the background, a change of a customer grades that one at
    once; what moves with time alone (metrics) is counted every night.
    """

    _name = 'pharma.score.model'
    _description = "Score Model"
    _inherit = ['mail.thread']
    _order = 'sequence, id'

    _main_uniq = models.UniqueIndex(
        '(pharma_type) WHERE is_main AND active', "A customer type has one main score model.")

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(default=10)
    pharma_type = fields.Selection(
        PHARMA_TYPES, string="Customer Type", required=True, tracking=True)
    company_id = fields.Many2one(
        'res.company', index='btree_not_null',
        help="Its customers and those of all companies are graded; its amounts and contacts count. "
             "Empty: all companies together")
    is_main = fields.Boolean(
        string="Main Model", copy=False, tracking=True,
        help="Its grade stands on the customer; one model per customer type")
    domain = fields.Char(
        string="Customers", default='[]', help="Only customers that meet this condition are graded")
    note = fields.Text(string="What It Is For", translate=True)
    criterion_ids = fields.One2many(
        'pharma.score.criterion', 'model_id', string="Criteria", copy=True)
    band_ids = fields.One2many('pharma.score.band', 'model_id', string="Grades", copy=True)
    score_ids = fields.One2many('pharma.score', 'model_id', string="Scores")
    score_count = fields.Integer(string="Customers Graded", compute='_compute_score_count')
    computed_on = fields.Datetime(string="Last Calculated", readonly=True, copy=False)
    seconds = fields.Float(string="Duration (s)", digits=(16, 2), readonly=True, copy=False)
    changed_count = fields.Integer(
        string="Changed Last Time", readonly=True, copy=False,
        help="Customers whose value or points were others than before")
    is_waiting = fields.Boolean(
        string="Waiting", compute='_compute_is_waiting',
        help="A calculation waits in the background or is under way")

    # === COMPUTE === #

    @api.depends('score_ids')
    def _compute_score_count(self):
        counts = dict(self.env['pharma.score']._read_group(
            [('model_id', 'in', self.ids)], ['model_id'], ['__count']))
        for model in self:
            model.score_count = counts.get(model, 0)

    def _compute_is_waiting(self):
        # sudo: jobs are the administrator's; whether one waits is told
        keys = set(self.env['queue.job'].sudo().search([
            ('identity_key', 'in', [model._job_key() for model in self]),
            ('state', 'in', ('wait_dependencies', 'pending', 'enqueued', 'started')),
        ]).mapped('identity_key'))
        for model in self:
            model.is_waiting = model._job_key() in keys

    @api.constrains('domain')
    def _check_domain(self):
        for model in self:
            try:
                self.env['res.partner']._search(model._get_domain())
            except (ValueError, TypeError, KeyError, AttributeError, UserError) as error:
                raise ValidationError(self.env._(
                    "The condition of the customers cannot be used: %s", error)) from error

    @api.constrains('criterion_ids', 'active')
    def _check_weights(self):
        for model in self:
            criteria = model.criterion_ids
            if criteria and not sum(criteria.mapped('weight')):
                raise ValidationError(self.env._(
                    "%s: at least one criterion needs a weight.", model.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._compute_later()
        return records

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys() <= {'name', 'sequence', 'note', 'computed_on', 'seconds',
                               'changed_count'}:
            self._compute_later()
        if 'active' in vals or 'pharma_type' in vals or 'is_main' in vals:
            self.env['pharma.score.criterion']._forget_watched()
        return result

    # === ACTIONS === #

    def action_compute(self):
        """Grade all customers again, in the background; a second click changes nothing.

        :raise AccessError: for who may not change the model
        """
        self.check_access('write')
        self._compute_later()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'info', 'message': self.env._(
                    "The customers are graded in the background."),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}},
        }

    def action_view_scores(self):
        """The customers with their grades by this model."""
        action = self.env['ir.actions.act_window']._for_xml_id('pharma_crm.pharma_score_action')
        return dict(
            action, domain=[('model_id', '=', self.id)], display_name=self.name, context={})

    def action_view_changes(self):
        """Who moved from which grade to which."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_score_history_action')
        return dict(
            action, domain=[('model_id', '=', self.id)], display_name=self.name, context={})

    # === SCORING === #

    def _job_key(self):
        return f'pharma_score_{self.id}'

    def _compute_later(self):
        """Put a calculation of all into the queue, one per model."""
        for model in self:
            # sudo: who may change a model or a customer lets all be graded by it
            model.sudo().with_delay(
                description=f"score model {model.id}", identity_key=model._job_key(),
            )._compute_all()

    @api.model
    def _cron_compute(self):
        """Every night: metrics move with time."""
        self.search([])._compute_later()

    def _compute_all(self):
        """Grade all customers of one model; percentiles are measured anew.

        :return: how many customers changed
        :rtype: int
        """
        self.ensure_one()
        start = fields.Datetime.now()
        # One at a time; who saves a customer meanwhile leaves it to a later job
        self.env.cr.execute(SQL(
            "SELECT pg_advisory_xact_lock(hashtext('pharma_score'), %s)", self.id))
        if not self.active:
            self._link_main()
            return 0
        # Half a million scores are joined in memory, not on the disk
        self.env.cr.execute("SET LOCAL work_mem = '128MB'")
        facts = self._get_facts()
        for criterion in self.criterion_ids.filtered(
                lambda record: record.method == scoring.PERCENTILE):
            text, params = scoring.compile_cuts(facts, criterion._to_engine())
            self.env.cr.execute(text, params)
            criterion.cuts = [
                None if cut is None else float(cut)
                for cut in self.env.cr.fetchone()[0] or [None] * len(criterion.point_ids)]
        changed = self._compute_scores()
        self.write({
            'computed_on': start, 'changed_count': changed,
            'seconds': (fields.Datetime.now() - start).total_seconds()})
        return changed

    def _compute_partners(self, partner_ids):
        """Grade some customers at once, or later while all are graded.

        :param list partner_ids: ids of contacts, of any type
        """
        for model in self:
            self.env.cr.execute(SQL(
                "SELECT pg_try_advisory_xact_lock_shared(hashtext('pharma_score'), %s)", model.id))
            if self.env.cr.fetchone()[0]:
                model._compute_scores(partner_ids)
            else:
                model.with_delay(
                    description=f"score model {model.id}: changed customers",
                )._compute_partners(partner_ids)

    def _get_domain(self):
        """Which customers this model grades."""
        domain = Domain('pharma_type', '=', self.pharma_type)
        if self.company_id:
            domain &= Domain('company_id', 'in', [False, self.company_id.id])
        return domain & Domain(safe_eval(self.domain or '[]', {'uid': self.env.uid}))

    def _get_facts(self, partner_ids=None):
        """The query of facts, one column per criterion (``tools/scoring.py``).

        :param partner_ids: list of ids, None for all
        :return: text, parameters
        """
        domain = self._get_domain()
        if partner_ids is not None:
            domain &= Domain('id', 'in', partner_ids)
        self.env.flush_all()
        query = self.env['res.partner'].sudo()._search(domain)
        columns = [
            SQL("%s AS %s", criterion._to_sql(query), SQL.identifier(criterion._column()))
            for criterion in self.criterion_ids]
        select = query.select(SQL.identifier(query.table, 'id'), *columns)
        return select.code, list(select.params)

    def _compute_scores(self, partner_ids=None):
        """Write what changed: values, grades, their history. One statement.

        :param partner_ids: list of ids, None for all
        :return: how many customers changed
        :rtype: int
        """
        self.ensure_one()
        facts = self._get_facts(partner_ids)
        text, params = scoring.compile_scores(
            facts, [criterion._to_engine() for criterion in self.criterion_ids],
            [scoring.Band(band.id, band.minimum) for band in self.band_ids])
        scored = SQL(text, *params)
        raw = SQL(", ").join([
            SQL("%s, n.%s", str(criterion.id), SQL.identifier(criterion._column()))
            for criterion in self.criterion_ids])
        self.env.cr.execute(self._sql_write(scored, raw, partner_ids))
        changed = self.env.cr.fetchone()[0]
        self.env['pharma.score'].invalidate_model()
        self._link_main(partner_ids)
        return changed

    def _sql_write(self, scored, raw, partner_ids):
        """The statement that writes what is not as it was.

        :param SQL scored: query of all values
        :param SQL raw: keys and columns of the facts
        :param partner_ids: list of ids, None for all
        :rtype: SQL
        """
        only = SQL() if partner_ids is None else SQL("AND o.partner_id = ANY(%s)", partner_ids)
        return SQL(
            WRITE_CHANGES, scored=scored, raw=raw, model=self.id, only=only, reasons=SQL_REASONS)

    def _link_main(self, partner_ids=None):
        """Let customers point at their score by the main model, or no more.

        :param partner_ids: list of ids, None for all
        """
        only = SQL() if partner_ids is None else SQL("AND s.partner_id = ANY(%s)", partner_ids)
        is_main = self.is_main and self.active
        self.env.cr.execute(SQL(
            "UPDATE res_partner p SET main_score_id = CASE WHEN %(is_main)s THEN s.id END"
            "  FROM pharma_score s"
            " WHERE s.model_id = %(model)s AND p.id = s.partner_id %(only)s"
            "   AND CASE WHEN %(is_main)s THEN p.main_score_id IS DISTINCT FROM s.id"
            "            ELSE p.main_score_id = s.id END",
            is_main=is_main, model=self.id, only=only))
        self.env['res.partner'].invalidate_model(['score_ids', 'main_score_id', 'grade'])
