from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.names import normalise
from .pharma_merge_change import PICTURES, QUIET
from .pharma_merge_line import CREATED
from .pharma_merge_link import PARTNER

# What a customer is, and what belongs to the record and not to the customer.
OWN_FIELDS = {
    'active', 'barcode', 'company_id', 'company_type', 'complete_name', 'employee', 'is_company',
    'lang', 'lifecycle_date', 'lifecycle_told', 'main_score_id', 'merged_into_id',
    'message_bounce', 'parent_id', 'partner_share', 'partner_type_id', 'pharma_type', 'properties',
    'pharma_properties', 'calendar_last_notif_ack', 'signup_type', 'color', 'type', 'tz',
    'customer_rank', 'supplier_rank', 'territory_id', 'autopost_bills'}
VALUE_TYPES = (
    'char', 'text', 'html', 'integer', 'float', 'monetary', 'date', 'datetime', 'selection',
    'boolean', 'many2one')
# Kinds that files name: their former names are decided by hand, as all names are. A department or
# a person of a hospital has a name that others have as well.
NAMED_TYPES = ('hospital', 'primary_care', 'pharmacy', 'group', 'distributor', 'agent')


class PharmaMerge(models.Model):
    """Which values a customer has to choose from, and the names that lead to the kept one."""

    _inherit = 'pharma.merge'

    # === VALUES === #

    @api.model
    def _get_value_names(self, partners):
        """Facts that can be taken from one customer or another.

        :param partners: ``res.partner``, in superuser mode
        :return: names of fields; own fields of the customer type as ``pharma_properties.key``
        :rtype: list[str]
        """
        names = [
            name for name, field in partners._fields.items()
            if field.store and not field.company_dependent and name not in OWN_FIELDS
            and field.type in VALUE_TYPES and not field.related
            and (not field.compute or not field.readonly) and name not in models.MAGIC_COLUMNS]
        own = sorted({
            key for partner in partners for key in self._get_own_definitions(partner)})
        return [*names, PICTURES[0], *(f'pharma_properties.{key}' for key in own)]

    @api.model
    def _get_own_definitions(self, partner):
        """Definitions of the own fields of a customer, by technical name."""
        return {
            entry['name']: entry for entry in partner.partner_type_id.property_definition or []
            if entry.get('type') != 'separator'}

    @api.model
    def _get_value(self, partner, name):
        """A value as it is kept, to be compared.

        :param str name: as of ``_get_value_names``
        """
        if '.' in name:
            return partner._get_own_values().get(name.split('.', 1)[1])
        return partner[name]

    @api.model
    def _sort_by_fullness(self, partners):
        """Customers with the most facts first; of equal ones the newest.

        :param partners: ``res.partner``
        :return: the same, sorted
        """
        names = self._get_value_names(partners)
        newest = fields.Datetime.now()
        return partners.sorted(lambda partner: (
            not partner.active, -sum(bool(self._get_value(partner, name)) for name in names),
            newest - (partner.write_date or newest), partner.id))

    # === NAMES === #

    def _keep_names(self, pairs):
        """The names under which merged customers were known stand for the kept one in files, too.

        The search finds it by them anyway (``res.partner._search_name_sources``).

        :param dict pairs: as of ``_run``
        :return: the new names
        """
        partners = self.env[PARTNER].with_context(**QUIET)
        created = self.env['pharma.alias']
        for source_id, keep_id in pairs.items():
            source, keep = partners.browse((source_id, keep_id))
            if keep.pharma_type in NAMED_TYPES:
                for name in (source.name, *self._get_former_names(keep)):
                    created |= self._keep_name(name, keep)
        return created

    def _get_former_names(self, keep):
        """Names that this merge took from a kept customer."""
        lines = self.env['pharma.merge.line'].search([
            ('merge_id', '=', self.id), ('table_name', '=', 'res_partner'),
            ('res_id', '=', keep.id)])
        return [line.old['name'] for line in lines if (line.old or {}).get('name')]

    def _keep_name(self, name, keep):
        """Let a name stand for a customer, unless people decided otherwise.

        :return: the name if it is new
        """
        aliases = self.env['pharma.alias'].with_context(**QUIET, pharma_flow_import=True)
        key = normalise(name or '')
        if not key or key == normalise(keep.name):
            return aliases
        known = aliases.search(
            Domain('kind', '=', 'partner') & Domain('key', '=', key)
            & Domain('distributor_id', '=', False)
            & Domain('company_id', 'in', [False, keep.company_id.id]))
        if not known:
            alias = aliases.create({
                'name': name, 'kind': 'partner', 'partner_id': keep.id,
                'company_id': keep.company_id.id})
            self._journal_created(alias, {'partner_id': keep.id, 'status': 'confirmed'})
            return alias
        undecided = known.filtered(lambda alias: alias.status in ('todo', 'suggested'))
        with self._recording('pharma_alias', undecided.ids):
            self.env.cr.execute(
                """ UPDATE pharma_alias SET status = 'confirmed', partner_id = %s,
                           decided_by_id = %s, decided_on = %s WHERE id = ANY(%s) """,
                [keep.id, self.user_id.id, fields.Datetime.now(), undecided.ids])
            undecided.invalidate_recordset()
        return aliases

    def _journal_created(self, record, values):
        """Note a new record; the undo removes it while it has these values."""
        self.env.flush_all()
        self.env['pharma.merge.line'].create({
            'merge_id': self.id, 'step': self._get_last_step() + 1, 'kind': CREATED,
            'table_name': record._table, 'model': record._name, 'res_id': record.id,
            'new': values, 'state': 'done'})
        self.env.flush_all()

    def _get_last_step(self):
        """Number of the last step in the journal.

        :rtype: int
        """
        self.env.cr.execute(
            "SELECT COALESCE(MAX(step), 0) FROM pharma_merge_line WHERE merge_id = %s", [self.id])
        return self.env.cr.fetchone()[0]
