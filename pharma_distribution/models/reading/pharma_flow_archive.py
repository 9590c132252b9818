import base64
import hashlib
import logging
from pathlib import PurePosixPath

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.pharma_crm.tools.sheets import SheetError, is_archive, read_archive

_logger = logging.getLogger(__name__)

# Files in an archive that are certainly no tables, by how their names end.
NO_TABLES = frozenset((
    '.pdf', '.doc', '.docx', '.wps', '.ppt', '.pptx', '.jpg', '.jpeg', '.png', '.gif', '.bmp',
    '.tif', '.tiff', '.mp4', '.msg', '.eml', '.exe', '.db', '.ini', '.ds_store', '.lnk'))


class PharmaFlowFile(models.Model):
    """A ZIP of files: each becomes a flow file of its own."""

    _inherit = 'pharma.flow.file'

    archive_id = fields.Many2one(
        'pharma.flow.file', string="Came in the Archive", readonly=True, index='btree_not_null',
        ondelete='set null', copy=False)
    member_ids = fields.One2many('pharma.flow.file', 'archive_id', string="Files of the Archive")
    member_count = fields.Integer(string="Files", compute='_compute_member_count')

    # === COMPUTE === #

    @api.depends('member_ids')
    def _compute_member_count(self):
        counts = dict(self._read_group(
            [('archive_id', 'in', self.ids)], ['archive_id'], ['__count']))
        for file in self:
            file.member_count = counts.get(file, 0)

    # === ACTIONS === #

    def action_view_members(self):
        """Open the files that came in this archive."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_distribution.pharma_flow_file_action')
        action['domain'] = [('archive_id', 'in', self.ids)]
        action['context'] = {}
        return action

    # === UNPACKING === #

    def _import_archive(self, data):
        """Make a flow file of every table in the archive and queue it.

        Those that were uploaded before are left alone, so that it can be unpacked again.

        :param bytes data: the archive
        :return: number of new files
        :raise UserError: when it gives no table at all
        """
        members, problems = self._read_members(data, self.name)
        if not members:
            raise UserError("\n".join([self.env._("%s holds no table.", self.name), *problems]))
        new = self.browse()
        for name, content in members:
            vals = self._prepare_member_vals(name, content)
            if self._find_twin(content, self.distributor_id, self.company_id):
                problems.append(self.env._("%s was uploaded already.", name))
            else:
                new |= self.create(vals)
        new.action_import()
        self._set_result(state='unpacked', message="\n".join(problems) or False)
        return len(new)

    def _prepare_member_vals(self, name, content):
        return {
            'name': name, 'data': base64.b64encode(content), 'archive_id': self.id,
            'distributor_id': self.distributor_id.id, 'company_id': self.company_id.id,
            'kind': self.kind, 'date_from': self.date_from, 'date_to': self.date_to,
        }

    @api.model
    def _find_twin(self, content, distributor, company):
        """The file with these very bytes that the distributor has sent before."""
        return self.search([
            ('sha256', '=', hashlib.sha256(content).hexdigest()),
            ('distributor_id', '=', distributor.id), ('company_id', '=', company.id)], limit=1)

    @api.model
    def _read_members(self, data, filename):
        """The tables in an archive, and what is to be said about its other files.

        :param bytes data: the archive
        :param str filename: its name
        :return: tuple (list of tuples (name, bytes), list of texts)
        :raise UserError: when it cannot be unpacked at all
        """
        try:
            members = read_archive(data, filename)
        except SheetError as error:
            _logger.info("Archive refused: %s", error)
            raise UserError(self._archive_error_message(error.reason, filename)) from error
        tables, problems = [], []
        for member in members:
            path = PurePosixPath(member.name)
            if path.name.startswith(('~$', '._')) or '__MACOSX' in path.parts:
                continue  # what Excel and macOS leave beside the files
            if path.suffix.lower() in NO_TABLES or path.name.lower() in NO_TABLES:
                problems.append(self.env._("%s is no table and was left out.", member.name))
            elif member.reason:
                problems.append(self._member_problem(member))
            elif is_archive(member.data):
                problems.append(self.env._(
                    "%s is an archive inside of the archive: unpack it and upload the files in it.",
                    member.name))
            elif member.data:
                tables.append((path.name, member.data))
        return tables, problems

    @api.model
    def _archive_error_message(self, reason, filename):
        """What people are told about an archive that cannot be unpacked.

        :param str reason: one of ``tools.sheets.REASONS``
        """
        env = self.env
        if reason == 'protected':
            return env._(
                "The archive %s is protected by a password. Unpack it and upload the files in it.",
                filename)
        if reason == 'too_large':
            return env._(
                "The archive %s holds too many files, or files that are too large: at most 500,"
                " and 400 MB in all. Unpack it and upload the files in parts.", filename)
        if reason in ('damaged', 'unknown_format'):
            return env._(
                "The archive %s is damaged. Ask the sender for it once more, or for the files"
                " without an archive.", filename)
        if reason == 'empty':
            return env._("The archive %s holds no file.", filename)
        return self._sheet_error_message(reason, filename)

    @api.model
    def _member_problem(self, member):
        """What people are told about a file that does not come out of its archive.

        :param member: pharma_crm.tools.sheets.Member
        """
        env = self.env
        if member.reason == 'protected':
            return env._(
                "%s is protected by the archive's password: unpack it and upload it by itself.",
                member.name)
        if member.reason in ('too_large', 'memory'):
            return env._(
                "%s is too large, or grows too much when it is unpacked: check whether it is what"
                " it seems, unpack it and upload it by itself.", member.name)
        if member.reason == 'empty':
            return env._("%s is empty and was left out.", member.name)
        return env._(
            "%s is damaged: ask the sender for it once more.", member.name)
