from datetime import timedelta

from odoo import models

# name, kind, days ago, ground, by which way, state
REQUESTS = (
    ('data_request_copy', 'export', 3, 'person', 'mail', 'received'),
    ('data_request_late', 'erase', 40, 'withdrawn', 'letter', 'received'),
    ('data_request_done', 'export', 60, 'person', 'visit', 'done'),
    ('data_request_refused', 'erase', 90, 'person', 'phone', 'refused'),
)


class PharmaDemo(models.AbstractModel):
    """Requests about personal data, one of each status, and a person who was erased."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        if not self._get('data_request_copy'):
            self._load_compliance()
        return result

    def _load_compliance(self):
        # Of demo persons alone, whoever else is in the database
        people = self._get_called_people(self._get('user_representative1'))[-len(REQUESTS):]
        if len(people) < len(REQUESTS):
            return
        today, director = self.env['pharma.access']._get_today(), self._get('user_director')
        rows = {}
        for person, (name, kind, days, ground, channel, state) in zip(
                people, REQUESTS, strict=True):
            rows[name] = {
                'partner_id': person.id, 'kind': kind, 'ground': ground, 'channel': channel,
                'date_received': today - timedelta(days=days), 'state': state,
                'requested_by_id': self._get('user_datasteward').id}
            if state != 'received':
                rows[name] |= {
                    'decided_by_id': director.id,
                    'decided_on': today - timedelta(days=days - 4),
                    'done_on': state == 'done' and today - timedelta(days=days - 4),
                    'copy_count': state == 'done', 'refusal': state == 'refused' and 'identity'}
        self._make('pharma.data.request', rows)
        person = self._make('res.partner', {'erased_person': {
            'name': "蒲松庭", 'pharma_type': 'person', 'parent_id': people[0].parent_id.id,
        }})['erased_person']
        request = self._make('pharma.data.request', {'data_request_erased': {
            'partner_id': person.id, 'kind': 'erase', 'ground': 'purpose', 'channel': 'letter',
            'date_received': today - timedelta(days=120), 'state': 'running',
            'requested_by_id': self._get('user_datasteward').id, 'decided_by_id': director.id,
            'decided_on': today - timedelta(days=110)}})['data_request_erased']
        request._job_erase()
