"""The words by which distributors name the columns and the special rows of their files.

Plain data for ``flow_headings`` and ``flow_reader``. Words are compared as ``flow_values.word()``
writes them, without what stands in brackets; in each list the better column comes first: where a
file has both, ``含税金额`` wins over ``金额``, ``销售日期`` over ``下单日期``.
"""

import re

COLUMN_WORDS = {
    'date': [
        '销售日期', '业务日期', '出库日期', '开票日期', '购进日期', '采购日期', '入库日期',
        '发货日期', '往来帐日期', '往来账日期', '记账日期', '单据日期', '制单日期', '销售时间',
        '出库时间', '购进时间', '采购时间', '入库时间', '业务时间', '盘点日期', '库存日期',
        '统计日期', '流向日期', '日期', '时间', '下单日期', '订单日期', 'date',
    ],
    'customer': [
        '客户名称', '客户全称', '客户', '购货单位名称', '购货单位', '购买单位', '购方名称',
        '购货方', '购买方', '采购单位', '销往单位', '销往客户', '往来单位名称', '往来单位',
        '收货单位', '医院名称', '医院', '医疗机构名称', '医疗机构', '终端名称', '终端',
        '门店名称', '门店', '药店名称', '药店', '下游客户', '下游名称', '客商名称', '单位名称',
        '机构名称', '买方名称', 'customer', 'customername',
    ],
    'supplier': [
        '供应商名称', '供应商', '供货单位名称', '供货单位', '供货方', '供货商', '供货商名称',
        '上游名称', 'supplier',
    ],
    'customer_code': [
        '客户编码', '客户代码', '客户编号', '客户内码', '客户id', '门店编码', '门店编号',
        '门店代码', '终端编码', '单位编码', '单位编号', '往来单位编码', '医院编码', '机构编码',
        '供应商编码', '供应商内码', '供应商编号',
    ],
    'product': [
        '商品名称', '药品名称', '产品名称', '货品名称', '物料名称', '品名规格', '品名',
        '品种名称', '药品通用名', '通用名称', '通用名', '商品通用名', '商品名', '品种', '商品',
        '产品', '药品', 'product', 'productname',
    ],
    'product_code': [
        '商品编码', '商品代码', '商品编号', '商品内码', '药品编码', '药品编号', '产品编码',
        '产品代码', '产品编号', '货品编码', '货品编号', '货号', '物料编码', '物料代码',
        '品种编码', '品种编号', '商品id', '货品id', 'productcode',
    ],
    'spec': [
        '商品规格', '药品规格', '产品规格', '货品规格', '规格型号', '品规', '规格', '包装规格',
        'spec',
    ],
    'unit': [
        '商品单位', '计量单位', '销售单位', '基本单位', '药品单位', '包装单位', '单位', 'unit',
    ],
    'maker': [
        '生产企业名称', '生产企业', '生产厂家', '生产厂商', '生产厂家名称', '生产单位', '制造商',
        '厂家名称', '厂家', '厂商', '上市许可持有人', '产地',
    ],
    'lot': [
        '商品批号', '药品批号', '产品批号', '生产批号', '货品批号', '批号', '批次号', '批次',
        '生产批次', 'lot',
    ],
    'quantity': [
        '销售数量', '实际销售数量', '出库数量', '发货数量', '开票数量', '购进数量', '采购数量',
        '入库数量', '当前库存数量', '库存数量', '结存数量', '期末数量', '期末库存', '期末结存',
        '实发数量', '商品数量',
        '数量', '销量', '库存量', '库存', '结存', 'quantity', 'qty',
    ],
    'price': [
        '含税单价', '含税价', '销售单价', '实际单价', '购进单价', '采购单价', '销售价', '批发价',
        '单价', '价格', '售价', '不含税单价', '无税单价', 'price',
    ],
    'amount': [
        '价税合计', '含税金额', '销售金额', '含税销售额', '购进金额', '采购金额', '总金额',
        '库存金额', '金额', '销售额', '合计金额', '不含税金额', '无税金额', 'amount',
    ],
    'document': [
        'erp销售单号', '销售单号', '出库单号', '单据编号', '单据号', '单据号码', '单号', '订单号',
        '订单编号', '发票号', '发票号码', '采购单号', '入库单号', '业务单号', '凭证号', '流水号',
    ],
    'kind': [
        '业务类型', '单据类型', '流向类型', '出入库类型', '销售类型', '类型', '单据性质',
    ],
    'approval': ['批准文号', '国药准字号', '国药准字', '批文号', '批文', '注册证号', '批准字号'],
    # warehouse or branch that reports: equal rows of two sources are two movements
    'source': [
        '仓库名称', '仓库', '库房', '分公司名称', '分公司', '业务机构', '业务公司', '销售公司',
        '出库仓库', '发货仓库', '公司名称',
    ],
}
# Headings that no word fits, in the order in which they are tried.
HEADING_PATTERNS = tuple((field, re.compile(pattern)) for field, pattern in (
    ('product_code', '(商品|药品|产品|货品|物料|品种).*(编码|代码|编号|内码)$'),
    ('customer_code', '(客户|单位|医院|终端|门店|购方|机构|供应商).*(编码|代码|编号|内码)$'),
    ('approval', '批准文号|国药准字|注册证号'),
    ('lot', '批号$|批次号?$'),
    ('spec', '规格'),
    ('maker', '厂家|厂商|生产企业|持有人'),
    ('supplier', '供应商|供货(单位|方|商)|上游'),
    ('customer', '(客户|医院|医疗机构|终端|购货|购买|采购|收货|往来|下游|门店|药店|销往|流向)'
                 '(单位|方|机构|客户|企业|门店|终端|医院)*(名称|全称|名)?$'),
    ('product', '(商品|药品|产品|货品|物料|品种|通用)(名称|全称|名)'),
    ('document', '(单号|单据编号|单据号|票号|订单编号)$'),
    ('date', '(日期|时间)$'),
    ('quantity', '(数量|销量)$'),
    ('price', '单价$|(销售|采购|购进|含税|开票)价格?$'),
    ('amount', '(金额|销售额|价税合计)$'),
    ('unit', '^(计量|包装|销售|基本|库存|最小|商品)单位$'),
))
# Columns that are none of ours, whatever they hold.
OTHER_HEADINGS = re.compile(
    '生产日期|有效期|效期|失效|到期|灭菌|制表|打印|登记|付款|回款|到款|结算日|审核|录入|创建|更新'
    '|序号|行号|税率|税额|税金|折扣|折让|优惠|赠|成本|毛利|利润|差价|差额|件装|装量|包装数|件数|'
    '地址|电话|联系|备注|说明|摘要|条码|类型|类别|分类|性质|等级|级别|状态|省|地市|城市|区县|县区|'
    '区域|地区|业务员|销售员|开票员|操作|部门|经办|剂型|储存|贮藏|期初|年初|在途|可用|冻结|上限|'
    '下限|天数|周转|退货数|破损|差异')
# Which of several quantities a sheet of a kind reports.
QUANTITY_OF_KIND = {
    'sale': re.compile('销|出库|发货|实发'), 'purchase': re.compile('购|采|进|入库'),
    'stock': re.compile('库存|结存|期末|盘点'),
}

# Titles, sheet names and headings that tell what a sheet reports.
STOCK_WORDS = re.compile('库存|结存|盘点')
PURCHASE_WORDS = re.compile('购进|采购|进货|入库')
SALE_WORDS = re.compile('销售|销货|流向|出库|纯销|配送')
RETURN_WORDS = re.compile('退')

TOTAL_WORDS = re.compile(r'(合计|总计|总合计|共计|累计|合计数|总数|total)$')
SUBTOTAL_WORDS = re.compile(r'(小计|页合计|承前页|接上页|过次页|转下页|subtotal)$')
SIGNATURE_WORDS = re.compile(
    '^(制表|制单|审核|复核|审批|打印|导出时间|导出人|导出日期|经办|负责人|主管|会计|仓管|保管|开票人'
    '|操作员|填表|页码|盖章|联系人|联系电话|电话|备注|说明|注|第[0-9]+页|共[0-9]+页)')

# Units that hold many sales packs.
CASE_UNITS = ('件', '箱', 'case', 'ctn')
# How sales packs are called, and what is in them; some words are both.
PACK_UNITS = frozenset((
    '盒', '瓶', '袋', '包', '罐', '筒', '桶', '听', '套', '小盒', 'box', 'bottle'))
SMALL_UNITS = frozenset((
    '片', '粒', '支', '丸', '枚', '贴', '板', '瓶', '袋', '包', '颗', '毫升', '克', 'ml', 'g', '吸',
    'tab', 'tablet'))
UNITS = PACK_UNITS | SMALL_UNITS | frozenset(CASE_UNITS) | frozenset(('个', '只', '台', '把', '条'))
