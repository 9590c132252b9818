from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, html2plaintext
from odoo.tools.i18n import format_list

# Names that are told of what is merged along, at most.
NAMES = 6
TEXT_LENGTH = 120


class PharmaMergeWizard(models.TransientModel):
    """Two or more customers side by side: which one is kept, which value holds, what moves."""

    _name = 'pharma.merge.wizard'
    _description = "Merge Customers"

    partner_ids = fields.Many2many(
        'res.partner', string="Customers", context={'active_test': False},
        default=lambda self: self._default_partners(),
        help="All of these are one and the same customer")
    keep_id = fields.Many2one(
        'res.partner', string="Kept Customer", compute='_compute_keep_id', store=True,
        readonly=False, domain="[('id', 'in', partner_ids)]", context={'active_test': False})
    comparison = fields.Json(string="Values", compute='_compute_comparison')
    choices = fields.Json(
        string="Chosen Values", export_string_translation=False,
        help="By field the id of the customer whose value is taken")
    problem = fields.Char(compute='_compute_problem')
    effect = fields.Html(string="What Moves", compute='_compute_effect', sanitize=False)
    alike = fields.Boolean(
        string="Departments and Persons of the Same Name, Too", default=True,
        help="Those that come to stand side by side become one as well")
    alike_names = fields.Char(
        string="Same Names", compute='_compute_alike_names', compute_sudo=True)

    @api.model
    def _default_partners(self):
        """Those marked in a list of customers."""
        if self.env.context.get('active_model') != 'res.partner':
            return False
        return self.env.context.get('active_ids')

    # === COMPUTE === #

    @api.depends('partner_ids')
    def _compute_keep_id(self):
        for wizard in self:
            partners = wizard._get_partners()
            if wizard.keep_id._origin not in partners or not wizard.keep_id:
                wizard.keep_id = self.env['pharma.merge']._sort_by_fullness(
                    partners.sudo())[:1].id

    def _get_partners(self):
        """The customers, as far as the user may see them."""
        return self.partner_ids._origin._filtered_access('read')

    @api.depends('partner_ids', 'keep_id')
    def _compute_problem(self):
        merges = self.env['pharma.merge']
        for wizard in self:
            partners, keep = wizard._get_partners(), wizard.keep_id._origin
            wizard.problem = False
            try:
                merges._check_mergeable(keep, partners - keep)
            except UserError as error:
                # What is wrong is told before the button is pressed
                wizard.problem = str(error)

    @api.depends('partner_ids', 'keep_id')
    def _compute_comparison(self):
        for wizard in self:
            wizard.comparison = wizard._get_comparison()

    def _get_comparison(self):
        """The customers side by side.

        :return: ``partners``: dicts of ``id``, ``name``, ``note``; ``rows``: dicts of ``name``,
            ``label``, ``differs``, ``chosen`` (id) and ``values``: dicts of ``id``, ``text``
        :rtype: dict
        """
        self.ensure_one()
        merges = self.env['pharma.merge']
        # sudo: the customers are readable; groups of single fields are no matter of a merge
        partners = self._get_partners().sudo()
        keep = self.keep_id._origin.sudo()
        order = [keep, *merges._sort_by_fullness(partners - keep)] if keep else []
        rows = []
        for name in merges._get_value_names(partners):
            values = [merges._get_value(partner, name) for partner in order]
            if not any(values):
                continue
            filled = [partner for partner, value in zip(order, values, strict=True) if value]
            rows.append({
                'name': name, 'label': self._get_label(partners, name),
                'differs': any(value != values[0] for value in values),
                'chosen': filled[0].id,
                'values': [
                    {'id': partner.id, 'text': self._get_text(partner, name, value)}
                    for partner, value in zip(order, values, strict=True)]})
        rows.sort(key=lambda row: not row['differs'])
        return {
            'keep': keep.id,
            'partners': [{
                'id': partner.id, 'name': partner.complete_name or "",
                'note': self._get_note(partner)} for partner in order],
            'rows': rows}

    def _get_note(self, partner):
        """What tells customers of one name apart."""
        kinds = dict(partner._fields['pharma_type']._description_selection(self.env))
        return " · ".join(filter(None, (
            kinds.get(partner.pharma_type), partner.city,
            self.env._("entered on %s", format_date(self.env, partner.create_date)),
            "" if partner.active else self.env._("archived"))))

    @api.model
    def _get_label(self, partners, name):
        """What a value is called: as the facts of the customer's type call it."""
        facts = partners.partner_type_id.fact_ids
        key = name.removeprefix('pharma_properties.')
        fact = facts.filtered(lambda fact: key in (fact.property_key, fact.field_name))[:1]
        if fact:
            return fact.display_name
        return partners._fields[name]._description_string(self.env) if name == key else key

    @api.model
    def _get_text(self, partner, name, value):
        """A value as people read it."""
        if value in (False, None, ''):
            return ""
        if '.' in name:
            return str(value)
        field = partner._fields[name]
        if field.type == 'binary':
            return f"/web/image/res.partner/{partner.id}/image_128"
        if field.type == 'boolean':
            return self.env._("Yes")
        if field.type == 'html':
            return html2plaintext(value)[:TEXT_LENGTH]
        return (field.convert_to_export(value, partner) or "") if field.type != 'many2one' else (
            value.display_name)

    @api.depends('partner_ids', 'keep_id')
    def _compute_effect(self):
        for wizard in self:
            partners, keep = wizard._get_partners(), wizard.keep_id._origin
            sources = partners - keep
            # sudo: numbers of all that moves, whoever sees it
            rows = self.env['pharma.merge'].sudo()._count_links(
                {source.id: keep.id for source in sources}) if keep and sources else []
            wizard.effect = self.env['ir.qweb']._render(
                'pharma_crm.merge_effect', {'rows': rows})

    @api.depends('partner_ids', 'keep_id')
    def _compute_alike_names(self):
        for wizard in self:
            names = self.env['pharma.merge']._get_alike_names(
                wizard.keep_id._origin, wizard._get_partners())
            shown = format_list(self.env, names[:NAMES])
            wizard.alike_names = (
                self.env._("%(names)s and %(count)s more", names=shown, count=len(names) - NAMES)
                if len(names) > NAMES else shown)

    # === ACTIONS === #

    def action_merge(self):
        """Merge, and open the kept customer."""
        self.ensure_one()
        if self.keep_id not in self.partner_ids:
            raise UserError(self.env._("Choose the customer who stays among those to be merged."))
        sources = self.partner_ids - self.keep_id
        choices = self.choices if isinstance(self.choices, dict) else {}
        values = {
            row['name']: choices.get(row['name'], row['chosen'])
            for row in self.comparison['rows']}
        self.env['pharma.merge']._merge(
            self.keep_id, sources, values=values, alike=bool(self.alike and self.alike_names))
        return self.keep_id.get_formview_action()
