from odoo import api, fields, models
from odoo.exceptions import ValidationError


class PharmaTender(models.Model):
    """A tender (招标项目) from its announcement to the end of the agreement.

    Official results of others are tenders too, without a company: everybody shares them.
    """

    _name = 'pharma.tender'
    _description = "Tender"
    _inherit = ['mail.thread', 'mail.activity.mixin', 'pharma.customer.mixin']
    _pharma_customer_column = 'organiser_id'
    # Batches in their order, so that graphs over tenders run through time; screens that want the
    # newest first say so.
    _order = 'sequence, date_result, id'
    _rec_names_search = ['name', 'code', 'batch']
    _check_company_auto = True

    _code_uniq = models.UniqueIndex(
        '(code, COALESCE(company_id, 0)) WHERE code IS NOT NULL',
        "This tender number is used already.")
    _batch_uniq = models.UniqueIndex(
        '(kind_id, batch, COALESCE(company_id, 0)) WHERE is_official',
        "The official results of this batch exist already.")
    _submission_check = models.Constraint(
        'CHECK(date_submission >= date_announced)',
        "The submission deadline cannot be before the announcement.")
    _opening_check = models.Constraint(
        'CHECK(date_opening >= date_submission)',
        "Bids cannot be opened before the submission deadline.")
    _result_check = models.Constraint(
        'CHECK(date_result >= date_opening)',
        "The result cannot be before the opening of bids.")
    _agreement_check = models.Constraint(
        'CHECK(date_to >= date_from)',
        "The agreement cannot end before it begins.")

    # identity
    name = fields.Char(required=True, index='trigram', tracking=True)
    code = fields.Char(string="Number", copy=False, index='btree_not_null')
    active = fields.Boolean(default=True)
    batch = fields.Char(help="Batch of procurement, such as 第四批", index='btree_not_null')
    sequence = fields.Integer(
        string="Round", help="Number of the batch; graphs over batches follow it")
    is_official = fields.Boolean(
        string="Official Results", readonly=True, copy=False,
        help="Published results of all companies, loaded from a list")

    # parties
    kind_id = fields.Many2one(
        'pharma.tender.kind', required=True, index=True, ondelete='restrict',
        tracking=True)
    organiser_id = fields.Many2one(
        'res.partner', index='btree_not_null', check_company=True,
        help="The hospital, group or authority that buys")
    organiser = fields.Char(
        string="Organiser (as Printed)", compute='_compute_organiser', store=True, readonly=False,
        help="Name of the organiser where it is no contact, such as a joint procurement office")
    state_ids = fields.Many2many('res.country.state', string="Provinces",
        domain="[('country_id.code', '=', 'CN')]")
    user_id = fields.Many2one(
        'res.users', string="Owner", index='btree_not_null', check_company=True, tracking=True,
        default=lambda self: self.env.user, domain="[('share', '=', False)]")
    helper_ids = fields.Many2many(
        'res.users', string="Helpers", check_company=True, domain="[('share', '=', False)]")
    company_id = fields.Many2one(
        'res.company', index='btree_not_null', default=lambda self: self.env.company,
        help="Empty: shared by all companies")

    # stage
    stage_id = fields.Many2one(
        'pharma.tender.stage', compute='_compute_stage_id', store=True,
        precompute=True, readonly=False, required=True, index=True, ondelete='restrict',
        domain="[('id', 'in', allowed_stage_ids)]", group_expand='_read_group_stage_ids',
        copy=False, tracking=True)
    allowed_stage_ids = fields.Many2many(related='kind_id.stage_ids', string="Stages of the Kind")
    results_public = fields.Boolean(
        related='stage_id.results_public', store=True, string="Results Public")
    color = fields.Integer(related='kind_id.color')

    # dates
    date_announced = fields.Date(string="Announced")
    date_submission = fields.Date(
        string="Submission Deadline", index='btree_not_null', tracking=True)
    date_opening = fields.Date(string="Opening of Bids", tracking=True)
    date_result = fields.Date(string="Result Date", index='btree_not_null', tracking=True)
    date_from = fields.Date(string="Agreement From")
    date_to = fields.Date(string="Agreement To")

    # content
    item_ids = fields.One2many('pharma.tender.item', 'tender_id', string="Items", copy=True)
    bid_ids = fields.One2many('pharma.tender.bid', 'tender_id', string="Bids")
    price_ids = fields.One2many('pharma.price', 'tender_id', string="Prices")
    note = fields.Html(string="Notes")

    # counters
    item_count = fields.Integer(compute='_compute_counts')
    bid_count = fields.Integer(compute='_compute_counts')
    won_count = fields.Integer(string="Won by Us", compute='_compute_counts')
    price_count = fields.Integer(compute='_compute_counts')

    # === COMPUTE === #

    @api.depends('kind_id')
    def _compute_stage_id(self):
        for tender in self:
            stages = tender.kind_id.stage_ids
            if tender.stage_id not in stages or not tender.stage_id:
                tender.stage_id = stages[:1]

    @api.depends('organiser_id')
    def _compute_organiser(self):
        for tender in self:
            if tender.organiser_id:
                tender.organiser = tender.organiser_id.name

    def _compute_counts(self):
        domain = [('tender_id', 'in', self.ids)]
        bids = {
            tender: (count, won)
            for tender, count, won in self.env['pharma.tender.bid']._read_group(
                domain, ['tender_id'], ['__count', 'our_win:sum'])}
        items = dict(self.env['pharma.tender.item']._read_group(
            domain, ['tender_id'], ['__count']))
        prices = dict(self.env['pharma.price']._read_group(
            domain, ['tender_id'], ['__count']))
        for tender in self:
            tender.item_count = items.get(tender, 0)
            tender.bid_count, tender.won_count = bids.get(tender, (0, 0))
            tender.price_count = prices.get(tender, 0)

    @api.depends('name', 'code')
    @api.depends_context('formatted_display_name')
    def _compute_display_name(self):
        for tender in self:
            if self.env.context.get('formatted_display_name') and tender.code:
                tender.display_name = f"{tender.name} \t --{tender.code}--"
            else:
                tender.display_name = tender.name

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """Columns of the kanban: all stages of the kinds that are shown, empty ones too.

        Whoever sees published results only gets no columns that stay empty for him.
        """
        kinds = self.env['pharma.tender.kind'].browse(self.env.context.get('default_kind_id'))
        if not kinds:
            kinds = self.env['pharma.tender.kind'].union(
                *(kind for kind, in self._read_group(domain, ['kind_id'])))
        if not kinds:
            kinds = self.env['pharma.tender.kind'].search([], limit=1)
        columns = kinds.stage_ids
        if not self.env.user.has_group('pharma_tender.group_pharma_tender_papers'):
            columns = columns.filtered('results_public')
        return (stages | columns).sorted()

    # === CONSTRAINTS === #

    @api.constrains('stage_id', 'kind_id')
    def _check_stage(self):
        for tender in self:
            if tender.stage_id not in tender.kind_id.stage_ids:
                raise ValidationError(self.env._(
                    "\"%(stage)s\" is no stage of tenders of the kind \"%(kind)s\".",
                    stage=tender.stage_id.name, kind=tender.kind_id.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        sequence = self.env['ir.sequence']
        for vals in vals_list:
            if not vals.get('code'):
                company = vals.get('company_id') or self.env.company.id
                vals['code'] = sequence.with_company(company).next_by_code('pharma.tender')
        return super().create(vals_list)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        if 'name' in (default or {}):
            return vals_list
        return [
            dict(vals, name=self.env._("%s (copy)", tender.name))
            for tender, vals in zip(self, vals_list, strict=True)]

    @api.model
    def get_empty_list_help(self, help_message):
        return self.env['pharma.tender.results']._without_load_button(
            super().get_empty_list_help(help_message))

    # === ACTIONS === #

    def _action_view(self, xmlid, context=None):
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(xmlid)
        action['domain'] = [('tender_id', '=', self.id)]
        action['context'] = {'default_tender_id': self.id, **(context or {})}
        return action

    def action_view_items(self):
        """Open the items of this tender."""
        return self._action_view('pharma_tender.pharma_tender_item_action')

    def action_view_bids(self):
        """Open the bids of this tender, by item."""
        return self._action_view(
            'pharma_tender.pharma_tender_bid_action', {'search_default_group_item': 1})

    def action_view_prices(self):
        """Open the prices that came out of this tender."""
        return self._action_view('pharma_tender.pharma_price_action')

    def action_add_prices(self):
        """Enter the won bids into the price book, one row per supply province."""
        bids = self.bid_ids.filtered(lambda bid: bid.result == 'won')
        bids.action_add_prices()
        return self.action_view_prices() if len(self) == 1 else None
