from odoo import api, models

# Columns of the section on opportunities that are no figures: which, whose, from and to which stage
OPPORTUNITY_COLUMNS = 4


class PharmaWorkReport(models.Model):
    """Reports without sections on sales, for whoever sees none: also those that were closed when
    he still did, and those of his people.
    """

    _inherit = 'pharma.work.report'

    @api.model
    def _get_figure_sections(self):
        """Keys of the sections that are sales figures; extended by the other addons.

        :rtype: set(str)
        """
        return {'orders'}

    @api.depends_context('uid')
    def _compute_content(self):
        return super()._compute_content()

    def _get_facts(self):
        facts = super()._get_facts()
        if self.env['pharma.access']._sees_figures():
            return facts
        hidden = self._get_figure_sections()
        return facts | {'sections': [
            self._without_money(section) if section['key'] == 'opportunities' else section
            for section in facts.get('sections', []) if section['key'] not in hidden]}

    @api.model
    def _without_money(self, section):
        """The section on opportunities without its column of expected revenue."""
        return section | {'blocks': [
            block | {'columns': block['columns'][:OPPORTUNITY_COLUMNS],
                     'rows': [row[:OPPORTUNITY_COLUMNS] for row in block['rows']]}
            for block in section['blocks']]}

    def _mail_to(self, users):
        """Each mail is written with the eyes of its reader where some of them see no figures."""
        if not self.env['pharma.access']._get_hiding_companies():
            return super()._mail_to(users)
        for reader in users:
            super(PharmaWorkReport, self.with_user(reader).sudo())._mail_to(reader)
        return None
