from odoo import api, models

from odoo.addons.pharma_crm.models.setup.pharma_health_check import BAD, GOOD, LOOK, Check


class PharmaHealthCheck(models.Model):
    """Flow files."""

    _inherit = 'pharma.health.check'

    @api.model
    def _get_health_checks(self):
        env = self.env
        return [
            *super()._get_health_checks(),
            Check('flow_files', env._("Distribution"), env._("Flow Files"), env._(
                "Files of distributors that could not be read, or wait for a job that is gone.")),
            Check('flow_summary', env._("Distribution"), env._("Results"), env._(
                "The tables of results must equal the posted rows that they stand for."),
                heavy=True),
        ]

    @api.model
    def _check_flow_files(self):
        files = self.env['pharma.flow.file']
        failed = files.search([('state', '=', 'failed')])
        stuck = files.search([('state', 'in', ('queued', 'reading'))]).filtered(
            lambda file: file._is_stuck())
        troubled = failed | stuck
        if not troubled:
            return self._result(GOOD, self.env._("No flow file failed or waits for nothing."))
        return self._result(BAD if stuck else LOOK, self.env._(
            "%(failed)s flow files could not be read, %(stuck)s wait for a job that is gone.",
            failed=len(failed), stuck=len(stuck)), [self._open_button(
                self.env._("Open Flow Files"), 'pharma.flow.file', [('id', 'in', troubled.ids)])])

    @api.model
    def _check_flow_summary(self):
        counts = self.env['pharma.flow.summary'].sudo()._count_differences()
        pending = counts.pop('pending')
        apart = sum(counts.values())
        if apart:
            return self._result(BAD, self.env._(
                "%s figures differ from their rows.", apart), [self._repair_button(
                    self.env._("Count Anew"), 'flow_summary')])
        return self._result(GOOD, self.env._(
            "All figures equal their rows; %s changes wait to be folded in.", pending))

    @api.model
    def _repair_flow_summary(self):
        """Write the tables of results anew."""
        # sudo: the check was asked for by an administrator, the tables are nobody's
        self.env['pharma.flow.summary'].sudo()._rebuild()
