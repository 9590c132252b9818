from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date
from odoo.tools.i18n import format_list

STUCK_ACTIVITY = 'pharma_crm.mail_activity_type_stuck'
BATCH = 200


class ResPartner(models.Model):
    """The lifecycle of a customer: stage, what has to be there for the next, warning when stuck."""

    _name = 'res.partner'
    _inherit = ['res.partner', 'mail.tracking.duration.mixin']
    _track_duration_field = 'lifecycle_stage_id'

    lifecycle_stage_id = fields.Many2one(
        'pharma.lifecycle.stage', index='btree_not_null',
        compute='_compute_lifecycle', store=True, readonly=False, precompute=True,
        ondelete='restrict', tracking=True, group_expand='_read_group_lifecycle_stage_id',
        domain="[('type_id', '=', partner_type_id)]", groups='base.group_user')
    lifecycle_date = fields.Date(
        string="In Stage Since", compute='_compute_lifecycle', store=True, precompute=True,
        copy=False, groups='base.group_user')
    lifecycle_told = fields.Boolean(
        string="Stuck in Stage", copy=False, groups='base.group_user',
        help="In this stage for longer than its days at most; the salesperson was told")
    # Odoo's mixin gives them to everybody
    duration_tracking = fields.Json(groups='base.group_user')
    rotting_days = fields.Integer(groups='base.group_user')
    is_rotting = fields.Boolean(groups='base.group_user')

    # === COMPUTE === #

    @api.depends('partner_type_id')
    def _compute_lifecycle(self):
        """A customer begins in the first stage of his type, also when his type changes."""
        today = fields.Date.context_today(self)
        for kind, partners in self.grouped('partner_type_id').items():
            first = kind._get_stages()[:1]
            for partner in partners:
                if partner.lifecycle_stage_id.type_id != kind:
                    partner.lifecycle_stage_id = first
                    partner.lifecycle_date = today if first else False
                elif kind and not partner.lifecycle_date:
                    partner.lifecycle_date = today
                else:
                    partner.lifecycle_date = partner.lifecycle_date

    @api.model
    def _read_group_lifecycle_stage_id(self, stages, domain):
        """All stages of the types at hand, so that customers can be moved into empty ones."""
        return stages.search([('type_id', 'in', stages.type_id.ids)])

    # === CONSTRAINTS === #

    @api.constrains('lifecycle_stage_id', 'pharma_type')
    def _check_lifecycle_stage_id(self):
        for partner in self.sudo():  # only the type of the stage is looked at
            stage = partner.lifecycle_stage_id
            if stage and stage.type_id != partner.partner_type_id:
                raise ValidationError(self.env._(
                    "%(customer)s: %(stage)s is not a stage of this type of customer.",
                    customer=partner.name, stage=stage.name))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        chosen = partners.browse(
            partner.id for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get('lifecycle_stage_id'))
        chosen._check_stage_entry({})
        return partners

    def write(self, vals):
        if 'lifecycle_stage_id' not in vals:
            return super().write(vals)
        before = {partner.id: partner.lifecycle_stage_id for partner in self}
        result = super().write(vals)
        moved = self.filtered(lambda partner: partner.lifecycle_stage_id != before[partner.id])
        moved._check_stage_entry(before)
        moved._enter_stage()
        return result

    def _check_stage_entry(self, before):
        """Refuse a move forward while something is missing for a stage on the way.

        Back is always possible. Data stewards are not bound: they put right what is wrong.

        :param dict before: {id: stage that the customer leaves}
        """
        if not self or not self._is_bound_by_facts():
            return
        problems = []
        met = self._get_stage_evidence()
        for partner in self.sudo():  # opportunities of colleagues count: only yes or no is told
            stages = partner.partner_type_id._get_stages()
            order = {stage: position for position, stage in enumerate(stages)}
            start = order.get(before.get(partner.id, stages.browse()).sudo(), 0)
            end = order.get(partner.lifecycle_stage_id, 0)
            missing = stages[start + 1:end + 1]._get_missing(partner, met)
            if missing:
                problems.append(self.env._(
                    "%(customer)s cannot go to %(stage)s yet. Missing: %(missing)s.",
                    customer=partner.name, stage=partner.lifecycle_stage_id.name,
                    missing=format_list(self.env, missing)))
        if problems:
            raise UserError("\n".join(problems))

    def _get_stage_evidence(self):
        """Which of these customers have an opportunity, a won one, a confirmed order.

        Those of the departments and persons of a hospital are the hospital's. Other addons add
        ids, for instance hospitals that buy through distributors, to ``order``.

        :return: {'opportunity' | 'won' | 'order': set of ids}
        """
        entities = self.commercial_partner_id.ids
        companies = [False, *self.env.companies.ids]
        # Whether there is one counts, not whether the user sees it
        leads = self.env['crm.lead'].sudo()
        orders = self.env['sale.order'].sudo()
        domain = Domain('partner_id.commercial_partner_id', 'in', entities) & Domain(
            'company_id', 'in', companies)
        open_or_won = domain & Domain('type', '=', 'opportunity')
        return {
            name: self._ids_of_entities(records)
            for name, records in (
                ('opportunity', leads.search(open_or_won)),
                ('won', leads.search(open_or_won & Domain('won_status', '=', 'won'))),
                ('order', orders.search(domain & Domain('state', '=', 'sale'))),
            )
        }

    def _ids_of_entities(self, documents):
        entities = set(documents.partner_id.commercial_partner_id.ids)
        return {partner.id for partner in self if partner.commercial_partner_id.id in entities}

    def _enter_stage(self):
        """Begin the time in a stage, and close the activity that warned about the last one."""
        if not self:
            return
        # past our own write(), which checks moves
        # pylint: disable-next=super-method-mismatch
        super().write({'lifecycle_date': fields.Date.context_today(self), 'lifecycle_told': False})
        # It may be a colleague's activity: whoever may move the customer closes it
        self.env['mail.activity'].sudo().search([
            ('res_model', '=', self._name), ('res_id', 'in', self.ids),
            ('activity_type_id', '=', self.env.ref(STUCK_ACTIVITY).id)]).unlink()

    # === CRON === #

    @api.model
    def _cron_lifecycle(self):
        """Tell those responsible which customers stay in a stage for too long, once per stay."""
        partners = self.search(self._get_stuck_domain())
        self.env['ir.cron']._commit_progress(remaining=len(partners))
        for start in range(0, len(partners), BATCH):
            batch = partners[start:start + BATCH]
            batch._tell_stuck()
            if not self.env['ir.cron']._commit_progress(len(batch)):
                break

    @api.model
    def _get_stuck_domain(self):
        """Customers that stay in a stage for too long, of which nobody was told yet."""
        today = fields.Date.context_today(self)
        stuck = Domain.OR(
            Domain('lifecycle_stage_id', '=', stage.id)
            & Domain('lifecycle_date', '<', today - timedelta(days=stage.max_days))
            for stage in self.env['pharma.lifecycle.stage'].search([('max_days', '>', 0)]))
        return stuck & Domain('lifecycle_told', '=', False) & (
            Domain('owner_ids', '!=', False) | Domain('user_id.active', '=', True))

    def _tell_stuck(self):
        """Tell those responsible for these customers that they do not move on."""
        for partner, user in self._get_responsible().items():
            stage = partner.lifecycle_stage_id.with_context(lang=user.lang)
            partner.activity_schedule(
                STUCK_ACTIVITY, user_id=user.id, note=stage.description or False,
                summary=stage.env._(
                    "In stage %(stage)s since %(date)s", stage=stage.name,
                    date=format_date(stage.env, partner.lifecycle_date)))
        self.lifecycle_told = True
