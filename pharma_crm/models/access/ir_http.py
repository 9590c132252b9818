from odoo import models

from ..customer.res_partner import PERSON_GROUP
from .pharma_access_lead import REVIEW_GROUP


class IrHttp(models.AbstractModel):
    _inherit = 'ir.http'

    def session_info(self):
        """Tell the web client whether the user menu offers a delegation, and who reviews calls."""
        return {
            **super().session_info(),
            'pharma_delegates': self.env.user.has_group(PERSON_GROUP),
            'pharma_reviews': self.env.user.has_group(REVIEW_GROUP),
        }
