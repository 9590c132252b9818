from odoo import api, fields, models
from odoo.fields import Domain

from ..customer.res_partner import PHARMA_TYPES
from ..customer.res_partner_facts import STEWARD_GROUP
from .pharma_change_request import CHANGE_KINDS
from .tier_review import MODEL

REVIEWERS = [
    ('steward', "Data Steward"),
    ('manager', "Manager of Who Asks"),
    ('director', "Director"),
    ('user', "A Named Person"),
]
REVIEWER_GROUPS = {
    'steward': STEWARD_GROUP, 'director': 'pharma_crm.group_pharma_crm_director'}
LEVEL_FIELDS = frozenset({
    'pharma_kind', 'pharma_customer_type', 'pharma_reviewer', 'reviewer_id'})
# Between two levels, so that others find room
STEP = 10


class TierDefinition(models.Model):
    """A level of approval of change requests, said in three words: which requests, of which
    customers, by whom. OCA's own fields follow from these.
    """

    _inherit = 'tier.definition'

    pharma_kind = fields.Selection(
        CHANGE_KINDS, string="For Requests", help="Empty: all kinds of requests")
    pharma_customer_type = fields.Selection(
        PHARMA_TYPES, string="For Customers", help="Empty: customers of every type")
    pharma_reviewer = fields.Selection(REVIEWERS, string="Decided By")

    @api.model
    def _get_tier_validation_model_names(self):
        return [*super()._get_tier_validation_model_names(), MODEL]

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        last = None
        for vals in vals_list:
            if not vals.get('pharma_reviewer'):
                continue
            vals['model_id'] = self.env['ir.model']._get_id(MODEL)
            if 'sequence' not in vals:
                # OCA asks the highest number first; a new level comes last
                last = (self._get_last_sequence() if last is None else last) - STEP
                vals['sequence'] = last
        definitions = super().create(vals_list)
        definitions._follow_level()
        return definitions

    def write(self, vals):
        result = super().write(vals)
        if not LEVEL_FIELDS.isdisjoint(vals):
            self._follow_level()
        return result

    def _get_last_sequence(self):
        [[lowest]] = self.with_context(active_test=False)._read_group(
            Domain('model', '=', MODEL), aggregates=['sequence:min'])
        return lowest or 1000

    # === LEVELS === #

    def _follow_level(self):  # pylint: disable=missing-return
        """Bring OCA's fields in line with what the level says."""
        for level in self.filtered('pharma_reviewer'):
            # Not by our own write, which would come back here
            super(TierDefinition, level).write(  # pylint: disable=super-method-mismatch
                level._prepare_level_vals())

    def _prepare_level_vals(self):
        self.ensure_one()
        xmlid = REVIEWER_GROUPS.get(self.pharma_reviewer)
        domain = [(name, '=', value) for name, value in (
            ('kind', self.pharma_kind), ('pharma_type', self.pharma_customer_type)) if value]
        kinds = {'user': 'individual', 'manager': 'field'}
        return {
            'name': self._get_level_name(),
            'review_type': kinds.get(self.pharma_reviewer, 'group'),
            'reviewer_id': self.reviewer_id.id if self.pharma_reviewer == 'user' else False,
            'reviewer_group_id': self.env.ref(xmlid).id if xmlid else False,
            'reviewer_field_id': self.env['ir.model.fields']._get(MODEL, 'manager_ids').id
            if self.pharma_reviewer == 'manager' else False,
            'definition_domain': repr(domain) if domain else False,
            # One level after the other, and nobody decides about his own
            'approve_sequence': True, 'exclude_requester': True,
        }

    def _get_level_name(self):
        def label(name):
            return dict(self._fields[name]._description_selection(self.env)).get(self[name])
        who = self.reviewer_id.name if self.pharma_reviewer == 'user' else label('pharma_reviewer')
        return ", ".join(filter(None, [who, label('pharma_kind'), label('pharma_customer_type')]))
