from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

DOCUMENT_KINDS = [
    ('approval', "Registration Approval"),
    ('insert', "Package Insert"),
    ('standard', "Quality Standard"),
    ('inspection', "Inspection Report"),
    ('gmp', "GMP Certificate"),
    ('price', "Price Filing"),
    ('patent', "Patent"),
    ('study', "Study or Literature"),
    ('material', "Promotion Material"),
    ('other', "Other"),
]


class PharmaProductDocument(models.Model):
    """A document of a product, with what it is valid until; whoever is responsible is reminded in
    time, once.
    """

    _name = 'pharma.product.document'
    _description = "Product Document"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.line.mixin']
    _order = 'valid_until, id'
    _check_company_auto = True

    _remind_check = models.Constraint(
        'CHECK(remind_days >= 0)', "The reminder cannot come after the last day.")
    _valid_idx = models.Index('(valid_until) WHERE active AND NOT reminded')

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True)
    product_id = fields.Many2one(
        'product.template', required=True, index=True, ondelete='cascade', check_company=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    kind = fields.Selection(DOCUMENT_KINDS, required=True, default='approval')
    number = fields.Char()
    file = fields.Binary(attachment=True, copy=False)
    file_name = fields.Char(copy=False)
    date_from = fields.Date(string="Valid From")
    valid_until = fields.Date(tracking=True)
    remind_days = fields.Integer(string="Remind Days Before", required=True, default=90)
    user_id = fields.Many2one(
        'res.users', string="Responsible", required=True, ondelete='restrict', index=True,
        default=lambda self: self.env.user, domain=[('share', '=', False)], tracking=True)
    reminded = fields.Boolean(readonly=True, copy=False)
    state = fields.Selection(
        [('valid', "Valid"), ('expiring', "Expires Soon"), ('expired', "Expired")],
        compute='_compute_state', search='_search_state')

    # === COMPUTE === #

    @api.depends('valid_until', 'remind_days')
    def _compute_state(self):
        today = self.env['pharma.access']._get_today()
        for document in self:
            left = document.valid_until and (document.valid_until - today).days
            document.state = (
                'valid' if not document.valid_until or left > document.remind_days
                else 'expiring' if left >= 0 else 'expired')

    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env['pharma.access']._get_today()
        expired = Domain('valid_until', '<', today)
        # Every document has its own number of days: a few thousand documents at most
        soon = Domain('id', 'in', [
            document.id for document in self.with_context(active_test=False).search_fetch(
                [('valid_until', '>=', today)], ['valid_until', 'remind_days'])
            if document.valid_until <= today + timedelta(days=document.remind_days)])
        domains = {'expired': expired, 'expiring': soon, 'valid': ~expired & ~soon}
        return Domain.OR(domains[state] for state in value if state in domains)

    # === CRUD === #

    def write(self, vals):
        if 'valid_until' in vals:
            # A renewed document has an end of its own
            vals = {**vals, 'reminded': False}
        return super().write(vals)

    # === CRON === #

    @api.model
    def _cron_remind(self):
        """Remind the responsible persons of documents that expire soon, each once."""
        cron = self.env['ir.cron']
        due = self.search([
            ('valid_until', '!=', False), ('reminded', '=', False),
            ('state', 'in', ('expiring', 'expired'))])
        for number, document in enumerate(due, 1):
            document._remind()
            if not cron._commit_progress(1, remaining=len(due) - number):
                break

    def _remind(self):
        """A to-do for the responsible person; whoever left is followed by nobody: the product's
        file shows the document all the same.
        """
        self.ensure_one()
        self.reminded = True
        if self.user_id.active:
            self.activity_schedule(
                'mail.mail_activity_data_todo', user_id=self.user_id.id,
                date_deadline=max(self.env['pharma.access']._get_today(), self.valid_until),
                summary=self.env._("Renew before %(date)s: %(document)s", date=self.valid_until,
                                   document=self.name))
