from datetime import timedelta

from odoo import models
from odoo.fields import Command

# manufacturer, threat, sales model, staff, strengths, weaknesses, strategy, answer
COMPETITORS = [
    ('manufacturer_2', '3', 'own', 120, "阿托伐他汀市场份额领先，省级带头人资源多",
     "县级市场覆盖弱，代表流动大",
     "以大型学术会带动三级医院", "守三级，抢县级；用供货稳定和服务回应"),
    ('manufacturer_3', '2', 'both', 60, "产品线宽，价格灵活", "瑞舒伐他汀未过一致性评价",
     "靠代理商铺二级医院", "强调一致性评价和循证"),
    ('manufacturer_4', '3', 'agents', 25, "氯吡格雷在心内科根基深", "正由自营转代理，人员不稳",
     "科室会密集，术后管理项目", "趁转型争取其代理商"),
    ('manufacturer_5', '1', 'agents', 10, "价格最低", "包装规格少，断货频繁", "只做集采带量",
     "关注下轮集采报价"),
]
# Where competitors were seen: product, hospitals with a price at the first and its yearly change
SEEN = [
    ('competitor_1', range(1, 19), 44.8, -0.06),
    ('competitor_2', range(2, 24, 2), 31.5, -0.03),
    ('competitor_3', range(1, 30, 3), 8.9, -0.10),
    ('competitor_4', range(3, 33, 3), 52.0, 0.0),
    ('competitor_5', range(2, 40, 4), 17.6, -0.04),
    ('competitor_6', range(4, 38, 5), 33.2, -0.02),
]
# demo name, name, county, grade, coverage, staff, funds, contract, days until its end, loyalty,
# what holds him
AGENTS = [
    ('agent_1', "杭州远桥医药推广有限公司", '330108', 'a', "杭州、宁波三级医院心内科、内分泌科",
     18, 300000, 'normal', 200, '2', "两个产品的浙北推广权，回款信誉好"),
    ('agent_2', "周海明", '330326', 'b', "平阳、瑞安县级医院", 3, 50000, 'talk', 0, '1',
     "熟悉药剂科，尚未签约"),
    ('agent_3', "苏州惠民医药咨询有限公司", '320508', 'b', "苏州、南通二级医院", 9, 120000,
     'exclusive', 60, '3', "独家协议，缴纳保证金"),
]
# agent, hospital, product, packs a month, days since, days until the end (0: still)
AGENT_PRODUCTS = [
    ('agent_1', 'hospital_01', 'product_03', 900, 700, 0),
    ('agent_1', 'hospital_06', 'competitor_1', 420, 500, 0),
    ('agent_1', 'hospital_16', 'competitor_4', 260, 300, 0),
    ('agent_1', 'hospital_07', 'competitor_6', 150, 900, -100),
    ('agent_2', 'hospital_08', 'competitor_2', 310, 400, 0),
    ('agent_2', 'hospital_13', 'competitor_5', 180, 250, 0),
    ('agent_3', 'hospital_22', 'product_09', 640, 600, 0),
    ('agent_3', 'hospital_32', 'competitor_5', 380, 350, 0),
    ('agent_3', 'hospital_37', 'competitor_3', 220, 150, 0),
    ('agent_3', 'pharmacy_03', 'competitor_2', 140, 200, 0),
    ('agent_3', 'pharmacy_06', 'competitor_1', 90, 120, 0),
    ('agent_3', 'hospital_26', 'competitor_4', 200, 260, 0),
    ('agent_3', 'hospital_24', 'competitor_5', 170, 180, 0),
]
# product, kind, name, number, days until the end
DOCUMENTS = [
    ('product_01', 'approval', "药品再注册批准通知书", "2099R000001", 45),
    ('product_01', 'insert', "说明书（核准稿）", "", 0),
    ('product_02', 'approval', "药品再注册批准通知书", "2099R000002", 800),
    ('product_03', 'approval', "药品再注册批准通知书", "2099R000003", -20),
    ('product_06', 'inspection', "省药检院检验报告", "SJ20990016", 150),
    ('product_09', 'gmp', "药品生产符合性检查结果", "ZJ20990009", 400),
    ('product_11', 'study', "餐后血糖研究论文集", "", 0),
]
# product, cost and lowest price as parts of the sales price, limits by kind of customer
POLICIES = [
    ('product_01', 0.32, 0.80, {'distributor': 8, 'hospital': 3, 'pharmacy': 12}),
    ('product_03', 0.41, 0.85, {'distributor': 6, 'hospital': 2, 'pharmacy': 10}),
    ('product_09', 0.38, 0.82, {'distributor': 7, 'hospital': 3, 'agent': 15}),
]
# demo name, product, lot, login, hospital, days ago, kind, name, state, correction
DEFECTS = [
    ('defect_1', 'product_01', "M2409013", 'representative1', 'hospital_02', 40, 'package',
     "铝塑板压痕不清，掰片困难", 'done', "更换热封模具，后续批次已验证"),
    ('defect_2', 'product_09', "M2410027", 'representative2', 'hospital_21', 12, 'quality',
     "个别药片边缘破损", 'handling', ""),
    ('defect_3', 'product_03', "M2411005", 'service1', None, 3, 'supply', "发货箱内短少两盒",
     'open', ""),
]


class PharmaDemo(models.AbstractModel):
    """The market: what competitors sell where, news, agents; the files of our products."""

    _inherit = 'pharma.demo'

    def _load_masters(self):
        result = super()._load_masters()
        self._load_market()
        return result

    def _load_market(self):
        """Make the market of the demo customers and the files of the demo products."""
        self._load_product_facts()
        self._load_product_files()
        self._load_competitors()
        self._load_market_facts()
        self._load_news()
        self._load_agents()

    def _day(self, days):
        return self.env['pharma.access']._get_today() + timedelta(days=days)

    def _load_product_facts(self):
        """Facts of products that have none yet."""
        for row in self._read_csv('pharma_crm/demo/product_facts.csv'):
            product = self._get(row['key'])
            if not product or product.drug_insurance_class:
                continue
            product.write({
                'drug_insurance_class': row['insurance'],
                'drug_is_essential': bool(row['essential']),
                'drug_consistency': row['consistency'], 'drug_supply_class': 'prescription',
                'drug_shelf_life': int(row['shelf']), 'drug_storage': "遮光，密封，25℃以下",
                'drug_arguments': row['arguments'], 'drug_evidence': row['evidence'],
                'drug_approval_valid_until': product.sale_ok and self._day(500)})
        first, second = self._get('product_02'), self._get('competitor_1')
        if first and second and not first.rival_their_ids:
            first.rival_their_ids = [Command.link(second.id)]

    def _load_product_files(self):
        manager = self._get('user_productmanager')
        self._make('pharma.product.document', {
            f'product_document_{number}': {
                'product_id': self._get(product).id, 'kind': kind, 'name': name,
                'number': code, 'user_id': manager.id,
                'valid_until': days and self._day(days)}
            for number, (product, kind, name, code, days) in enumerate(DOCUMENTS, 1)})
        self._make('pharma.product.policy', {
            f'policy_{key}': {
                'product_id': self._get(key).id, 'date_from': self._day(-200),
                'cost': round(self._get(key).list_price * cost, 2),
                'minimum_price': round(self._get(key).list_price * lowest, 2),
                'discount_ids': [
                    Command.create({'pharma_type': kind, 'discount': discount})
                    for kind, discount in limits.items()]}
            for key, cost, lowest, limits in POLICIES})
        self._make('pharma.product.defect', {
            name: {
                'product_id': self._get(product).id, 'lot': lot, 'name': what, 'kind': kind,
                'user_id': self._get(f'user_{login}').id, 'date': self._day(-days),
                'partner_id': customer and self._get(customer).id, 'state': state,
                'correction': correction}
            for name, product, lot, login, customer, days, kind, what, state, correction
            in DEFECTS})

    def _load_competitors(self):
        manager = self._get('user_productmanager')
        self._make('pharma.competitor', {
            f'competitor_file_{maker}': {
                'partner_id': self._get(maker).id, 'threat': threat, 'sales_model': model,
                'staff_count': staff, 'strengths': strengths, 'weaknesses': weaknesses,
                'strategy': strategy, 'answer': answer, 'user_id': manager.id}
            for maker, threat, model, staff, strengths, weaknesses, strategy, answer
            in COMPETITORS})

    def _load_market_facts(self):
        """A fact of last year and a newer one for most terminals, as representatives see them."""
        chance, rows = self._random('market facts'), {}
        for product, hospitals, price, change in SEEN:
            for number in hospitals:
                hospital = self._get(f'hospital_{number:02}')
                since = self._day(-chance.randint(500, 1500))
                packs = chance.randrange(80, 900, 20)
                for age, days in enumerate((chance.randint(300, 360), chance.randint(1, 150))):
                    rows[f'fact_{product}_{number}_{age}'] = {
                        'partner_id': hospital.id, 'product_id': self._get(product).id,
                        'price': round(price * (1 + change * age + chance.uniform(-.02, .02)), 2),
                        'monthly_quantity': packs * (1 + chance.uniform(0, .2) * age) // 1,
                        'since': since, 'date': self._day(-days),
                        'user_id': (hospital.user_id or self._get('user_areamanager')).id,
                        'source': chance.choice(('seen', 'told', 'call', 'document')),
                        'is_gone': bool(age) and chance.random() < .05}
        self._make('pharma.market.fact', rows)

    def _load_news(self):
        rows = {}
        for row in self._read_csv('pharma_crm/demo/market_news.csv'):
            new = row['state'] == 'new'
            manager = self._get('user_areamanager')
            rows[row['key']] = {
                'user_id': self._get(f"user_{row['login']}").id,
                'date': self._day(-int(row['ago'])),
                'kind': row['kind'], 'importance': row['importance'], 'text': row['text'],
                'partner_id': row['customer'] and self._get(row['customer']).id,
                'product_id': row['product'] and self._get(row['product']).id,
                'source': row['source'], 'state': row['state'],
                'evaluated_by_id': not new and manager.id,
                **({'manufacturer_id': self._get(row['manufacturer']).id}
                   if row['manufacturer'] else {})}
        self._make('pharma.intelligence', rows)

    def _load_agents(self):
        owner = self._get('user_areamanager')
        counties = {county.code: county for county in self.env['pharma.division'].search(
            [('code', 'in', [row[2] for row in AGENTS])])}
        self._make('res.partner', {
            key: {
                'name': name, 'pharma_type': 'agent', 'is_company': '公司' in name,
                'pharma_county_id': counties[county].id, 'lang': self.env.lang}
            for key, name, county, *_rest in AGENTS})
        territories = {'33': 'territory_33_1', '32': 'territory_32_1'}
        self._make('pharma.alignment', {
            f'alignment_{key}': {
                'partner_id': self._get(key).id, 'date_from': self._day(-400),
                'territory_id': self._get(territories[county[:2]]).id}
            for key, _name, county, *_rest in AGENTS})
        self._make('pharma.agent', {
            f'agent_file_{key}': {
                'partner_id': self._get(key).id, 'grade': grade, 'coverage': coverage,
                'staff_count': staff, 'funds': funds, 'contract': contract,
                'contract_until': days and self._day(days), 'loyalty': loyalty,
                'hold_note': hold, 'user_id': owner.id}
            for key, _name, _county, grade, coverage, staff, funds, contract, days, loyalty, hold
            in AGENTS})
        self._make('pharma.agent.product', {
            f'{agent}_{hospital}_{product}': {
                'agent_id': self._get(agent).id, 'partner_id': self._get(hospital).id,
                'product_id': self._get(product).id, 'monthly_quantity': packs,
                'date_from': self._day(-since), 'date_to': end and self._day(end),
                'user_id': (self._get(hospital).user_id or owner).id}
            for agent, hospital, product, packs, since, end in AGENT_PRODUCTS})
