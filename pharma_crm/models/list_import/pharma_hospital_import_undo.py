from odoo import models
from odoo.tools import SQL

from ...tools.list_table import NEW
from .pharma_import_mixin import UNDONE

# Rows that point to a contact and say nothing about its use.
UNUSED_BY = {
    'pharma_alias',  # looked at on its own
    'pharma_alignment',  # the same
    'pharma_hospital_import_line',
    'pharma_search_name',
}


# One model in three files by concern: reading, importing, undoing.
class PharmaHospitalImport(models.Model):
    """Taking an import back."""

    _inherit = 'pharma.hospital.import'

    def _undo(self):
        """Take back what this import did, and only that.

        Values that were changed since stay as they are. Customers that the import brought are
        deleted; those that were used or edited since are archived instead.
        """
        self._lock()
        quiet = self._get_quiet_partners()
        kept = 0
        for line in self.line_ids.filtered('journal'):
            partner = quiet.browse(line.partner_id.id)
            kept += line._restore(partner)
            kept += self._restore_alignments(partner, line.journal.get('alignments'))
        created = self.line_ids.filtered(lambda line: line.result == NEW).partner_id
        created = quiet.browse(created.ids)
        self._report_progress(20)
        used = created.browse(self._get_used_ids(created))
        used.action_archive()
        self._report_progress(30)
        (created - used).unlink()
        self._set_result(state=UNDONE, message=self.env._(
            "%(deleted)s customers deleted, %(archived)s archived because they are in use, %(kept)s"
            " values left because they were changed since.",
            deleted=len(created) - len(used), archived=len(used), kept=kept))

    def _get_used_ids(self, partners):
        """Contacts that were edited since they were created, or that other records point to.

        :param partners: contacts that one import created
        :return: ids
        """
        partners.flush_recordset()
        ids = partners.ids
        # What an import creates has one time stamp; whoever writes later leaves another.
        used = {row[0] for row in self.env.execute_query(SQL(
            "SELECT id FROM res_partner WHERE id = ANY(%s) AND write_date > create_date", ids))}
        for table in ('pharma_alias', 'pharma_alignment'):
            used.update(row[0] for row in self.env.execute_query(SQL(
                "SELECT partner_id FROM %s WHERE partner_id = ANY(%s) AND create_date > %s",
                SQL.identifier(table), ids, self.done_on)))
        for table in ('mail_message', 'mail_activity', 'ir_attachment'):
            model = 'model' if table == 'mail_message' else 'res_model'
            used.update(row[0] for row in self.env.execute_query(SQL(
                "SELECT DISTINCT res_id FROM %s WHERE %s = 'res.partner' AND res_id = ANY(%s)",
                SQL.identifier(table), SQL.identifier(model), ids)))
        used |= self._get_referenced_ids(
            self._get_references('res_partner', UNUSED_BY), 'res_partner', ids)
        return sorted(used)
