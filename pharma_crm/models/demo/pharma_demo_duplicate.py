from odoo import fields, models

# key -> (demo customer it doubles, name, values beside its place, or a person's hospital)
DOUBLES = {
    'duplicate_1': ('hospital_06', "杭州锦屏中医医院", {'phone': "0571-88001206"}),
    'duplicate_2': ('hospital_22', "银杏医附一院", {}),
    'duplicate_3': ('hospital_27', "苏州市春辉妇幼保健院", {'phone': "0512-66001227"}),
    'duplicate_4': ('hospital_32', "常熟市朗月第二医院", {'phone': "0512-52001232"}),
}
PHONES = {
    'hospital_06': "0571-88001206", 'hospital_27': "0512-66001227", 'hospital_32': "0512-52001232",
}


class PharmaDemo(models.AbstractModel):
    """A few customers that were entered twice, for the list of suspected pairs."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_duplicate()
        return result

    def _load_duplicate(self):
        for key, phone in PHONES.items():
            hospital = self._get(key)
            if hospital and not hospital.phone:
                hospital.phone = phone
        self._make('res.partner', {
            key: self._double_vals(self._get(source), name, values)
            for key, (source, name, values) in DOUBLES.items() if self._get(source)})
        self.env['pharma.duplicate']._search_all()
        self._load_conflict()

    def _double_vals(self, source, name, values):
        return {
            'name': name, 'pharma_type': source.pharma_type, 'is_company': True,
            'pharma_city_id': source.pharma_city_id.id, 'street': source.street,
            'pharma_county_id': source.pharma_county_id.id, 'lang': self.env.lang, **values}

    def _load_conflict(self):
        """Two people with one hospital and one product line."""
        hospital, line = self._get('hospital_01'), self._get('line_1')
        users = [self._get(f'user_{login}') for login in ('representative1', 'representative2')]
        if not hospital or not line or not all(users):
            return
        today = fields.Date.context_today(self)
        self._make('crm.lead', {
            f'conflict_lead_{number}': {
                'name': f"{hospital.name} {line.name}", 'type': 'opportunity',
                'partner_id': hospital.id, 'product_line_id': line.id, 'user_id': user.id,
                'expected_revenue': 120000 * number, 'date_deadline': today,
            } for number, user in enumerate(users, 1)})
