"""Personal data and the log of exports, for the rights table."""


class RightsCompliance:
    """Part of ``RightsWorld``: requests of persons, and who exported what."""

    @classmethod
    def _make_pharma_data_request(cls, Model, kind, whose, owner):
        # One open request of each kind per person
        kind = 'erase' if Model.env.su else 'export'
        return Model.create({'partner_id': cls.customers[whose]['person'].id, 'kind': kind})

    @classmethod
    def _make_pharma_data_erase(cls, Model, kind, whose, owner):
        request = cls._record('pharma.data.request', 'request', 'own')
        return Model.create({'request_id': request.id})

    @classmethod
    def _have_pharma_export_log(cls, kind, whose):
        return cls.env['pharma.export.log'].create({
            'user_id': cls.users['root'].id, 'company_id': cls._company(whose).id,
            'date': '2026-03-02', 'model': 'res.partner', 'record_count': 3,
            'field_names': cls._name()})
