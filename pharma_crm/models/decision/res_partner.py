from odoo import fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Who decides at a hospital, what a person has to say where."""

    _inherit = 'res.partner'

    pharma_stakeholder_count = fields.Integer(
        string="People Who Decide", compute='_compute_pharma_stakeholder_count',
        groups='pharma_crm.group_pharma_crm_person')
    pharma_step_ids = fields.One2many(
        'pharma.purchase.step', 'hospital_id', string="Usual Steps of a Purchase",
        domain=[('lead_id', '=', False)], groups='pharma_crm.group_pharma_crm_person')

    def _compute_pharma_stakeholder_count(self):
        rows = self.env['pharma.stakeholder']
        persons = self.filtered(lambda partner: partner.pharma_type == 'person')
        counts = {}
        for partners, name in ((persons, 'partner_id'), (self - persons, 'hospital_id')):
            counts |= dict(rows._read_group(
                [(name, 'in', partners._origin.ids), *(
                    [('lead_id', '=', False)] if name == 'hospital_id' else [])],
                [name], ['__count'])) if partners else {}
        for partner in self:
            partner.pharma_stakeholder_count = counts.get(partner._origin, 0)

    # === ACTIONS === #

    def action_view_stakeholders(self):
        """Open the picture of who decides at this hospital; of a person where he has a say."""
        self.ensure_one()
        stakeholders = self.env['pharma.stakeholder']
        if self.pharma_type != 'person':
            return stakeholders._get_structure_action(self.commercial_partner_id)
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_stakeholder_action')
        return {**action, 'domain': [('partner_id', '=', self.id)],
                'context': {'default_partner_id': self.id}}

    def action_copy_purchase_steps(self):
        """Begin with the steps that a purchase usually takes.

        :raise UserError: if nobody has entered any
        """
        self.ensure_one()
        self.check_access('write')
        if not self.env['pharma.purchase.step']._copy_usual(self) and not self.pharma_step_ids:
            raise UserError(self.env._(
                "No usual steps are entered: the administrator does so in the configuration."))

    # === 360° PAGE === #

    def _get_page_sections(self):
        return [
            *super()._get_page_sections(),
            {'key': 'decision', 'title': self.env._("Who Decides"), 'model': 'pharma.stakeholder',
             'groups': 'pharma_crm.group_pharma_crm_person', 'icon': 'fa-gavel', 'sequence': 22,
             'content': self._page_decision},
        ]

    def _page_decision(self):
        if self.pharma_type in (False, 'person', 'department', 'campus'):
            return None
        stakeholders = self.env['pharma.stakeholder']
        domain = [('hospital_id', '=', self.id), ('lead_id', '=', False)]
        average, count = stakeholders._weighted_stance(
            domain, 'hospital_id').get(self.id, (0, 0))
        against = stakeholders.search_count([*domain, ('stance_value', '<', 0)])
        labels = dict(stakeholders._fields['stance']._description_selection(self.env))
        action = stakeholders._get_structure_action(self)
        return {
            'figures': [
                self._page_figure(self.env._("People Who Decide"), count, action=action),
                {**self._page_figure(self.env._("Weighted Stance"), average),
                 'text': f'{average:+.1f}'},
                self._page_figure(self.env._("Against Us"), against, action=action),
            ] if count else [],
            'rows': [self._page_row(
                row.partner_id.name, self._page_record(row), badge=labels[row.stance],
                subtitle=" · ".join(filter(None, (row.role_id.name, row.partner_id.function))),
                value=str(row.weight))
                for row in stakeholders.search(domain, limit=6)],
            'empty': self.env._("Nobody has noted who decides here."),
            'action': action,
        }
