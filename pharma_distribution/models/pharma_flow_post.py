from odoo import fields, models
from odoo.exceptions import UserError

from .pharma_flow_file import FIGURES


class PharmaFlowFile(models.Model):
    """What becomes of rows that were read: they are posted, judged anew, taken back."""

    _inherit = 'pharma.flow.file'

    # === ACTIONS === #

    def action_post(self):
        """Let the rows of reviewed files count. Rows with unknown names follow once decided."""
        self.check_access('write')
        for file in self:
            if file.state == 'posted':
                continue
            if file.state != 'review':
                raise UserError(self.env._(
                    "%s cannot be posted: it has not been read and reviewed.", file.name))
            file.lock_for_update(allow_referencing=True)
            file._set_result(
                state='posted', posted_by_id=self.env.uid, posted_on=fields.Datetime.now())
        return True

    def action_undo(self):
        """Take files back completely: their rows, and the open names that only they brought."""
        self.check_access('write')
        for file in self:
            if file.state == 'undone':
                continue
            if file.state not in ('review', 'posted', 'failed'):
                raise UserError(self.env._("%s holds no rows that could be undone.", file.name))
            file.lock_for_update(allow_referencing=True)
            file._delete_lines()
            file._set_result(
                state='undone', message=False, posted_by_id=False, posted_on=False)
        self.env['pharma.flow.duty']._refresh_for_files(self)
        return True

    def action_resolve(self):
        """Look the names up again, for instance after new customers were created."""
        self.check_access('write')
        self.filtered(lambda file: file.state in ('review', 'posted'))._apply_decisions()
        return True

    # === ROWS === #

    def _delete_lines(self):
        """Remove the rows of the files and the open names that nothing else carries.

        SQL: a file has up to a million rows, and nothing refers to them.
        """
        lines = self.env['pharma.flow.line']
        if not self.ids or not lines.sudo().search_count([('file_id', 'in', self.ids)], limit=1):
            return
        self.env['pharma.alias']._count_flow_rows(self, -1)
        self.env.cr.execute("DELETE FROM pharma_flow_line WHERE file_id = ANY(%s)", [self.ids])
        lines.invalidate_model()
        self.env['pharma.alias']._forget_flow_names()
        self._set_result(
            **dict.fromkeys(FIGURES, 0), skipped_count=0, skipped_text=False, change_text=False,
            total_state='none', total_text=False)

    def _apply_decisions(self):
        """Judge the rows of the files anew."""
        if self:
            self.env['pharma.flow.resolver']._apply_to_files(self)
            self._refresh_counts()

    def _refresh_counts(self):
        """Bring the stored figures up to date with the rows."""
        figures = self.env['pharma.flow.line']._count_by_file(self)
        for file in self:
            counts = figures.get(file.id, {})
            # Figures follow from rows, also when the one who decided may not change files
            file._set_result(**{name: counts.get(name, 0) for name in FIGURES})
