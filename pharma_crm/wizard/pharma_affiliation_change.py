from odoo import api, fields, models
from odoo.exceptions import UserError


class PharmaAffiliationChange(models.TransientModel):
    _name = 'pharma.affiliation.change'
    _description = "Change of Hospital or Post"

    person_id = fields.Many2one('res.partner', required=True, ondelete='cascade')
    old_id = fields.Many2one(
        'pharma.affiliation', string="Post that Ends", ondelete='cascade',
        compute='_compute_old_id', store=True, readonly=False, precompute=True,
        domain="[('person_id', '=', person_id), ('state', '=', 'current')]")
    date = fields.Date(
        string="From", required=True, default=fields.Date.context_today,
        help="The first day of the new post; the old one ends the day before")
    leaves = fields.Boolean(
        string="Leaves Without a New Post",
        help="For instance: retires, or goes we do not know where")
    place_id = fields.Many2one(
        'res.partner', string="New Hospital or Department", ondelete='cascade',
        domain="[('pharma_type', 'in', ('hospital', 'primary_care', 'campus', 'department',"
               " 'pharmacy'))]")
    post = fields.Char(string="New Post")
    title_id = fields.Many2one(
        'pharma.title', compute='_compute_title_id', store=True, readonly=False,
        precompute=True)

    @api.depends('person_id')
    def _compute_old_id(self):
        for change in self:
            change.old_id = self.env['pharma.affiliation']._get_primary(change.person_id)

    @api.depends('old_id')
    def _compute_title_id(self):
        for change in self:
            change.title_id = change.old_id.title_id

    def action_apply(self):
        """End the old post and open the new one.

        :raise UserError: without a new place, unless the person leaves
        """
        self.ensure_one()
        if not self.leaves and not self.place_id:
            raise UserError(self.env._("Where does he go? Choose a hospital or department."))
        self.person_id._change_post(
            self.date, self.env['res.partner'] if self.leaves else self.place_id, self.old_id,
            post=self.post, title_id=self.title_id.id)
        return {'type': 'ir.actions.act_window_close'}
