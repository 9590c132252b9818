from odoo import api, fields, models

DIVISION_LEVELS = [
    ('province', "Province"),
    ('city', "City"),
    ('county', "County"),
]


class PharmaDivision(models.Model):
    """An administrative division of China (行政区划) with its official code (GB/T 2260).

    Provinces (2 digits) are linked to Odoo's states; cities have 4, counties 6 digits. Addresses
    point to the city and the county, so that customers group by them.
    """

    _name = 'pharma.division'
    _description = "Administrative Division"
    _order = 'code'
    _parent_store = True
    _rec_names_search = ['name', 'code']

    _code_uniq = models.Constraint('UNIQUE(code)', "This division code exists already.")

    name = fields.Char(required=True)
    code = fields.Char(required=True, help="Official code of 2, 4 or 6 digits (GB/T 2260)")
    active = fields.Boolean(default=True)
    level = fields.Selection(DIVISION_LEVELS, required=True)
    parent_id = fields.Many2one('pharma.division', string="Belongs To", index=True)
    child_ids = fields.One2many('pharma.division', 'parent_id', string="Contains")
    parent_path = fields.Char(index=True)
    state_id = fields.Many2one('res.country.state', string="Province", index=True)

    # === COMPUTE === #

    @api.depends('name', 'parent_id.name', 'level')
    @api.depends_context('formatted_display_name')
    def _compute_display_name(self):
        for division in self:
            # 东城区 and the like exist many times: the parent tells them apart
            if self.env.context.get('formatted_display_name') and division.parent_id:
                parents = [division.parent_id.parent_id.name, division.parent_id.name]
                where = " ".join(name for name in parents if name)
                division.display_name = f"{division.name} \t --{where}--"
            else:
                division.display_name = division.name
