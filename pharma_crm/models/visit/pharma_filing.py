from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

# Days before the end of a filing on which its person and his managers are told, the first first
WARNINGS = (60, 15)
FILING_STATES = [
    ('future', "Not Begun"),
    ('valid', "Valid"),
    ('expiring', "Expiring"),
    ('expired', "Expired"),
]
# The rules on filing are about calls on medical institutions
FILED_TYPES = ('hospital', 'primary_care')


class PharmaFiling(models.Model):
    """The filing of a medical representative (医药代表备案) by the holder of the drugs' marketing
    authorisation: for which products, in which hospitals, until when.

    Calls are planned within it; see :meth:`_check_calls`.
    """

    _name = 'pharma.filing'
    _description = "Filing of a Representative"
    _inherit = ['mail.thread', 'mail.activity.mixin']
    _rec_name = 'number'
    _order = 'date_to DESC, id DESC'
    _check_company_auto = True

    _dates_check = models.Constraint(
        'CHECK(date_to >= date_from)', "A filing cannot end before it begins.")
    _number_uniq = models.UniqueIndex(
        '(company_id, number)', "This filing number is entered already.")

    number = fields.Char(required=True, tracking=True, copy=False)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        'res.users', string="Representative", required=True, index=True, ondelete='restrict',
        tracking=True, domain=[('share', '=', False)])
    holder_id = fields.Many2one(
        'res.partner', string="Marketing Authorisation Holder", required=True, ondelete='restrict',
        index=True, domain=[('pharma_type', '=', 'manufacturer')], check_company=True)
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company)
    date_from = fields.Date(
        string="Valid From", required=True, tracking=True,
        default=lambda self: self.env['pharma.access']._get_today())
    date_to = fields.Date(string="Valid Until", required=True, index=True, tracking=True)
    state = fields.Selection(
        FILING_STATES, string="Status", compute='_compute_state', search='_search_state')
    product_ids = fields.Many2many(
        'product.template', string="Products", help="None: all products of the holder")
    hospital_ids = fields.Many2many(
        'res.partner', string="Hospitals", help="None: all hospitals",
        domain=[('pharma_type', 'in', FILED_TYPES)])
    document = fields.Binary(attachment=True, copy=False)
    document_name = fields.Char(copy=False)
    warned_days = fields.Integer(
        readonly=True, copy=False, export_string_translation=False,
        help="How many days before the end the last warning was given; 0: none yet")
    pharma_people = fields.Boolean(
        compute='_compute_pharma_people', search='_search_pharma_people',
        export_string_translation=False, groups='base.group_user')

    # === COMPUTES === #

    @api.depends('date_from', 'date_to')
    def _compute_state(self):
        today = self.env['pharma.access']._get_today()
        soon = today + timedelta(days=WARNINGS[0])
        for filing in self:
            if filing.date_from and filing.date_from > today:
                filing.state = 'future'
            elif filing.date_to and filing.date_to < today:
                filing.state = 'expired'
            else:
                filing.state = (
                    'expiring' if filing.date_to and filing.date_to <= soon else 'valid')

    @api.model
    def _search_state(self, operator, value):
        if operator != 'in':
            return NotImplemented
        today = self.env['pharma.access']._get_today()
        future, expired = Domain('date_from', '>', today), Domain('date_to', '<', today)
        soon = Domain('date_to', '<=', today + timedelta(days=WARNINGS[0]))
        current = ~future & ~expired
        domains = {'future': future, 'expired': expired & ~future,
                   'expiring': current & soon, 'valid': current & ~soon}
        return Domain.OR(domains[state] for state in value if state in domains)

    @api.depends('number', 'user_id')
    def _compute_display_name(self):
        for filing in self:
            filing.display_name = " · ".join(
                filter(None, (filing.number, filing.user_id.sudo().name)))

    # === RIGHTS === #

    @api.depends_context('uid', 'allowed_company_ids')
    def _compute_pharma_people(self):
        domain = self._search_pharma_people('in', [True])
        allowed = set(self._search(Domain('id', 'in', self._origin.ids) & domain))
        for filing in self:
            filing.pharma_people = not filing._origin or filing._origin.id in allowed

    @api.model
    def _search_pharma_people(self, operator, value):
        """Filings of the current user and of those whom he manages today: unlike calls, which
        stay with who managed the person then.
        """
        if operator != 'in':
            return NotImplemented
        access = self.env['pharma.access']
        if access._sees_all_people():
            return Domain.TRUE
        return Domain('user_id', 'in', [self.env.uid, *access._get_managed_users().ids])

    # === CRUD === #

    def write(self, vals):
        if 'date_to' in vals and 'warned_days' not in vals:
            # Renewed: its end is told anew
            vals = {**vals, 'warned_days': 0}
        return super().write(vals)

    # === CALLS === #

    @api.model
    def _check_calls(self, visits):
        """Calls on hospitals that are planned for today or later lie within a filing of their
        representative, as far as his company wants it.

        :param visits: ``pharma.visit``; recorded and past ones are not asked for
        :raise UserError: for the first call that does not
        """
        visits = visits.sudo().filtered(lambda visit: visit._needs_filing())
        if not visits:
            return
        filings = self._get_filings(visits)
        for visit in visits:
            own = filings.filtered(lambda filing, visit=visit: (
                filing.user_id == visit.user_id and filing.company_id == visit.company_id))
            problem = own._get_problem(visit)
            if problem:
                raise UserError(problem)

    @api.model
    def _get_filings(self, visits):
        """All filings of the people who make calls.

        :param visits: ``pharma.visit``
        :rtype: pharma.filing
        """
        # sudo: whether a call may be planned hangs on the filing, whoever plans it
        return self.sudo().search([
            ('user_id', 'in', visits.user_id.ids), ('company_id', 'in', visits.company_id.ids)])

    def _get_problem(self, visit):
        """Why a call does not lie within these filings of its representative; None if it does.

        :param visit: ``pharma.visit``
        :rtype: str or None
        """
        person, day = visit.user_id.name, format_date(visit.env, visit.date)
        if not self:
            return visit.company_id.pharma_filing_check == 'required' and self.env._(
                "%s has no filing as medical representative: calls on hospitals cannot be planned.",
                person) or None
        valid = self.filtered(lambda filing: filing.date_from <= visit.date <= filing.date_to)
        if not valid:
            last = self.sorted('date_to')[-1]
            return self.env._(
                "Filing %(number)s of %(person)s is valid from %(first)s to %(last)s: no call on "
                "%(day)s can be planned. Ask for it to be renewed.", number=last.number,
                person=person, first=format_date(visit.env, last.date_from),
                last=format_date(visit.env, last.date_to), day=day)
        covering = valid.filtered(lambda filing: (
            not filing.hospital_ids or visit.hospital_id in filing.hospital_ids))
        if not covering:
            return self.env._(
                "No filing of %(person)s that is valid on %(day)s names %(hospital)s.",
                person=person, day=day, hospital=visit.hospital_id.name)
        other = visit.product_ids.product_id.product_tmpl_id - covering._get_products()
        if other and all(filing.product_ids for filing in covering):
            return self.env._(
                "No filing of %(person)s that is valid on %(day)s names %(product)s.",
                person=person, day=day, product=", ".join(other.mapped('name')))
        return None

    def _get_products(self):
        """The products that these filings name.

        :rtype: product.template
        """
        return self.product_ids

    # === WARNINGS === #

    @api.model
    def _cron_warn(self):
        """Tell people and their managers that a filing ends soon, once 60 and once 15 days before;
        not where another one follows.
        """
        today = self.env['pharma.access']._get_today()
        ending = self.search([
            ('date_to', '>=', today), ('date_to', '<=', today + timedelta(days=WARNINGS[0])),
            ('user_id.active', '=', True)])
        managers = self.env['pharma.access']._get_nearest_managers(ending.user_id)
        for filing in ending - ending._get_renewed():
            left = (filing.date_to - today).days
            level = min(days for days in WARNINGS if left <= days)
            if not filing.warned_days or filing.warned_days > level:
                filing._warn(filing.user_id | managers.get(filing.user_id.id, filing.user_id))
                filing.warned_days = level

    def _get_renewed(self):
        """Those of these filings after which another of the same person and holder goes on."""
        others = self.search([('user_id', 'in', self.user_id.ids)])
        return self.filtered(lambda filing: any(
            other.date_to > filing.date_to and other.user_id == filing.user_id
            and other.holder_id == filing.holder_id and other.company_id == filing.company_id
            and other.date_from <= filing.date_to + timedelta(days=1) for other in others))

    def _warn(self, users):
        """Put the end of this filing among the to-dos of people."""
        for user in users:
            filing = self.with_context(lang=user.lang)
            filing.activity_schedule(
                'mail.mail_activity_data_todo', user_id=user.id, date_deadline=self.date_to,
                summary=filing.env._(
                    "Filing %(number)s of %(person)s ends on %(date)s", number=self.number,
                    person=self.user_id.name, date=format_date(filing.env, self.date_to)))
