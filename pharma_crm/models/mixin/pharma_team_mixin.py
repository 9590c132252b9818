from odoo import api, fields, models
from odoo.fields import Domain


class PharmaTeamMixin(models.AbstractModel):
    """A record of what a person does is seen by him, by who acts for him, and by his managers.

    How to use: inherit it beside the model and add *global* record rules
    ``[('pharma_team', '=', True)]`` for reading and ``[('pharma_team_work', '=', True)]`` for all
    else. The person's territory and product line are stamped on the record as of its day, so that
    it stays with those who managed him then, whoever manages him now.
    """

    _name = 'pharma.team.mixin'
    _description = "Seen by a Person and His Managers"

    # Names of fields that nobody writes over RPC, beside those of the mixin itself
    _team_closed = frozenset()

    user_id = fields.Many2one(
        'res.users', string="Representative", required=True, index=True, ondelete='restrict',
        default=lambda self: self.env.user, domain=[('share', '=', False)])
    company_id = fields.Many2one(
        'res.company', required=True, index=True, readonly=True,
        default=lambda self: self.env.company)
    territory_id = fields.Many2one(
        'pharma.territory', compute='_compute_territory', store=True, index='btree_not_null',
        ondelete='restrict', help="Where the person worked on that day")
    product_line_id = fields.Many2one(
        'product.category', compute='_compute_territory', store=True, ondelete='restrict',
        help="What the person stood for on that day; empty: all product lines")
    pharma_team = fields.Boolean(
        compute='_compute_pharma_team', search='_search_pharma_team',
        export_string_translation=False, groups='base.group_user')
    pharma_team_work = fields.Boolean(
        compute='_compute_pharma_team', search='_search_pharma_team_work',
        export_string_translation=False, groups='base.group_user')

    # === TERRITORY === #

    @api.depends('user_id')
    def _compute_territory(self):
        """Stamp the post that the person held on the day of the record."""
        days = {record: record._get_team_date() for record in self}
        posts = self.env['pharma.access']._get_posts(self.user_id, days.values())
        for record, day in days.items():
            post = record._choose_post([
                post for post in posts.get(record.user_id.id, ()) if post.holds_on(day)])
            record.territory_id = post.territory_id if post else False
            record.product_line_id = post.product_line_id if post else False

    def _get_team_date(self):
        """The day as of which the person's territory counts.

        :rtype: datetime.date
        """
        self.ensure_one()
        return fields.Date.context_today(self)

    def _choose_post(self, posts):
        """The post by which the person looks after the customer, else his first one.

        :param list posts: what he holds on that day, the longest held first
        :return: one of them or None
        """
        # sudo: by whichever line the customer is looked after
        aligned = self.sudo()._get_team_customer().alignment_ids.territory_id.ids
        mine = [post for post in posts if post.territory_id in aligned]
        return next(iter(mine or posts), None)

    def _get_team_customer(self):
        """The hospital or other customer that the record is about, if there is one.

        :rtype: res.partner
        """
        return self.env['res.partner']

    # === RIGHTS === #

    @api.model
    def _has_field_access(self, field, operation):
        """A record cannot be taken away from those who manage the person."""
        closed = field.name in ('territory_id', 'product_line_id') or (
            field.name in self._team_closed)
        if operation == 'write' and closed and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_pharma_team(self):
        for name, mode in (('pharma_team', 'read'), ('pharma_team_work', 'work')):
            domain = self._pharma_team_domain(mode)
            allowed = set(self._search(Domain('id', 'in', self._origin.ids) & domain))
            for record in self:
                record[name] = not record._origin or record._origin.id in allowed

    @api.model
    def _search_pharma_team(self, operator, value):
        return NotImplemented if operator != 'in' else self._pharma_team_domain('read')

    @api.model
    def _search_pharma_team_work(self, operator, value):
        return NotImplemented if operator != 'in' else self._pharma_team_domain('work')

    @api.model
    def _pharma_team_domain(self, mode):
        """Domain of the records of the current user and of those whom he manages.

        :param str mode: 'read' or 'work': who manages a product reads what its line does
        :rtype: Domain
        """
        access = self.env['pharma.access']
        if access._sees_all_people():
            return Domain.TRUE
        access._flush()
        self.flush_model(['user_id', 'territory_id', 'product_line_id'])
        return Domain.custom(to_sql=lambda model, alias, query: access._team_sql(alias, mode))
