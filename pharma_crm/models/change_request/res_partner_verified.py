from odoo import fields, models
from odoo.tools.sql import column_exists

from ..customer.res_partner_facts import STEWARD_GROUP

VERIFIED_STATES = [
    ('unverified', "Unverified"),
    ('verified', "Verified"),
]


class ResPartner(models.Model):
    """Whether a data steward has looked at a customer."""

    _inherit = 'res.partner'

    _pharma_unverified_idx = models.Index("(id) WHERE pharma_verified = 'unverified'")

    pharma_verified = fields.Selection(
        VERIFIED_STATES, string="Verification", required=True, default='verified', copy=False,
        tracking=True, groups='base.group_user',
        help="Unverified: entered by somebody who is no data steward, and not accepted yet")

    def _auto_init(self):
        # What was there before is taken as verified, without rewriting a million contacts
        if not column_exists(self.env.cr, 'res_partner', 'pharma_verified'):
            self.env.cr.execute(
                "ALTER TABLE res_partner ADD COLUMN pharma_verified varchar DEFAULT 'verified'")
        return super()._auto_init()

    def _has_field_access(self, field, operation):
        """Data stewards alone say that a customer is verified."""
        if field.name == 'pharma_verified' and operation == 'write' and not self.env.su and (
                not self.env.user.has_group(STEWARD_GROUP)):
            return False
        return super()._has_field_access(field, operation)
