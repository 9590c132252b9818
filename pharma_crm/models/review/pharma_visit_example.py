from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools.anonymous import find_names, hide_names

EXAMPLE_FIELDS = frozenset({'name', 'text', 'good', 'active', 'purpose_id'})


class PharmaVisitExample(models.Model):
    """A call worth learning from (优秀案例), shared by a manager with the people below him: its
    text without the names of customers.
    """

    _name = 'pharma.visit.example'
    _description = "Example of a Call"
    _order = 'date DESC, id DESC'

    name = fields.Char(string="Title", required=True)
    text = fields.Text(required=True)
    good = fields.Text(string="What Is Good")
    user_id = fields.Many2one(
        'res.users', string="By", readonly=True, index='btree_not_null', ondelete='set null')
    manager_id = fields.Many2one(
        'res.users', string="Shared By", required=True, readonly=True, index=True,
        ondelete='restrict')
    territory_id = fields.Many2one(
        'pharma.territory', string="For the People Of", readonly=True, index='btree_not_null',
        ondelete='restrict')
    company_id = fields.Many2one('res.company', required=True, readonly=True, index=True)
    purpose_id = fields.Many2one(
        'pharma.visit.purpose', index='btree_not_null', ondelete='set null')
    date = fields.Date(string="Shared On", readonly=True)
    is_shared = fields.Boolean(string="Shared", readonly=True)
    active = fields.Boolean(default=True)
    # The name of a call is that of its customer
    visit_id = fields.Many2one(
        'pharma.visit', string="Call", readonly=True, index='btree_not_null',
        ondelete='set null', groups='base.group_system')
    pharma_shared = fields.Boolean(
        compute='_compute_pharma_shared', search='_search_pharma_shared',
        export_string_translation=False)

    is_mine = fields.Boolean(compute='_compute_is_mine', export_string_translation=False)

    # === RIGHTS === #

    @api.depends('manager_id')
    @api.depends_context('uid')
    def _compute_is_mine(self):
        all_people = self.env['pharma.access']._sees_all_people()
        for example in self:
            example.is_mine = all_people or example.manager_id == self.env.user

    @api.depends_context('uid')
    def _compute_pharma_shared(self):
        allowed = set(self._search(Domain('id', 'in', self._origin.ids) & self._shared_domain()))
        for example in self:
            example.pharma_shared = example._origin.id in allowed

    @api.model
    def _search_pharma_shared(self, operator, value):
        return NotImplemented if operator != 'in' else self._shared_domain()

    @api.model
    def _shared_domain(self):
        """Domain of the examples that the current user shares, or that are shared with him: those
        of his territory and of all above it, and those of the territories that he manages.
        """
        access = self.env['pharma.access']
        if access._sees_all_people():
            return Domain.TRUE
        access._flush()
        self.flush_model(['manager_id', 'territory_id', 'is_shared'])
        return Domain.custom(to_sql=lambda model, alias, query: SQL(
            """ (%(manager)s = ANY(ARRAY(%(users)s)) OR %(shared)s AND (
                 %(territory)s = ANY(ARRAY(
                     SELECT above.id
                       FROM pharma_territory_assignment g
                       JOIN pharma_territory mine ON mine.id = g.territory_id
                       JOIN pharma_territory above
                            ON starts_with(mine.parent_path, above.parent_path)
                      WHERE g.user_id = ANY(ARRAY(%(users)s)) AND %(valid)s))
                 OR %(territory)s = ANY(ARRAY(
                     SELECT s.territory_id FROM (%(managed)s) s)))) """,
            manager=SQL.identifier(alias, 'manager_id'), users=access._users_sql(),
            shared=SQL.identifier(alias, 'is_shared'),
            territory=SQL.identifier(alias, 'territory_id'), valid=access._valid_sql('g'),
            managed=access._managed_sql()))

    # === CONSTRAINTS AND CRUD === #

    @api.constrains('name', 'text', 'good', 'is_shared')
    def _check_no_names(self):
        for example in self.sudo():
            places, people = example.visit_id._get_names_to_hide()
            found = {name for text in (example.name, example.text, example.good)
                     for name in find_names(text, places, people)}
            if example.is_shared and found:
                raise ValidationError(self.env._(
                    "Others do not read names of customers in an example. Take out: %s",
                    ", ".join(sorted(found))))

    def write(self, vals):
        if not self.env.su and not vals.keys() <= EXAMPLE_FIELDS:
            raise AccessError(self.env._("Who shares an example, and with whom, is not typed in."))
        return super().write(vals)

    # === ACTIONS === #

    def action_share(self):
        """Show the example to the people below.

        :raise UserError: while names of customers are in it
        """
        self.check_access('write')
        # sudo: who may change it shares it
        self.sudo().write({
            'is_shared': True, 'date': self.env['pharma.access']._get_today()})

    def action_withdraw(self):
        """Show it to nobody else any more."""
        self.check_access('write')
        # sudo: as above
        self.sudo().is_shared = False


class PharmaVisit(models.Model):
    """A call becomes an example."""

    _inherit = 'pharma.visit'

    def action_make_example(self):
        """Make an example of this call, to be finished and shared; for managers of the person.

        :return: the action that opens it
        :rtype: dict
        :raise AccessError: who is not manager of the person
        :raise UserError: a call without a text
        """
        self.ensure_one()
        self.check_access('read')
        self._check_reviewer()
        if not any((self.summary, self.need, self.solution)):
            raise UserError(self.env._("There is no text in this call to learn from."))
        # sudo: the manager was checked; nobody else makes examples
        Example = self.env['pharma.visit.example'].sudo()
        example = Example.search([
            ('visit_id', '=', self.id), ('manager_id', '=', self.env.uid)], limit=1)
        example = example or Example.create(self._prepare_example_vals())
        return {
            'type': 'ir.actions.act_window', 'res_model': 'pharma.visit.example',
            'res_id': example.id, 'views': [(False, 'form')], 'name': self.env._("Example"),
        }

    def _prepare_example_vals(self):
        places, people = self._get_names_to_hide()
        text = "\n".join(filter(None, (self.summary, self.need, self.solution)))
        return {
            'name': self.purpose_id.name or self.env._("Call"),
            'text': hide_names(
                text, places, people, self.env._("a hospital"), self.env._("Somebody ")),
            'user_id': self.user_id.id, 'manager_id': self.env.uid,
            'territory_id': self._get_example_territory().id,
            'company_id': self.company_id.id, 'purpose_id': self.purpose_id.id,
            'visit_id': self.id}

    def _get_example_territory(self):
        """Of the territories that the current user manages the one above the call's; of a director
        the highest above it.
        """
        # sudo: of the tree only what is above the call
        above = self.territory_id.sudo()
        path = above.browse(map(int, (above.parent_path or '').strip('/').split('/'))) \
            if above else above
        managed = self.env['pharma.access']._get_managed()
        if managed is None:
            return path[:1]
        ids = {territory for territory, _line in managed}
        return path.filtered(lambda territory: territory.id in ids)[:1]

    def _get_names_to_hide(self):
        """Names of the customer of this call and of those met.

        :return: names of places, names of people
        :rtype: tuple(list, list)
        """
        # sudo: names to take out, whoever sees the customers
        partners = self.sudo().partner_id | self.sudo().person_ids | self.sudo().hospital_id
        people = partners.filtered(lambda partner: partner.pharma_type == 'person')
        places = (partners | people.parent_id | self.sudo().hospital_id) - people
        places = places.filtered(
            lambda place: place.pharma_type not in ('department', 'campus'))
        names = places.mapped('name') + places.alias_ids.mapped('name')
        return [name for name in names if name], people.mapped('name')
