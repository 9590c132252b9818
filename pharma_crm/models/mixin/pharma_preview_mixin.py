import json

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class PharmaPreviewMixin(models.AbstractModel):
    """A document that shows what it will do, does exactly that, and can take it back.

    How to use: inherit it beside the model, name model and column of the lines in
    ``_preview_lines``. Lines are the preview, later the journal; thousands are written in one
    statement.
    """

    _name = 'pharma.preview.mixin'
    _description = "Shown First, Then Done"

    # (model of the lines, their link to the document)
    _preview_lines = ('', '')

    def _check_state(self, *states):
        """Refuse what a second click or a second window asks for, and whoever may not write it."""
        self.check_access('write')
        if self.state not in states:
            label = dict(self._fields['state']._description_selection(self.env))[self.state]
            raise UserError(self.env._(
                "This cannot be done now: \"%(name)s\" is in state \"%(state)s\".",
                name=self.display_name, state=label))

    def _drop_lines(self):
        """Delete the lines; the caller writes what follows from it."""
        model, column = self._preview_lines
        self.env.flush_all()
        self.env.cr.execute(SQL(
            "DELETE FROM %s WHERE %s = ANY(%s)", SQL.identifier(self.env[model]._table),
            SQL.identifier(column), self.ids))
        self.env[model].invalidate_model()
        self.invalidate_recordset()

    def _insert_lines(self, values):
        """Write lines, all in one statement.

        :param list(dict) values: of the columns, alike for each line; JSON may hold them
        """
        if not values:
            return
        model = self.env[self._preview_lines[0]]
        stamp = {
            'create_uid': self.env.uid, 'create_date': str(self.env.cr.now()),
            'write_uid': self.env.uid, 'write_date': str(self.env.cr.now())}
        rows = [{**row, **stamp} for row in values]
        table = SQL.identifier(model._table)
        columns = SQL(", ").join(map(SQL.identifier, rows[0]))
        self.env.cr.execute(SQL(
            """ INSERT INTO %(table)s (%(columns)s)
                SELECT %(columns)s FROM jsonb_populate_recordset(NULL::%(table)s, %(rows)s::jsonb)
            """, table=table, columns=columns, rows=json.dumps(rows)))
        model.invalidate_model()
        self.invalidate_recordset()
