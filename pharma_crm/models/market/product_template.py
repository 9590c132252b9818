from odoo import fields, models

INSURANCE_CLASSES = [
    ('a', "Class A"),
    ('b', "Class B"),
    ('negotiated', "Class B by Negotiation"),
    ('none', "Not Covered"),
]
SUPPLY_CLASSES = [
    ('prescription', "Prescription"),
    ('otc_a', "OTC Class A"),
    ('otc_b', "OTC Class B"),
]
CONSISTENCIES = [
    ('passed', "Passed"),
    ('reference', "Reference Product"),
    ('not_passed', "Not Passed"),
    ('not_needed', "Not Required"),
]


class ProductTemplate(models.Model):
    """The file of a drug: its registration, and what speaks for it."""

    _name = 'product.template'
    _inherit = ['product.template', 'pharma.line.mixin']
    _pharma_line_column = 'id'

    # registration
    drug_holder_id = fields.Many2one(
        'res.partner', string="Marketing Authorisation Holder", index='btree_not_null',
        check_company=True, domain="[('pharma_type', '=', 'manufacturer')]",
        help="Where it is another company than the manufacturer")
    drug_approval_valid_until = fields.Date(string="Approval Valid Until")
    drug_standard_code = fields.Char(
        help="The 14 digits of the national drug code (本位码)")
    drug_supply_class = fields.Selection(SUPPLY_CLASSES, string="Supply Class")
    drug_consistency = fields.Selection(CONSISTENCIES, string="Consistency Evaluation")
    drug_insurance_class = fields.Selection(
        INSURANCE_CLASSES, string="Insurance Class",
        help="In the national list of the medical insurance")
    drug_insurance_code = fields.Char(string="Insurance Code")
    drug_is_essential = fields.Boolean(
        string="Essential Drug", help="In the national list of essential drugs")
    drug_shelf_life = fields.Integer(string="Shelf Life (Months)")
    drug_storage = fields.Char(string="Storage")

    # what speaks for it
    drug_indications = fields.Text(string="Indications")
    drug_evidence = fields.Text(
        string="Evidence", groups='base.group_user', help="Studies, guidelines, real-world data")
    drug_arguments = fields.Text(
        string="Arguments", groups='base.group_user',
        help="Of our product: what speaks for it. Of a competitor's: what we answer to it.")

    document_ids = fields.One2many(
        'pharma.product.document', 'product_id', string="Product Documents",
        groups='pharma_crm.group_pharma_crm_user')

    _drug_shelf_life_check = models.Constraint(
        'CHECK(COALESCE(drug_shelf_life, 0) >= 0)', "The shelf life cannot be negative.")
