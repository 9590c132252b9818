import base64

from odoo import fields, models
from odoo.exceptions import UserError

from ...tools.flow_answers import check_answer, describe_sheets
from ...tools.flow_layout import find_layout
from .pharma_flow_file import IMPORTABLE_STATES


class FlowQuestion(UserError):
    """A file that is not sure; ``sheets`` is what a person is shown to answer."""

    def __init__(self, message, sheets):
        super().__init__(message)
        self.sheets = sheets


class PharmaFlowFile(models.Model):
    """What a person says about the columns of a file that is not sure."""

    _inherit = 'pharma.flow.file'

    question = fields.Json(readonly=True, copy=False)
    has_question = fields.Boolean(
        string="Columns to Set", readonly=True, copy=False,
        help="The file cannot be read before somebody says what its columns hold")
    answers = fields.Json(readonly=True, copy=False)
    change_text = fields.Text(
        string="What Changed", readonly=True, copy=False,
        help="How the file differs from the one before; its rows were read accordingly")

    # === CRUD === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get('data'):
            # what was said was said about other bytes
            self._set_result(question=False, has_question=False, answers=False)
        return result

    # === ACTIONS === #

    def action_set_columns(self):
        """Open the screen where a person says what the columns hold."""
        self.ensure_one()
        self.check_access('write')
        self._check_columns_open()
        return {
            'type': 'ir.actions.client',
            'tag': 'pharma_distribution.flow_columns',
            'name': self.env._("Set Columns"),
            'params': {'file_id': self.id},
        }

    def get_columns(self):
        """What the screen shows.

        :return: dict: name, period (two ISO days or False), sheets (see
            ``tools.flow_answers.describe_sheets``, with the doubts in words), fields, kinds
        """
        self.ensure_one()
        self.check_access('write')
        self._check_columns_open()
        message = self.env['pharma.flow.message']
        sheets = self.question or self._describe_columns()
        answers = self.answers or {}
        kinds = self.env['pharma.flow.layout']._fields['kind']._description_selection(self.env)
        return {
            'name': self.name,
            'date_from': fields.Date.to_string(self.date_from) or '',
            'date_to': fields.Date.to_string(self.date_to) or '',
            'sheets': [{
                **sheet, **answers.get(sheet['name'], {}),
                'answered': sheet['name'] in answers,
                'doubts': [
                    {'code': code, **data, 'text': message._doubt_words(code, data)}
                    for code, data in sheet['doubts']],
            } for sheet in sheets],
            'fields': list(message._get_field_labels().items()),
            'kinds': kinds,
        }

    def set_columns(self, answers, date_from=False, date_to=False):
        """Read the file as a person says, and remember it for the next one.

        :param dict answers: name of a sheet -> answer as of ``tools.flow_answers``
        :param date_from: first day of the period, ISO, or False
        :param date_to: last day of the period, ISO, or False
        """
        self.ensure_one()
        self.check_access('write')
        self._check_columns_open()
        shown = {sheet['name']: sheet for sheet in self.question or self._describe_columns()}
        checked = {}
        for name, answer in answers.items():
            if name not in shown:
                raise UserError(self.env._("%(file)s has no sheet \"%(sheet)s\".",
                                           file=self.name, sheet=name))
            checked[name] = self._check_answer(answer, shown[name])
        if not checked:
            raise UserError(self.env._("Say what the columns of at least one sheet hold."))
        if self.state == 'review':
            self.action_undo()
        self.write({'date_from': date_from or False, 'date_to': date_to or False})
        self._set_result(answers={**(self.answers or {}), **checked})
        return self.action_import()

    def _check_columns_open(self):
        """Columns can be set as long as the rows do not count."""
        if self.state not in (*IMPORTABLE_STATES, 'review'):
            raise UserError(self.env._(
                "The columns of %s cannot be set now. Undo it first.", self.name))

    def _check_answer(self, answer, sheet):
        try:
            return check_answer(answer, sheet)
        except ValueError as error:
            if error.args[0] == 'missing':
                raise UserError(self.env._(
                    "In the sheet \"%(sheet)s\" no column is set for: %(field)s. Choose it above"
                    " its column, or say that the sheet does not count.",
                    sheet=sheet['name'] or "1",
                    field=self.env['pharma.flow.message']._get_field_labels()[error.args[1]],
                )) from error
            raise UserError(self.env._(
                "What was said about the sheet \"%s\" does not fit it. Open the screen again.",
                sheet['name'] or "1")) from error

    def _describe_columns(self):
        """What is shown of a file that asks nothing."""
        sheets = self._read_sheets(
            base64.b64decode(self.with_context(bin_size=False).data or b''), self.name)
        known = self.env['pharma.flow.layout']._get_known_products()
        layouts = {sheet.name: find_layout(sheet, known=known, kind=self.kind or None)[0]
                   for sheet in sheets}
        return describe_sheets(
            sheets, {name: layout for name, layout in layouts.items() if layout})
