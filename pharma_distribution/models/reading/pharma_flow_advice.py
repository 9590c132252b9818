from odoo import api, fields, models
from odoo.tools.misc import format_date

# How many equal rows are named
LISTED = 3


class PharmaFlowLine(models.Model):
    """Why a row does not count, or counts elsewhere, in plain words, and what to do."""

    _inherit = 'pharma.flow.line'

    advice = fields.Text(string="Why, and What to Do", compute='_compute_advice')

    @api.depends('status', 'reason', 'file_id.state', 'entry_month', 'correction_ids')
    @api.depends_context('lang', 'uid')
    def _compute_advice(self):
        for line in self:
            texts = [line._get_reason_advice(), *line._get_state_advice()]
            line.advice = "\n".join(filter(None, texts)) or False

    def _get_reason_advice(self):
        """What to do about the reason; names of other files only for those who may see files."""
        env = self.env
        if not self.reason:
            return False
        if self.reason in ('double', 'suspected', 'superseded'):
            return self._get_double_advice()
        texts = {
            'out_of_period': env._(
                "The file is about other days. If the day is right, change the period on the file;"
                " if it is wrong, correct the date of the row."),
            'name_ignored': env._(
                "Somebody decided that this name does not matter. To count the row, take that"
                " decision back under Name Aliases, or correct the customer or product of this"
                " row."),
            'customer_unknown': env._(
                "Decide under Names to Decide who is meant; all rows with this name follow."),
            'customer_ambiguous': env._(
                "Choose under Names to Decide which of the customers with this name is meant."),
            'product_unknown': env._(
                "Decide under Names to Decide which product is meant; all rows with this name"
                " follow."),
            'product_ambiguous': env._(
                "Choose under Names to Decide which of the products with this name is meant."),
        }
        return texts.get(self.reason) or self._get_unit_advice().get(self.reason) or env._(
            "The row cannot be read as it stands. Correct it here, or ask the distributor for a"
            " right file and post that as a replacement.")

    def _get_unit_advice(self):
        """What to do where a quantity is no number of packs.

        :return: dict reason -> text
        """
        env = self.env
        return {
            'case_size_missing': env._(
                "The file counts in cases. Enter on the product how many packs a case has; the"
                " row counts after Look Names Up Again on the file."),
            'case_size_differs': env._(
                "The file says in the unit how many packs a case has, and the product says"
                " otherwise. Correct the one that is wrong; the row counts after Look Names Up"
                " Again on the file."),
            'pack_size_missing': env._(
                "The file counts pieces. Enter on the product how many are in a pack, or its"
                " specification such as 10mg*14片; the row counts after Look Names Up Again on the"
                " file."),
            'pack_not_whole': env._(
                "The file counts pieces, and these make no exact number of packs. Correct quantity"
                " and unit of the row, or ask the distributor."),
            'unit_ambiguous': env._(
                "Enter in the product's specification what a pack holds, such as 10ml*6支/盒 or"
                " 100片/瓶, or correct the unit of the row; it counts after Look Names Up Again on"
                " the file."),
            'unit_unknown': env._(
                "Correct the unit of the row: 盒 for packs, 件 for cases, or what the product's"
                " specification calls a piece."),
        }

    def _get_double_advice(self):
        env = self.env
        # sudo: which files hold the row as well; told below to those alone who may read files
        line = self.sudo()
        may_read = env['pharma.flow.file'].has_access('read')
        if self.reason == 'superseded':
            newer = line.file_id._get_replacing()
            return env._(
                "The file %s replaces this one for the days that it is about. To bring this row"
                " back, undo that file.",
                ", ".join(newer.mapped('name')) if may_read else env._("of a later upload"))
        others = line.browse(line._get_equal_ids()).filtered(
            lambda other: other.file_id != line.file_id and other.file_id.state == 'posted')
        places = "; ".join(others[:LISTED].mapped('display_name')) if may_read else "…"
        if self.reason == 'double':
            return env._(
                "The same row counts already: %s. There is nothing to do. If it is a movement of"
                " its own all the same, count it as one.", places)
        return env._(
            "It may be the same row as: %s. One of the files does not say the warehouse, the"
            " document or the lot. Say on the file which warehouse or branch it is from, or count"
            " the row as one of its own; if it is the same, there is nothing to do.", places)

    def _get_state_advice(self):
        env = self.env
        # sudo: the state of the file is shown on the row anyway
        state = self.sudo().file_id.state
        if state != 'posted':
            yield env._("The file is not posted: none of its rows counts yet.")
        if self.entry_month:
            yield env._(
                "The row counts in %(entry)s, since %(own)s was locked when it came or was decided"
                " on.", entry=format_date(env, self.entry_month, date_format='yyyy-MM'),
                own=format_date(env, self.date, date_format='yyyy-MM'))
        if self.status == 'ok' and state == 'posted' and (period := self._get_locked_period()):
            if any(correction.create_date > period.locked_on
                   for correction in self.sudo().correction_ids):
                yield env._(
                    "The month is locked: corrections made since then wait until it is unlocked.")
            else:
                yield env._("The month is locked: the row stays as it is.")

    def _get_locked_period(self):
        """The locked month in which the row counts, if it is one."""
        month = self.entry_month or (self.date and self.date.replace(day=1))
        # sudo: whether a month is locked is no secret
        return self.env['pharma.flow.period'].sudo().search([
            ('company_id', '=', self.company_id.id), ('month', '=', month),
            ('state', '=', 'locked')], limit=1)
