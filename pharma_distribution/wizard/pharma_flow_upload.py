import base64
import binascii
import hashlib
import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.pharma_crm.tools.sheets import SheetError, is_archive, read_workbook

from ..models.posting.pharma_flow_line import FLOW_KINDS
from ..tools.flow_recognise import Distributor, Hints, Recogniser, find_days, read_hints

# Larger files are recognised by their name alone: the screen waits for the answer.
LOOKED_INTO = 5 * 1024 * 1024
# Seconds that looking into one file may take.
LOOK_SECONDS = 20
_PLACE_END = re.compile('(?:特别行政区|自治区|自治州|地区|省|市|盟)$')


class PharmaFlowUpload(models.TransientModel):
    """Screen that takes many files at once: whose each is and which days it reports."""

    _name = 'pharma.flow.upload'
    _description = "Upload of Flow Files"

    line_ids = fields.One2many('pharma.flow.upload.line', 'upload_id', string="Files")
    problem_text = fields.Text(string="Left Out", readonly=True)
    open_count = fields.Integer(compute='_compute_open_count')

    @api.depends('line_ids.is_open')
    def _compute_open_count(self):
        for upload in self:
            upload.open_count = len(upload.line_ids.filtered('is_open'))

    @api.depends('line_ids')
    def _compute_display_name(self):
        for upload in self:
            upload.display_name = self.env._("Upload Flow Files")

    # === ACTIONS === #

    def add_file(self, name, content, distributor_id=False, date_from=False, date_to=False):
        """Take one file, or those of a ZIP, and recognise whose it is.

        :param str name: of the file
        :param str content: the file in base64
        :param int distributor_id: whose it is, where the user came from there
        :param date_from: first day that it reports, ISO, likewise
        :param date_to: last day that it reports, ISO, likewise
        """
        self.ensure_one()
        self.check_access('write')
        self.env['pharma.flow.file'].check_access('create')
        self.env['res.partner'].browse(distributor_id or ()).check_access('read')
        try:
            data = base64.b64decode(content or '', validate=True)
        except (binascii.Error, ValueError) as error:
            raise UserError(
                self.env._("%s did not arrive whole. Upload it again.", name)) from error
        members, problems = [(name, data)], []
        if not data:
            members, problems = [], [self.env._("%s is empty and was left out.", name)]
        elif is_archive(data):
            try:
                members, problems = self.env['pharma.flow.file']._read_members(data, name)
            except UserError as error:
                members, problems = [], [error.args[0]]
        told = {'distributor_id': distributor_id, 'date_from': date_from, 'date_to': date_to}
        recogniser = self._get_recogniser() if members and not distributor_id else None
        self.write({
            'line_ids': [Command.create(self._prepare_line_vals(*member, told, recogniser))
                         for member in members],
            'problem_text': "\n".join(filter(None, [self.problem_text, *problems])) or False,
        })
        return True

    def action_confirm(self):
        """Queue the files of which all is known; the others stay on the screen."""
        self.ensure_one()
        self.check_access('write')
        ready = self.line_ids.filtered(lambda line: not line.is_open)
        if not ready:
            raise UserError(self.env._(
                "No file is ready. Choose the distributor, and the period where it is asked."))
        files = self.env['pharma.flow.file'].create([
            line._prepare_file_vals() for line in ready])
        ready.unlink()
        files.action_import()
        if self.line_ids:
            return self._get_form_action()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_file_action')
        return {**action, 'target': 'main', 'context': {'search_default_mine': 1}}

    def _get_form_action(self):
        return {
            'type': 'ir.actions.act_window', 'res_model': self._name, 'res_id': self.id,
            'name': self.env._("Upload Flow Files"), 'views': [(False, 'form')],
        }

    # === RECOGNITION === #

    def _get_recogniser(self):
        """The names of the distributors that the user sees.

        :rtype: tools.flow_recognise.Recogniser
        """
        partners = self.env['res.partner'].search_fetch(
            [('pharma_type', '=', 'distributor')],
            ['name', 'ref', 'state_id', 'pharma_city_id'])
        others = dict(self.env['pharma.alias']._read_group(
            [('kind', '=', 'partner'), ('partner_id', 'in', partners.ids),
             ('status', '=', 'confirmed')], ['partner_id'], ['name:array_agg_distinct']))
        places = self.env['pharma.division'].search_fetch(
            [('level', 'in', ('province', 'city'))], ['name'])
        return Recogniser([
            Distributor(
                partner.id, partner.name or '', tuple(others.get(partner, ())), partner.ref or '',
                tuple(map(self._short_place, filter(None, (
                    partner.state_id.name, partner.pharma_city_id.name)))))
            for partner in partners], map(self._short_place, places.mapped('name')))

    @api.model
    def _short_place(self, name):
        return _PLACE_END.sub('', name)

    @api.model
    def _look_into(self, data, name):
        """What stands in a file, where it can be read at once."""
        if len(data) > LOOKED_INTO:
            return Hints()
        try:
            return read_hints(read_workbook(data, name, seconds=LOOK_SECONDS))
        except SheetError:
            return Hints()  # reading it will say what is wrong

    def _prepare_line_vals(self, name, data, told, recogniser):
        hints = self._look_into(data, name)
        days = find_days(name, hints, fields.Date.context_today(self))
        vals = {
            'name': name, 'data': base64.b64encode(data),
            'sha256': hashlib.sha256(data).hexdigest(),
            'date_from': days.first, 'date_to': days.last, 'day_reason': days.reason,
            'whose_reason': 'told', **{key: value for key, value in told.items() if value},
        }
        if told['date_from']:
            # where its rows say otherwise, it is asked all the same
            is_other = days.first and (
                str(days.first) > str(told['date_to']) or str(days.last) < str(told['date_from']))
            vals['day_reason'] = 'differs' if is_other else 'told'
            if is_other:
                vals.update(date_from=False, date_to=False)
        if recogniser:
            whose = recogniser.find(name, hints)
            vals.update(
                distributor_id=whose.id, whose_reason=whose.reason,
                candidate_ids=[Command.set(whose.candidates)])
        return vals


class PharmaFlowUploadLine(models.TransientModel):
    """One file of an upload."""

    _name = 'pharma.flow.upload.line'
    _description = "File to Upload"
    _order = 'is_asked desc, id'

    upload_id = fields.Many2one('pharma.flow.upload', required=True, index=True, ondelete='cascade')
    name = fields.Char(string="File Name", required=True, readonly=True)
    data = fields.Binary(string="File", required=True, readonly=True, attachment=True)
    sha256 = fields.Char(readonly=True, export_string_translation=False)
    distributor_id = fields.Many2one(
        'res.partner', domain="[('pharma_type', '=', 'distributor')]", ondelete='cascade')
    candidate_ids = fields.Many2many('res.partner', string="May Be", readonly=True)
    date_from = fields.Date(string="Period From")
    date_to = fields.Date(string="Period To")
    kind = fields.Selection(FLOW_KINDS, string="Reports")
    whose_reason = fields.Selection([
        ('told', "chosen before"), ('name', "distributor by the file's name"),
        ('title', "distributor by the title"), ('code', "distributor by its code"),
        ('source', "distributor by the branch in the rows"),
        ('several', "Several distributors have this name"),
        ('differs', "Name and title name different distributors"),
        ('elsewhere', "The file's name says another place"),
        ('similar', "Only similar to a distributor's name"),
        ('none', "Nothing names a distributor")], readonly=True)
    day_reason = fields.Selection([
        ('told', "period chosen before"), ('name', "period by the file's name"),
        ('title', "period by the title"),
        ('month', "month by the file's name, the year is assumed"),
        ('rows', "period by the dates of the rows"),
        ('differs', "Different periods are named"),
        ('outside', "The rows lie outside of the period that is named"),
        ('none', "Nothing names a period")], readonly=True)
    is_asked = fields.Boolean(compute='_compute_is_asked', store=True)
    twin_id = fields.Many2one('pharma.flow.file', string="Uploaded Before", compute='_compute_open')
    is_open = fields.Boolean(compute='_compute_open')
    reason = fields.Char(string="Why", compute='_compute_reason')

    # === COMPUTE === #

    @api.depends('whose_reason', 'day_reason')
    def _compute_is_asked(self):
        """What was not recognised stands on top, and stays there while it is answered."""
        for line in self:
            line.is_asked = line.whose_reason in (
                'several', 'differs', 'elsewhere', 'similar', 'none') or line.day_reason in (
                'differs', 'outside', 'none')

    @api.depends('distributor_id', 'date_from', 'date_to', 'sha256',
                 'upload_id.line_ids.distributor_id')
    def _compute_open(self):
        twins = {(file.sha256, file.distributor_id): file for file in self.env[
            'pharma.flow.file'].search([
                ('sha256', 'in', self.mapped('sha256')),
                ('company_id', '=', self.env.company.id)])}
        first_lines = {}
        for line in self.upload_id.line_ids:
            first_lines.setdefault((line.upload_id, line.sha256, line.distributor_id), line)
        for line in self:
            line.twin_id = twins.get((line.sha256, line.distributor_id), False)
            first = first_lines.get((line.upload_id, line.sha256, line.distributor_id), line)
            line.is_open = bool(
                not line.distributor_id or line.twin_id or not (line.date_from and line.date_to)
                or line.date_from > line.date_to or first != line)

    @api.depends('whose_reason', 'day_reason', 'distributor_id', 'twin_id', 'candidate_ids',
                 'date_from', 'date_to', 'is_open')
    def _compute_reason(self):
        env = self.env
        whose = dict(self._fields['whose_reason']._description_selection(env))
        days = dict(self._fields['day_reason']._description_selection(env))
        for line in self:
            texts = []
            if line.twin_id:
                texts.append(env._("Uploaded before on %s", line.twin_id.create_date.date()))
            elif line.is_open and line.distributor_id and line.date_from and line.date_to:
                texts.append(env._("The same file stands here twice, or its period ends early"))
            texts.append(whose.get(line.whose_reason, ''))
            if not line.distributor_id and line.candidate_ids:
                texts.append(env._("perhaps %s", env._(" or ").join(
                    line.candidate_ids.mapped('display_name'))))
            texts.append(days.get(line.day_reason, ''))
            line.reason = "; ".join(filter(None, texts))

    # === FILES === #

    def _prepare_file_vals(self):
        return {
            'name': self.name, 'data': self.with_context(bin_size=False).data,
            'distributor_id': self.distributor_id.id, 'kind': self.kind,
            'date_from': self.date_from, 'date_to': self.date_to,
        }
