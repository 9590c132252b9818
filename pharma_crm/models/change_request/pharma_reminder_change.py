from odoo import api, fields, models
from odoo.fields import Domain

from ..report.pharma_reminder_tell import LOOK_BACK_COMMENTS


class PharmaReminder(models.Model):
    """Short messages and mails about change requests, for who has chosen them: in Odoo they are
    told anyway, by messages and to-dos.
    """

    _inherit = 'pharma.reminder'

    @api.model
    def _get_kinds(self):
        return {**super()._get_kinds(), 'change': self.env._("Change request to decide or decided")}

    @api.model
    def _find_change(self, company, users, now):
        since = fields.Datetime.now() - LOOK_BACK_COMMENTS
        # sudo: by the system; each is told of his own
        requests = self.env['pharma.change.request'].sudo().search(
            Domain('company_id', '=', company.id) & (
                Domain('state', '=', 'submitted')
                | Domain('state', 'in', ('done', 'refused')) & Domain('decided_at', '>=', since)))
        for request in requests:
            values = {'number': request.name, 'state': request.state}
            people = request._get_due_users() if request.state == 'submitted' else request.user_id
            for user in people & users:
                yield user, f'{request.id}-{request.state}-{request.submitted_at}', values, request

    @api.model
    def _words_change(self, values):
        if values['state'] == 'submitted':
            return self.env._("Change request %s waits for your decision", values['number'])
        if values['state'] == 'done':
            return self.env._("Your change request %s was accepted", values['number'])
        return self.env._("Your change request %s was refused", values['number'])
