from odoo import api, fields, models


class ResPartner(models.Model):
    """Grades of customers."""

    _inherit = 'res.partner'

    score_ids = fields.One2many(
        'pharma.score', 'partner_id', groups='pharma_crm.group_pharma_crm_user')
    # Rewriting a wide row whenever a grade changes would take minutes: it points at the score
    main_score_id = fields.Many2one(
        'pharma.score', index='btree_not_null', ondelete='set null',
        readonly=True, copy=False, groups='pharma_crm.group_pharma_crm_user')
    grade = fields.Char(
        compute='_compute_grade', search='_search_grade', compute_sudo=True,
        string="Customer Grade", groups='pharma_crm.group_pharma_crm_user',
        help="By the main score model of the customer's type")
    grade_color = fields.Integer(
        compute='_compute_grade', search='_search_grade_color', compute_sudo=True,
        groups='pharma_crm.group_pharma_crm_user')

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        graded = partners.filtered('pharma_type')
        if graded:
            self.env['pharma.score']._score_later(graded.ids)
        return partners

    def write(self, vals):
        result = super().write(vals)
        watched = self.env['pharma.score.criterion']._get_watched().get('res.partner', frozenset())
        if not watched.isdisjoint(vals):
            self._score_family_later()
        return result

    def _score_family_later(self):
        """Grade customers again, and who belongs to them: a doctor's grade hangs on the level of
        his hospital.
        """
        graded = self.filtered('pharma_type')
        if graded:
            # sudo: also of people whom the user does not see
            family = self.sudo().with_context(active_test=False)._search([
                ('id', 'child_of', graded.ids), ('pharma_type', '!=', False)])
            self.env['pharma.score']._score_later(family.get_result_ids())

    # === ACTIONS === #

    def action_view_score_history(self):
        """How the customer's grades changed."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_score_history_action')
        return dict(action, domain=[('partner_id', '=', self.id)], context={})
