from odoo import api, fields, models


class PharmaFlowProgress(models.Model):
    """How far the reading of a file is.

    A table of its own, since it is written while a long transaction holds the file: changing the
    file's own row from outside would break that transaction.
    """

    _name = 'pharma.flow.progress'
    _description = "Progress of Reading a Flow File"
    _rec_name = 'file_id'
    _log_access = False

    _file_uniq = models.Constraint('UNIQUE(file_id)', "A file has one progress.")

    # No foreign key: the file may belong to a transaction that is not committed yet
    file_id = fields.Integer(required=True, aggregator=None)
    percent = fields.Integer(required=True)
    is_cancelled = fields.Boolean(help="Somebody wants the reading to stop")

    @api.model
    def _set(self, file_id, percent):
        """Note the progress of a file, or forget it when ``percent`` is None.

        :return: whether somebody wants the reading to stop
        """
        if percent is None:
            self.env.cr.execute("DELETE FROM pharma_flow_progress WHERE file_id = %s", [file_id])
            return False
        self.env.cr.execute("""
            INSERT INTO pharma_flow_progress (file_id, percent) VALUES (%s, %s)
            ON CONFLICT (file_id) DO UPDATE SET percent = EXCLUDED.percent
            RETURNING is_cancelled
        """, [file_id, percent])
        return bool(self.env.cr.fetchone()[0])

    @api.model
    def _cancel(self, file_id):
        """Ask the job that reads a file to stop at its next step."""
        self.env.cr.execute("""
            INSERT INTO pharma_flow_progress (file_id, percent, is_cancelled) VALUES (%s, 0, TRUE)
            ON CONFLICT (file_id) DO UPDATE SET is_cancelled = TRUE
        """, [file_id])
