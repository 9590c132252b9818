from odoo import fields, models
from odoo.exceptions import AccessError


class ResConfigSettings(models.TransientModel):
    _inherit = 'res.config.settings'

    pharma_demo_loaded = fields.Boolean(compute='_compute_pharma_demo_loaded')
    pharma_sensitive_facts = fields.Boolean(
        related='company_id.pharma_sensitive_facts', readonly=False)
    pharma_key_problem = fields.Char(
        compute='_compute_pharma_key_problem', export_string_translation=False)

    # === COMPUTE === #

    def _compute_pharma_demo_loaded(self):
        loaded = self.env['pharma.demo'].is_loaded()
        for settings in self:
            settings.pharma_demo_loaded = loaded

    def _compute_pharma_key_problem(self):
        problem = self.env['pharma.person.profile']._key_problem()
        for settings in self:
            settings.pharma_key_problem = problem

    # === ACTIONS === #

    def _check_pharma_setup(self):
        """Buttons of this page can be called by anybody who is logged in: check who it is."""
        if not self.env.is_system():
            raise AccessError(self.env._("Only an administrator may load or remove data sets."))

    def _pharma_notification(self, message):
        return {
            'type': 'ir.actions.client',
            'tag': 'display_notification',
            'params': {
                'type': 'success',
                'message': message,
                'next': {'type': 'ir.actions.client', 'tag': 'reload'},
            },
        }

    def action_pharma_load_demo(self):
        """Load the demo data, or what is missing of it."""
        self._check_pharma_setup()
        self.env['pharma.demo'].load_demo()
        return self._pharma_notification(self.env._("The demo data is loaded."))

    def action_pharma_remove_demo(self):
        """Remove the demo data; what documents of yours use is archived and told."""
        self._check_pharma_setup()
        kept = self.env['pharma.demo'].remove_demo()
        if not kept:
            return self._pharma_notification(self.env._("The demo data is removed."))
        return self._pharma_notification(self.env._(
            "The demo data is removed, except for what other records use. This was archived: "
            "%(names)s", names=", ".join(kept[:20])))

    def action_pharma_load_hospitals(self):
        """Load the list of hospitals that comes with the suite, in the background."""
        self._check_pharma_setup()
        return self.env['pharma.hospital.import'].action_load_official()

    def action_pharma_reencrypt(self):
        """Encrypt the private numbers of persons with the first key, in the background."""
        self._check_pharma_setup()
        self.env['pharma.person.profile'].action_reencrypt()
        return self._pharma_notification(self.env._("The numbers are encrypted in the background."))
