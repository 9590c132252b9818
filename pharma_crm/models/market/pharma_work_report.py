from odoo import api, models


class PharmaWorkReport(models.Model):
    """The market news of the period, in the reports of whoever may read them."""

    _inherit = 'pharma.work.report'

    @api.model
    def _get_sections(self):
        return super()._get_sections() | {'news': self.env._("Market News")}

    def _section_news(self):
        """The important ones first; those that were found to be of no use are left out."""
        news = self.env['pharma.intelligence']
        if not news.has_access('read'):
            return []
        found = news.search([
            ('date', '>=', self.date_from), ('date', '<=', self.date_to),
            ('company_id', '=', self.company_id.id), ('state', '!=', 'useless')],
            order='importance DESC, date DESC, id DESC')
        mine = found.filtered(lambda one: one.user_id == self.user_id)
        useful = mine.filtered(lambda one: one.state == 'useful')
        return [
            self._block_figures([
                (self.env._("Reported by Me"), len(mine)),
                (self.env._("Of These Useful"), len(useful))]) if mine else None,
            self._block_table(
                [self.env._("What Is New"), self.env._("Competitor"), self.env._("Customer"),
                 self.env._("By"), self.env._("Importance")],
                [[one.display_name, one.manufacturer_id.name, one.partner_id.name,
                  one.user_id.name, self._label(one, 'importance')] for one in found])]
