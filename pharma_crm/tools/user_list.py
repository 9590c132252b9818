"""Read lists of users with role and territory.

How to use
    table = find_table(rows)                      # rows: tuples of str
    for row in read_rows(table, words, "Sheet1"): # words: {role key: words for it}
        row.values, row.problems
    See ``user_plan`` for what they do to the users that are there.

How it works
    One row is one post of one person; who works in several territories or for several product lines
    stands in several rows. Roles are known by their names and usual words, several in one cell are
    separated by commas; dates by the spellings of spreadsheets. Lists with passwords are refused as
    a whole: people choose their own.

No Odoo imports: testable alone.
"""

import re
from dataclasses import dataclass, field

from . import list_table
from .list_table import (
    Problem,
    column_words,
    is_footer,
    is_no_data,
    parse_date,
    table_rows,
    title_key,
    whole_text,
    word_key,
)

TEXT_LENGTH = 100
COLUMNS = {
    'login': (
        '登录名', '登录账号', '账号', '账户', '用户名', '用户账号', '登录', 'login', 'username'),
    'name': ('姓名', '员工姓名', '用户姓名', '人员姓名', '名称', 'name', 'fullname'),
    'email': ('邮箱', '电子邮箱', '邮件', '电子邮件', '邮箱地址', 'email', 'mail', 'emailaddress'),
    'phone': (
        '手机', '手机号', '手机号码', '电话', '联系电话', '联系方式', 'phone', 'mobile', 'tel'),
    'role': ('角色', '系统角色', '用户角色', 'role', 'roles'),
    'territory': (
        '辖区', '辖区编码', '辖区代码', '辖区名称', '负责辖区', '所属辖区', 'territory',
        'territorycode', 'territoryname'),
    'line': ('产品线', '负责产品线', 'productline', 'line'),
    'post': ('任命', '任命角色', '任职', '辖区角色', 'assignedas', 'assignment', 'post'),
    'date_from': (
        '开始日期', '生效日期', '起始日期', '开始', '自', 'from', 'datefrom', 'startdate', 'start'),
    'date_to': (
        '结束日期', '失效日期', '截止日期', '结束', '至', 'to', 'dateto', 'enddate', 'end'),
}
_WORDS = column_words(COLUMNS)
# Columns with secrets, which no list should hold
SECRET = re.compile(r'密码|口令|password|passwd|pwd')
# What assignments call their roles (pharma.territory.assignment)
POSTS = {
    'representative': ('代表', '医药代表', 'representative', 'rep'),
    'manager': ('经理', '主管', '负责人', 'manager'),
    'product_manager': ('产品经理', 'productmanager'),
}
_POST_WORDS = {word: post for post, words in POSTS.items() for word in words}
_SPLIT = re.compile(r'[、,，;；+＋/|]+')
_EMAIL = re.compile(r'[^@\s,;<>"]+@[^@\s,;<>"]+\.[^@\s.,;<>"]{2,}')
_LOGIN = re.compile(r'[^\s,;<>"]+')


@dataclass
class Row:
    """One row of a list, understood.

    ``values`` holds only what the row says, among: login, name, email, phone, territory, line
    (text), roles (frozenset of role keys), post (key of ``POSTS``), date_from, date_to (dates).
    """

    number: int
    sheet: str = ''
    values: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    skipped: bool = False

    def refuse(self, reason, text=''):
        """The row is not imported, for this reason."""
        self.problems.append(Problem(reason, text, fatal=True))


def find_table(rows):
    """The list in a sheet, None when no row names a column of logins with another one.

    :rtype: list_table.Table | None
    """
    table = list_table.find_table(rows, _WORDS, {'login', 'email'})
    return table if table and len(table.columns) > 1 else None


def secret_title(table):
    """The title of a column with passwords, '' when there is none.

    :param list_table.Table table: from ``find_table``
    :rtype: str
    """
    return next((
        title.strip() for title in table.rows[table.header] if SECRET.search(title_key(title))), '')


def read_rows(table, words, sheet=''):
    """All rows below the header that hold anything.

    :param list_table.Table table: from ``find_table``
    :param dict words: {word for a role, as ``word_key`` gives it: key of the role}
    :param str sheet: name of the sheet, for messages
    :rtype: Iterator[Row]
    """
    for number, cells, raw in table_rows(table):
        row = Row(number, sheet)
        if is_footer(cells) or is_no_data(cells, table, _WORDS):
            row.skipped = True
            row.values['login'] = whole_text(cells)[:TEXT_LENGTH]
        else:
            _read_row(row, raw, words)
        yield row


def _read_row(row, raw, words):
    for column in ('login', 'name', 'email', 'phone', 'territory', 'line'):
        if raw.get(column):
            row.values[column] = raw[column][:TEXT_LENGTH]
            if len(raw[column]) > TEXT_LENGTH:
                row.refuse('too_long', raw[column][:TEXT_LENGTH])
    _read_login(row)
    _read_roles(row, raw, words)
    if raw.get('post'):
        row.values['post'] = _POST_WORDS.get(word_key(raw['post']))
        if not row.values['post']:
            row.refuse('post_unknown', raw['post'])
    _read_dates(row, raw)
    if row.values.keys() & {'line', 'post', 'date_from', 'date_to'} and not raw.get('territory'):
        row.refuse('territory_missing')


def _read_login(row):
    login, email = row.values.get('login'), row.values.get('email')
    if email and not _EMAIL.fullmatch(email):
        row.refuse('email_wrong', email)
    if login and not _LOGIN.fullmatch(login):
        row.refuse('login_wrong', login)
    elif not (login or email):
        row.refuse('login_missing')


def is_email(text):
    """Whether a text is an e-mail address.

    :rtype: bool
    """
    return bool(_EMAIL.fullmatch(text))


def _read_roles(row, raw, words):
    roles = set()
    whole = words.get(word_key(raw.get('role')))
    for text in [] if whole else _SPLIT.split(raw.get('role') or ''):
        if not text.strip():
            continue
        role = words.get(word_key(text))
        if role:
            roles.add(role)
        else:
            row.refuse('role_unknown', text.strip())
    if whole:
        roles.add(whole)
    if roles:
        row.values['roles'] = frozenset(roles)


def _read_dates(row, raw):
    for column in ('date_from', 'date_to'):
        try:
            day = parse_date(raw.get(column))
        except ValueError:
            row.refuse('date_wrong', raw[column])
            continue
        if day:
            row.values[column] = day
    days = row.values.get('date_from'), row.values.get('date_to')
    if all(days) and days[0] > days[1]:
        row.refuse('dates_reversed')
