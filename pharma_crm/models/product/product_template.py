from odoo import fields, models


class ProductTemplate(models.Model):
    _inherit = 'product.template'

    # registration
    drug_generic_name = fields.Char(string="Generic Name", index='trigram')
    drug_specification = fields.Char(
        string="Specification", help="Strength × packs, e.g. 10mg*14片")
    drug_dosage_form = fields.Char(string="Dosage Form")
    drug_approval_number = fields.Char(
        string="Approval Number", index='btree_not_null',
        help="Number of the registration approval (国药准字)")
    drug_manufacturer_id = fields.Many2one(
        'res.partner', string="Manufacturer", index='btree_not_null', check_company=True,
        domain="[('pharma_type', '=', 'manufacturer')]")
    # packing
    drug_units_per_pack = fields.Float(
        string="Units per Pack", digits='Product Unit',
        help="Smallest units (tablet, vial, …) in one sales pack")
    drug_packs_per_case = fields.Float(
        string="Packs per Case", digits='Product Unit', help="Sales packs in one shipping case")

    # names
    alias_ids = fields.One2many(
        'pharma.alias', 'product_id', string="Other Names",
        domain=[('automatic', '=', False)],
        groups='pharma_crm.group_pharma_crm_user')

    _drug_packing_check = models.Constraint(
        'CHECK(COALESCE(drug_units_per_pack, 0) >= 0 AND COALESCE(drug_packs_per_case, 0) >= 0)',
        "The content of a pack or a case cannot be negative.")
