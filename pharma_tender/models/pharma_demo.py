from datetime import timedelta

from odoo import fields, models
from odoo.fields import Command

# item number, our product, form as tendered, specification, unit, ceiling price per unit, volume,
# our price per pack, {competitor's product: price per pack}
ITEMS = [
    ('1', 'product_01', "口服常释剂型", "20mg", "片", 0.98, 18600000, 3.92, {'competitor_1': 4.13}),
    ('2', 'product_02', "口服常释剂型", "10mg", "片", 1.05, 9400000, 8.68, {'competitor_2': 4.97}),
    ('3', 'product_03', "口服常释剂型", "5mg", "片", 0.32, 26500000, 2.24, {'competitor_3': 1.26}),
    ('4', 'product_06', "口服常释剂型", "75mg", "片", 2.95, 7800000, 15.4, {'competitor_4': 16.1}),
    ('5', 'product_09', "缓释控释剂型", "0.5g", "片", 0.28, 31200000, 5.1, {'competitor_5': 3.2}),
    ('6', 'product_11', "口服常释剂型", "50mg", "片", 0.36, 22400000, 6.6, {'competitor_6': 6.9}),
]


class PharmaDemo(models.AbstractModel):
    _inherit = 'pharma.demo'

    def _user_rows(self):
        return [
            *super()._user_rows(),
            ('tender1', "吴静怡", "招投标", ['pharma_tender.group_pharma_tender_user']),
        ]

    def load_data(self):
        """Add the official results of national procurement to the sets of public data."""
        messages = super().load_data()
        loader = self.env['pharma.tender.results']
        counts = loader.load_official()
        return [*messages, self.env._(
            "Tender results by province: %s", loader._counts_message(counts))]

    def _load_demo_records(self):
        result = super()._load_demo_records()
        self._load_tender()
        self._load_coming_tender()
        return result

    def _load_tender(self):
        """One running tender, a week before its submission deadline."""
        is_new = not self._get('tender_1')
        tender = self._make('pharma.tender', {'tender_1': self._tender_vals()})['tender_1']
        items = self._make('pharma.tender.item', {
            f'tender_1_item_{number}': {
                'tender_id': tender.id,
                'item_no': number,
                'generic_name': self._get(product).drug_generic_name,
                'dosage_form': form,
                'specification': specification,
                'unit': unit,
                'ceiling_price': ceiling,
                'base_volume': volume,
            }
            for number, product, form, specification, unit, ceiling, volume, *_bids in ITEMS
        })
        self._make('pharma.tender.bid', {
            f'tender_1_bid_{number}_{product}': {
                'item_id': items[f'tender_1_item_{number}'].id,
                'product_id': self._get(product).id,
                'price_per_pack': price,
            }
            for number, ours, *_terms, our_price, rivals in ITEMS
            for product, price in {ours: our_price, **rivals}.items()
        })
        if is_new:
            tender.activity_schedule(
                'mail.mail_activity_data_todo', tender.date_submission - timedelta(days=2),
                "核对申报材料并盖章", user_id=tender.user_id.id)

    def _load_coming_tender(self):
        """One in its first stage: the hospitals report what they need."""
        today = fields.Date.context_today(self)
        tender = self._make('pharma.tender', {'tender_2': {
            'name': f"浙江省药品带量采购接续（{today.year + 1}年）",
            'batch': f"浙江接续{today.year + 1}",
            'sequence': 2,
            'kind_id': self.env.ref('pharma_tender.pharma_tender_kind_vbp_province').id,
            'stage_id': self.env.ref('pharma_tender.pharma_tender_stage_volume_report').id,
            'organiser': "浙江省药品集中采购办公室",
            'state_ids': [Command.set(self._get('hospital_01').state_id.ids)],
            'user_id': self._get('user_tender1').id,
            'date_submission': today + timedelta(days=52),
        }})['tender_2']
        self._make('pharma.tender.item', {
            f'tender_2_item_{number}': {
                'tender_id': tender.id, 'item_no': str(number),
                'generic_name': self._get(product).drug_generic_name, 'dosage_form': form,
                'specification': specification, 'unit': "片",
            }
            for number, (product, form, specification) in enumerate((
                ('product_10', "口服常释剂型", "2mg"), ('product_12', "口服常释剂型", "10mg")), 1)
        })

    def _tender_vals(self):
        today = fields.Date.context_today(self)
        states = self.env['res.country.state'].browse(
            self._get(f'hospital_{number:02}').state_id.id for number in (1, 21, 41))
        return {
            'name': f"华东三省药品联盟带量采购（{today.year}年）",
            'batch': f"华东联盟{today.year}",
            'sequence': 1,
            'kind_id': self.env.ref('pharma_tender.pharma_tender_kind_vbp_alliance').id,
            'stage_id': self.env.ref('pharma_tender.pharma_tender_stage_qualification').id,
            'organiser': "华东三省药品联合采购办公室",
            'state_ids': [Command.set(states.ids)],
            'user_id': self._get('user_tender1').id,
            'helper_ids': [Command.set(self._get('user_productmanager').ids)],
            'date_announced': today - timedelta(days=20),
            'date_submission': today + timedelta(days=8),
            'date_opening': today + timedelta(days=9),
            'date_result': today + timedelta(days=30),
        }
