from odoo import fields, models

WAYS = [
    ('direct', "Directly"),
    ('request', "By Request"),
]


class ResCompany(models.Model):
    """How people who are no data stewards change master data."""

    _inherit = 'res.company'

    pharma_change_new_customer = fields.Selection(
        WAYS, string="New Customers", required=True, default='direct', groups='base.group_user',
        help="By request: usable at once, and unverified until a data steward accepts")
    pharma_change_new_person = fields.Selection(
        WAYS, string="New Departments and Persons", required=True, default='direct',
        groups='base.group_user')
    pharma_change_facts = fields.Selection(
        WAYS, string="Facts of Customers", required=True, default='direct',
        groups='base.group_user')
    pharma_change_post = fields.Selection(
        WAYS, string="Persons Who Leave or Move", required=True, default='direct',
        groups='base.group_user')
    pharma_change_close = fields.Selection(
        WAYS, string="Archived Customers", required=True, default='direct',
        groups='base.group_user')

    def _is_changed_by_request(self, kind):
        """Whether a kind of change takes a request.

        :param str kind: one of ``CHANGE_KINDS``
        :rtype: bool
        """
        return self.sudo()[f'pharma_change_{kind}'] == 'request'  # no secret
