from collections import defaultdict

from odoo import fields, models

from ...tools.list_table import word_key
from ...tools.places import Place, Places
from .pharma_import_line_mixin import read_plain


class PharmaImportMixin(models.AbstractModel):
    """Territories and product lines that lists name, and rows with dates in journals."""

    _inherit = 'pharma.import.mixin'

    def _get_company_today(self):
        """Today's date where the company of the list is."""
        return self.env['pharma.access'].with_company(self.company_id)._get_today()

    def _get_places(self):
        """The territories of the company and the product lines, as the engines know them.

        :rtype: Places
        """
        territories = self.env['pharma.territory'].search_fetch(
            [('company_id', '=', self.company_id.id)], ['name', 'code', 'complete_name'])
        words = defaultdict(set)
        for language, _name in self.env['res.lang'].get_installed():
            # sudo: who may import users or customers knows the names of the product lines
            for line in self.env['product.category'].sudo().with_context(lang=language).search(
                    [('is_product_line', '=', True)]):
                words[word_key(line.name)].add(line.id)
                words[word_key(line.complete_name)].add(line.id)
        return Places([
            Place(territory.id, territory.name, territory.code or '', territory.complete_name)
            for territory in territories], words)

    # === JOURNAL === #

    def _read_dated(self, records, names):
        """Records with ``pharma.period.mixin`` as a journal holds them.

        :param records: assignments or alignments of one user or customer
        :param names: fields beside the dates
        :return: list of dictionaries, in the order of the ids
        """
        return [{
            'id': record.id,
            **read_plain(record, names),
            'date_from': fields.Date.to_string(record.date_from),
            'date_to': fields.Date.to_string(record.date_to),
        } for record in records.sorted('id')]

    def _restore_dated(self, records, names, journal, vals):
        """Make records what they were before, unless they were changed since.

        :param records: those of today
        :param names: fields beside the dates
        :param dict journal: ``{'old': …, 'new': …}``, each from :meth:`_read_dated`
        :param dict vals: what records that must be created again have in common
        :return: whether they are restored
        :rtype: bool
        """
        if self._read_dated(records, names) != journal['new']:
            return False
        old = {values['id']: values for values in journal['old']}
        records.filtered(lambda record: record.id not in old).unlink()
        self.env.flush_all()
        for record_id, values in old.items():
            values = {name: value for name, value in values.items() if name != 'id'}
            record = records.browse(record_id).exists()
            if record:
                record.write(values)
            else:
                records.create({**values, **vals})
        return True
