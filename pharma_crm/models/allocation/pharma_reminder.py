from odoo import api, models


class PharmaReminder(models.Model):
    """What people are told of leads that are offered to them; each by the ways he chooses."""

    _inherit = 'pharma.reminder'

    @api.model
    def _get_kinds(self):
        env = self.env
        return {
            **super()._get_kinds(),
            'lead_offered': env._("A lead is offered to you"),
            'lead_deadline': env._("The time to answer a lead is nearly over"),
            'lead_returned': env._("A lead was not answered in time"),
            'lead_nurture': env._("A lead comes back to marketing"),
        }

    @api.model
    def _words_lead_offered(self, values):
        if not values['date']:
            return self.env._("%(count)s leads for you as the manager", **values)
        return self.env._("%(count)s leads for you, answer by %(date)s", **values)

    @api.model
    def _words_lead_deadline(self, values):
        return self.env._("Answer a lead by %(date)s, or it goes back to the pool", **values)

    @api.model
    def _words_lead_returned(self, values):
        return self.env._(
            "A lead offered to %(name)s was not answered by %(date)s and went back", **values)

    @api.model
    def _words_lead_nurture(self, values):
        return self.env._("%(name)s found a lead not ready yet: it is with you again", **values)

    @api.model
    def _tell_by_activity(self, user, words, record):
        """To-dos about an offer go away with its answer: they are marked as automated."""
        if record is None or record._name not in ('crm.lead', 'pharma.allocation'):
            return super()._tell_by_activity(user, words, record)
        # sudo: in somebody else's to-dos
        record.sudo().with_context(mail_activity_quick_update=True).activity_schedule(
            'mail.mail_activity_data_todo', user_id=user.id, summary=words,
            date_deadline=self.env['pharma.access']._get_today())
        return None
