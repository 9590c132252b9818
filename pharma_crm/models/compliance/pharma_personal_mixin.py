from odoo import models


class PharmaPersonalMixin(models.AbstractModel):
    """A model with data of people outside of the company: exports of it are logged.

    How to use: inherit it beside the model.
    """

    _name = 'pharma.personal.mixin'
    _description = "With Personal Data"

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        self.env['pharma.export.log']._note(self, fields_to_export)
        return result

    # It only reads for Odoo, and here it writes the log
    export_data._readonly = False


class ResPartner(models.Model):
    _name = 'res.partner'
    _inherit = ['res.partner', 'pharma.personal.mixin']


class PharmaAffiliation(models.Model):
    _name = 'pharma.affiliation'
    _inherit = ['pharma.affiliation', 'pharma.personal.mixin']


class PharmaPersonProfile(models.Model):
    _name = 'pharma.person.profile'
    _inherit = ['pharma.person.profile', 'pharma.personal.mixin']


class PharmaVisit(models.Model):
    _name = 'pharma.visit'
    _inherit = ['pharma.visit', 'pharma.personal.mixin']


class PharmaCycleTarget(models.Model):
    _name = 'pharma.cycle.target'
    _inherit = ['pharma.cycle.target', 'pharma.personal.mixin']


class PharmaScore(models.Model):
    _name = 'pharma.score'
    _inherit = ['pharma.score', 'pharma.personal.mixin']


class CrmLead(models.Model):
    _name = 'crm.lead'
    _inherit = ['crm.lead', 'pharma.personal.mixin']


class PharmaStakeholder(models.Model):
    _name = 'pharma.stakeholder'
    _inherit = ['pharma.stakeholder', 'pharma.personal.mixin']


class PharmaInfluence(models.Model):
    _name = 'pharma.influence'
    _inherit = ['pharma.influence', 'pharma.personal.mixin']
