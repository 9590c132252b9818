from odoo import api, fields, models

ALLOCATION_RESULTS = [
    ('open', "Waits for an Answer"),
    ('accepted', "Accepted"),
    ('contacted', "Customer Contacted"),
    ('taken', "Taken from the Pool"),
    ('declined', "Declined"),
    ('nurture', "Back to Marketing"),
    ('late', "Late"),
    ('moved', "Given to Somebody Else"),
    ('closed', "Lead Closed Meanwhile"),
]
# Nobody answered
UNANSWERED = ('late', 'moved', 'closed')
# What counts as a yes
YES = ('accepted', 'contacted', 'taken')
DECLINE_REASONS = [
    ('busy', "No Time"),
    ('wrong', "Not My Territory or Product Line"),
    ('nurture', "Not Ready Yet: Back to Marketing"),
    ('invalid', "No Real Demand"),
    ('other', "Other"),
]


class PharmaAllocation(models.Model):
    """A lead was offered to somebody, why, and what he answered (线索分配记录).

    Nobody writes these: they are the memory of the allocation. The lead itself belongs to whom it
    is offered to (its ``user_id``) from the offer on.
    """

    _name = 'pharma.allocation'
    _description = "Offer of a Lead"
    _inherit = ['mail.activity.mixin', 'pharma.team.mixin']
    _order = 'offered_at DESC, id DESC'
    _rec_name = 'lead_id'

    _due_idx = models.Index("(deadline) WHERE result = 'open'")
    _open_uniq = models.UniqueIndex(
        "(lead_id) WHERE result = 'open'", "This lead is offered to somebody already.")

    lead_id = fields.Many2one(
        'crm.lead', required=True, index=True, ondelete='cascade', readonly=True)
    user_id = fields.Many2one(string="Offered To", readonly=True)
    rule_id = fields.Many2one(
        'pharma.allocation.rule', readonly=True, index='btree_not_null', ondelete='set null')
    round_number = fields.Integer(string="Offer No.", readonly=True, aggregator=None)
    cycle_number = fields.Integer(
        string="Time in the Pool", readonly=True, aggregator=None,
        help="How often the lead had come to the pool: each time everybody is asked anew")
    is_final = fields.Boolean(
        string="Manager's", readonly=True,
        help="After so many offers without an answer the manager got it; no deadline")
    reason_facts = fields.Json(readonly=True, groups='base.group_system')
    reason = fields.Text(
        string="Why", compute='_compute_reason', compute_sudo=True,
        help="Which rule, and who was passed over")
    offered_at = fields.Datetime(
        string="Offered On", required=True, readonly=True, index=True,
        default=fields.Datetime.now)
    deadline = fields.Datetime(readonly=True)
    answered_at = fields.Datetime(string="Answered On", readonly=True)
    answer_hours = fields.Float(
        string="Working Hours until Answer", readonly=True, aggregator='avg', digits=(9, 1))
    result = fields.Selection(ALLOCATION_RESULTS, required=True, readonly=True, default='open')
    decline_reason = fields.Selection(DECLINE_REASONS, readonly=True)
    note = fields.Char(string="In His Words", readonly=True)

    # === RIGHTS === #

    @api.model
    def _has_field_access(self, field, operation):
        """The memory is written by the allocation alone."""
        if operation == 'write' and not self.env.su and (
                field.base_field._module == 'pharma_crm'):
            return False
        return super()._has_field_access(field, operation)

    def _may_answer(self):
        """Whether the current user answers this offer: himself, who acts for him, his managers.

        :rtype: bool
        """
        self.ensure_one()
        # The user counts and not the mode
        offer = self.with_env(self.env(su=False))
        return self.result == 'open' and offer.has_access('read') and offer.pharma_team_work

    # === ANSWER === #

    def _answer(self, result, **values):
        """Note an answer; the caller has looked at who answers and locked the lead.

        :param str result: one of ``ALLOCATION_RESULTS``
        :param values: more fields
        """
        now = fields.Datetime.now()
        for allocation in self.sudo():  # the memory is the system's
            answered = {} if result in UNANSWERED else {
                'answered_at': now, 'answer_hours': allocation._work_hours(
                    allocation.company_id, allocation.offered_at, now)}
            allocation.write({'result': result, **answered, **values})
            allocation.activity_unlink(['mail.mail_activity_data_todo'])
            allocation.lead_id.activity_unlink(
                ['mail.mail_activity_data_todo'], user_id=allocation.user_id.id)

    # === ACTIONS === #

    def action_view_lead(self):
        """Open the lead."""
        self.ensure_one()
        return self.lead_id._get_records_action()
