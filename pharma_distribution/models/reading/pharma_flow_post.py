from datetime import UTC, datetime

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .pharma_flow_file import FIGURES


class PharmaFlowFile(models.Model):
    """What becomes of rows that were read: they are posted, judged anew, taken back."""

    _inherit = 'pharma.flow.file'

    # === ACTIONS === #

    def action_ask_post(self):
        """Post reviewed files; what their checks warn of is shown first."""
        self.check_access('write')
        self.filtered(lambda file: file.state == 'review')._refresh_checks()
        if not any(file.warning_count for file in self):
            return self.action_post()
        return {
            'type': 'ir.actions.act_window',
            'name': self.env._("Before Posting"),
            'res_model': 'pharma.flow.post',
            'view_mode': 'form',
            'target': 'new',
            'context': {'default_file_ids': self.ids},
        }

    def action_check(self):
        """Look the files through anew, for instance after names were decided."""
        self.check_access('write')
        self.filtered(lambda file: file.state == 'review')._refresh_checks()
        return True

    def action_post(self):
        """Let the rows of reviewed files count. Rows with unknown names follow once decided."""
        self.check_access('write')
        for file in self:
            if file.state == 'posted':
                continue
            if file.state != 'review':
                raise UserError(self.env._(
                    "%s cannot be posted: it has not been read and reviewed.", file.name))
            self.env['pharma.flow.double']._lock_overlapping(file)
            self.env['pharma.flow.period']._enter_rows(file)
            # With parts of a second: what was posted first counts first
            now = datetime.now(UTC).replace(tzinfo=None)
            file._set_result(state='posted', posted_by_id=self.env.uid, posted_on=now)
            # Before anything is judged: what judging changes is added to it
            self.env['pharma.flow.summary']._give(SQL("line.file_id = %s", file.id))
            file._get_replaced()._apply_decisions()
            file._judge_doubles()
        return True

    def action_replace(self):
        """Ask for the file that replaces this one."""
        self.ensure_one()
        self.check_access('write')
        return {
            **self._get_form_action(),
            'res_id': False,
            'name': self.env._("Replacement of %s", self.name),
            'context': {
                'default_replaces_id': self.id,
                'default_distributor_id': self.distributor_id.id,
                'default_company_id': self.company_id.id,
                'default_kind': self.kind,
                'default_source': self.source,
            },
        }

    def action_undo(self):
        """Take files back completely: their rows, and the open names that only they brought."""
        self.check_access('write')
        for file in self:
            if file.state == 'undone':
                continue
            if file.state not in ('review', 'posted', 'failed'):
                raise UserError(self.env._("%s holds no rows that could be undone.", file.name))
            if file.is_claim:
                raise UserError(self.env._(
                    "%s holds approved claims: withdraw these one by one.", file.name))
            self.env['pharma.flow.period']._check_undo(file)
            self.env['pharma.flow.double']._lock_overlapping(file)
            file._delete_lines()
            self.env['pharma.flow.layout']._forget(file)
            file._set_result(
                state='undone', message=False, posted_by_id=False, posted_on=False)
            if file.has_own_period:
                file._set_result(date_from=False, date_to=False, has_own_period=False)
            file._get_replaced()._apply_decisions()
        self.env['pharma.flow.duty']._refresh_for_files(self)
        return True

    def action_resolve(self):
        """Look the names up again, for instance after new customers were created."""
        self.check_access('write')
        files = self.filtered(lambda file: file.state in ('review', 'posted'))
        for file in files:
            self.env['pharma.alias'].search(file._get_open_name_domain())._ask()
        files._apply_decisions()
        return True

    # === CHECKS === #

    def _post_acknowledged(self):
        """Post although the checks warn, and keep what somebody has acknowledged."""
        self.check_access('write')
        for file in self.filtered(lambda file: file.state == 'review'):
            texts = file.check_ids.filtered('is_warning').mapped('name')
            file.action_post()
            if texts:
                file.message_post(body=self.env._(
                    "Posted after a look at: %s", "; ".join(texts)))
        return True

    def _refresh_checks(self):
        """Look for what somebody should see before posting."""
        for file in self:
            self.env['pharma.flow.check']._refresh(file)
        self.invalidate_recordset(['check_ids', 'warning_count'])

    # === ROWS === #

    def _delete_lines(self):
        """Remove the rows of the files and the open names that nothing else carries.

        SQL: a file has up to a million rows, and nothing refers to them.
        """
        lines = self.env['pharma.flow.line']
        if not self.ids or not lines.sudo().search_count([('file_id', 'in', self.ids)], limit=1):
            return
        doubles = self.env['pharma.flow.double']
        doubles._begin()
        doubles._touch_files(self)
        self.env['pharma.alias']._count_flow_rows(self, -1)
        self.env['pharma.flow.summary']._take(SQL("line.file_id = ANY(%s)", self.ids))
        self.env.cr.execute("DELETE FROM pharma_flow_line WHERE file_id = ANY(%s)", [self.ids])
        lines.invalidate_model()
        self.env['pharma.alias']._forget_flow_names()
        # sudo: checks go with the rows that they speak of
        self.sudo().check_ids.unlink()
        self._set_result(
            **dict.fromkeys(FIGURES, 0), skipped_count=0, skipped_text=False, change_text=False,
            total_state='none', total_text=False)
        # What was a double of the rows that went may count now
        self._refresh_others(doubles._judge())

    def _apply_decisions(self):
        """Judge the rows of the files anew."""
        if self:
            file_ids = self.env['pharma.flow.resolver']._apply_to_files(self)
            self._refresh_counts()
            self._refresh_others(file_ids)

    def _judge_doubles(self):
        """Compare the rows of the files with those of other files anew."""
        file_ids = self.env['pharma.flow.double']._judge_files(self)
        if file_ids & set(self.ids):
            self._refresh_counts()
        self._refresh_others(file_ids)

    def _refresh_others(self, file_ids):
        """Bring the figures of other files up to date of which rows changed.

        :param file_ids: ids of files, these among them or not
        """
        # sudo: doubles change with each other, whoever may see which file
        others = self.sudo().browse(set(file_ids) - set(self.ids))
        others.exists()._refresh_counts()

    def _get_replacing(self):
        """The posted files that replace these, over any number of steps."""
        replacing = self.browse()
        newest = self.replaced_by_ids
        while newest:
            replacing |= newest
            newest = newest.replaced_by_ids - replacing
        return replacing.filtered(lambda file: file.state == 'posted')

    def _get_replaced(self):
        """The files that these replace, over any number of steps."""
        replaced = self.browse()
        newest = self.sudo().replaces_id
        while newest:
            replaced |= newest
            newest = newest.replaces_id - replaced
        return replaced.filtered(lambda file: file.state in ('review', 'posted'))

    def _refresh_counts(self):
        """Bring the stored figures up to date with the rows.

        :return: dict file id -> dict of figures, as ``_count_by_file`` finds them
        """
        figures = self.env['pharma.flow.line']._count_by_file(self)
        for file in self:
            counts = figures.get(file.id, {})
            # Figures follow from rows, also when the one who decided may not change files
            file._set_result(**{name: counts.get(name, 0) for name in FIGURES})
        return figures
