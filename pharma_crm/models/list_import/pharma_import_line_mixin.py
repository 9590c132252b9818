from odoo import fields, models

LINE_RESULTS = [
    ('new', "New"),
    ('update', "Updated"),
    ('unchanged', "Unchanged"),
    ('duplicate', "Twice in the List"),
    ('skipped', "Left Out"),
    ('problem', "Refused"),
]


def read_plain(record, names):
    """A record's values as JSON can hold them: {name: value}, links as ids."""
    values = {name: record[name] for name in names}
    return {
        name: value.id if isinstance(value, models.BaseModel) else value
        for name, value in values.items()}


class PharmaImportLineMixin(models.AbstractModel):
    """One row of a list and what became of it; also the journal for taking it back.

    How to use: beside ``pharma.import.mixin``; add ``import_id`` and what the row brought.
    """

    _name = 'pharma.import.line.mixin'
    _description = "Row of a List"
    _order = 'import_id, id'

    sheet_name = fields.Char(string="Sheet")
    row_number = fields.Integer(string="Row", aggregator=None)
    name = fields.Char()
    result = fields.Selection(LINE_RESULTS, required=True, index=True)
    remark = fields.Text(help="Why the row was refused, or what of it was left out")
    # {'old': values before, 'new': values written, …}; only by the import
    journal = fields.Json(readonly=True)

    def _describe_problem(self, problem):
        """A problem of the engine as a sentence in the user's language.

        :param problem: a ``tools.list_table.Problem``
        """
        raise NotImplementedError

    def _restore_values(self, record):
        """Give a record back what this row changed, except what was changed again since.

        :param record: what the row changed, empty when it is gone
        :return: number of fields left as they are
        """
        self.ensure_one()
        old, new = self.journal.get('old', {}), self.journal.get('new', {})
        now = read_plain(record, new) if record else {}
        same = {name: old[name] for name, value in now.items() if value == new[name]}
        if same:
            record.write(same)
        return len(now) - len(same)
