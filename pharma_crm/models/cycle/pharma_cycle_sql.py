from odoo import api, fields, models
from odoo.tools import SQL

# Who is to be called on by whom, with the goal of the grade; what is not so yet is written.
# Of several product lines of a person the one with the highest goal counts.
WRITE_TARGETS = """
    WITH goals AS MATERIALIZED (
        SELECT pharma_type, grade, COALESCE(product_line_id, 0) AS line, goal, maximum, weight
          FROM pharma_cycle_goal WHERE cycle_id = %(cycle)s),
    candidate AS (
        SELECT g.user_id, g.territory_id, p.id AS partner_id, p.commercial_partner_id,
               COALESCE(a.product_line_id, g.product_line_id, 0) AS line,
               p.pharma_type, p.main_score_id, FALSE AS is_manual
          FROM pharma_territory_assignment g
          JOIN pharma_alignment a ON a.territory_id = g.territory_id
               AND (a.product_line_id = g.product_line_id OR a.product_line_id IS NULL
                    OR g.product_line_id IS NULL)
               AND a.date_from <= %(day)s AND (a.date_to IS NULL OR a.date_to >= %(day)s)
          JOIN res_partner p ON p.commercial_partner_id = a.partner_id
         WHERE g.company_id = %(company)s AND g.role = 'representative' AND %(assigned)s
           AND g.date_from <= %(day)s AND (g.date_to IS NULL OR g.date_to >= %(day)s)
           AND p.active AND p.main_score_id IS NOT NULL
           AND (p.company_id IS NULL OR p.company_id = %(company)s)
           AND p.pharma_type IN (SELECT pharma_type FROM goals)
         UNION ALL
        SELECT t.user_id, t.territory_id, t.partner_id, p.commercial_partner_id,
               COALESCE(t.product_line_id, 0), p.pharma_type, p.main_score_id, TRUE
          FROM pharma_cycle_target t
          JOIN res_partner p ON p.id = t.partner_id
         WHERE t.cycle_id = %(cycle)s AND t.is_manual AND %(targets)s),
    wanted AS MATERIALIZED (
        SELECT DISTINCT ON (c.user_id, c.partner_id)
               c.user_id, c.partner_id, c.commercial_partner_id AS hospital_id, c.territory_id,
               NULLIF(c.line, 0) AS product_line_id, s.grade,
               COALESCE(own.goal, every.goal, 0) AS goal,
               COALESCE(own.maximum, every.maximum, 0) AS maximum,
               COALESCE(own.weight, every.weight, 1) AS weight,
               CASE WHEN s.grade IS NULL THEN 'no_grade'
                    WHEN COALESCE(own.goal, every.goal) IS NULL THEN 'no_goal' END AS problem
          FROM candidate c
     LEFT JOIN pharma_score s ON s.id = c.main_score_id
     LEFT JOIN goals own ON own.line = c.line AND own.line <> 0
               AND own.pharma_type = c.pharma_type AND own.grade = s.grade
     LEFT JOIN goals every ON every.line = 0
               AND every.pharma_type = c.pharma_type AND every.grade = s.grade
         ORDER BY c.user_id, c.partner_id, c.is_manual,
                  COALESCE(own.goal * own.weight, every.goal * every.weight) DESC NULLS LAST,
                  c.line, c.territory_id),
    updated AS (
        UPDATE pharma_cycle_target t
           SET hospital_id = w.hospital_id, territory_id = w.territory_id,
               product_line_id = w.product_line_id, grade = w.grade,
               goal = CASE WHEN t.is_goal_manual THEN t.goal ELSE w.goal END,
               maximum = CASE WHEN t.is_goal_manual THEN t.maximum ELSE w.maximum END,
               weight = CASE WHEN t.is_goal_manual THEN t.weight ELSE w.weight END,
               problem = CASE WHEN t.is_goal_manual THEN NULL ELSE w.problem END,
               is_left = FALSE, write_date = %(now)s
          FROM wanted w
         WHERE t.cycle_id = %(cycle)s AND t.user_id = w.user_id AND t.partner_id = w.partner_id
           AND ((t.hospital_id, t.territory_id, t.product_line_id, t.grade)
                IS DISTINCT FROM (w.hospital_id, w.territory_id, w.product_line_id, w.grade)
                OR t.is_left IS TRUE
                OR t.is_goal_manual IS NOT TRUE AND (t.goal, t.maximum, t.weight, t.problem)
                   IS DISTINCT FROM (w.goal, w.maximum, w.weight, w.problem))),
    added AS (
        INSERT INTO pharma_cycle_target (
               cycle_id, company_id, user_id, partner_id, hospital_id, territory_id,
               product_line_id, grade, goal, maximum, weight, problem, actual, planned,
               interaction_goal, earned, attainment, is_manual, is_goal_manual, is_left,
               create_uid, create_date, write_uid, write_date)
        SELECT %(cycle)s, %(company)s, w.user_id, w.partner_id, w.hospital_id, w.territory_id,
               w.product_line_id, w.grade, w.goal, w.maximum, w.weight, w.problem, 0, 0,
               w.goal * w.weight, 0, 0, FALSE, FALSE, FALSE,
               %(uid)s, %(now)s, %(uid)s, %(now)s
          FROM wanted w
         WHERE NOT EXISTS (
               SELECT FROM pharma_cycle_target t WHERE t.cycle_id = %(cycle)s
                  AND t.user_id = w.user_id AND t.partner_id = w.partner_id)),
    gone AS MATERIALIZED (
        SELECT t.id, t.actual
          FROM pharma_cycle_target t
         WHERE t.cycle_id = %(cycle)s AND t.is_manual IS NOT TRUE AND %(targets)s
           AND NOT EXISTS (
               SELECT FROM wanted w
                WHERE w.user_id = t.user_id AND w.partner_id = t.partner_id)),
    kept AS (
        UPDATE pharma_cycle_target t
           SET is_left = TRUE, is_goal_manual = FALSE, problem = NULL,
               goal = LEAST(t.goal, t.actual), write_date = %(now)s
          FROM gone
         WHERE t.id = gone.id AND gone.actual > 0
           AND (t.is_left IS NOT TRUE OR t.goal > t.actual))
    DELETE FROM pharma_cycle_target t USING gone
     WHERE t.id = gone.id AND COALESCE(gone.actual, 0) = 0
    """
# Calls on a customer, as the one called on or among the people met, and what they earn by
# tools/cycle.py; what is not so yet is written.
WRITE_MEASURES = """
    WITH cycle AS MATERIALIZED (
        SELECT id, company_id, date_from, date_to FROM pharma_cycle c WHERE %(cycles)s),
    call AS (
        SELECT v.user_id, v.partner_id, v.company_id, v.date, v.state
          FROM pharma_visit v
         WHERE v.state IN ('done', 'planned') AND %(visits)s
         UNION ALL
        SELECT v.user_id, met.partner_id, v.company_id, v.date, v.state
          FROM pharma_visit v
          JOIN pharma_visit_person_rel met
            ON met.visit_id = v.id AND met.partner_id <> v.partner_id
         WHERE v.state IN ('done', 'planned') AND %(visits)s),
    counted AS (
        SELECT c.id AS cycle_id, v.user_id, v.partner_id,
               COUNT(*) FILTER (WHERE v.state = 'done' AND v.date >= c.date_from) AS actual,
               COUNT(*) FILTER (WHERE v.state = 'planned' AND v.date >= c.date_from) AS planned,
               MAX(v.date) FILTER (WHERE v.state = 'done') AS last_date
          FROM cycle c
          JOIN call v ON v.company_id = c.company_id AND v.date <= c.date_to
         GROUP BY c.id, v.user_id, v.partner_id),
    measured AS (
        SELECT t.id, COALESCE(n.actual, 0) AS actual, COALESCE(n.planned, 0) AS planned,
               n.last_date, t.goal * t.weight AS wanted,
               LEAST(COALESCE(n.actual, 0), t.maximum) * t.weight AS earned
          FROM pharma_cycle_target t
          JOIN cycle c ON c.id = t.cycle_id
     LEFT JOIN counted n ON n.cycle_id = t.cycle_id AND n.user_id = t.user_id
               AND n.partner_id = t.partner_id
         WHERE %(targets)s)
    UPDATE pharma_cycle_target t
       SET actual = m.actual, planned = m.planned, last_date = m.last_date,
           interaction_goal = m.wanted, earned = m.earned,
           attainment = COALESCE(ROUND(m.earned * 100 / NULLIF(m.wanted, 0), 2), 0),
           write_date = %(now)s
      FROM measured m
     WHERE t.id = m.id
       AND (t.actual, t.planned, t.last_date, t.interaction_goal, t.earned, t.attainment)
           IS DISTINCT FROM (
               m.actual, m.planned, m.last_date, m.wanted, m.earned,
               COALESCE(ROUND(m.earned * 100 / NULLIF(m.wanted, 0), 2), 0))
    """


class PharmaCycle(models.Model):
    """Targets and what calls earn: one statement for all of a cycle, or for some people."""

    _inherit = 'pharma.cycle'

    def _get_day(self):
        """The day as of which alignments count: today, within the cycle.

        :rtype: datetime.date
        """
        self.ensure_one()
        today = self.env['pharma.access'].with_company(self.company_id)._get_today()
        return min(max(today, self.date_from), self.date_to)

    # === ALL OF A CYCLE === #

    def _refresh_later(self):
        """Put the targets of open cycles into the queue, one job per cycle."""
        for cycle in self.filtered(lambda record: record.state == 'open'):
            # sudo: who may change goals or alignments lets all be measured by them
            cycle.sudo().with_delay(
                description=f"call cycle {cycle.id}", identity_key=f'pharma_cycle_{cycle.id}',
            )._refresh()

    def _refresh(self, user_ids=None):
        """Bring targets up to date and measure them; again changes nothing.

        :param list user_ids: ids of people; None: everybody
        """
        self.ensure_one()
        if self.state != 'open':
            return
        start = fields.Datetime.now()
        self.env.flush_all()
        if user_ids is None:
            # One at a time; calls recorded meanwhile are counted by a later job
            self.env.cr.execute(SQL(
                "SELECT pg_advisory_xact_lock(hashtext('pharma_cycle'), %s)", self.company_id.id))
            # Half a million targets are joined in memory, not on the disk
            self.env.cr.execute("SET LOCAL work_mem = '128MB'")
        people = SQL("TRUE") if user_ids is None else None
        self.env.cr.execute(SQL(
            WRITE_TARGETS, cycle=self.id, company=self.company_id.id, day=self._get_day(),
            now=start, uid=self.env.uid,
            assigned=people or SQL("g.user_id = ANY(%s)", user_ids),
            targets=people or SQL("t.user_id = ANY(%s)", user_ids)))
        self._measure(SQL("c.id = %s", self.id), user_ids)
        if user_ids is None:
            # sudo: the moment is the calculation's
            self.sudo().calculated_at = start

    # === SOME PEOPLE === #

    @api.model
    def _measure_people(self, user_ids):
        """Measure the targets of people in all open cycles at once, or later while a cycle as a
        whole is measured.

        :param list user_ids: ids of people
        """
        self.env.cr.execute(SQL(
            "SELECT pg_try_advisory_xact_lock_shared(hashtext('pharma_cycle'), %s)",
            self.env.company.id))
        if self.env.cr.fetchone()[0]:
            self._measure(SQL("c.state = 'open'"), user_ids)
        else:
            # sudo: who records a call lets it count
            self.sudo().with_delay(description="call targets of people")._measure_people(user_ids)

    @api.model
    def _measure(self, cycles, user_ids=None):
        """Count calls and what they earn.

        :param SQL cycles: condition on the cycles ``c``
        :param list user_ids: ids of people; None: everybody
        """
        self.env.flush_all()
        people = SQL("TRUE") if user_ids is None else None
        self.env.cr.execute(SQL(
            WRITE_MEASURES, cycles=cycles, now=fields.Datetime.now(),
            visits=people or SQL("v.user_id = ANY(%s)", user_ids),
            targets=people or SQL("t.user_id = ANY(%s)", user_ids)))
        self.env['pharma.cycle.target'].invalidate_model(flush=False)
        self.env['pharma.cycle'].invalidate_model(
            ['target_ids', 'target_count', 'problem_count', 'attainment'], flush=False)
