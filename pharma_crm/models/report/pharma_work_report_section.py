from odoo import api, fields, models


class PharmaWorkReportSection(models.Model):
    """Which sections the reports of a role have, and in which order.

    What a section says is registered in code, see ``pharma.work.report._get_sections``.
    """

    _name = 'pharma.work.report.section'
    _description = "Section of Work Reports"
    _order = 'group_id, sequence, id'
    _rec_name = 'section'

    _group_uniq = models.UniqueIndex(
        '(COALESCE(group_id, 0), section)', "A role has each section once.")

    group_id = fields.Many2one(
        'res.groups', string="Role", index='btree_not_null', ondelete='cascade',
        domain=lambda self: [
            ('privilege_id', '=', self.env.ref('pharma_crm.res_groups_privilege_pharma_crm').id)],
        help="Empty: for whoever has no role with sections of its own")
    section = fields.Selection('_selection_section', required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    on_day = fields.Boolean(string="Daily Report", default=True)
    on_week = fields.Boolean(string="Weekly Report", default=True)
    on_month = fields.Boolean(string="Monthly Report", default=True)

    @api.model
    def _selection_section(self):
        return list(self.env['pharma.work.report']._get_sections().items())

    @api.model
    def _get_keys(self, user, kind):
        """The sections of a person's reports, in their order.

        :param user: ``res.users``
        :param str kind: 'day', 'week' or 'month'
        :return: keys of sections
        :rtype: list(str)
        """
        # sudo: how reports look is no secret; the role decides, not who asks
        sections = self.sudo().with_context(active_test=False).search([])
        groups = user.sudo().all_group_ids & sections.group_id
        # The highest role counts: a director is a representative as well
        group = groups.sorted('sequence')[-1:]
        known = self.env['pharma.work.report']._get_sections()
        return [
            section.section for section in sections.sorted('sequence')
            if section.group_id == group and section.active and section[f'on_{kind}']
            and section.section in known]
