from odoo import fields, models
from odoo.exceptions import AccessError


class PharmaDecision(models.TransientModel):
    """The word with which a manager approves or returns what one of his people asks for."""

    _name = 'pharma.decision'
    _description = "Decision of the Manager"
    _rec_name = 'note'

    model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field='model', required=True, readonly=True)
    note = fields.Text(string="Manager's Word")

    def action_approve(self):
        """Approve with this word."""
        self._get_record()._decide('approved', self.note)

    def action_refuse(self):
        """Return or refuse with this word."""
        record = self._get_record()
        record._decide(record._refused_state, self.note)

    def _get_record(self):
        """What is decided about; who may do it is checked by the record itself.

        :raise AccessError: for a model that has nothing to approve
        """
        self.ensure_one()
        record = self.env.get(self.model)
        if not isinstance(record, self.env.registry['pharma.approval.mixin']):
            raise AccessError(self.env._("There is nothing to decide."))
        return record.browse(self.res_id)
