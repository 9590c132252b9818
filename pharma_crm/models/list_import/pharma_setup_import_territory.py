from odoo import models

from ...tools.list_table import UPDATE
from ...tools.territory_list import Territory, TerritoryPlan, find_table, read_rows
from .pharma_import_line_mixin import read_plain
from .pharma_import_mixin import UNDONE

# Rows that point to a territory and say nothing about its use; people, customers and territories
# below it do.
UNUSED_BY = {'pharma_setup_import_line'}


class PharmaSetupImport(models.Model):
    """Lists of territories."""

    _inherit = 'pharma.setup.import'

    # === READING === #

    def _make_territory_plan(self):
        """Read the file and decide about all rows.

        :rtype: TerritoryPlan
        """
        env = self.env
        tables = self._read_tables(find_table, {
            'name': env._("Name"), 'code': env._("Code"), 'parent': env._("Belongs To"),
            'level': env._("Level"),
        }, env._(
            "No list of territories was found in %s. One row must name the columns, for example"
            " 辖区名称, 辖区编码, 上级辖区, 级别; the template shows how.", self.name))
        plan = TerritoryPlan(self._get_territories())
        for sheet, table in tables:
            for row in read_rows(table, sheet):
                plan.add(row)
        plan.finish()
        return plan

    def _get_territories(self):
        """All territories of the company as the engine knows them.

        :rtype: list[Territory]
        """
        records = self.env['pharma.territory'].with_context(active_test=False).search_fetch(
            [('company_id', '=', self.company_id.id)],
            ['name', 'code', 'level', 'parent_id', 'active'])
        territories = {
            record.id: Territory(
                record.id, record.name, record.code or '', record.level or '',
                active=record.active)
            for record in records}
        for record in records:
            territories[record.id].parent = territories.get(record.parent_id.id)
        return list(territories.values())

    # === IMPORT === #

    def _apply_territory_plan(self, plan):
        """Create what is new level by level, then change what was there.

        :return: {territory id: journal} of the territories that were there before
        """
        territories = self.env['pharma.territory'].with_context(
            tracking_disable=True, mail_create_nosubscribe=True)
        done = 0
        for level in self._by_depth(plan.created):
            records = territories.create([{
                **self._prepare_territory_vals(territory), 'company_id': self.company_id.id,
            } for territory in level])
            for territory, record in zip(level, records, strict=True):
                territory.id = record.id
            done += len(level)
            self._report_progress(5 + 85 * done // len(plan.items))
        journals = {}
        for territory in plan.changed:
            record = self.env['pharma.territory'].browse(territory.id)
            vals = self._prepare_territory_vals(territory)
            journals[territory.id] = {'old': read_plain(record, vals), 'new': vals}
            record.write(vals)
        return journals

    def _by_depth(self, territories):
        levels = {}
        for territory in territories:
            levels.setdefault(len(territory.line), []).append(territory)
        return levels.values()

    def _prepare_territory_vals(self, territory):
        """Values of a territory: what the list changes.

        :param Territory territory: of a plan
        """
        vals = {name: value for name, value in territory.changes.items() if name != 'parent'}
        if 'parent' in territory.changes:
            vals['parent_id'] = territory.changes['parent'].id
        return vals

    def _prepare_territory_lines_vals(self, plan, journals):
        for item in plan.items:
            territory = item.territory
            territory_id = territory.id if territory else 0
            yield {
                'name': item.row.values.get('name') or item.row.values.get('code'),
                'detail': item.row.values.get('parent'),
                'territory_id': territory_id or False,
                'journal': item.result == UPDATE and journals.get(territory_id) or False,
            }

    # === UNDO === #

    def _undo_territory(self):
        """Restore what the list changed; delete what it brought, unless people, customers or other
        territories hang on it.
        """
        kept = 0
        for line in self.line_ids.filtered('journal'):
            kept += line._restore_values(line.territory_id)
        created = self._get_new_records()
        count = len(created)
        self.env.flush_all()
        references = self._get_references('pharma_territory', UNUSED_BY)
        used = created.browse(self._get_referenced_ids(references, 'pharma_territory', created.ids))
        # What stands above a used one is used as well
        for territory in used:
            used |= created.filtered(
                lambda above, path=territory.parent_path: path.startswith(above.parent_path))
        (created - used).sorted('parent_path', reverse=True).unlink()
        self._set_result(state=UNDONE, message=self.env._(
            "%(deleted)s territories deleted, %(used)s left because they are in use, %(kept)s"
            " values left because they were changed since.",
            deleted=count - len(used), used=len(used), kept=kept))
