import time
from datetime import timedelta

from psycopg2.errors import LockNotAvailable

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_date, mute_logger

from ..customer.res_partner import TERMINAL_TYPES

MERGE_GROUPS = (
    'pharma_crm.group_pharma_crm_steward', 'pharma_crm.group_pharma_crm_director')
MERGE_STATES = [
    ('done', "Done"),
    ('undone', "Undone"),
]
# Kinds that are taken for one another by mistake: these may be merged with each other.
ALIKE_TYPES = ({*TERMINAL_TYPES} - {'campus'},)


class PharmaMerge(models.Model):
    """Several records of one and the same customer became one (合并), and can be parted again.

    ``_merge`` does it in one transaction: every link to the merged customers moves to the kept one
    (``pharma.merge.link`` finds them in the catalogue of the database), what the kept one lacks is
    taken from them, they are archived and point at it by ``merged_into_id``. Each changed row
    stands in the journal; ``action_undo`` runs it backwards.
    """

    _name = 'pharma.merge'
    _description = "Merge of Customers"
    _inherit = ['mail.thread']
    _order = 'id desc'

    name = fields.Char(required=True, readonly=True)
    company_id = fields.Many2one('res.company', readonly=True, index='btree_not_null')
    partner_id = fields.Many2one(
        'res.partner', string="Kept Customer", required=True, readonly=True, index=True,
        ondelete='restrict')
    source_ids = fields.Many2many(
        'res.partner', 'pharma_merge_source_rel', string="Merged Customers", readonly=True,
        context={'active_test': False})
    state = fields.Selection(
        MERGE_STATES, string="Status", required=True, readonly=True, default='done', tracking=True)
    user_id = fields.Many2one('res.users', string="Merged By", readonly=True, index=True)
    date = fields.Datetime(string="Merged On", required=True, readonly=True)
    undo_until = fields.Date(string="Can Be Undone Until", readonly=True)
    undone_by_id = fields.Many2one('res.users', readonly=True)
    undone_on = fields.Datetime(readonly=True)
    line_ids = fields.One2many('pharma.merge.line', 'merge_id', readonly=True)
    moved_count = fields.Integer(string="Moved Records", readonly=True)
    left_count = fields.Integer(
        string="Left With Merged Ones", readonly=True,
        help="Records that the kept customer has already, posted entries, locked months")
    kept_count = fields.Integer(
        string="Changed Since", readonly=True,
        help="Values that were changed between merge and undo: the later change holds")
    seconds = fields.Float(string="Duration (s)", digits=(16, 1), readonly=True)
    message_id = fields.Many2one(
        'mail.message', string="Note on the Customer", readonly=True, ondelete='set null')
    can_undo = fields.Boolean(compute='_compute_can_undo')
    summary = fields.Html(compute='_compute_summary', sanitize=False)

    # === COMPUTE === #

    @api.depends('state', 'undo_until')
    @api.depends_context('uid')
    def _compute_can_undo(self):
        today = fields.Date.context_today(self)
        allowed = self._may_merge()
        for merge in self:
            merge.can_undo = bool(
                allowed and merge.state == 'done' and merge.undo_until
                and merge.undo_until >= today)

    def _compute_summary(self):
        for merge in self:
            merge.summary = self.env['ir.qweb']._render(
                'pharma_crm.merge_summary', {'rows': merge._get_summary()})

    def _get_summary(self):
        """What was done, by kind of record.

        :return: dicts of ``label``, ``moved``, ``changed``, ``left``, the most first
        :rtype: list[dict]
        """
        self.ensure_one()
        rows = self.env['pharma.merge.line']._read_group(
            [('merge_id', '=', self.id)], ['table_name', 'kind'], ['res_id:count_distinct'])
        labels = self._get_table_labels({table for table, _kind, _count in rows})
        result = {}
        for table, kind, count in rows:
            row = result.setdefault(
                table, {'label': labels[table], 'moved': 0, 'changed': 0, 'left': 0})
            row['left' if kind in ('left', 'archived') else
                'moved' if kind == 'moved' else 'changed'] += count or 1
        return sorted(result.values(), key=lambda row: (-row['moved'], row['label']))

    @api.model
    def _get_table_labels(self, tables):
        """What people call tables.

        :param tables: names in the database
        :return: ``{name: label}``
        :rtype: dict[str, str]
        """
        names = {model._table: model._name for model in self.env.registry.values()
                 if not model._abstract and model._auto}
        labels = {
            record.model: record.name for record in self.env['ir.model'].sudo().search(
                [('model', 'in', [names[table] for table in tables if table in names])])}
        return {table: labels.get(names.get(table), table) for table in tables}

    # === RIGHTS === #

    @api.model
    def _may_merge(self):
        """Whether the current user merges customers: stewards, directors, the administrator."""
        return self.env.su or any(self.env.user.has_group(group) for group in MERGE_GROUPS)

    @api.model
    def _check_rights(self, partners):
        """Refuse whoever does not merge, and customers that he may not change."""
        if not self._may_merge():
            raise AccessError(self.env._(
                "Customers are merged by data stewards and directors. Ask one of them."))
        partners.check_access('write')

    # === CHECKS === #

    @api.model
    def _check_mergeable(self, keep, sources):
        """Refuse what are not two records of one customer.

        :param keep: the one that stays; ``sources``: the others
        :raise UserError: with the reason
        """
        partners = (keep | sources).sudo()
        if len(keep) != 1 or not sources - keep:
            raise UserError(self.env._(
                "Choose at least two customers: one that is kept, and others that go."))
        for partner in partners:
            if partner.merged_into_id:
                raise UserError(self.env._(
                    "%(name)s was merged into %(kept)s already. Open that one, or choose anew.",
                    name=partner.name, kept=partner.merged_into_id.name))
        self._check_people(partners)
        self._check_kinds(keep.sudo(), sources.sudo())
        self._check_companies(keep.sudo(), sources.sudo())

    @api.model
    def _check_people(self, partners):
        """Not the contacts of the company itself and of its staff."""
        users = self.env['res.users'].sudo().with_context(active_test=False).search(
            [('partner_id', 'in', partners.ids)])
        system = self.env['res.partner'].browse(
            self.env['ir.model.data']._xmlid_to_res_id(name)
            for name in ('base.partner_root', 'base.public_partner')).exists()
        own = users.filtered(lambda user: not user.share).partner_id | system & partners
        if own:
            raise UserError(self.env._(
                "%s is the contact of a user of this system and is not merged.", own[0].name))
        companies = self.env['res.company'].sudo().with_context(active_test=False).search(
            [('partner_id', 'in', partners.ids)])
        if companies:
            raise UserError(self.env._(
                "%s is a company of yours and is not merged.", companies[0].name))

    @api.model
    def _check_kinds(self, keep, sources):
        """Customers of one kind, terminals among each other, contacts without a kind into any."""
        labels = dict(keep._fields['pharma_type']._description_selection(self.env))
        for source in sources:
            kinds = {keep.pharma_type, source.pharma_type}
            if len(kinds) > 1 and source.pharma_type and not any(
                    kinds <= alike for alike in ALIKE_TYPES):
                raise UserError(self.env._(
                    "%(name)s (%(kind)s) cannot be merged into %(kept)s (%(other)s): correct the"
                    " customer type first.", name=source.name,
                    kind=labels.get(source.pharma_type), kept=keep.name,
                    other=labels.get(keep.pharma_type, self.env._("Contact"))))
        for partner in keep | sources:
            above = partner.parent_id
            while above:
                if above in keep | sources:
                    raise UserError(self.env._(
                        "%(name)s belongs to %(above)s: they are not the same customer.",
                        name=partner.name, above=above.name))
                above = above.parent_id

    @api.model
    def _check_companies(self, keep, sources):
        """Nothing of one company becomes visible to another."""
        companies = (keep | sources).company_id
        if len(companies) > 1 or (
                keep.company_id and any(not source.company_id for source in sources)):
            raise UserError(self.env._(
                "These customers belong to different companies. Merge those of one company; of"
                " customers that all companies share, keep the shared one."))

    @api.model
    def _lock(self, partners):
        """Hold customers until the end of the transaction, in the order of their ids.

        :raise UserError: when somebody else is at one of them
        """
        self.env.flush_all()
        try:
            with mute_logger('odoo.sql_db'), self.env.cr.savepoint(flush=False):
                self.env.cr.execute(SQL(
                    "SELECT id FROM res_partner WHERE id = ANY(%s) ORDER BY id FOR UPDATE NOWAIT",
                    partners.ids))
                found = self.env.cr.rowcount
        except LockNotAvailable as error:
            raise UserError(self.env._(
                "Somebody else is changing one of these customers at this moment. Nothing was"
                " done: look at them again, and repeat it if it is still wanted.")) from error
        if found != len(partners):
            raise UserError(self.env._("One of these customers was deleted meanwhile."))
        partners.invalidate_recordset()

    # === MERGE === #

    @api.model
    def _merge(self, keep, sources, values=None, alike=False):
        """Merge customers into one, in one transaction.

        :param keep: the ``res.partner`` that stays
        :param sources: the others, any number; they are archived
        :param dict values: ``{field: id of the partner whose value is taken}``; what is not named
            stays as it is, and is taken from the fullest of the others where it is empty
        :param bool alike: whether departments and persons of the same name, which come to stand
            side by side, are merged as well
        :return: the ``pharma.merge``
        :raise AccessError: for who does not merge, or may not change one of them
        :raise UserError: when they cannot be merged, or somebody else is at it
        """
        start = time.monotonic()
        sources -= keep
        partners = keep | sources
        self._check_rights(partners)
        self._lock(partners)
        self._check_mergeable(keep, sources)
        # sudo: links of all kinds move, whoever sees them; rights were checked above
        merge = self.sudo().with_context(tracking_disable=True).create(
            self._prepare_merge(keep, sources))
        merge._run({source.id: keep.id for source in sources.sudo()}, values or {})
        if alike:
            merge._run_alike()
        merge._finish(time.monotonic() - start)
        return merge.with_env(self.env)

    @api.model
    def _prepare_merge(self, keep, sources):
        days = self.env.company.pharma_merge_undo_days
        return {
            'name': keep.sudo().complete_name or keep.sudo().name or str(keep.id),
            'partner_id': keep.id, 'source_ids': [(6, 0, sources.ids)],
            'company_id': keep.sudo().company_id.id, 'user_id': self.env.uid,
            'date': fields.Datetime.now(),
            'undo_until': fields.Date.context_today(self) + timedelta(days=days),
        }

    def _finish(self, seconds):
        """Count what was done, and tell it on the kept customer.

        :param float seconds: how long it took
        """
        counts = dict(self.env['pharma.merge.line']._read_group(
            [('merge_id', '=', self.id)], ['kind'], ['__count']))
        names = ", ".join(self.source_ids.mapped('name'))
        # A note of ours, to be taken back by the undo: not of mail.thread's own tracking
        note = self.partner_id.message_post(
            body=self.env._(
                "Merged with %(names)s: %(count)s linked records moved. It can be undone until"
                " %(date)s under Merges.", names=names, count=counts.get('moved', 0),
                date=format_date(self.env, self.undo_until)),
            message_type='notification', subtype_xmlid='mail.mt_note')
        self.write({
            'moved_count': counts.get('moved', 0),
            'left_count': counts.get('left', 0) + counts.get('archived', 0),
            'message_id': note.id,
            'seconds': seconds})

    # === ACTIONS === #

    def action_view_lines(self):
        """Open the journal."""
        self.ensure_one()
        action = self.env['ir.actions.act_window']._for_xml_id(
            'pharma_crm.pharma_merge_line_action')
        return {**action, 'domain': [('merge_id', '=', self.id)], 'context': {}}

    def action_view_partner(self):
        """Open the kept customer."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_undo(self):
        """Part the customers again: everything goes back where it was.

        What was changed since on the kept customer stays, and is told; so do later messages.

        :raise UserError: after the deadline, and while a later merge of one of them stands
        """
        self.ensure_one()
        self.check_access('read')
        partners = self.partner_id | self.with_context(active_test=False).source_ids
        self._check_rights(partners)
        self._lock(partners)
        self._check_undo()
        # sudo: as the merge itself; rights were checked above
        merge = self.sudo()
        merge._undo()
        return {
            'type': 'ir.actions.client', 'tag': 'display_notification', 'params': {
                'type': 'warning' if merge.kept_count else 'success',
                'message': merge._get_undo_message(),
                'next': {'type': 'ir.actions.client', 'tag': 'soft_reload'}}}

    def _get_undo_message(self):
        if self.kept_count:
            return self.env._(
                "The merge is undone. %s values or links were changed since: these stay as they"
                " are now; the journal lists them.", self.kept_count)
        return self.env._("The merge is undone: everything is as it was.")

    def _check_undo(self):
        """Refuse a second click, what is too old, and what later merges build on."""
        self.invalidate_recordset(['state'])
        self.env.cr.execute("SELECT state FROM pharma_merge WHERE id = %s FOR UPDATE", [self.id])
        if self.env.cr.fetchone() != ('done',):
            raise UserError(self.env._("This merge was undone already."))
        if self.undo_until < fields.Date.context_today(self):
            raise UserError(self.env._(
                "This merge could be undone until %s.", format_date(self.env, self.undo_until)))
        # sudo: a later merge in another company counts as well; its name alone is told
        later = self.sudo()._get_later_merges()
        if later:
            raise UserError(self.env._(
                "Undo the later merge of %(name)s first (%(date)s): it took over what this one"
                " joined.", name=later[0].name, date=format_date(self.env, later[0].date)))

    def _get_later_merges(self):
        """Merges that stand and changed the same customers later, the last one first."""
        self.env.cr.execute(SQL("""
            WITH own AS (%s), other AS (%s)
            SELECT DISTINCT other.merge_id FROM other JOIN own USING (partner_id)
              JOIN pharma_merge merge ON merge.id = other.merge_id
             WHERE merge.state = 'done' AND merge.id > %s
             ORDER BY other.merge_id DESC
        """, self._sql_partners(SQL("merge.id = %s", self.id)),
            self._sql_partners(SQL("merge.id > %s", self.id)), self.id))
        return self.browse(merge_id for merge_id, in self.env.cr.fetchall())

    @api.model
    def _sql_partners(self, condition):
        """Query of ``(merge_id, partner_id)`` of all customers that merges joined."""
        return SQL("""
            SELECT merge.id AS merge_id, line.res_id AS partner_id
              FROM pharma_merge merge JOIN pharma_merge_line line ON line.merge_id = merge.id
             WHERE %(condition)s AND line.table_name = 'res_partner'
               AND line.new ? 'merged_into_id'
             UNION
            SELECT merge.id, (line.new->>'merged_into_id')::int
              FROM pharma_merge merge JOIN pharma_merge_line line ON line.merge_id = merge.id
             WHERE %(condition)s AND line.table_name = 'res_partner'
               AND line.new ? 'merged_into_id'
             UNION
            SELECT merge.id, merge.partner_id FROM pharma_merge merge WHERE %(condition)s
        """, condition=condition)
