"""Calls and what belongs to them, for the rights table."""


class RightsCalls:
    """Part of ``RightsWorld``: calls of each person with his customers."""

    @classmethod
    def _make_pharma_visit(cls, Model, kind, whose, owner):
        return Model.create({
            'partner_id': cls.customers[whose]['person'].id, 'user_id': owner.id,
            'company_id': cls._company(whose).id, 'date_start': '2026-03-02 02:00:00',
            'summary': cls._name()})

    @classmethod
    def _make_pharma_visit_product(cls, Model, kind, whose, owner):
        # Each product stands once in a call
        product = cls.product if Model.env.su else cls.product_y
        return Model.create({
            'visit_id': cls._record('pharma.visit', 'call', whose).id,
            'product_id': product.product_variant_id.id})

    @classmethod
    def _make_pharma_visit_purpose(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _make_pharma_visit_result(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name()})

    @classmethod
    def _make_pharma_gift_item(cls, Model, kind, whose, owner):
        return Model.create({'name': cls._name(), 'company_id': cls._company(whose).id})

    @classmethod
    def _make_pharma_visit_gift(cls, Model, kind, whose, owner):
        item = cls._make_pharma_gift_item(cls.env['pharma.gift.item'], kind, whose, owner)
        return Model.create({
            'visit_id': cls._record('pharma.visit', 'call', whose).id, 'item_id': item.id})

    @classmethod
    def _make_pharma_filing(cls, Model, kind, whose, owner):
        holder = cls.env['res.partner'].create({
            'name': cls._name(), 'pharma_type': 'manufacturer', 'is_company': True})
        return Model.create({
            'number': cls._name(), 'user_id': cls._owner(whose).id, 'holder_id': holder.id,
            'company_id': cls._company(whose).id, 'date_to': '2099-12-31'})
