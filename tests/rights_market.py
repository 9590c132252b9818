"""Competitors, market facts, news, the files of products and agents, for the rights table."""


class RightsMarket:
    """Part of ``RightsWorld``: what is known of the market around each customer."""

    @classmethod
    def _rival(cls):
        """A competitor's product, made when first asked for."""
        key = 'market', 'rival', 'any'
        if key not in cls.records:
            cls.records[key] = cls.env['product.template'].create({
                'name': "权竞品片 5mg*7片", 'drug_generic_name': "权竞品片", 'sale_ok': False,
                'drug_manufacturer_id': cls._create_partner_of_type(
                    'manufacturer', name="权竞争厂家").id})
        return cls.records[key]

    @classmethod
    def _agent(cls, whose):
        """The agent of a territory, made when first asked for."""
        key = 'market', 'agent', whose
        if key not in cls.records:
            territory = {'own': cls.area_a, 'team': cls.area_b, 'comp': cls.area_of_b}
            cls.records[key] = cls._create_partner_of_type(
                'agent', name=f"权{whose}代理商", territory=territory.get(whose, cls.distant),
                company_id=cls.company_b.id if whose == 'comp' else False)
        return cls.records[key]

    @classmethod
    def _make_pharma_market_fact(cls, Model, kind, whose, owner):
        vals = {
            'partner_id': cls.customers[whose]['hospital'].id, 'product_id': cls._rival().id,
            'user_id': owner.id, 'company_id': cls._company(whose).id, 'price': 10,
            'monthly_quantity': 100, 'date': '2026-03-02'}
        if kind == 'told by a person':
            vals['informant_id'] = cls.customers[whose]['person'].id
        return Model.create(vals)

    @classmethod
    def _make_pharma_intelligence(cls, Model, kind, whose, owner):
        vals = {'text': cls._name(), 'company_id': cls._company(whose).id}
        if kind != 'without customer':
            vals |= {'partner_id': cls.customers[whose]['person' if kind == 'of a person' else
                                                        'hospital'].id, 'user_id': owner.id}
        return Model.create(vals)

    @classmethod
    def _make_pharma_competitor(cls, Model, kind, whose, owner):
        maker = cls._create_partner_of_type('manufacturer', name=cls._name())
        return Model.create({'partner_id': maker.id, 'company_id': cls._company(whose).id})

    # === PRODUCTS === #

    @classmethod
    def _product_of(cls, kind):
        return cls.product if kind == 'of line X' else cls.product_y

    @classmethod
    def _make_pharma_product_document(cls, Model, kind, whose, owner):
        return Model.create({
            'name': cls._name(), 'product_id': cls._product_of(kind).id,
            'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_product_policy(cls, Model, kind, whose, owner):
        # One policy at a time: each has a day of its own
        day = f'2030-01-{next(cls.numbers) % 28 + 1:02}'
        product = cls._product_of(kind)
        if not Model.env.su:
            cls.env['pharma.product.policy'].search([('product_id', '=', product.id)]).write(
                {'date_from': '2020-01-01', 'date_to': '2020-01-01'})
        return Model.create({
            'product_id': product.id, 'cost': 5, 'date_from': day, 'date_to': day,
            'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_product_discount(cls, Model, kind, whose, owner):
        policy = cls._record('pharma.product.policy', kind, whose)
        return Model.create({
            'policy_id': policy.id, 'discount': 5,
            'pharma_type': 'hospital' if Model.env.su else 'pharmacy'})

    @classmethod
    def _make_pharma_product_defect(cls, Model, kind, whose, owner):
        vals = {'name': cls._name(), 'product_id': cls.product.id,
                'company_id': cls._company(whose).id}
        if kind == 'complaint':
            vals |= {'partner_id': cls.customers[whose]['hospital'].id, 'user_id': owner.id}
        return Model.create(vals)

    # === AGENTS === #

    @classmethod
    def _make_pharma_agent(cls, Model, kind, whose, owner):
        agent = cls._agent(whose)
        if not Model.env.su:
            # An agent has one file
            cls.env['pharma.agent'].search([('partner_id', '=', agent.id)]).unlink()
        return Model.create({'partner_id': agent.id, 'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_agent_product(cls, Model, kind, whose, owner):
        # An agent works with a product at a terminal once
        product = cls._rival() if Model.env.su else cls.product
        return Model.create({
            'agent_id': cls._agent(whose).id, 'partner_id': cls.customers[whose]['hospital'].id,
            'product_id': product.id, 'user_id': owner.id,
            'company_id': cls._company(whose).id})

    @classmethod
    def _have_pharma_agent_opening(cls, kind, whose):
        cls._record('pharma.agent.product', 'work', whose)
        cls.env.flush_all()
        companies = cls.env.company | cls.company_b
        return cls.env['pharma.agent.opening'].with_context(
            allowed_company_ids=companies.ids).search(
                [('agent_id', '=', cls._agent(whose).id),
                 ('partner_id', '=', cls.customers[whose]['hospital'].id)])
