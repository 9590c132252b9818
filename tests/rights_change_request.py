"""Change requests, for the rights table."""


class RightsChangeRequest:
    """Part of ``RightsWorld``: what each person wants changed about a hospital of his."""

    @classmethod
    def _make_pharma_change_request(cls, Model, kind, whose, owner):
        vals = {'partner_id': cls.customers[whose]['hospital'].id, 'reason': cls._name()}
        if Model.env.su:
            vals |= {'user_id': owner.id, 'company_id': cls._company(whose).id}
        return Model.create(vals)

    @classmethod
    def _have_pharma_change_request_line(cls, kind, whose):
        request = cls._make_pharma_change_request(
            cls.env['pharma.change.request'], 'draft', whose, cls._owner(whose))
        request._set_values({'phone': '0571-99'})
        return request.line_ids

    @classmethod
    def _make_pharma_change_proposal(cls, Model, kind, whose, owner):
        return Model.create({'kind': 'new_customer'})

    @classmethod
    def _make_pharma_change_refusal(cls, Model, kind, whose, owner):
        return Model.create({
            'request_id': cls._record('pharma.change.request', 'draft', 'own').id, 'reason': "x"})
