from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

CONFLICT_STATES = [
    ('open', "Open"),
    ('settled', "Settled"),
    ('over', "Over"),
]


class PharmaLeadConflict(models.Model):
    """Two people work on one product line of one customer (撞单).

    Written by the program when an opportunity is registered; the managers settle it. When one of
    the two is won, lost or handed to the other person, it is over by itself.
    """

    _name = 'pharma.lead.conflict'
    _description = "Conflict of Opportunities"
    _inherit = ['pharma.access.mixin']
    _order = 'id DESC'
    _pharma_access_columns = ('customer_id',)
    _pharma_access_companies = True

    _pair_uniq = models.UniqueIndex(
        '(lead_id, other_id)', "The conflict of these two opportunities is listed already.")

    lead_id = fields.Many2one(
        'crm.lead', string="Registered Later", required=True, readonly=True, index=True,
        ondelete='cascade')
    other_id = fields.Many2one(
        'crm.lead', string="Registered First", required=True, readonly=True, index=True,
        ondelete='cascade')
    customer_id = fields.Many2one(
        'res.partner', required=True, readonly=True, index=True, ondelete='cascade')
    product_line_id = fields.Many2one('product.category', readonly=True, index='btree_not_null')
    user_id = fields.Many2one(related='lead_id.user_id', string="Salesperson of the Later")
    other_user_id = fields.Many2one(
        related='other_id.user_id', string="Salesperson of the First")
    company_id = fields.Many2one('res.company', readonly=True, index='btree_not_null')

    state = fields.Selection(
        CONFLICT_STATES, required=True, readonly=True, default='open', index=True)
    note = fields.Char(string="What Was Decided")
    decided_by_id = fields.Many2one('res.users', readonly=True, index='btree_not_null')
    decided_on = fields.Datetime(readonly=True)

    # === COMPUTE === #

    @api.depends('customer_id', 'product_line_id')
    def _compute_display_name(self):
        for conflict in self:
            names = (conflict.customer_id.name, conflict.product_line_id.name)
            conflict.display_name = " · ".join(name for name in names if name)

    # === CRUD === #

    def write(self, vals):
        if not self.env.su and vals.keys() - {'note'}:
            raise AccessError(self.env._("Of a conflict only the note can be changed."))
        return super().write(vals)

    # === ACTIONS === #

    def action_settle(self):
        """The managers have decided who goes on; the note says what.

        :raise UserError: when a conflict is settled or over already
        """
        self.check_access('write')
        locked = self.sudo().try_lock_for_update()
        self.invalidate_recordset(['state'])
        if locked != self.sudo() or any(conflict.state != 'open' for conflict in self):
            raise UserError(self.env._("This conflict is settled or over already."))
        # sudo: the fields are the program's; the right to the conflict was checked
        self.sudo().write({
            'state': 'settled', 'decided_by_id': self.env.uid,
            'decided_on': fields.Datetime.now()})

    # === BUSINESS === #

    @api.model
    def _rivals_sql(self, leads):
        """Query of the conflicts that opportunities are in: others that are open with the same
        customer and product line, of somebody else.

        :param leads: opportunities
        :return: query of ``(later, first, customer, product line or None, company or None)``
        """
        return SQL(
            """ SELECT GREATEST(l.id, o.id), LEAST(l.id, o.id), c.id,
                       COALESCE(l.product_line_id, o.product_line_id),
                       COALESCE(l.company_id, o.company_id)
                  FROM crm_lead l
                  JOIN res_partner p ON p.id = l.partner_id
                  JOIN res_partner c ON c.id = p.commercial_partner_id
                   AND c.pharma_type IS NOT NULL
                  JOIN res_partner op ON op.commercial_partner_id = c.id
                  JOIN crm_lead o ON o.partner_id = op.id AND o.id != l.id
                 WHERE l.id = ANY(%s) AND l.active AND o.active AND l.won_status = 'pending'
                   AND o.won_status = 'pending' AND l.user_id != o.user_id
                   AND (l.product_line_id = o.product_line_id
                        OR l.product_line_id IS NULL OR o.product_line_id IS NULL)
                   AND (l.company_id = o.company_id
                        OR l.company_id IS NULL OR o.company_id IS NULL) """, leads.ids)

    @api.model
    def _update_for(self, leads):
        """Bring the conflicts of opportunities up to date.

        :param leads: opportunities that are new or were changed
        :return: the conflicts that are new
        """
        self.env['crm.lead'].flush_model()
        self.env['res.partner'].flush_model(['commercial_partner_id', 'pharma_type'])
        self.flush_model()
        rows = self.env.execute_query(self._rivals_sql(leads))
        now = {row[:2] for row in rows}
        # sudo: conflicts are written by the program, whoever sees them
        conflicts = self.sudo().search(
            ['|', ('lead_id', 'in', leads.ids), ('other_id', 'in', leads.ids)])
        known = {(row.lead_id.id, row.other_id.id): row for row in conflicts}
        for pair, conflict in known.items():
            if conflict.state == 'open' and pair not in now:
                conflict.state = 'over'
            elif conflict.state == 'over' and pair in now:
                conflict.state = 'open'
        return self.sudo().create([{
            'lead_id': later, 'other_id': first, 'customer_id': customer,
            'product_line_id': line, 'company_id': company,
        } for later, first, customer, line, company in dict.fromkeys(rows)
            if (later, first) not in known])
