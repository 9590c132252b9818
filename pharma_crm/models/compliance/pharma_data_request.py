from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools.erasure import add_working_days

REQUEST_KINDS = [
    ('export', "Copy of the Data"),
    ('erase', "Erasure"),
]
REQUEST_STATES = [
    ('received', "Received"),
    ('running', "Being Erased"),
    ('done', "Done"),
    ('refused', "Refused"),
]
GROUNDS = [
    ('person', "The person asks for it"),
    ('withdrawn', "The person withdrew consent"),
    ('purpose', "The purpose is reached, or can no longer be"),
    ('period', "The time for which data are kept is over"),
    ('unlawful', "The data should not have been collected"),
]
# Working days within which the company answers
DAYS = 15
STEWARD_GROUP = 'pharma_crm.group_pharma_crm_steward'
DIRECTOR_GROUP = 'pharma_crm.group_pharma_crm_director'
# What people enter; all else is written by the methods below
ENTERED_FIELDS = frozenset(('kind', 'partner_id', 'ground', 'date_received', 'deadline', 'channel',
                            'refusal'))


class PharmaDataRequest(models.Model):
    """A person asks for a copy of what is kept of him, or for its erasure (个人信息请求).

    Stewards and directors enter requests and hand out copies. Erasing needs two: a director decides
    on a request that somebody else has entered. What stays of an erased person is the number of his
    record; this document holds no word of him, so it has neither messages nor a free text. Nobody
    has the right to delete one: it proves what was answered, and when.
    """

    _name = 'pharma.data.request'
    _description = "Request about Personal Data"
    _order = 'id DESC'
    _rec_name = 'partner_number'

    _open_uniq = models.UniqueIndex(
        "(partner_number, kind) WHERE state IN ('received', 'running')",
        "There is an open request of this kind for the person already.")

    kind = fields.Selection(REQUEST_KINDS, required=True, default='export')
    partner_id = fields.Many2one(
        'res.partner', string="Person", required=True, index=True, ondelete='restrict',
        domain=[('pharma_type', '=', 'person')])
    partner_number = fields.Integer(
        string="Record Number", compute='_compute_partner_number', store=True,
        precompute=True, aggregator=None)
    company_id = fields.Many2one(related='partner_id.company_id', store=True, index=True)
    ground = fields.Selection(GROUNDS, required=True, default='person')
    channel = fields.Selection([
        ('letter', "Letter"), ('mail', "Email"), ('phone', "Phone"), ('visit', "In Person"),
    ], string="Received By", required=True, default='mail')
    date_received = fields.Date(
        string="Received On", required=True,
        default=lambda self: self.env['pharma.access']._get_today())
    deadline = fields.Date(
        compute='_compute_deadline', store=True, readonly=False, required=True, precompute=True,
        help="15 working days after it was received")
    is_late = fields.Boolean(string="Late", compute='_compute_is_late', search='_search_is_late')
    state = fields.Selection(
        REQUEST_STATES, string="Status", required=True, default='received', readonly=True,
        copy=False, index=True)
    requested_by_id = fields.Many2one(
        'res.users', string="Entered By", required=True, readonly=True, ondelete='restrict',
        index=True, copy=False, default=lambda self: self.env.user)
    decided_by_id = fields.Many2one(
        'res.users', readonly=True, ondelete='restrict', index=True,
        copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    done_on = fields.Datetime(readonly=True, copy=False)
    refusal = fields.Selection([
        ('identity', "Who asks could not be identified"),
        ('law', "The law asks for the data to be kept"),
        ('nothing', "Nothing is kept of the person"),
        ('other', "Another reason, given in the answer"),
    ], string="Why Refused", copy=False)
    copy_count = fields.Integer(string="Copies Handed Out", readonly=True, copy=False)
    report = fields.Json(readonly=True, copy=False, groups='base.group_system')
    plan = fields.Html(string="What Happens", compute='_compute_plan', sanitize=False)
    may_decide = fields.Boolean(compute='_compute_may_decide', export_string_translation=False)

    # === COMPUTE === #

    @api.depends('partner_id')
    def _compute_partner_number(self):
        for request in self:
            request.partner_number = request.partner_id.id

    @api.depends('date_received')
    def _compute_deadline(self):
        for request in self:
            request.deadline = request.date_received and add_working_days(
                request.date_received, DAYS)

    @api.depends('kind', 'partner_number')
    @api.depends_context('lang')
    def _compute_display_name(self):
        kinds = dict(self._fields['kind']._description_selection(self.env))
        for request in self:
            request.display_name = f"{kinds.get(request.kind, '')} #{request.partner_number}"

    @api.depends('deadline', 'state')
    def _compute_is_late(self):
        today = self.env['pharma.access']._get_today()
        for request in self:
            request.is_late = bool(
                request.state == 'received' and request.deadline and request.deadline < today)

    @api.model
    def _search_is_late(self, operator, value):
        if operator != 'in':
            return NotImplemented
        return [('state', '=', 'received'),
                ('deadline', '<', self.env['pharma.access']._get_today())]

    @api.depends_context('uid')
    @api.depends('state', 'kind', 'requested_by_id')
    def _compute_may_decide(self):
        director = self.env.user.has_group(DIRECTOR_GROUP)
        for request in self:
            request.may_decide = director and request.state == 'received' and (
                request.kind == 'export' or request.requested_by_id != self.env.user)

    @api.depends('partner_id', 'kind', 'state')
    def _compute_plan(self):
        """Before the erasure what it would do, afterwards what it did."""
        for request in self:
            rows, mentions = [], {}
            # sudo: numbers alone are told
            if request.state == 'done' and request.sudo().report:
                rows, mentions = request.sudo().report['plan'], request.sudo().report['mentions']
            elif request.kind == 'erase' and request._origin and request.state == 'received':
                rows = self.env['pharma.personal.data']._get_plan(request.partner_id)
            request.plan = rows and self.env['ir.qweb']._render('pharma_crm.data_request_plan', {
                'rows': rows, 'mentions': mentions,
                'labels': {'delete': self.env._("Deleted"), 'anonymise': self.env._("Without name"),
                           'keep': self.env._("Kept")}})

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_entered(vals)
        # Nor by the defaults of a context
        kept = {key: value for key, value in self.env.context.items()
                if not key.startswith('default_')
                or key.removeprefix('default_') in ENTERED_FIELDS}
        requests = super(  # pylint: disable-next=context-overridden
            PharmaDataRequest, self.with_context(kept)).create(vals_list)
        for request in requests:
            request._check_person()
        return requests

    def write(self, vals):
        self._check_entered(vals)
        if not self.env.su and any(request.state != 'received' for request in self):
            raise UserError(self.env._("This request was answered, it stays as it is."))
        # Else whoever entered one would stand for another one, on which one alone decides
        if not self.env.su and {'kind', 'partner_id'} & vals.keys():
            raise UserError(self.env._(
                "Whom a request is about and what is asked stay: refuse it, and enter another"
                " one."))
        return super().write(vals)

    @api.model
    def _check_entered(self, vals):
        """State and decisions are written by the buttons alone."""
        closed = {name for name in vals if name in self._fields and name not in ENTERED_FIELDS}
        if closed and not self.env.su:
            raise AccessError(self.env._("What became of a request is written by its buttons."))

    def _check_person(self):
        """Requests are of persons outside of the company, on the record that is kept."""
        # sudo: whether the person has a login is no secret to whoever enters his request
        person = self.sudo().partner_id
        users = self.env['res.users'].sudo().with_context(active_test=False).search([
            ('partner_id', '=', person.id)])
        if person.pharma_type != 'person':
            raise UserError(self.env._("%s is no person.", person.display_name))
        if any(user._is_internal() for user in users):
            raise UserError(self.env._(
                "%s works for the company: employees ask the department of personnel.",
                person.display_name))
        if 'merged_into_id' in person._fields and person.merged_into_id:
            raise UserError(self.env._(
                "This record was merged into another one: enter the request for that one."))

    # === EXPORT === #

    def _check_role(self):
        """Only stewards and directors work on requests.

        :raise AccessError: for others
        """
        self.check_access('write')
        if not any(self.env.user.has_group(group) for group in (STEWARD_GROUP, DIRECTOR_GROUP)):
            raise AccessError(self.env._("Requests are for data stewards and directors."))

    def action_download(self):
        """Hand out the copy.

        :return: action that downloads it
        :rtype: dict
        """
        self.ensure_one()
        self._check_role()
        return {'type': 'ir.actions.act_url', 'target': 'self',
                'url': f'/pharma_crm/data_request/{self.id}'}

    def _make_copy(self):
        """The copy for the person, noted as handed out.

        :return: name and bytes of the file
        :rtype: tuple(str, bytes)
        """
        self.ensure_one()
        self._check_role()
        if self.kind != 'export' or self.state == 'refused':
            raise UserError(self.env._("This request is not one for a copy."))
        self.partner_id.check_access('read')
        name, data = self.env['pharma.personal.data']._export(self.partner_id)
        self.env['pharma.export.log']._note(self.partner_id, [self.env._("Copy for the person")])
        # sudo: see _check_entered
        self.sudo().write({
            'state': 'done', 'copy_count': self.copy_count + 1, 'decided_by_id': self.env.uid,
            'decided_on': fields.Datetime.now(), 'done_on': self.done_on or fields.Datetime.now()})
        return name, data

    # === DECISION === #

    def _lock(self):
        """Take the request, so that nobody decides on it at the same time.

        :raise UserError: if somebody has done so
        """
        self.ensure_one()
        self._check_role()
        locked = self.sudo().try_lock_for_update()
        self.invalidate_recordset(['state'])
        if not locked or self.state != 'received':
            raise UserError(self.env._("Somebody has decided on this request meanwhile."))
        if not self.env.user.has_group(DIRECTOR_GROUP):
            raise AccessError(self.env._("A director decides on requests."))

    def action_ask_erase(self):
        """Open the dialog that asks for the confirmation."""
        self.ensure_one()
        self._check_role()
        return {
            'type': 'ir.actions.act_window', 'res_model': 'pharma.data.erase',
            'name': self.env._("Erase a Person"), 'views': [(False, 'form')], 'target': 'new',
            'context': {'default_request_id': self.id}}

    def _erase(self):
        """Decide to erase, and do so in the background.

        :raise AccessError: for who is no director, or has entered the request himself
        """
        self._lock()
        if self.kind != 'erase':
            raise UserError(self.env._("This request is not one for erasure."))
        if self.requested_by_id == self.env.user:
            raise AccessError(self.env._(
                "You have entered this request: another director decides on the erasure."))
        # sudo: see _check_entered
        self.sudo().write({
            'state': 'running', 'decided_by_id': self.env.uid, 'decided_on': fields.Datetime.now()})
        self.with_delay(
            description=f"erase person {self.partner_number}",
            identity_key=f'pharma_data_request-{self.id}')._job_erase()

    def _job_erase(self):
        """Job: erase the person, in one transaction; run twice it does nothing more."""
        # sudo: decided by a director
        request = self.sudo().with_context(lang=self.decided_by_id.lang or self.env.lang)
        if request.state != 'running':
            return
        report = request.env['pharma.personal.data']._erase(request.partner_id)
        request.write({'state': 'done', 'done_on': fields.Datetime.now(), 'report': report})
        # No longer open, before another one comes
        request.flush_recordset()

    def action_refuse(self):
        """Refuse, with the reason that was chosen."""
        self._lock()
        if not self.refusal:
            raise UserError(self.env._("Choose why the request is refused."))
        # sudo: see _check_entered
        self.sudo().write({
            'state': 'refused', 'decided_by_id': self.env.uid,
            'decided_on': fields.Datetime.now()})
        return True
