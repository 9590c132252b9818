import base64

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ...tools.demo_flow import history_file, sales_file, sales_rows

# distributor, first digits of the counties it delivers to, files (each of one month or of three)
SOURCES = [
    ('distributor_1', ('3301', '3302', '3307', '3310'), 'month'),
    ('distributor_2', ('3302', '3310'), 'quarter'),
    ('distributor_3', ('3201', '3205', '3206', '3209'), 'month'),
    ('distributor_4', ('3203', '3209'), 'quarter'),
    ('distributor_5', ('3701', '3707', '3713'), 'month'),
    ('distributor_6', ('3702', '3706'), 'quarter'),
    ('distributor_7', ('3303', '3310'), 'quarter'),
    ('distributor_8', ('3713', '3707'), 'quarter'),
]
# Names that nobody has decided on: the user's turn.
UNKNOWN_CUSTOMERS = {
    'distributor_1': ["浙云溪医院（省院）", "杭州知足堂中医门诊部"],
    'distributor_3': ["省碧涧人医", "百草安大药房玄武二店"],
    'distributor_5': ["泉城同泽卫生室"],
    'distributor_7': ["温州瓯北诊所"],
}
# Names that are decided automatically, or nearly: place, department, a slip of the pen.
OTHER_SPELLINGS = {
    'distributor_1': ["金华松岭中心医院", "杭州锦屏中医院（心内科）", "宁波市芦汀妇幼保建院"],
    'distributor_3': ["南京听涛中医院", "苏州市春晖妇幼保健院门诊药房"],
}
UNKNOWN_PRODUCTS = {'distributor_4': ("瑞舒伐他汀钙片", "10mg*28片")}
TERMINAL_WEIGHTS = {'hospital': 6, 'primary_care': 3, 'pharmacy': 1}
ROWS_PER_MONTH = 60
# In the history table: whose months before all files it holds, and a distributor that nobody knows.
HISTORY_SOURCES = SOURCES[:2]
HISTORY_MONTHS, UNKNOWN_DISTRIBUTOR = 3, "浙东医药有限公司"


# Documents and flow files apart: each has its own data and its own way of removal.
class PharmaDemo(models.AbstractModel):
    """Three months of flow, read from files by the real import."""

    _inherit = 'pharma.demo'

    # === LOADING === #

    def _load_demo_records(self):
        result = super()._load_demo_records()
        self._load_product_aliases()
        for key, _counties, rhythm in SOURCES:
            # Who sends a file every month buys from us, the others from them
            self._get(key).distributor_tier = '1' if rhythm == 'month' else '2'
        self._load_flow()
        self._load_history()
        self._load_schedules()
        return result

    def _load_product_aliases(self):
        self._as_steward()._make('pharma.alias', {
            f'alias_product_{number}': {
                'name': row['name'], 'kind': 'product', 'product_id': self._get(row['product']).id,
            } for number, row in enumerate(
                self._read_csv('pharma_distribution/demo/product_aliases.csv'), 1)
        })

    def _load_flow(self):
        """The three whole months before this one; all but the newest files are posted."""
        if self._get('flow_file_1'):
            return
        this_month = fields.Date.context_today(self).replace(day=1)
        number = 0
        for key, counties, rhythm in SOURCES:
            months = 1 if rhythm == 'month' else 3
            for months_ago in range(3, 0, -months):
                number += 1
                date_from = this_month - relativedelta(months=months_ago)
                date_to = date_from + relativedelta(months=months, days=-1)
                self._load_flow_file(number, key, counties, date_from, date_to, months)
        self._load_locked_month(number + 1)
        self._load_claim()

    def _load_history(self):
        """The months before those of the files, of two distributors and one that nobody knows, in
        one cleaned table."""
        if self._get('flow_history_1'):
            return
        date_to = fields.Date.context_today(self).replace(day=1) - relativedelta(months=3, days=1)
        date_from = date_to + relativedelta(days=1, months=-HISTORY_MONTHS)
        rows = []
        for key, counties, _rhythm in HISTORY_SOURCES:
            rows += [(self._get(key).name, row) for row in sales_rows(
                self._random(f'history {key}'), self._flow_customers(key, counties),
                self._flow_products(key), date_from, date_to, ROWS_PER_MONTH * HISTORY_MONTHS)]
        rows += [(UNKNOWN_DISTRIBUTOR, row) for _name, row in rows[:8]]
        history = self._make('pharma.flow.history', {'flow_history_1': {
            'name': f"历史流向_{date_from:%Y%m}-{date_to:%Y%m}.csv",
            'data': base64.b64encode(history_file(rows)),
            'user_id': self._get('user_commercial').id,
        }})['flow_history_1']
        files = history._make_files(rest=False)
        history._set_result(state='read')
        for file in files:
            file._run_import()
            file.action_post()

    def _load_locked_month(self, number):
        """The oldest month is locked; a file of it comes late, half of it known already."""
        key, counties, _rhythm = SOURCES[0]
        date_from = fields.Date.context_today(self).replace(day=1) - relativedelta(months=3)
        date_to = date_from + relativedelta(months=1, days=-1)
        self._make('pharma.flow.period', {'flow_period_1': {'month': date_from}})[
            'flow_period_1'].action_lock()
        known, new = (
            sales_rows(self._random(seed), self._flow_customers(key, counties),
                       self._flow_products(key), date_from, date_to, ROWS_PER_MONTH)[:8]
            for seed in ('flow 1', 'flow late'))
        for index, row in enumerate(new):
            row[1] = f'XB{index:05d}'
        self._make_flow_file(number, key, date_from, date_to, [*known, *new], "补报").action_post()

    def _load_claim(self):
        """What a representative misses in the files of last month."""
        day = fields.Date.context_today(self).replace(day=1) - relativedelta(days=12)
        self._make('pharma.flow.claim', {'flow_claim_1': {
            'user_id': self._get('user_representative1').id,
            'partner_id': self._get('hospital_02').id,
            'product_id': self._get('product_01').id,
            'distributor_id': self._get('distributor_1').id,
            'date': day, 'quantity': 60, 'reason': "医院已入库，商业公司流向漏报",
            'evidence': base64.b64encode("入库单".encode()), 'evidence_name': "入库单.txt",
        }})['flow_claim_1']._set_state('submitted')

    def _load_schedules(self):
        """All send their sales, two their stock as well, which is missing."""
        start = fields.Date.context_today(self).replace(day=1) - relativedelta(months=3)
        self._make('pharma.flow.schedule', {
            f'flow_schedule_{number}': {
                'distributor_id': self._get(key).id, 'date_from': start,
                'is_stock': number in (1, 3), 'user_id': self._get('user_commercial').id,
            } for number, (key, _counties, _rhythm) in enumerate(SOURCES, 1)})

    def _load_flow_file(self, number, key, counties, date_from, date_to, months):
        rows = sales_rows(
            self._random(f'flow {number}'), self._flow_customers(key, counties),
            self._flow_products(key), date_from, date_to, ROWS_PER_MONTH * months)
        file = self._make_flow_file(number, key, date_from, date_to, rows)
        if not (key in UNKNOWN_CUSTOMERS and months == 1 and date_to.month == (
                fields.Date.context_today(self) - relativedelta(months=1)).month):
            file.action_post()

    def _make_flow_file(self, number, key, date_from, date_to, rows, label="销售流向"):
        """A file that is read, not posted."""
        distributor = self._get(key)
        first, last = f"{date_from:%Y%m}", f"{date_to:%Y%m}"
        period = first if first == last else f"{first}-{last}"
        file = self._make('pharma.flow.file', {f'flow_file_{number}': {
            'name': f"{distributor.name}_{label}_{period}.csv",
            'data': base64.b64encode(sales_file(distributor.name, rows)),
            'distributor_id': distributor.id,
            'user_id': self._get('user_commercial').id,
            'date_from': date_from,
            'date_to': date_to,
        }})[f'flow_file_{number}']
        file._run_import()
        return file

    def _flow_customers(self, key, counties):
        """Terminals around the distributor under the names that its files use, with weights."""
        customers = []
        for row in self._read_csv('pharma_crm/demo/organisations.csv'):
            weight = TERMINAL_WEIGHTS.get(row['pharma_type'])
            if weight and row['county'].startswith(counties):
                names = [row['name'], *filter(None, row['aliases'].split(';'))]
                customers += [(name, weight / len(names)) for name in names]
        return customers + [
            (name, 2) for name in (
                *UNKNOWN_CUSTOMERS.get(key, ()), *OTHER_SPELLINGS.get(key, ()))]

    def _flow_products(self, key):
        """Our products with two lots each, as (name, specification, lots, price, maker)."""
        products = [
            (row['generic_name'], row['specification'],
             [self._get(f"lot_{row['key']}_{number}").name for number in (1, 2)],
             float(row['price']), self._get(row['manufacturer']).name)
            for row in self._read_csv('pharma_crm/demo/products.csv') if row['price']
        ]
        if unknown := UNKNOWN_PRODUCTS.get(key):
            products.append((*unknown, ["26010101"], 98.0, self._get('manufacturer_1').name))
        return products

    # === REMOVING === #

    def _remove_claim(self):
        if claim := self._get('flow_claim_1'):
            if claim.state == 'approved':
                claim._remove_row()
            claim._set_state('draft')
            claim.unlink()

    def _remove_history(self):
        if history := self._get('flow_history_1'):
            history.file_ids.filtered(
                lambda file: file.state in ('review', 'posted', 'failed')).action_undo()
            history.unlink()

    def _remove_documents(self):
        self._remove_claim()
        if period := self._get('flow_period_1'):
            period.state = 'open'
            period.unlink()
        files = self.env['pharma.flow.file'].union(*(
            file for number in range(1, 3 * len(SOURCES) + 1)
            if (file := self._get(f'flow_file_{number}'))))
        files.filtered(lambda file: file.state in ('review', 'posted', 'failed')).action_undo()
        files.unlink()
        self._remove_history()
        for number in range(1, len(SOURCES) + 1):
            if schedule := self._get(f'flow_schedule_{number}'):
                schedule.unlink()
        # What was decided on names of the demo distributors; without them it would hold everywhere.
        distributors = [
            distributor.id for key, _counties, _rhythm in SOURCES
            if (distributor := self._get(key))]
        self.env['pharma.alias'].search([('distributor_id', 'in', distributors)]).unlink()
        return super()._remove_documents()
