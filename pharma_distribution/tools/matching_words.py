"""The words by which names in files vary beside those that institutions are called by.

Plain data for ``matching_names`` and ``matching``; what names are made of is in
``pharma_crm.tools.institution_words``. Unless said otherwise, words are compared after
``pharma_crm.tools.names.fold``: digits instead of Chinese numerals, no brackets or spaces.
"""

# === REMARKS === #

# What systems add to a name and what says nothing about whose name it is.
REMARKS = (
    "现款", "现结", "月结", "赊销", "预付", "停用", "禁用", "作废", "已停", "冻结", "锁定", "新",
    "旧", "老户", "新户", "新客户", "老客户", "正式", "临时", "备用", "勿用", "不用", "在用",
    "启用", "集采", "带量", "带量采购", "国采", "省采", "直营", "直供", "直配", "配送", "自提",
    "送货", "代收", "代配", "转配", "挂网", "阳光采购", "医院", "终端", "客户", "医疗", "基层",
    "公立", "民营", "非营利", "营利", "营利性", "非营利性", "三甲", "三乙", "二甲", "二乙", "一甲",
    "三级", "二级", "一级", "三级甲等", "二级甲等", "三级乙等", "二级乙等", "一级甲等", "小规模",
    "一般纳税人", "专票", "普票", "开票", "gsp", "otc", "rx", "普药", "新药", "基药", "冷链",
    "纯销", "调拨", "分销", "商销", "国控", "华润", "九州通", "上药", "重药", "vip", "暂停",
    "已注销", "注销", "已迁址", "店已撤", "测试", "电商", "线上", "合作", "重点", "普通", "外地",
    "本地", "市区", "农村", "盒", "含税",
)
# Words before the former or other name in brackets.
OTHER_NAME = (
    "原名", "原称", "曾用名", "又名", "亦名", "别名", "简称", "现名", "现为", "现称", "更名为",
    "改名为", "更名", "即", "暨", "原", "现", "挂牌", "加挂", "同",
)
# What stands between two names of one institution.
SEPARATORS = "〓＝=/／\\|｜、；;，,＋+＆&→·*＊#"

# === PARTS OF A HOSPITAL === #

# Departments that buy: the hospital's own, sales to them are the hospital's.
DEPARTMENTS = (
    "门诊西药房", "门诊中药房", "住院西药房", "住院中药房", "门诊药房", "住院药房", "急诊药房",
    "中心药房", "西药房", "中药房", "中成药房", "静配中心", "药学部", "药剂科", "药械科", "药剂部",
    "药库", "西药库", "中药库", "药房", "设备科", "采购部", "采购科", "采供科", "总务科", "供应科",
    "药事科", "药学科", "制剂室", "财务科", "门诊部药房", "急诊科", "门诊", "住院部", "急诊",
    "病区", "药品库", "药品科", "便民药房", "院内药房", "dtp药房", "互联网医院", "体检中心",
    "急诊药房", "静脉用药调配中心", "静脉配置中心", "药品采购中心", "国际医疗部", "发热门诊",
    "体检科", "医保办", "医保科", "肿瘤科", "肿瘤内科", "心内科", "消化科", "消化内科", "呼吸科",
    "呼吸内科", "神经内科", "内分泌科", "肾内科", "血液科", "风湿免疫科", "感染科", "老年科",
    "普外科", "骨科", "泌尿外科", "妇产科", "儿科", "皮肤科", "眼科", "口腔科", "中医科", "康复科",
    "麻醉科", "重症医学科", "疼痛科",
    "科教科", "检验科", "病理科", "内科", "外科", "特药房", "输液中心", "1药房", "2药房",
    "门诊2药房",
)
# === KINDS === #

# Classes whose members may be taken for one another: archives put clinics and hospitals together.
CLASS_OF_KIND = {
    'hospital': 'care', 'campus': 'care', 'primary_care': 'care', 'group': 'care',
    'pharmacy': 'pharmacy', 'distributor': 'company', 'agent': 'company', 'manufacturer': 'company',
}

# === SHORT FORMS === #

# Short forms for what is mostly, but not always, meant: (pattern, replacements).
PERHAPS_FORMS = (
    (r'^第?(\d{1,2})院$', (r'第\1医院',)),
    (r'^(.{2,}[^\d第附属])(\d{1,2})院$', (r'\1第\2医院', r'\1第\2人民医院')),
    (r'^([市县区]立)(\d{1,2})院$', (r'\1第\2医院', r'\1第\2人民医院')),
    (r'^妇幼保健(?:计划生育)?(?:服务)?中心$', ("妇幼保健院",)),
    (r'^(?:妇幼医院|妇女儿童医院)$', ("妇幼保健院",)),
    (r'^医院$', ("人民医院",)),
    (r'^(.*)中西结合医院$', (r'\1中西医结合医院',)),
)

# === DRUGS === #

# (pattern, word) on a folded name of a drug: dosage forms that are one under two words.
DOSAGE_WORDS = (
    (r'^(.+?)粉针(?:剂)?$', r'注射用\1'),
    (r'片剂$', "片"), (r'(?:薄膜衣|糖衣)片', "片"), (r'胶囊剂$', "胶囊"),
    (r'软胶囊剂$', "软胶囊"),
    (r'胶丸$', "软胶囊"), (r'冲剂$', "颗粒"), (r'颗粒剂$', "颗粒"), (r'口服液$', "口服溶液"),
    (r'丸剂$', "丸"),
    (r'散剂$', "散"), (r'栓剂$', "栓"), (r'贴剂$', "贴"), (r'贴膏剂$', "贴膏"),
    (r'乳膏剂$', "乳膏"),
    (r'霜(?:剂)?$', "乳膏"), (r'软膏剂$', "软膏"), (r'凝胶剂$', "凝胶"), (r'滴眼剂$', "滴眼液"),
    (r'眼药水$', "滴眼液"),
    (r'滴鼻剂$', "滴鼻液"), (r'(?<!吸入)(?<!用)(?:针剂|针)$', "注射液"), (r'糖浆剂$', "糖浆"),
    (r'混悬剂$', "混悬液"),
    (r'洗剂$', "洗液"), (r'肠溶衣片', "肠溶片"), (r'控释片剂$', "控释片"),
    (r'缓释片剂$', "缓释片"), (r'干糖浆剂$', "干糖浆"), (r'气雾$', "气雾剂"), (r'喷雾$', "喷雾剂"),
)
# What makers' names share.
MAKER_WORDS = (
    "股份", "有限", "责任", "公司", "集团", "控股", "制药厂", "制药", "药业", "医药", "药厂",
    "生物", "科技", "技术", "化学", "工业", "医疗", "健康", "产业", "实业", "总厂", "中国", "投资",
    "国际", "发展",
)
