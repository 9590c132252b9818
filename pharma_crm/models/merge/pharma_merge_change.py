from collections import defaultdict
from contextlib import contextmanager

from odoo import models
from odoo.tools import SQL

from .pharma_merge_link import PARTNER

# Nobody is told of what follows from a merge, nor is it tracked: the merge says it once.
QUIET = {
    'active_test': False, 'tracking_disable': True, 'mail_notrack': True,
    'mail_create_nosubscribe': True, 'mail_create_nolog': True,
    'mail_auto_subscribe_no_notify': True,
}
# When and by whom rows were written is no change of theirs.
IGNORED = ['write_date', 'write_uid']
# Changes of changes at most; what goes on for longer runs in a circle.
ROUNDS = 12
# Worked out while something happened: never again.
HISTORY = {'mail.message'}
# These follow although their kind does not tell it: the territory of today, names as copies.
FOLLOWING = {
    'res.partner.territory_id', 'account.move.invoice_partner_display_name',
    'calendar.attendee.common_name'}
PICTURES = ('image_1920', 'image_1024', 'image_512', 'image_256', 'image_128')


class PharmaMerge(models.Model):
    """What follows from moved links: values that are worked out from them, and those of the kept
    customer.

    Rows are read before and after, and the journal gets what differs: so it does not matter how
    much a write brings with it.
    """

    _inherit = 'pharma.merge'

    # === RECORDING === #

    @contextmanager
    def _recording(self, table, ids, kind='changed', changes=None):
        """Write into the journal what a block changes in rows.

        :param str table: its name
        :param ids: of the rows
        :param str kind: of the lines
        :param dict changes: gets ``{column: ids}`` of what changed
        """
        ids = list(ids)
        if not ids:
            yield
            return
        self.env.flush_all()
        name = SQL.identifier(table)
        self.env.cr.execute("TRUNCATE pharma_merge_image")
        self.env.cr.execute(SQL(
            "INSERT INTO pharma_merge_image SELECT t.id, to_jsonb(t) - %s::text[] FROM %s t"
            " WHERE id = ANY(%s)", IGNORED, name, ids))
        self.env.cr.execute("ANALYZE pharma_merge_image")
        yield
        self.env.flush_all()
        lines = self._journal(table, SQL(
            """ SELECT %(kind)s AS kind, row.id AS res_id, NULL::int AS source,
                       jsonb_object_agg(entry.key, entry.value) AS old,
                       jsonb_object_agg(entry.key, row.new->entry.key) AS new, NULL AS reason
                  FROM (SELECT image.id, image.image AS old,
                               to_jsonb(t) - %(ignored)s::text[] AS new
                          FROM pharma_merge_image image JOIN %(table)s t ON t.id = image.id
                        OFFSET 0) row  -- OFFSET: read once for each row, not for each column
            CROSS JOIN LATERAL jsonb_each(row.old) entry
                 WHERE row.old != row.new AND entry.value IS DISTINCT FROM row.new->entry.key
              GROUP BY row.id """, kind=kind, table=name, ignored=IGNORED))
        if lines and changes is not None:
            self.env.cr.execute(
                """ SELECT key, array_agg(res_id) FROM pharma_merge_line line,
                           jsonb_object_keys(line.new) key
                     WHERE merge_id = %(merge)s AND step = (
                           SELECT MAX(step) FROM pharma_merge_line WHERE merge_id = %(merge)s)
                  GROUP BY key """, {'merge': self.id})
            changes.update(self.env.cr.fetchall())

    # === VALUES OF THE KEPT CUSTOMER === #

    def _apply_values(self, pairs, values):
        """Let kept customers have the chosen values, and those that they lack.

        :param dict pairs: as of ``_run``
        :param dict values: as of ``_merge``
        :return: ``{('res_partner', column): ids}`` of what changed
        :rtype: dict
        """
        partners = self.env[PARTNER].with_context(**QUIET)
        sources, written = defaultdict(partners.browse), defaultdict(list)
        for source_id, keep_id in pairs.items():
            sources[keep_id] |= partners.browse(source_id)
        for keep_id, merged in sources.items():
            keep, changes = partners.browse(keep_id), {}
            chosen = self._choose_values(keep, merged, values)
            if picture := chosen.pop(PICTURES[0], None):
                self._swap_pictures(keep, picture)
            with self._recording('res_partner', [keep_id], changes=changes):
                self._copy_values(keep, chosen)
            for column, ids in changes.items():
                written['res_partner', column] += ids
        self._fill_company_values(pairs)
        return written

    def _choose_values(self, keep, sources, values):
        """Which customer gives which value.

        :return: ``{name: partner}`` of the values that do not come from the kept one
        :rtype: dict
        """
        chosen = {}
        order = self._sort_by_fullness(sources)
        for name in self._get_value_names(keep | sources):
            if name in values:
                partner = (keep | sources).browse(values[name])
                if partner != keep and partner in sources and self._get_value(
                        partner, name) != self._get_value(keep, name):
                    chosen[name] = partner
            elif not self._get_value(keep, name):
                partner = next(
                    (source for source in order if self._get_value(source, name)), None)
                if partner:
                    chosen[name] = partner
        return chosen

    def _copy_values(self, keep, chosen):
        """Copy values from row to row, past Odoo: it would carry a new phone on to opportunities,
        and a new salesperson to everybody below. What has to follow does so later.

        :param keep: the kept customer
        :param dict chosen: ``{name: partner}``, as of ``_choose_values``
        """
        for source in set(chosen.values()):
            names = [name for name, partner in chosen.items() if partner == source]
            own = [name.split('.', 1)[1] for name in names if '.' in name]
            columns = [SQL.identifier(name) for name in names if '.' not in name]
            if columns:
                self.env.cr.execute(SQL(
                    "UPDATE res_partner keep SET (%s) = ROW(%s) FROM res_partner source"
                    " WHERE keep.id = %s AND source.id = %s", SQL(", ").join(columns),
                    SQL(", ").join(SQL("source.%s", column) for column in columns),
                    keep.id, source.id))
            if own:
                self.env.cr.execute(SQL(
                    """ UPDATE res_partner keep
                           SET pharma_properties = COALESCE(keep.pharma_properties, '{}') || (
                               SELECT jsonb_object_agg(key, source.pharma_properties->key)
                                 FROM unnest(%s::text[]) key)
                          FROM res_partner source WHERE keep.id = %s AND source.id = %s """,
                    own, keep.id, source.id))
        keep.invalidate_recordset()

    def _swap_pictures(self, keep, source):
        """Exchange the pictures of two customers; each is a file beside the record."""
        self.env.cr.execute(
            """ SELECT id FROM ir_attachment WHERE res_model = 'res.partner'
                   AND res_field = ANY(%s) AND res_id = ANY(%s) """,
            [list(PICTURES), [keep.id, source.id]])
        files = [file_id for file_id, in self.env.cr.fetchall()]
        with self._recording('ir_attachment', files):
            self.env.cr.execute(
                "UPDATE ir_attachment SET res_id = %s - res_id WHERE id = ANY(%s)",
                [keep.id + source.id, files])
        (keep | source).invalidate_recordset(PICTURES)

    def _fill_company_values(self, pairs):
        """Terms that each company has its own of, where the kept customer has none."""
        names = [
            field.name for field in self.env[PARTNER]._fields.values()
            if field.company_dependent and field.store]
        keeps = set(pairs.values())
        with self._recording('res_partner', keeps):
            for name in names:
                self.env.cr.execute(SQL(
                    """ UPDATE res_partner keep
                           SET %(column)s = filled.value || COALESCE(keep.%(column)s, '{}')
                          FROM (SELECT map.keep, jsonb_object_agg(
                                       entry.key, entry.value ORDER BY map.rank DESC) AS value
                                  FROM pharma_merge_map map
                                  JOIN res_partner source ON source.id = map.source,
                                       jsonb_each(source.%(column)s) entry
                              GROUP BY map.keep) filled
                         WHERE keep.id = filled.keep
                           AND NOT COALESCE(keep.%(column)s, '{}') ?& ARRAY(
                               SELECT jsonb_object_keys(filled.value)) """,
                    column=SQL.identifier(name)))
            self.env[PARTNER].browse(keeps).invalidate_recordset(names)

    # === SOURCES === #

    def _archive_sources(self):
        """Merged customers are archived, and point at the kept one."""
        self.env.flush_all()
        self.env.cr.execute("SELECT array_agg(source) FROM pharma_merge_map")
        [ids] = self.env.cr.fetchone()
        with self._recording('res_partner', ids):
            self.env.cr.execute(
                """ UPDATE res_partner SET active = FALSE, merged_into_id = map.keep
                      FROM pharma_merge_map map WHERE map.source = res_partner.id """)
            self.env[PARTNER].browse(ids).invalidate_recordset()

    # === WHAT FOLLOWS === #

    def _follow_links(self, moved):
        """Bring what follows from moved links in line with them.

        :param dict moved: as of ``_move_links``
        """
        self._sync_commercial(moved)
        self._follow_changes(moved)

    def _follow_changes(self, moved):
        """Work out anew what is stored and follows from the links that moved.

        Only what nobody can enter: a confirmed order keeps its terms, an opportunity its contact.

        :param dict moved: as of ``_move_links``
        """
        changes = self._get_changed_fields(moved)
        for _round in range(ROUNDS):
            todo = defaultdict(set)
            for changed, ids in changes.items():
                self._collect_dependents(changed, ids, todo)
            changes = defaultdict(set)
            for dependent, ids in sorted(todo.items(), key=lambda entry: str(entry[0])):
                for name, row_ids in self._recompute(dependent, ids).items():
                    fields_by_name = self.env[dependent.model_name]._fields
                    if name in fields_by_name:
                        changes[fields_by_name[name]].update(row_ids)
            if not changes:
                break

    def _sync_commercial(self, moved):
        """Who came to another hospital, or whose hospital changed, has its terms and its name, as
        Odoo keeps them alike."""
        partners = self.env[PARTNER].with_context(**QUIET)
        carried = {'parent_id', 'name', *partners._commercial_fields()}
        changed = {row_id for (table, column), ids in moved.items()
                   if table == 'res_partner' and column in carried for row_id in ids}
        below = set(moved.get(('res_partner', 'parent_id'), ()))
        if changed:
            below |= set(partners.browse(changed)._get_below().ids)
        if not below:
            return
        partners = partners.browse(below)
        with self._recording('res_partner', below):
            for name in ('commercial_partner_id', 'complete_name'):
                self.env.add_to_compute(partners._fields[name], partners)
            partners.flush_recordset()
            names = [
                name for name in sorted(partners._commercial_fields())
                if partners._fields[name].store and partners._fields[name].column_type]
            columns = SQL(", ").join(map(SQL.identifier, names))
            entity = SQL(", ").join(SQL.identifier('entity', name) for name in names)
            own = SQL(", ").join(SQL.identifier('child', name) for name in names)
            self.env.cr.execute(SQL(
                """ UPDATE res_partner child SET (%(columns)s) = ROW(%(entity)s)
                      FROM res_partner entity
                     WHERE entity.id = child.commercial_partner_id AND child.id != entity.id
                       AND child.id = ANY(%(ids)s)
                       AND (%(own)s) IS DISTINCT FROM (%(entity)s) """,
                columns=columns, entity=entity, own=own, ids=list(below)))
            partners.invalidate_recordset(names)

    def _collect_dependents(self, changed, ids, todo):
        """Add the stored values that follow directly from changed ones.

        :param changed: a field
        :param ids: of its records that changed
        :param dict todo: ``{field: ids}``, gets them
        """
        for path, targets in self.env.registry._field_triggers.get(changed, {}).items():
            found = None
            for target in targets:
                if not self._is_derived(target):
                    continue
                if found is None:
                    found = self._get_dependents(target.model_name, path, ids)
                todo[target] |= found

    def _is_derived(self, target):
        """Whether a stored value follows from links and nobody enters it: facts of customers, links
        to customers, and copies. Others say how it was when they were worked out, such as the
        territory of a call, and stay.
        """
        model = self.env[target.model_name]
        if (not target.store or not target.compute or not target.column_type
                or not model._auto or model._transient or target.model_name in HISTORY):
            return False
        return str(target) in FOLLOWING or target.readonly and (
            PARTNER in (target.model_name, target.comodel_name) or target.related)

    def _get_dependents(self, model_name, path, ids):
        """Records that reach changed ones by a path of links.

        :param str model_name: their model
        :param tuple path: links from the changed records back to them
        :param ids: changed records
        :rtype: set[int]
        """
        if not path:
            return set(ids)
        if len(path) == 1 and model_name == PARTNER and path[0].type in ('one2many', 'many2many'):
            # Rows left one customer and came to another
            self.env.cr.execute(
                "SELECT source FROM pharma_merge_map UNION SELECT keep FROM pharma_merge_map")
            return {partner_id for partner_id, in self.env.cr.fetchall()}
        if not all(link.store or link.type == 'one2many' for link in path):
            return set()
        name = '.'.join(link.name for link in reversed(path))
        return set(self.env[model_name].with_context(**QUIET).search([(name, 'in', list(ids))]).ids)

    def _recompute(self, target, ids):
        """Work out stored values anew.

        :return: ``{column: ids}`` of what changed
        :rtype: dict[str, list[int]]
        """
        records = self.env[target.model_name].with_context(**QUIET).browse(ids).exists()
        changes = {}
        with self._recording(records._table, records.ids, changes=changes):
            self.env.add_to_compute(target, records)
            records._recompute_field(target)
        return changes
