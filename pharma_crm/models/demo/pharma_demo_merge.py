from odoo import models


class PharmaDemo(models.AbstractModel):
    """Two records of one demo hospital that were merged, and can be parted again."""

    _inherit = 'pharma.demo'

    def _load_demo_records(self):
        result = super()._load_demo_records()
        self._load_merge()
        return result

    def _load_merge(self):
        keep = self._get('hospital_02')
        if self._get('merge_1') or not keep or keep.merged_into_id:
            return
        # Known twice: entered by hand from an invoice, beside the entry of the official list
        twin = self._make('res.partner', {'merge_twin': {
            'name': f"{keep.name}（老院区）", 'pharma_type': 'hospital', 'is_company': True,
            'website': "https://laoyuanqu.example.com"}})['merge_twin']
        self._make('crm.lead', {'merge_lead': {
            'name': "老院区备药申请", 'type': 'opportunity', 'partner_id': twin.id,
            'expected_revenue': 36000}})
        note = "总机已停用，联系药剂科请打新号码。"
        twin.message_post(body=note, message_type='comment')
        merge = self.env['pharma.merge']._merge(keep, twin)
        self._name_records({'merge_1': merge})

    def _remove_documents(self):
        merge = self._get('merge_1')
        if merge:
            if merge.state == 'done' and not merge._get_later_merges():
                merge._undo()
            merge.unlink()
        return super()._remove_documents()
