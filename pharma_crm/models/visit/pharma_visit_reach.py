from odoo import api, fields, models

from ...tools.map_links import map_link
from .pharma_visit import CHANNELS, FILING_FORMS

FORMS = [
    ('face', "Face to Face"),
    ('event', "Academic Conference or Lecture"),
    ('material', "Academic Material"),
    ('remote', "Internet or Telephone"),
    ('other', "Other Form Agreed with the Institution"),
]


class PharmaVisit(models.Model):
    """How a customer is reached: what the card on the phone dials, writes to and leads to, and the
    form of contact as the filing rules for medical representatives name it.
    """

    _inherit = 'pharma.visit'

    filing_form = fields.Selection(
        FORMS, string="Form by the Filing Rules", compute='_compute_filing_form', store=True,
        help="Article 3 of the rules on the filing of medical representatives")
    partner_phone = fields.Char(related='partner_id.phone', string="Phone of the Customer")
    partner_email = fields.Char(related='partner_id.email', string="E-Mail of the Customer")
    partner_grade = fields.Char(
        related='partner_id.grade', groups='pharma_crm.group_pharma_crm_user')
    map_url = fields.Char(
        string="Way There", compute='_compute_map_url', export_string_translation=False)

    # No sums of places
    latitude = fields.Float(aggregator=None)
    longitude = fields.Float(aggregator=None)

    @api.depends('channel')
    def _compute_filing_form(self):
        for visit in self:
            visit.filing_form = FILING_FORMS[visit.channel or CHANNELS[0][0]]

    @api.depends('partner_id')
    def _compute_map_url(self):
        for visit in self:
            # sudo: who sees the customer may know where he is found
            partner = visit.partner_id.sudo()
            place = partner._get_address_partner() if partner else partner
            hospital = partner.commercial_partner_id
            address = "".join(filter(None, (
                place.state_id.name, place.city, place.street)))
            visit.map_url = map_link(
                visit.company_id.sudo().pharma_map or 'amap',
                name=hospital.name or partner.name or "", address=address,
                city=place.city or "",
                latitude=place.partner_latitude or hospital.partner_latitude,
                longitude=place.partner_longitude or hospital.partner_longitude) if partner else ""

    def _get_channel(self):
        """The form of contact in the words of the user.

        :rtype: str
        """
        labels = dict(self._fields['channel']._description_selection(self.env))
        return labels.get(self.channel, "")
