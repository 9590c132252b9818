from odoo import models

from .res_partner import PERSON_GROUP


class IrHttp(models.AbstractModel):
    _inherit = 'ir.http'

    def session_info(self):
        """Tell the web client whether the user menu offers a delegation."""
        return {
            **super().session_info(),
            'pharma_delegates': self.env.user.has_group(PERSON_GROUP),
        }
