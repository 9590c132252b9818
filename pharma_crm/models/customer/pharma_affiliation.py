from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

AFFILIATION_STATES = [
    ('future', "Not Begun"),
    ('current', "Present"),
    ('past', "Former"),
]
# Between post and title, as on a Chinese business card
FUNCTION_SEPARATOR = '、'


class PharmaAffiliation(models.Model):
    """A post of a person in a hospital or department, from a date to a date (任职关系).

    A person has several at once. One of the current ones is the primary one: it is his place in
    the tree (``parent_id``) and the ``function`` on his contact. The database sees to it that
    there is never a second one, :meth:`_drive_persons` that there is one.
    """

    _name = 'pharma.affiliation'
    _description = "Affiliation"
    _order = 'is_primary DESC, date_to DESC NULLS FIRST, date_from DESC NULLS LAST, id DESC'
    _check_company_auto = True

    _primary_uniq = models.UniqueIndex(
        '(person_id) WHERE is_primary', "A person has one primary post.")
    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "A post cannot end before it begins.")
    # Ranges of one number: the database compares these without an extension
    _overlap_excl = models.Constraint(
        "EXCLUDE USING gist (int4range(person_id, person_id, '[]') WITH =,"
        " int4range(place_id, place_id, '[]') WITH =, daterange(date_from, date_to, '[]') WITH &&)",
        "The person has another post at the same place in this time: end that one first.")

    person_id = fields.Many2one(
        'res.partner', required=True, index=True, ondelete='cascade',
        domain="[('pharma_type', '=', 'person')]")
    place_id = fields.Many2one(
        'res.partner', string="Hospital or Department", required=True, index=True,
        ondelete='restrict', check_company=True,
        domain="[('pharma_type', 'in', ('hospital', 'primary_care', 'campus', 'department',"
               " 'pharmacy'))]")
    hospital_id = fields.Many2one(
        related='place_id.commercial_partner_id', string="Hospital", store=True, index=True)
    company_id = fields.Many2one(related='person_id.company_id', store=True, index='btree_not_null')
    post = fields.Char(help="For instance head of the department")
    title_id = fields.Many2one('pharma.title', index='btree_not_null')
    date_from = fields.Date(string="From", help="Empty: not known since when")
    date_to = fields.Date(string="To", help="The last day; empty: still there")
    is_primary = fields.Boolean(
        string="Primary", copy=False,
        help="The person's place in the structure of his hospital; one of the current posts is it")
    state = fields.Selection(
        AFFILIATION_STATES, string="Status", compute='_compute_state',
        search='_search_state')

    # === COMPUTE === #

    @api.depends('date_from', 'date_to')
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for affiliation in self:
            if affiliation.date_from and affiliation.date_from > today:
                affiliation.state = 'future'
            elif affiliation.date_to and affiliation.date_to < today:
                affiliation.state = 'past'
            else:
                affiliation.state = 'current'

    @api.model
    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = fields.Date.context_today(self)
        future = Domain('date_from', '>', today)
        past = Domain('date_to', '<', today)
        domains = {'future': future, 'past': past & ~future, 'current': ~future & ~past}
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends('person_id.name', 'place_id.complete_name', 'post', 'title_id.name')
    def _compute_display_name(self):
        for affiliation in self:
            # Who sees the post may read where it is
            names = affiliation.person_id.name, affiliation.sudo().place_id.complete_name
            function = affiliation._get_function()
            affiliation.display_name = " - ".join(filter(None, (*names, function)))

    # === CONSTRAINTS === #

    @api.constrains('person_id', 'place_id')
    def _check_kinds(self):
        for affiliation in self.sudo():
            if affiliation.person_id.pharma_type != 'person':
                raise ValidationError(self.env._(
                    "%s is not a person: only persons have posts.", affiliation.person_id.name))
            if affiliation.place_id.pharma_type == 'person':
                raise ValidationError(self.env._(
                    "%s is a person: a post is in a hospital or department.",
                    affiliation.place_id.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        persons = self.env['res.partner'].browse({
            vals['person_id'] for vals in vals_list if vals.get('person_id')})
        chosen = {vals['person_id'] for vals in vals_list if vals.get('is_primary')}
        # Who was entered before there were posts keeps the place that he has
        places = {(vals.get('person_id'), vals.get('place_id')) for vals in vals_list}
        persons.filtered(
            lambda person: (person.id, person.parent_id.id) not in places
            and person.id not in chosen)._ensure_affiliations()
        self._clear_primary(persons.browse(chosen))
        affiliations = super().create(vals_list)
        affiliations._drive_persons(affiliations.person_id)
        self.env['pharma.access']._forget()
        return affiliations

    def write(self, vals):
        persons = self.person_id
        if vals.get('is_primary'):
            self._clear_primary(persons, keep=self)
        result = super().write(vals)
        self._drive_persons(persons | self.person_id)
        self.env['pharma.access']._forget()
        return result

    def unlink(self):
        persons = self.person_id
        result = super().unlink()
        self._drive_persons(persons)
        self.env['pharma.access']._forget()
        return result

    # === PRIMARY POST === #

    # pylint: disable=super-method-mismatch,missing-return
    @api.model
    def _clear_primary(self, persons, keep=None):
        """Another post becomes the primary one: the present ones give way first.

        :param persons: whose
        :param keep: posts that stay as they are
        """
        others = self._get_primary(persons) - (keep or self.browse())
        # past our own write(), which would choose primary posts anew
        super(PharmaAffiliation, others).write({'is_primary': False})
        others.flush_recordset(['is_primary'])

    @api.model
    def _get_primary(self, persons):
        """The primary posts of persons.

        :param persons: ``res.partner``
        :return: at most one post of each
        """
        return self.search([('person_id', 'in', persons.ids), ('is_primary', '=', True)])

    # pylint: disable=super-method-mismatch,missing-return
    @api.model
    def _drive_persons(self, persons):
        """Choose the primary one of the current posts where it is missing or over, and bring place
        and function of the persons in line with it.

        :param persons: ``res.partner``; deleted ones are passed over
        """
        persons = persons.exists()
        current = self.search([
            ('person_id', 'in', persons.ids), ('state', '=', 'current')]).grouped('person_id')
        self._clear_primary(persons, keep=self.browse().concat(*current.values()))
        for person in persons:
            posts = current.get(person, self.browse())
            primary = posts.filtered('is_primary')
            if posts and not primary:
                # The one that he holds in the tree, else the one that he took up last
                primary = max(posts, key=lambda post: (
                    post.place_id == person.parent_id,
                    post.date_from or fields.Date.to_date('1900-01-01'), post.id))
                super(PharmaAffiliation, primary).write({'is_primary': True})
            person._follow_affiliation(primary)
        self.env['pharma.score']._score_later(persons.ids)

    # pylint: disable=super-method-mismatch,missing-return
    def _close(self, last_day):
        """End posts, without choosing primary ones anew: the caller opens others at once.

        :param date last_day: the last day of the posts
        :raise UserError: if one of them began later
        """
        for affiliation in self:
            if affiliation.date_from and affiliation.date_from > last_day:
                raise UserError(self.env._(
                    "%(post)s began on %(date)s only: choose a later day, or correct that post.",
                    post=affiliation.display_name,
                    date=format_date(self.env, affiliation.date_from)))
        super().write({'date_to': last_day, 'is_primary': False})
        self.flush_recordset()

    def _is_fresh(self):
        """Whether the post was entered or begins today: a change of it is a correction."""
        today = fields.Date.context_today(self)
        begin = self.date_from or fields.Date.context_today(self, self.create_date)
        return bool(self) and begin >= today

    def _get_function(self):
        """Post and title as one text.

        :return: the text, or False
        :rtype: str | bool
        """
        return FUNCTION_SEPARATOR.join(
            filter(None, (self.post, self.title_id.name))) or False

    @api.model
    def _prepare_function_vals(self, function, title):
        """Post and title from one text, the reverse of :meth:`_get_function`.

        :param function: text
        :param title: the title that he had; kept when the text still ends with it
        :rtype: dict
        """
        words = (function or '').split(FUNCTION_SEPARATOR)
        if title and words[-1] == title.name:
            return {'post': FUNCTION_SEPARATOR.join(words[:-1]), 'title_id': title.id}
        return {'post': function, 'title_id': False}

    @api.model
    def _cron_drive_persons(self):
        """Posts that begin or end with this day move their persons."""
        over = self.search([
            ('is_primary', '=', True), '|', ('state', '=', 'past'), ('state', '=', 'future')])
        idle = self.search([
            ('state', '=', 'current'),
            ('person_id.affiliation_ids', 'not any', [('is_primary', '=', True)])])
        self._drive_persons(over.person_id | idle.person_id)
