from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

GENDERS = [
    ('male', "Male"),
    ('female', "Female"),
]
EDUCATIONS = [
    ('doctor', "Doctorate"),
    ('master', "Master"),
    ('bachelor', "Bachelor"),
    ('college', "College"),
    ('secondary', "Secondary School"),
    ('lower', "Lower"),
]
INFLUENCES = [
    ('high', "Decides"),
    ('medium', "Has a Say"),
    ('low', "Little"),
]
MARITAL_STATUSES = [
    ('single', "Single"),
    ('married', "Married"),
    ('divorced', "Divorced"),
]
MONTHS = [
    ('01', "January"),
    ('02', "February"),
    ('03', "March"),
    ('04', "April"),
    ('05', "May"),
    ('06', "June"),
    ('07', "July"),
    ('08', "August"),
    ('09', "September"),
    ('10', "October"),
    ('11', "November"),
    ('12', "December"),
]
# Kept only where the company allows it.
SENSITIVE_FACTS = frozenset(('marital_status', 'family', 'ethnicity', 'habits'))
# Reading one of them opens the profile; the other fields may stand in lists and groupings.
LOGGED_FACTS = SENSITIVE_FACTS | {
    'origin', 'school', 'major', 'career', 'honours', 'responsibility', 'hobbies', 'personality',
    'strengths', 'weaknesses', 'influence_note', 'notes',
}


def writes_log(method):
    """Mark a method of Odoo that only reads: here it writes the log as well, and needs a connection
    to the database that may write.
    """
    method._readonly = False
    return method


class PharmaPersonProfile(models.Model):
    """What is known of a doctor or key person in private, for his owner, managers and stewards.

    Every way of reading the facts in :data:`LOGGED_FACTS` writes a row of ``pharma.profile.log``.
    The encrypted numbers are in ``pharma_person_profile_numbers.py``.
    """

    _name = 'pharma.person.profile'
    _description = "Private Profile"
    _order = 'partner_id, id'
    _rec_name = 'partner_id'

    _partner_uniq = models.Constraint(
        'UNIQUE(partner_id)', "This person has a private profile already.")

    partner_id = fields.Many2one(
        'res.partner', string="Person", required=True, index=True, ondelete='cascade', copy=False,
        domain="[('private_profile_access', '=', True)]")
    hospital_id = fields.Many2one(
        related='partner_id.commercial_partner_id', string="Hospital or Company")
    department_id = fields.Many2one(related='partner_id.parent_id', string="Belongs To")
    owner_ids = fields.Many2many(related='partner_id.owner_ids', string="Responsible")
    company_id = fields.Many2one(related='partner_id.company_id')

    # who he is
    gender = fields.Selection(GENDERS)
    birthday = fields.Date()
    birthday_month = fields.Selection(
        MONTHS, compute='_compute_birthday_month', store=True, index='btree_not_null')
    origin = fields.Char(string="Place of Origin")
    education = fields.Selection(EDUCATIONS)
    school = fields.Char()
    major = fields.Char(string="Field of Study")
    career = fields.Text(help="Former posts and stations")

    # what he is like
    hobbies = fields.Text()
    personality = fields.Text()
    strengths = fields.Text()
    weaknesses = fields.Text()

    # his weight
    influence = fields.Selection(INFLUENCES)
    influence_note = fields.Text(string="How He Decides", help="On what, with whom, by what")
    responsibility = fields.Char(help="His part in the work of the department or hospital")
    honours = fields.Char(string="Honorary Offices")
    notes = fields.Text()

    # sensitive, off by default
    marital_status = fields.Selection(MARITAL_STATUSES)
    family = fields.Text()
    ethnicity = fields.Char()
    habits = fields.Text()

    # === COMPUTE === #

    @api.depends('partner_id')
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = profile.partner_id.display_name

    @api.depends('birthday')
    def _compute_birthday_month(self):
        for profile in self:
            profile.birthday_month = profile.birthday and f'{profile.birthday:%m}'

    # === CONSTRAINTS === #

    @api.constrains('partner_id')
    def _check_person(self):
        for profile in self:
            if profile.partner_id.pharma_type != 'person':
                raise ValidationError(self.env._(
                    "%s is no person: private profiles are kept of persons only.",
                    profile.partner_id.display_name))

    @api.constrains('birthday')
    def _check_birthday(self):
        today = fields.Date.context_today(self)
        for profile in self:
            if profile.birthday and profile.birthday > today:
                raise ValidationError(self.env._("The birthday lies in the future."))

    # === RIGHTS === #

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        return self.env.su or field.name not in SENSITIVE_FACTS or self._sensitive_facts_allowed()

    @api.model
    def _sensitive_facts_allowed(self):
        """Whether all the companies that the user works in keep sensitive facts."""
        # sudo: the setting is no secret, a representative may not read companies' fields
        return all(self.env.companies.sudo().mapped('pharma_sensitive_facts'))

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type='form', **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, self._sensitive_facts_allowed())

    @api.model
    def _get_view(self, view_id=None, view_type='form', **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if not self._sensitive_facts_allowed():
            for node in arch.xpath("//*[@name='sensitive_facts']"):
                node.getparent().remove(node)
        return arch, view

    def copy_data(self, default=None):
        raise UserError(self.env._("A private profile cannot be duplicated."))

    # === LOG === #

    def _log(self, kind, field_name=False):
        """Write in the log that the current user looked at these profiles.

        :param str kind: as in ``pharma.profile.log``
        :param field_name: the number concerned, or False
        """
        if not self.env.su:
            profiles = self._origin._filtered_access('read')
            self.env['pharma.profile.log']._record(
                profiles.sudo().partner_id, kind, field_name)

    def _read_format(self, fnames, load='_classic_read'):
        if not LOGGED_FACTS.isdisjoint(fnames):
            self._log('opened')
        return super()._read_format(fnames, load)

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        self._log('exported')
        return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_groupable(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _read_group_select(self, aggregate_spec, query):
        self._check_groupable(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _check_groupable(self, spec):
        """Groups would tell the facts without a row in the log."""
        if not self.env.su and spec.split(':')[0].split('.')[0] in LOGGED_FACTS:
            raise AccessError(self.env._(
                "Private facts are read in the profile itself, not in groups."))

    @writes_log
    def read(self, fields=None, load='_classic_read'):
        return super().read(fields, load)

    @writes_log
    def web_read(self, specification):
        return super().web_read(specification)

    @api.model
    @writes_log
    def search_read(self, domain=None, fields=None, offset=0, limit=None, order=None,
                    **read_kwargs):
        return super().search_read(domain, fields, offset, limit, order, **read_kwargs)

    @api.model
    @writes_log
    def web_search_read(self, domain, specification, offset=0, limit=None, order=None,
                        count_limit=None):
        return super().web_search_read(domain, specification, offset, limit, order, count_limit)
