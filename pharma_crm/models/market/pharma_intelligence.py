from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from .pharma_access import PRODUCT_MANAGER_GROUP
from .pharma_market_fact import SOURCES

NEWS_KINDS = [
    ('price', "Price"),
    ('listing', "Listing"),
    ('promotion', "Promotion"),
    ('personnel', "Personnel"),
    ('policy', "Policy"),
    ('tender', "Tender"),
    ('other', "Other"),
]
IMPORTANT = '2'
IMPORTANCES = [
    ('0', "Normal"),
    ('1', "Notable"),
    (IMPORTANT, "Important"),
]
EVALUATION_FIELDS = frozenset({'state', 'evaluated_by_id', 'evaluated_on', 'evaluation_note'})
# Of the first line, as the title of a card
TITLE = 40


class PharmaIntelligence(models.Model):
    """Market news (情报): what somebody heard or saw of a competitor, a product, a terminal.

    Entered within a minute, evaluated by whom it concerns.
    """

    _name = 'pharma.intelligence'
    _description = "Market News"
    _inherit = ['pharma.closed.mixin', 'mail.thread', 'mail.activity.mixin', 'pharma.access.mixin',
                'pharma.customer.mixin']
    _closed_fields = EVALUATION_FIELDS
    _order = 'date DESC, id DESC'
    _rec_name = 'text'
    _check_company_auto = True
    _mail_post_access = 'read'
    _pharma_access_columns = ('partner_id', 'informant_id')

    _date_idx = models.Index('(date DESC, id DESC)')

    kind = fields.Selection(NEWS_KINDS, required=True, default='price', tracking=True)
    text = fields.Text(string="What Is New", required=True, tracking=True)
    importance = fields.Selection(IMPORTANCES, required=True, default='0', tracking=True)

    # about what
    partner_id = fields.Many2one(
        'res.partner', string="Customer", index='btree_not_null', ondelete='restrict',
        check_company=True, domain=[('pharma_type', '!=', False)])
    product_id = fields.Many2one(
        'product.template', index='btree_not_null', ondelete='restrict',
        check_company=True, domain=[('drug_generic_name', '!=', False)],
        help="The competitor's, or ours where it is about ours")
    manufacturer_id = fields.Many2one(
        'res.partner', string="Competitor", index='btree_not_null', ondelete='restrict',
        compute='_compute_manufacturer_id', store=True, readonly=False, check_company=True,
        domain=[('pharma_type', '=', 'manufacturer')])
    state_id = fields.Many2one(
        'res.country.state', string="Province", compute='_compute_state_id', store=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)

    # who says so
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        'res.users', string="Reported By", required=True, index=True, ondelete='restrict',
        default=lambda self: self.env.user, domain=[('share', '=', False)])
    source = fields.Selection(SOURCES, required=True, default='told')
    informant_id = fields.Many2one(
        'res.partner', string="Told By", index='btree_not_null', ondelete='set null',
        check_company=True, domain=[('pharma_type', '=', 'person')],
        groups='pharma_crm.group_pharma_crm_person')
    visit_id = fields.Many2one(
        'pharma.visit', string="Call", index='btree_not_null', ondelete='set null',
        check_company=True, groups='pharma_crm.group_pharma_crm_person')
    attachment_ids = fields.Many2many(
        'ir.attachment', 'pharma_intelligence_attachment_rel', 'intelligence_id', 'attachment_id',
        string="Photos and Files", copy=False)

    # what it is worth
    state = fields.Selection(
        [('new', "To Evaluate"), ('useful', "Useful"), ('useless', "Not Useful")],
        string="Evaluation", required=True, readonly=True, default='new', copy=False,
        tracking=True, group_expand=True)
    evaluated_by_id = fields.Many2one(
        'res.users', readonly=True, copy=False, ondelete='restrict')
    evaluated_on = fields.Datetime(readonly=True, copy=False)
    evaluation_note = fields.Char(string="Remark", readonly=True, copy=False)
    may_evaluate = fields.Boolean(
        compute='_compute_may_evaluate', export_string_translation=False)
    fact_ids = fields.One2many(
        'pharma.market.fact', 'intelligence_id', string="Market Facts")

    # === COMPUTE === #

    @api.depends('product_id')
    def _compute_manufacturer_id(self):
        for news in self:
            if news.product_id and not news.product_id.sale_ok:
                news.manufacturer_id = news.product_id.drug_manufacturer_id
            else:
                news.manufacturer_id = news.manufacturer_id

    @api.depends('partner_id.commercial_partner_id.state_id')
    def _compute_state_id(self):
        for news in self:
            news.state_id = news.partner_id.commercial_partner_id.state_id

    @api.depends('text')
    def _compute_display_name(self):
        for news in self:
            first = next(iter((news.text or '').strip().splitlines()), '')
            news.display_name = first if len(first) <= TITLE else f"{first[:TITLE]}…"

    @api.depends_context('uid')
    @api.depends('user_id', 'create_uid', 'product_id')
    def _compute_may_evaluate(self):
        user = self.env.user
        manages = user.has_group('pharma_crm.group_pharma_crm_area_manager')
        # Of a line that is not his, a product manager reads the news and leaves them to others
        mine = self.product_id.filtered('pharma_line') if user.has_group(
            PRODUCT_MANAGER_GROUP) else self.product_id.browse()
        by_line = user.has_group(PRODUCT_MANAGER_GROUP)
        for news in self:
            news.may_evaluate = user not in (news.user_id, news.create_uid) and (
                manages or by_line and (not news.product_id or news.product_id in mine))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_evaluation_fields(vals)
        news = super().create(vals_list)
        news._claim_files()
        # Odoo's word for records that are loaded rather than told
        if not self.env.context.get('mail_create_nosubscribe'):
            for one in news:
                one._tell()
        return news

    def write(self, vals):
        self._check_evaluation_fields(vals)
        result = super().write(vals)
        if 'attachment_ids' in vals:
            self._claim_files()
        return result

    def _check_evaluation_fields(self, vals):
        if not self.env.su and not EVALUATION_FIELDS.isdisjoint(vals):
            raise AccessError(self.env._("News are evaluated by the buttons."))

    def _claim_files(self):
        """What was uploaded before the first save belongs to these news from now on; else nobody
        but who uploaded it could open it.
        """
        for news in self:
            # Only the author's own uploads: a file of another record stays with its rights
            loose = news.attachment_ids.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user)
            loose.write({'res_model': self._name, 'res_id': news.id})

    # === FOLLOWERS === #

    def _tell(self):
        """Managers of the person and of the product follow; important news are told to them."""
        self.ensure_one()
        followers = self._get_concerned() - self.user_id
        # sudo: as the company has divided its work, whoever tells the news
        record = self.sudo()
        record.message_subscribe((followers | self.user_id).partner_id.ids)
        if self.importance == IMPORTANT and followers:
            record.message_post(
                body=self.env._("Important market news: %s", self.text),
                author_id=self.user_id.partner_id.id, subtype_xmlid='mail.mt_comment')

    def _get_concerned(self):
        """Who ought to know: the person's managers and the managers of the product's line, as far
        as they may read it.

        :rtype: res.users
        """
        access = self.env['pharma.access']
        # sudo: who leads whom, and who manages a line, is no secret
        users = access.sudo()._get_nearest_managers(self.user_id).get(
            self.user_id.id, self.env['res.users'])
        category = self.product_id.sudo().categ_id
        line = category and category._get_product_line()
        if line:
            today = access._get_today()
            users |= self.env['pharma.territory.assignment'].sudo().search([
                ('role', '=', 'product_manager'), ('company_id', '=', self.company_id.id),
                ('product_line_id', 'in', (line.id, False)), ('date_from', '<=', today),
                '|', ('date_to', '=', False), ('date_to', '>=', today)]).user_id
        return users.filtered(
            lambda user: user.active and self.with_user(user).has_access('read')
        ).with_env(self.env)

    # === ACTIONS === #

    def action_useful(self):
        """Say that these news are useful.

        :raise AccessError: unless one manages the person or the product
        """
        self._evaluate('useful')

    def action_useless(self):
        """Say that these news are of no use.

        :raise AccessError: unless one manages the person or the product
        """
        self._evaluate('useless')

    def action_reopen(self):
        """Take an evaluation back.

        :raise AccessError: unless one manages the person or the product
        """
        self._evaluate('new')

    def _evaluate(self, state):
        self.check_access('read')
        for news in self:
            if not news.may_evaluate:
                raise AccessError(self.env._(
                    "News are evaluated by managers and by the product's manager, never by who "
                    "reported them."))
            # sudo: the evaluation is the system's to write, after the check
            record = news.sudo()
            record._lock_evaluation()
            if (record.state != 'new') == (state != 'new'):
                raise UserError(self.env._(
                    "Somebody else has evaluated these news meanwhile: load the page again."))
            record.write({
                'state': state,
                'evaluated_by_id': self.env.uid if state != 'new' else False,
                'evaluated_on': fields.Datetime.now() if state != 'new' else False})

    def _lock_evaluation(self):
        """Two who evaluate at once: the second one is told."""
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(self.env._(
                "Somebody else is evaluating these news right now.")) from error
        self.invalidate_recordset(['state'])

    def action_create_fact(self):
        """Open a new market fact with what these news say."""
        self.ensure_one()
        self.check_access('read')
        if not self.partner_id or not self.product_id:
            raise UserError(self.env._("A market fact needs the terminal and the product."))
        form = self.env['pharma.market.fact']
        return {
            'type': 'ir.actions.act_window', 'res_model': form._name,
            'name': form._description, 'views': [[False, 'form']],
            'context': {
                'default_partner_id': self._get_terminal().id,
                'default_product_id': self.product_id.id,
                'default_intelligence_id': self.id, 'default_date': self.date,
                'default_source': self.source, 'default_note': self.display_name}}

    def _get_terminal(self):
        """The hospital or pharmacy of a department or person; others stand for themselves."""
        partner = self.partner_id
        return partner.commercial_partner_id if partner.pharma_type in (
            'department', 'person') else partner
