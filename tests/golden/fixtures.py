"""Small files with all the traits of distributors' files, made here: none is anybody's report.

``FILES`` is a dict name -> bytes; ``fixtures.txt`` says what is read from each.
"""

import base64
import csv
import io
import struct
import zipfile
import zlib

import xlsxwriter
import xlwt

HEADINGS = [
    '销售日期', '客户名称', '商品编码', '商品名称', '规格', '单位', '生产企业', '批号', '数量',
    '单价', '金额']
SALES = [
    ['2026-01-05', '海州市第一人民医院', "'0159425", '阿托伐他汀钙片', '10mg*14片', '盒',
     '海州制药有限公司', '25051911', '20', '35.5', '710'],
    ['2026-01-06', '临川县中医院', "'0159426", '氨氯地平片', '5mg*28片', '盒',
     '海州制药有限公司', '25051912', '3', '12', '36'],
    ['2026-01-07', '海州大药房（东山店）', "'0159425", '阿托伐他汀钙片', '10mg*14片', '盒',
     '海州制药有限公司', '25051911', '-2', '35.5', '-71'],
]
SHORT = ['日期', '客户名称', '商品名称', '规格', '数量']
FILES = {}


def text(rows, delimiter=',', encoding='utf-8'):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue().encode(encoding)


def xlsx(sheets, merges=(), **options):
    """:param dict sheets: name -> rows; merges of the first sheet: (top, left, bottom, right)"""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, options)
    day = book.add_format({'num_format': 'yyyy-mm-dd'})
    for number, (name, rows) in enumerate(sheets.items()):
        sheet = book.add_worksheet(name)
        for index, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, tuple):  # a day as Excel keeps it
                    sheet.write_number(index, column, value[0], day)
                else:
                    sheet.write(index, column, value)
        for top, left, bottom, right in merges if number == 0 else ():
            sheet.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    return buffer.getvalue()


def xls(name, rows, merges=()):
    book = xlwt.Workbook(encoding='utf-8')
    sheet = book.add_sheet(name)
    for index, row in enumerate(rows):
        for column, value in enumerate(row):
            if not any(top <= index <= bottom and left <= column <= right
                       for top, left, bottom, right in merges):
                sheet.write(index, column, value)
    for top, left, bottom, right in merges:
        sheet.write_merge(top, bottom, left, right, rows[top][left])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def ods(rows):
    cells = ''.join('<table:table-row>' + ''.join(
        '<table:table-cell office:value-type="string"><text:p>' + value
        + '</text:p></table:table-cell>' for value in row) + '</table:table-row>' for row in rows)
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
        ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
        ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
        ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
        '<office:spreadsheet><table:table table:name="流向">' + cells
        + '</table:table></office:spreadsheet></office:body></office:document-content>')
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, 'w') as archive:
        archive.writestr('mimetype', 'application/vnd.oasis.opendocument.spreadsheet')
        archive.writestr('META-INF/manifest.xml', '<manifest/>')
        archive.writestr('content.xml', content)
    return buffer.getvalue()


def html(rows):
    body = ''.join('<tr>' + ''.join(f'<td>{value}</td>' for value in row) + '</tr>' for row in rows)
    return f'<html><head><style>td {{x:y}}</style></head><table>{body}</table></html>'


def archive(members):
    """A ZIP as Chinese systems write it: names in GBK. zipfile writes names in UTF-8 alone.

    :param members: tuples (name, bytes, whether it wants a password)
    """
    body, directory = b'', b''
    for name, data, is_locked in members:
        packer = zlib.compressobj(wbits=-15)
        content = packer.compress(data) + packer.flush()
        raw = name.encode('gb18030')
        common = struct.pack('<HHHHHLLLHH', 20, int(is_locked), 8, 0, 33, zlib.crc32(data),
                             len(content), len(data), len(raw), 0)
        directory += (b'PK\x01\x02' + struct.pack('<H', 20) + common
                      + struct.pack('<HHHLL', 0, 0, 0, 0, len(body)) + raw)
        body += b'PK\x03\x04' + common + raw + content
    return body + directory + b'PK\x05\x06' + struct.pack(
        '<HHHHLLH', 0, 0, len(members), len(members), len(directory), len(body), 0)


def short(*rows):
    return text([SHORT, *rows])


# === FORMATS === #

FILES['plain.xlsx'] = xlsx({'流向': [HEADINGS, *SALES]})
FILES['plain.ods'] = ods([HEADINGS, *SALES])
FILES['titles.xls'] = xls('ReportCommonVO', [
    ['海州医药有限公司销售流向表'], ['查询条件：2026-01-01 至 2026-01-31'], HEADINGS, *SALES,
    ['合计', '', '', '', '', '', '', '', '21', '', '675'], ['制表人：', '', '', '审核：']])
for _label, _delimiter, _encoding in (
        ('comma_utf8', ',', 'utf-8'), ('comma_bom', ',', 'utf-8-sig'),
        ('tab_utf16', '\t', 'utf-16'),
        ('comma_utf16le', ',', 'utf-16-le'), ('semicolon_utf16be', ';', 'utf-16-be'),
        ('bar_gb18030', '|', 'gb18030'), ('caret_gbk', '^', 'gbk'), ('fullwidth_gbk', '，', 'gbk'),
        ('control_utf8', '\x01', 'utf-8')):
    FILES[f'{_label}.csv'] = text([HEADINGS, *SALES], _delimiter, _encoding)
FILES['spaces.txt'] = '\n'.join('   '.join(row[:2] + row[3:5] + row[8:9]) for row in [
    HEADINGS, *SALES]).encode('gbk')
FILES['unclosed_quote.csv'] = text([SHORT]) + (
    '2026-01-05,"海州医院,乙片,1g,3\n"2026-01-06","临川, 医院",乙片,1g,4\n').encode()
FILES['html.xls'] = html([HEADINGS, *SALES]).encode('gbk')
FILES['html_rowspan.xls'] = (
    '<table><tr><th>客户名称</th><th>日期</th><th>商品名称</th><th>数量</th></tr>'
    '<tr><td rowspan=2>海州医院</td><td>2026-01-05</td><td>乙片</td><td>3</td></tr>'
    '<tr><td>2026-01-06</td><td>丙片</td><td>4</td></tr>'
    '<tr><td>临川医院<td>2026-01-07<td>乙片<td>5</table>').encode()
_DATA = '<Cell><Data ss:Type="String">{}</Data></Cell>'.format
_NUMBER = '<Cell ss:Index="{}"><Data ss:Type="Number">{}</Data></Cell></Row>'.format
FILES['xml2003.xls'] = (
    '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
    ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="销售"><Table>'
    '<Row>' + _DATA('日期') + _DATA('客户名称') + _DATA('商品名称')
    + '<Cell ss:Index="5"><Data ss:Type="String">数量</Data></Cell></Row><Row ss:Index="3">'
    '<Cell><Data ss:Type="DateTime">2026-01-05T00:00:00.000</Data></Cell>'
    + _DATA('海州医院') + _DATA('乙&amp;片') + _NUMBER(5, 3)
    + '</Table></Worksheet><Worksheet ss:Name="库存"><Table><Row>'
    + _DATA('商品名称') + _DATA('批号') + _DATA('库存数量') + '</Row><Row>'
    + _DATA('乙片') + _DATA('A1') + _NUMBER(3, 40) + '</Table></Worksheet></Workbook>').encode()
FILES['webpage.xls'] = (
    b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="----x"\r\n\r\n------x\r\n'
    b'Content-Type: text/html; charset="gb2312"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    + base64.encodebytes(html([SHORT, [
        '2026-01-05', '海州医院', '乙片', '1g', '3']]).encode('gb2312')) + b'\r\n------x--\r\n')
FILES['all.zip'] = archive([
    ('1月/海州流向.csv', text([HEADINGS, *SALES], encoding='gb18030'), False),
    ('1月/临川流向.csv', text([SHORT, ['2026-01-05', '海州医院', '乙片', '1g', '3']]), False),
    ('锁.csv', b'locked', True), ('炸弹.csv', b'0' * 30_000_000, False), ('空.csv', b'', False),
    ('__MACOSX/x', b'x', False), ('~$临川流向.xlsx', b'x', False)])

# === SHEETS AND HEADERS === #

FILES['three_sheets.xlsx'] = xlsx({
    '销售': [HEADINGS, *SALES],
    '购进': [['入库日期', '供应商名称', '商品名称', '规格', '入库数量'],
             ['2026-01-02', '海州制药有限公司', '氨氯地平片', '5mg*28片', 400]],
    '库存': [['商品名称', '规格', '批号', '库存数量', '仓库名称'],
             ['氨氯地平片', '5mg*28片', 'A1', 380, '总仓']],
    '说明': [['本表由系统导出']]})
FILES['two_row_header.xlsx'] = xlsx({'流向': [
    ['海州医药 2026年1月'],
    ['日期', '客户', '', '商品', '', '销售', ''],
    ['', '编码', '名称', '名称', '规格', '数量', '金额'],
    ['2026-01-05', 'K1', '海州医院', '乙片', '1g', 3, 30]]},
    merges=[(1, 0, 2, 0), (1, 1, 1, 2), (1, 3, 1, 4), (1, 5, 1, 6)])
FILES['two_row_header.csv'] = text([
    ['日期', '客户名称', '商品', '', '销售', ''], ['', '', '名称', '规格', '数量', '金额'],
    ['2026-01-05', '海州医院', '乙片', '1g', '3', '30']])
FILES['lower_row_header.csv'] = text([
    ['日期', '客户名称', '商品名称', '数量', '销售', ''], ['', '', '', '', '单价', '金额'],
    ['2026-01-05', '海州医院', '乙片', '3', '10', '30']])
FILES['merged_customer.xls'] = xls('流向', [
    ['客户名称', '日期', '商品名称', '数量', '金额'], ['海州医院', '2026-01-05', '乙片', 3, 90],
    ['', '2026-01-06', '丙片', 4, ''], ['临川医院', '2026-01-07', '乙片', 5, 50]],
    merges=[(1, 0, 2, 0), (1, 4, 2, 4)])
FILES['pages.csv'] = text([
    ['海州医药流向表'], ['第1页 共2页'], SHORT, ['2026-01-05', '海州医院', '乙片', '1g', '3'],
    ['2026-01-06', '临川医院', '乙片', '1g', '4'], ['本页小计', '', '', '', '7'],
    ['海州医药流向表'], ['第2页 共2页'], SHORT, ['2026-01-07', '海州医院', '丙片', '2g', '5'],
    ['本页小计', '', '', '', '5'], ['合计', '', '', '', '12'], ['共3条记录'],
    ['打印时间：2026-02-01'], ['制表：王', '', '复核：李']])
FILES['by_customer.csv'] = text([
    SHORT, ['2026-01-05', '海州医院', '乙片', '1g', '3'],
    ['2026-01-06', '海州医院', '丙片', '1g', '4'], ['', '海州医院 小计', '', '', '7'],
    ['2026-01-07', '临川医院', '乙片', '1g', '5'], ['', '临川医院 小计', '', '', '6'],
    ['', '总计', '', '', '12']])
FILES['unlabelled_total.csv'] = short(
    ['2026-01-05', '海州医院', '乙片', '1g', '3'], ['2026-01-06', '临川医院', '乙片', '1g', '4'],
    ['', '', '', '', '7'])
FILES['stock_total.csv'] = text([
    ['商品名称', '规格', '库存数量'], ['乙片', '1g', '3'], ['丙片', '1g', '4'], ['合计', '', '7']])
FILES['two_blocks.csv'] = text([
    ['一、销售'], SHORT, ['2026-01-05', '海州医院', '乙片', '1g', '3'], [],
    ['二、购进'], ['入库日期', '供应商', '商品名称', '规格', '入库数量', '批号'],
    ['2026-01-02', '海州制药', '乙片', '1g', '400', 'A1']])
FILES['query_like_header.csv'] = text([
    ['客户名称', '全部', '商品名称', '全部', '数量', '全部'], ['制表日期', '2026-02-01'],
    HEADINGS, *SALES])
FILES['two_row_block.csv'] = text([
    SHORT, ['2026-01-05', '海州医院', '乙片', '1g', '3'],
    ['入库日期', '供应商名称', '商品名称', '入库数量', '金额', ''],
    ['', '', '', '', '含税', '无税'],
    ['2026-01-02', '海州制药', '乙片', '400', '4520', '4000']])
FILES['carried.csv'] = text([
    SHORT, ['2026-01-05', '海州医院', '乙片', '1g', '3'], ['本页合计', '', '', '', '3'],
    ['过次页', '', '', '', '3'], ['承前页', '', '', '', '3'],
    ['2026-01-06', '海州医院', '乙片', '1g', '4'], ['本页合计', '', '', '', '4'],
    ['累计', '', '', '', '7']])
FILES['balance.csv'] = text([
    ['海州医药进销存报表'], ['商品名称', '规格', '期初库存', '购进数量', '销售数量', '期末库存'],
    ['乙片', '1g', '10', '400', '30', '380']])
FILES['balance_two_rows.csv'] = text([
    ['海州医药进销存报表'], ['商品名称', '规格', '购进', '', '销售', '', '库存', ''],
    ['', '', '数量', '金额', '数量', '金额', '数量', '金额'],
    ['乙片', '1g', '400', '4000', '30', '360', '380', '3800']])

# === COLUMNS === #

FILES['other_words.csv'] = text([
    ['序号', '*出库单号', '下游客户单位名称', '药品通用名称', '包装规格型号', '最小单位',
     '实发数量（盒）', '含税销售单价', '批号', '有效期至', '开单时间', '国药准字号', '发货仓库'],
    ['1', 'CK01', '海州医院', '乙片', '1g*10片', '盒', '3', '10', 'A1', '2027-12-31',
     '2026-01-05 08:30', '国药准字H20030001', '二号库']])
FILES['unit_in_heading.csv'] = text([
    ['日期', '客户名称', '商品名称', '数量(件)'], ['2026-01-05', '海州医院', '乙片', '2']])
FILES['glued.csv'] = text([
    ['日期', '客户名称', '品名规格', '数量'],
    ['2026-01-05', '海州医院', '阿托伐他汀钙片10mg*14片', '3'],
    ['2026-01-06', '海州医院', '藿香正气软胶囊（0.45g×12粒×3板）', '4'],
    ['2026-01-07', '海州医院', '5%葡萄糖注射液 250ml', '5'],
    ['2026-01-08', '海州医院', '维生素B12', '6']])
_UNHEADED = [row[:2] + row[3:6] + row[7:] for row in SALES] + [
    ['2026-01-08', '海州医院', '氨氯地平片', '5mg*28片', '盒', '25051912', '5', '12', '60']]
FILES['no_header.csv'] = text(_UNHEADED)
FILES['poor_header.csv'] = text([
    ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I'], *_UNHEADED])
FILES['title_no_header.csv'] = text([['2026年1月流向'], *_UNHEADED])
FILES['unsure_quantity.csv'] = text([
    ['甲', '乙', '丙', '丁', '戊'],
    *(['2026-01-05', '海州医院', '氨氯地平片', str(3 + number), str(10 + 7 * number)]
      for number in (0, 4, 1, 9, 2, 2))])
FILES['sales_without_customer.csv'] = text([['商品名称', '规格', '销售数量'], ['乙片', '1g', '3']])
FILES['headings_cross.csv'] = text([
    SHORT,
    *(['2026-01-05', '氨氯地平片', '海州医院', '1g', str(number)] for number in range(1, 8))])
FILES['swapped_values.csv'] = text([
    ['日期', '客户名称', '商品名称', '数量', '单价'],
    *(['2026-01-05', '海州医院', '氨氯地平片', '12.35', str(number)]
      for number in (3, 5, -2, 7, 1, 4))])

# === VALUES === #

FILES['dates.csv'] = text([
    ['2026年1月销售'], SHORT, *([date, '海州医院', '乙片', '1g', '1'] for date in (
        '2026-01-05', '2026/1/5 08:30', '2026.1.5', '26/1/5', '5-Jan-26', '1月5日', '20260105',
        '46027', '二〇二六年一月五日', '２０２６－０１－０５', '2026年1月5日 星期一', '2026-01',
        '5/1/2026', '2026-13-05', '昨天'))])
FILES['dates_dmy.csv'] = short(*(
    [f'{day}/01/2026', '海州医院', '乙片', '1g', '1'] for day in ('05', '12', '25')))
FILES['dates_mdy.csv'] = short(*(
    [f'1/{day}/26', '海州医院', '乙片', '1g', '1'] for day in ('5', '12', '25')))
FILES['dates_unsure.csv'] = short(*(
    [date, '海州医院', '乙片', '1g', '1'] for date in ('5/1/2026', '1/5/2026')))
FILES['dates_no_year.csv'] = short(['1月5日', '海州医院', '乙片', '1g', '1'])
FILES['months.csv'] = short(*(
    [month, '海州医院', '乙片', '1g', '1']
    for month in ('202601', '202602', '2026-03', '2026年4月')))
FILES['six_digits.csv'] = short(*(
    [day, '海州医院', '乙片', '1g', '1'] for day in ('260105', '260128')))
FILES['dates_excel.xlsx'] = xlsx({'流向': [
    SHORT, [(46027,), '海州医院', '乙片', '1g', 1], [46027, '海州医院', '乙片', '1g', 1],
    [20260105, '海州医院', '乙片', '1g', 1], [202601, '海州医院', '乙片', '1g', 1]]})
FILES['dates_1904.xlsx'] = xlsx({'流向': [
    SHORT, [(44565,), '海州医院', '乙片', '1g', 1], [44565, '海州医院', '乙片', '1g', 1]]},
    date_1904=True)
FILES['numbers.csv'] = text([
    ['日期', '客户名称', '商品名称', '单位', '数量', '金额'],
    *(['2026-01-05', '海州医院', '乙片', '', quantity, amount] for quantity, amount in (
        ('1,234.5盒', '￥12,345.00'), ('(3)', '(30.5)'), ('3-', '30-'), ('－５', '－５０'),
        ('１２', '120元'), ('2件', '-'), ('', '10'), ('五', '10'), ('1.2万', '1'), ('4', '贰拾')))])
FILES['returns.csv'] = text([
    [*SHORT, '业务类型'], ['2026-01-05', '海州医院', '乙片', '1g', '3', '销售退回'],
    ['2026-01-05', '海州医院', '乙片', '1g', '3', '销售出库'],
    ['2026-01-05', '海州制药', '乙片', '1g', '300', '采购入库']])

# === REFUSED === #

FILES['protected.xlsx'] = (
    b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(600) + 'EncryptedPackage'.encode('utf-16-le')
    + bytes(600))
FILES['cut.xlsx'] = FILES['plain.xlsx'][:-300]
FILES['cut.xls'] = FILES['titles.xls'][:1500]
FILES['nothing.csv'] = b''
FILES['blank.csv'] = b' \r\n,,,\r\n'
FILES['picture.xls'] = b'\x89PNG\r\n\x1a\n' + bytes(range(256)) * 20
FILES['archive.rar'] = b'Rar!\x1a\x07\x00' + bytes(range(256))
FILES['letter.docx'] = b''
with io.BytesIO() as _buffer:
    with zipfile.ZipFile(_buffer, 'w') as _archive:
        _archive.writestr('[Content_Types].xml', '<x/>')
        _archive.writestr('word/document.xml', '<w/>')
    FILES['letter.docx'] = _buffer.getvalue()
FILES['no_flow.csv'] = text([['姓名', '部门', '电话'], ['王', '一', '1'], ['李', '二', '2']])
FILES['only_header.csv'] = text([HEADINGS])
