import time

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.duplicates import find_pairs
from .pharma_duplicate import MERGED, OPEN
from .res_partner_duplicate_facts import INSTITUTION_TYPES

# Until when everything is searched; a text in UTC.
SINCE_KEY = 'pharma_crm.duplicate_since'
# Persons read at once, and seconds between two notes of the progress.
CHUNK, TOLD_EVERY = 5000, 2.0
# A name that more persons of one hospital have is none, such as a placeholder.
MANY_NAMESAKES = 40
JOB_KEY = 'pharma_duplicate_search'


class PharmaDuplicate(models.Model):
    """The search for suspected pairs among all customers.

    Facts are read set-based, candidates come from equal keys and from names alike within a city
    (``tools/duplicates.py``); what is found is written in one statement. Run twice it changes
    nothing.
    """

    _inherit = 'pharma.duplicate'

    # === ACTIONS AND CRON === #

    def action_search(self):
        """Search everything anew, in the background; while it runs, tell how far it is.

        :return: a notification
        :raise AccessError: for whoever is neither data steward nor director
        """
        self.check_access('read')
        if self._is_running():
            message = self.env._(
                "The search is running: %s %%.", self._progress_row()[:1].percent or 0)
        else:
            message = self.env._(
                "The search runs in the background. Suspected pairs appear in the list.")
            self._progress_row().unlink()
            # sudo: the jobs and their progress are nobody's own
            self.env['pharma.import.progress'].sudo().create({'model': self._name, 'res_id': 0})
            self.sudo().with_delay(
                description=self.env._("Search for suspected duplicates"),
                identity_key=JOB_KEY)._run_search()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification',
            'params': {'type': 'info', 'message': message}}

    @api.model
    def _cron_search(self):
        """At night: search pairs with what changed since the last search."""
        self._search_changed()

    # === JOB === #

    @api.model
    def _run_search(self):
        """Job: search everything.

        :return: what was found, for the job's page
        """
        new, total, seconds = self._search_all(self._tell_progress())
        return self.env._(
            "%(total)s suspected pairs, %(new)s of them new, in %(seconds)s seconds.",
            total=total, new=new, seconds=round(seconds))

    # === BUSINESS === #

    @api.model
    def _search_all(self, told=None):
        """Search all customers of all companies, and close pairs that are none any more.

        :param told: called with the share done
        :return: number of new pairs, of all that were found, seconds
        :rtype: tuple[int, int, float]
        """
        started, since = time.monotonic(), fields.Datetime.now()
        partners = self.env['res.partner']
        partners._duplicate_flush()
        found = self._find(partners._duplicate_facts(self._institutions_sql()), None, told)
        for ids in self._inner_candidates(None):
            found += self._find(partners._duplicate_facts(SQL("p.id = ANY(%s)", ids)), None)
        # Two persons may share their name and a number
        found = list({pair[:2]: pair for pair in found}.values())
        new = self._keep(found)
        self._drop_open(found, None)
        self._follow_merges()
        self.env['ir.config_parameter'].sudo().set_param(
            SINCE_KEY, fields.Datetime.to_string(since))
        return new, len(found), time.monotonic() - started

    @api.model
    def _search_changed(self):
        """Search pairs with the customers that changed since the last search; everything where none
        was made yet.

        :return: number of new pairs
        :rtype: int
        """
        since = self.env['ir.config_parameter'].sudo().get_param(SINCE_KEY)
        if not since:
            return self._search_all()[0]
        now = fields.Datetime.now()
        changed = self._changed_ids(since)
        found = []
        if changed:
            partners = self.env['res.partner']
            partners._duplicate_flush()
            everybody = partners._duplicate_facts(self._institutions_sql())
            found = self._find(everybody, changed & everybody.keys())
            inner = changed - everybody.keys()
            for ids in self._inner_candidates(inner):
                found += self._find(partners._duplicate_facts(SQL("p.id = ANY(%s)", ids)), inner)
        found = list({pair[:2]: pair for pair in found}.values())
        new = self._keep(found)
        self._drop_open(found, changed)
        self._follow_merges()
        self.env['ir.config_parameter'].sudo().set_param(
            SINCE_KEY, fields.Datetime.to_string(now))
        return new

    @api.model
    def _find(self, facts, changed, told=None):
        """Suspected pairs among customers of one company, or of none.

        :param dict facts: as of ``res.partner._duplicate_facts``
        :param changed: ids, or None for all
        :return: list of ``(id, id, Suspicion)``
        """
        pairs = []
        for one, other, why in find_pairs(
                [subject for subject, _company in facts.values()], changed, told):
            companies = {facts[one.facts.id][1], facts[other.facts.id][1]} - {None}
            if len(companies) < 2:
                pairs.append((one.facts.id, other.facts.id, why))
        return pairs

    @api.model
    def _institutions_sql(self):
        return SQL("p.pharma_type = ANY(%s)", list(INSTITUTION_TYPES))

    @api.model
    def _inner_candidates(self, changed):
        """Persons and departments with namesakes in their hospital, and persons with the same
        numbers: half a million persons are grouped in the database.

        :param changed: only groups with one of these ids; None: all
        :return: yields lists of ids, a group never divided
        """
        queries = [
            SQL("SELECT res_id AS id, owner::text || ' ' || kind || ' ' || text AS key"
                "  FROM pharma_search_name WHERE model = 'res.partner' AND source = 'name'"
                "   AND kind IN ('person', 'department') AND owner != 0"),
            SQL("SELECT partner_id, identity_number_digest FROM pharma_person_profile"
                " WHERE identity_number_digest IS NOT NULL"),
            SQL("SELECT partner_id, private_phone_digest FROM pharma_person_profile"
                " WHERE private_phone_digest IS NOT NULL"),
            SQL(r"SELECT id, regexp_replace(phone, '\D', '', 'g') || ' ' || name FROM res_partner"
                r" WHERE pharma_type = 'person' AND active AND phone IS NOT NULL"),
        ]
        only = SQL("TRUE") if changed is None else SQL(
            "array_agg(id) && %s::int[]", list(changed))
        for query in queries:
            pack = []
            for (ids,) in self.env.execute_query(SQL(
                    "SELECT array_agg(id) FROM (%s) AS hit(id, key) GROUP BY key"
                    " HAVING count(*) BETWEEN 2 AND %s AND %s", query, MANY_NAMESAKES, only)):
                pack += ids
                if len(pack) > CHUNK:
                    yield pack
                    pack = []
            if pack:
                yield pack

    @api.model
    def _changed_ids(self, since):
        """Customers that changed since a moment, and those whose other names or numbers did.

        :param str since: in UTC
        :rtype: set[int]
        """
        self.env.flush_all()
        rows = self.env.execute_query(SQL(
            """ SELECT id FROM res_partner
                 WHERE pharma_type IS NOT NULL AND write_date >= %(since)s
                 UNION SELECT partner_id FROM pharma_alias
                 WHERE partner_id IS NOT NULL AND write_date >= %(since)s
                 UNION SELECT partner_id FROM pharma_person_profile
                 WHERE write_date >= %(since)s """, since=since))
        return {row[0] for row in rows}

    @api.model
    def _drop_open(self, found, changed):
        """Delete undecided pairs whose facts do not speak for it any more.

        :param found: list of ``(id, id, Suspicion)`` that stay
        :param changed: only pairs with one of these ids; None: all
        """
        rows = self.env.execute_query(SQL(
            "SELECT id, partner_id, other_id FROM pharma_duplicate WHERE state = %s", OPEN))
        kept = {(min(pair[:2]), max(pair[:2])) for pair in found}
        gone = [pair_id for pair_id, one, other in rows if (one, other) not in kept
                and (changed is None or one in changed or other in changed)]
        if gone:
            self.sudo().browse(gone).unlink()

    @api.model
    def _follow_merges(self):
        """Pairs one of which was merged into the other are decided; after an undo they are open
        again.
        """
        if 'merged_into_id' not in self.env['res.partner']._fields:
            return
        self.env.flush_all()
        self.env.execute_query(SQL(
            """ WITH pair AS (
                    SELECT d.id, d.state = %(merged)s AS was,
                           COALESCE(p.merged_into_id = o.id, FALSE)
                           OR COALESCE(o.merged_into_id = p.id, FALSE) AS is_merged
                      FROM pharma_duplicate d
                      JOIN res_partner p ON p.id = d.partner_id
                      JOIN res_partner o ON o.id = d.other_id
                     WHERE d.state IN (%(open)s, %(merged)s))
                UPDATE pharma_duplicate d
                   SET state = CASE WHEN pair.is_merged THEN %(merged)s ELSE %(open)s END,
                       decided_on = CASE WHEN pair.is_merged THEN now() AT TIME ZONE 'UTC' END
                  FROM pair WHERE pair.id = d.id AND pair.was != pair.is_merged
             RETURNING d.id """, merged=MERGED, open=OPEN))
        self.invalidate_model()

    # === PROGRESS === #

    @api.model
    def _progress_row(self):
        # sudo: people only look at the progress
        return self.env['pharma.import.progress'].sudo().search([('model', '=', self._name)])

    @api.model
    def _is_running(self):
        """Whether a search waits or runs.

        :rtype: bool
        """
        # sudo: jobs are the administrator's
        return bool(self.env['queue.job'].sudo().search_count([
            ('identity_key', '=', JOB_KEY),
            ('state', 'in', ('wait_dependencies', 'pending', 'enqueued', 'started'))], limit=1))

    @api.model
    def _tell_progress(self):
        """A function that writes the share done through a second cursor, every few seconds: people
        see it before the job's own transaction is committed.

        :return: function of a share between 0 and 1; None outside a job
        """
        if not self.env.context.get('job_uuid'):
            return None
        last = [time.monotonic()]

        def tell(share):
            if time.monotonic() - last[0] < TOLD_EVERY:
                return
            last[0] = time.monotonic()
            with self.env.registry.cursor() as cr:
                cr.execute(SQL(
                    "UPDATE pharma_import_progress SET percent = %s WHERE model = %s",
                    round(share * 100), self._name))
        return tell
