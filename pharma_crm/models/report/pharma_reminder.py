from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

CHANNELS = ('activity', 'mail', 'sms', 'messenger')
# kind -> channels where neither the person nor the company has chosen any
DEFAULTS = {
    'report_day': (), 'report_week': (), 'report_month': (),
    'visit_tomorrow': ('activity',), 'cycle_missing': ('activity',), 'quality': ('activity',),
    'comment': (),  # Odoo tells of it already
    'lead_offered': ('activity',), 'lead_deadline': ('activity',),
    'lead_returned': ('activity',), 'lead_nurture': ('activity',),
}


class PharmaReminder(models.Model):
    """What a person is reminded of, and how; without a person: the company's default.

    How to extend: :meth:`_get_kinds` names the kinds, ``_find_<kind>`` says who is told what, see
    :meth:`_remind`.
    """

    _name = 'pharma.reminder'
    _description = "Reminder"
    _order = 'user_id NULLS FIRST, sequence, id'
    _rec_name = 'kind'
    _default_uniq = models.UniqueIndex(
        '(company_id, kind) WHERE user_id IS NULL', "The company has this reminder already.")
    _user_uniq = models.UniqueIndex(
        '(user_id, company_id, kind) WHERE user_id IS NOT NULL',
        "The person has this reminder already.")

    kind = fields.Selection('_selection_kind', string="Reminder", required=True)
    sequence = fields.Integer(default=10)
    user_id = fields.Many2one(
        'res.users', string="Team Member", index='btree_not_null', ondelete='cascade',
        help="Empty: for all people of the company who have not chosen themselves")
    company_id = fields.Many2one(
        'res.company', required=True, index=True, default=lambda self: self.env.company,
        ondelete='cascade')
    is_on = fields.Boolean(string="On", default=True)
    by_activity = fields.Boolean(string="Activity")
    by_mail = fields.Boolean(string="Mail")
    by_sms = fields.Boolean(string="SMS")
    by_messenger = fields.Boolean(string="Messenger", help="WeCom, DingTalk")

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._check_owner()
        return rows

    def write(self, vals):
        self._check_owner()
        result = super().write(vals)
        self._check_owner()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_own(self):
        self._check_owner()

    def _check_owner(self):
        """Nobody chooses for others. Odoo writes one's own preferences, and with them these rows,
        with all rights: so the user counts here, and not the mode.

        :raise AccessError: for rows of others, and of the company unless an administrator's
        """
        if self.env.uid == SUPERUSER_ID:
            return
        admin = self.env.user.has_group('pharma_crm.group_pharma_crm_admin')
        for row in self.sudo():
            if row.user_id != self.env.user and (row.user_id or not admin):
                raise AccessError(self.env._("Everybody chooses his own reminders."))

    # === KINDS === #

    @api.model
    def _get_kinds(self):
        """What people can be reminded of; other addons add theirs.

        :return: {key: label}
        :rtype: dict
        """
        env = self.env
        return {
            'report_day': env._("Daily report"),
            'report_week': env._("Weekly report"),
            'report_month': env._("Monthly report"),
            'visit_tomorrow': env._("Calls planned for tomorrow"),
            'cycle_missing': env._("Calls missing before the end of the cycle"),
            'quality': env._("Quality of a call under the limit"),
            'comment': env._("New comment on a call or report"),
        }

    @api.model
    def _selection_kind(self):
        return list(self._get_kinds().items())

    # === CHOICES === #

    @api.model
    def _prepare_vals(self, company, user, kind, sequence):
        """A person begins with what the company has, a company with what the suite has."""
        chosen = self._get_channels(company, user, kind)
        on = self._get_defaults(company, kind)[0] if user else True
        return {
            'company_id': company.id, 'user_id': user.id, 'kind': kind, 'sequence': sequence,
            'is_on': on, **{f'by_{channel}': channel in chosen for channel in CHANNELS}}

    @api.model
    def _fill(self, company, user):
        """Make the rows that are missing of a person, or of the company without one.

        :param company: ``res.company``
        :param user: ``res.users``, maybe none
        :return: all rows
        :rtype: pharma.reminder
        """
        rows = self.search([('company_id', '=', company.id), ('user_id', '=', user.id)])
        known = set(rows.mapped('kind'))
        return rows | self.create([
            self._prepare_vals(company, user, kind, 10 * number)
            for number, kind in enumerate(self._get_kinds(), 1) if kind not in known])

    @api.model
    def action_open_defaults(self):
        """Open the company's defaults, for administrators of the suite.

        :rtype: dict
        """
        self.check_access('write')
        if not self.env.user.has_group('pharma_crm.group_pharma_crm_admin'):
            raise AccessError(self.env._("Defaults of the company are set by administrators."))
        self._fill(self.env.company, self.env['res.users'])
        return self.env['ir.actions.act_window']._for_xml_id('pharma_crm.pharma_reminder_action')

    @api.model
    def _get_defaults(self, company, kind):
        """Whether a reminder is on in a company, and its channels.

        :rtype: tuple(bool, set(str))
        """
        # sudo: everybody lives by the company's defaults
        row = self.sudo().search([
            ('company_id', '=', company.id), ('user_id', '=', False), ('kind', '=', kind)])
        return (row.is_on, row._channels()) if row else (True, set(DEFAULTS.get(kind, ())))

    def _channels(self):
        """The channels of one row.

        :rtype: set(str)
        """
        self.ensure_one()
        return {channel for channel in CHANNELS if self[f'by_{channel}']}

    @api.model
    def _get_channels(self, company, users, kind):
        """How one person, or the company without one, is told of a kind; nothing where it is off.

        :rtype: set(str)
        """
        if not users:
            on, channels = self._get_defaults(company, kind)
            return channels if on else set()
        return self._get_switches(company, users, kind).get(users.id, set())

    @api.model
    def _get_switches(self, company, users, kind):
        """How people are told of a kind.

        :return: channels by id of the user, only of those who have it on
        :rtype: dict(int, set(str))
        """
        on, channels = self._get_defaults(company, kind)
        # sudo: the system looks up what people chose
        own = self.sudo().search([
            ('company_id', '=', company.id), ('user_id', 'in', users.ids), ('kind', '=', kind)])
        chosen = {row.user_id.id: (row.is_on, row._channels()) for row in own}
        switches = {}
        for user in users:
            user_on, user_channels = chosen.get(user.id, (on, channels))
            if user_on:
                switches[user.id] = user_channels
        return switches

    @api.model
    def _get_people(self, company):
        """Who works in a company's territories today.

        :rtype: res.users
        """
        # sudo: for the system's own jobs
        users = self.env['pharma.territory.assignment'].sudo().search([
            ('company_id', '=', company.id), ('state', '=', 'current'),
            ('role', '!=', 'product_manager'), ('user_id.active', '=', True)]).user_id
        representatives = self.env.ref('pharma_crm.group_pharma_crm_representative')
        return users.filtered(lambda user: representatives in user.all_group_ids)

    @api.model
    def _get_users(self, company, kind):
        """People of a company who have a reminder on, whichever way they are told.

        :rtype: res.users
        """
        people = self._get_people(company)
        switches = self._get_switches(company, people, kind)
        return people.filtered(lambda user: user.id in switches)
