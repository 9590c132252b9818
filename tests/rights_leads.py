"""Who decides, and which leads are offered to whom, for the rights table."""


class RightsLeads:
    """Part of ``RightsWorld``: decision structures, allocation of leads."""

    # === DECISION === #

    @classmethod
    def _decider(cls, whose):
        return cls._create_person(
            cls.customers[whose]['department'], name=cls._name(),
            company_id=cls.customers[whose]['person'].company_id.id)

    @classmethod
    def _make_pharma_stakeholder(cls, Model, kind, whose, owner):
        return Model.create({
            'partner_id': cls._decider(whose).id, 'company_id': cls._company(whose).id,
            'hospital_id': cls.customers[whose]['hospital'].id,
            'role_id': cls.env.ref('pharma_crm.pharma_stakeholder_role_user').id})

    @classmethod
    def _make_pharma_influence(cls, Model, kind, whose, owner):
        stakeholders = cls.env['pharma.stakeholder']
        source, target = (
            cls._make_pharma_stakeholder(stakeholders, kind, whose, owner) for _one in range(2))
        return Model.create({
            'source_id': source.id, 'target_id': target.id,
            'kind_id': cls.env.ref('pharma_crm.pharma_influence_kind_teacher').id})

    @classmethod
    def _make_pharma_stakeholder_role(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _make_pharma_influence_kind(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _make_pharma_purchase_step(cls, Model, kind, whose, owner):
        vals = {'name': cls._name(), 'company_id': cls._company(whose).id}
        if kind == 'step':
            vals['hospital_id'] = cls.customers[whose]['hospital'].id
        return Model.create(vals)

    # === ALLOCATION === #

    @classmethod
    def _make_pharma_allocation_rule(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'company_id': cls._company(whose).id, 'target': 'pool'})

    @classmethod
    def _make_pharma_allocation_member(cls, Model, kind, whose, owner):
        rule = cls._make_pharma_allocation_rule(
            cls.env['pharma.allocation.rule'], kind, whose, owner)
        return Model.create({'rule_id': rule.id, 'user_id': cls.users['colleague'].id})

    @classmethod
    def _have_pharma_allocation(cls, kind, whose):
        owner, company = cls._owner(whose), cls._company(whose)
        lead = cls.env['crm.lead'].create({
            'name': cls._name(), 'user_id': owner.id, 'team_id': False, 'company_id': company.id,
            'partner_id': cls.customers[whose]['hospital'].id})
        return cls.env['pharma.allocation'].create({
            'lead_id': lead.id, 'user_id': owner.id, 'company_id': company.id})

    @classmethod
    def _have_pharma_allocation_report(cls, kind, whose):
        offer = cls._record('pharma.allocation', 'offer', whose)
        cls.env.flush_all()
        return cls.env['pharma.allocation.report'].browse(offer.id)

    @classmethod
    def _pool_lead(cls, whose):
        """A lead that waits in the pool; of nobody's customer for 'any'."""
        lead = cls.env['crm.lead'].create({
            'name': cls._name(), 'user_id': False, 'company_id': cls._company(whose).id,
            'expected_revenue': 100, 'partner_id': (
                cls.customers[whose]['hospital'].id if whose != 'any' else False)})
        lead.write({
            'allocation_state': 'pool', 'allocation_pending': False,
            'company_id': cls._company(whose).id})
        return lead

    @classmethod
    def _have_pharma_lead_pool(cls, kind, whose):
        lead = cls._pool_lead(whose)
        cls.env.flush_all()
        return cls.env['pharma.lead.pool'].browse(lead.id)

    @classmethod
    def _make_pharma_allocation_decline(cls, Model, kind, whose, owner):
        offer = cls._record('pharma.allocation', 'offer', 'own')
        return Model.create({'lead_id': offer.lead_id.id})
