from odoo import api, fields, models


class PharmaSpecialty(models.Model):
    """A clinical subject (诊疗科目) of the official catalogue, as a tree of two or three levels.

    Source: 《医疗机构诊疗科目名录》(卫医发〔1994〕27号); departments outside of it that decide on
    purchases, such as the hospital's pharmacy, carry codes that start with a letter.
    """

    _name = 'pharma.specialty'
    _description = "Specialty"
    _order = 'code'
    _parent_store = True
    _rec_names_search = ['name', 'code', 'aliases']

    _code_uniq = models.Constraint('UNIQUE(code)', "This specialty code exists already.")

    name = fields.Char(required=True)
    code = fields.Char(required=True)
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one('pharma.specialty', string="Parent Specialty", index=True)
    child_ids = fields.One2many('pharma.specialty', 'parent_id', string="Sub-specialties")
    parent_path = fields.Char(index=True)
    aliases = fields.Char(
        string="Usual Names",
        help="The names that hospitals give to departments of this specialty, separated by ;")
    partner_count = fields.Integer(string="Departments", compute='_compute_partner_count')

    # === COMPUTE === #

    def _compute_partner_count(self):
        counts = dict(self.env['res.partner']._read_group(
            [('specialty_id', 'in', self.ids)], ['specialty_id'], ['__count']))
        for specialty in self:
            specialty.partner_count = counts.get(specialty, 0)

    @api.depends('name', 'code')
    @api.depends_context('formatted_display_name')
    def _compute_display_name(self):
        for specialty in self:
            if self.env.context.get('formatted_display_name') and specialty.code:
                specialty.display_name = f"{specialty.name} \t --{specialty.code}--"
            else:
                specialty.display_name = specialty.name

    # === ACTIONS === #

    def action_view_partners(self):
        """Open the departments and persons of these specialties and all below them."""
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.res_partner_action_department')
        action['domain'] = [('specialty_id', 'child_of', self.ids)]
        action['context'] = {'default_specialty_id': self.id if len(self) == 1 else False}
        return action
