"""One normaliser of Chinese names for search, duplicates and flow matching.

No Odoo imports: testable alone.

How to use: :func:`normalise` gives the key in which equal names are equal; :func:`fold` the same
without dropping the legal form, which is what search looks into; :func:`initials` and
:func:`pinyin_key` what people type and what lists sort by; :func:`tokens` what the index of names
stores for one name, and :func:`split_words` what a typed text asks of that index.

How it works: everything goes character by character through tables that fill themselves, so that
half a million names take seconds. Characters with several readings (重 in 重庆) take the reading of
the longest known phrase around them; the phrases are those of pypinyin whose reading differs from
the characters' usual ones, and a few of our own.
"""

import re
import unicodedata
from functools import lru_cache

_DIGITS = str.maketrans({
    **dict(zip("一二三四五六七八九", "123456789", strict=True)),
    # 零, and the circles that people type for it
    **dict.fromkeys("零〇○◯", "0"),
})
_NUMERAL = re.compile(f'[{"".join(map(chr, _DIGITS))}]')
_TEN = re.compile(r'(\d?)十(\d?)')
# Most names are nothing else; Unicode knows no other form of these characters.
_PLAIN = re.compile(r'[0-9\u4e00-\u9fff]*')
# Brackets go, what stands between them stays: campuses and former names.
_DROP = re.compile(r'[^\w.]+|_+')
# A point stays in numbers only: 1.5mg is not 15mg.
_POINT = re.compile(r'(?<![0-9])\.|\.(?![0-9])')
# Longest first: 股份有限公司 before 有限公司.
_LEGAL_FORMS = (
    '股份有限责任公司', '集团股份有限公司', '集团有限责任公司', '集团有限公司', '股份有限公司',
    '有限责任公司', '有限公司',
)
_WORD_BREAK = re.compile(r'[\s,，、;；]+')
_LATIN = re.compile(r'[a-z]')
_LATIN_RUN = re.compile(r'[a-z]+')

# === NORMALISING === #


@lru_cache(maxsize=65536)
def fold(text):
    """Bring a text to the form in which names are compared, character by character.

    NFKC (full-width to half-width), lower case, Chinese numerals as digits, without white space,
    brackets and punctuation.

    >>> fold("（海州）第一 人民医院")
    '海州第1人民医院'
    >>> fold("第二十一医院") == fold("第21医院")
    True
    >>> fold("解放军三〇一医院") == fold("解放军３０１医院")
    True

    :param str text: as people or files write it; may be empty or None
    :return: the folded text, possibly empty
    :rtype: str
    """
    folded = text or ''
    plain = _PLAIN.fullmatch(folded)
    if not plain:
        folded = unicodedata.normalize('NFKC', folded).casefold()
        # lower case may undo the composition (İ), and composing may give an upper case letter
        folded = unicodedata.normalize('NFKC', folded).casefold()
    if _NUMERAL.search(folded):
        folded = folded.translate(_DIGITS)
    if not plain:
        folded = _DROP.sub('', folded)
    if '十' in folded:
        # 十一 11, 二十 20, 二十一 21, 十 10
        folded = _TEN.sub(lambda match: (match[1] or '1') + (match[2] or '0'), folded)
    if '.' in folded:
        folded = _POINT.sub('', folded)
    return folded


def normalise(name):
    """Bring a name to the form in which equal names are equal.

    As :func:`fold`; the legal form at the end of a company's name is dropped when something is
    left.

    >>> normalise("海州医药（集团）有限公司")
    '海州医药'

    :param str name: a name as people or files write it; may be empty or None
    :return: the key, possibly empty
    :rtype: str
    """
    text = fold(name)
    while text.endswith(_LEGAL_FORMS):
        for form in _LEGAL_FORMS:
            if text.endswith(form) and len(text) > len(form):
                text = text[:-len(form)]
                break
        else:
            break
    return text


def bigrams(text):
    """List the pairs of neighbouring characters of a folded text, each once, in order.

    >>> bigrams('协和医院')
    ['协和', '和医', '医院']
    >>> bigrams('协')
    ['协']

    :param str text: folded text
    :return: pairs; of a text of one character that character
    :rtype: list[str]
    """
    if len(text) < 2:
        return [text] if text else []
    return list(dict.fromkeys(map(''.join, zip(text, text[1:], strict=False))))


# === PINYIN === #

# The reading that a character has in names, where pypinyin's first one is another.
_USUAL_READINGS = {
    '长': 'chang', '重': 'zhong', '朝': 'chao', '乐': 'le', '行': 'xing', '曾': 'zeng',
    '单': 'dan', '解': 'jie', '石': 'shi', '大': 'da', '会': 'hui', '都': 'du', '区': 'qu',
    '合': 'he', '柏': 'bai', '万': 'wan', '厦': 'sha', '车': 'che', '校': 'xiao', '术': 'shu',
    '南': 'nan', '参': 'can', '调': 'tiao', '藏': 'zang', '传': 'chuan', '系': 'xi', '伽': 'jia',
}
# Readings that pypinyin's phrases do not have, or have otherwise.
_OWN_PHRASES = {
    '重庆': 'chong qing', '厦门': 'xia men', '乐清': 'yue qing', '番禺': 'pan yu',
    '蔚县': 'yu xian', '尉犁': 'yu li', '单县': 'shan xian', '莘县': 'shen xian',
    '铅山': 'yan shan', '会稽': 'kuai ji', '台州': 'tai zhou', '六安': 'lu an', '大夫': 'dai fu',
    '长子县': 'zhang zi xian', '长子': 'zhang zi', '洪洞': 'hong tong', '浚县': 'xun xian',
    '荥经': 'ying jing', '荥阳': 'xing yang', '珲春': 'hun chun', '繁峙': 'fan shi',
    '解州': 'xie zhou', '歙县': 'she xian', '涪陵': 'fu ling', '秭归': 'zi gui',
    '枞阳': 'zong yang', '牟平': 'mu ping', '曾都': 'zeng du', '重症': 'zhong zheng',
    '宝坻': 'bao di', '大城县': 'dai cheng xian', '乐亭': 'lao ting', '井陉': 'jing xing',
    '东阿': 'dong e', '无为': 'wu wei', '调兵山': 'diao bing shan', '漯河': 'luo he',
    '中牟': 'zhong mu', '武陟': 'wu zhi', '柘城': 'zhe cheng', '蕲春': 'qi chun',
    '监利': 'jian li', '郴州': 'chen zhou', '耒阳': 'lei yang', '芷江': 'zhi jiang',
    '东莞': 'dong guan', '百色': 'bai se', '儋州': 'dan zhou', '綦江': 'qi jiang',
    '犍为': 'qian wei', '筠连': 'jun lian', '泸州': 'lu zhou', '西藏': 'xi zang',
    '吐鲁番': 'tu lu fan', '巴音郭楞': 'ba yin guo leng', '长白': 'chang bai',
    '血液': 'xue ye', '朝阳': 'chao yang', '大厦': 'da sha',
}
# 'chief of': no part of a name, but 市长沙路 and 大学长海医院 would be read as if it were.
_CHIEF = '长'
_GROWTH = ('成长', '生长', '增长')
# Surnames whose reading as such is another than the usual one.
_SURNAMES = {
    '单': 'shan', '解': 'xie', '仇': 'qiu', '区': 'ou', '查': 'zha', '盖': 'ge', '朴': 'piao',
    '翟': 'zhai', '冼': 'xian', '覃': 'qin', '尉': 'yu', '乐': 'yue', '缪': 'miao', '繁': 'po',
    '晁': 'chao', '员': 'yun', '任': 'ren', '华': 'hua', '宓': 'mi', '曾': 'zeng', '石': 'shi',
}
# A short name that ends like this is a department's, not a person's.
_NOT_PERSON = tuple("科室部处院所站组区楼店司心县市镇")


class _Readings(dict):
    """Usual reading of a character, without tone: {'医': 'yi'}. Fills itself.

    What is not Chinese stands for itself: letters and digits stay, the rest reads as ''.
    """

    def __missing__(self, char):
        from pypinyin import Style, pinyin
        reading = _USUAL_READINGS.get(char)
        if reading is None:
            found = pinyin(char, style=Style.NORMAL, errors='ignore', v_to_u=False)
            reading = found[0][0] if found else (char if char.isalnum() else '')
        self[char] = reading
        return reading


_readings = _Readings()


@lru_cache(maxsize=1)
def _phrases():
    """Phrases that are not read as their characters usually are, by their first character.

    :return: ``{first character: [(phrase, (reading, ...)), ...]}``, longest phrase first
    :rtype: dict
    """
    from pypinyin.constants import PHRASES_DICT
    from pypinyin.contrib.tone_convert import to_normal

    found = {}
    plain = lru_cache(maxsize=None)(to_normal)
    for phrase, syllables in PHRASES_DICT.items():
        chief = len(phrase) == 2 and phrase[1] == _CHIEF and phrase not in _GROWTH
        if chief or len(phrase) != len(syllables):
            continue
        reading = tuple(plain(syllable[0]) for syllable in syllables)
        if any(_readings[char] != syllable for char, syllable in zip(phrase, reading, strict=True)):
            found[phrase] = reading
    found.update((phrase, tuple(text.split())) for phrase, text in _OWN_PHRASES.items())
    by_first = {}
    for phrase in sorted(found, key=len, reverse=True):
        by_first.setdefault(phrase[0], []).append((phrase, found[phrase]))
    return by_first


def _plain(name):
    return unicodedata.normalize('NFKC', name or '').lower()


@lru_cache(maxsize=65536)
def _syllables(name):
    """Readings of the characters of a name, without tone; '' for what has none.

    :param str name: as people write it
    :return: one reading per character of :func:`_plain`
    :rtype: tuple[str, ...]
    """
    text = _plain(name)
    phrases = _phrases()
    readings = []
    position = 0
    if 2 <= len(text) <= 3 and text[0] in _SURNAMES and not text.endswith(_NOT_PERSON):
        readings.append(_SURNAMES[text[0]])
        position = 1
    while position < len(text):
        char = text[position]
        for phrase, reading in phrases.get(char, ()):
            if text.startswith(phrase, position):
                readings.extend(reading)
                position += len(phrase)
                break
        else:
            readings.append(_readings[char])
            position += 1
    return tuple(readings)


def initials(name):
    """First letters of the pinyin of a name; Latin letters and digits stay as they are.

    >>> initials("重庆市第一人民医院")
    'cqsdyrmyy'
    >>> initials("海王星辰A1药房")
    'hwxca1yf'

    :param str name: as people write it; may be empty or None
    :return: letters and digits in lower case
    :rtype: str
    """
    return ''.join([reading[0] for reading in _syllables(name or '') if reading])


def pinyin_key(name):
    """Key by which Chinese names sort as in a dictionary: syllables divided by spaces.

    >>> pinyin_key("重庆第3医院")
    'chong qing di 3 yi yuan'

    :param str name: as people write it; may be empty or None
    :return: the key; Latin words and numbers stay together
    :rtype: str
    """
    parts = []
    in_word = False
    for char, reading in zip(_plain(name), _syllables(name or ''), strict=True):
        itself = char == reading
        if itself and in_word:
            parts[-1] += reading
        elif reading:
            parts.append(reading)
        in_word = itself
    return ' '.join(parts)


# === TOKENS OF THE INDEX === #
#
# A row of the index of names is found by the tokens that it contains:
#   '协'       a character that is not a Latin letter
#   '协和'     two neighbouring characters without Latin letters
#   '^协', '^协和'  the same at the beginning of the name
#   '~xh'      two neighbouring initials
#   '^x', '^xh'    the same at the beginning
# A Latin text is its own initials, so codes and mail addresses are found by the same tokens.


def tokens(text, letters):
    """Tokens that the index stores for one name.

    >>> sorted(tokens('协和', 'xh'))
    ['^x', '^xh', '^协', '^协和', '~xh', '协', '协和', '和']

    :param str text: :func:`fold` of the name
    :param str letters: :func:`initials` of the name
    :return: distinct tokens
    :rtype: set[str]
    """
    found = {char for char in text if not 'a' <= char <= 'z'}
    found.update(pair for pair in bigrams(text) if not _LATIN.search(pair))
    found.update('~' + pair for pair in bigrams(letters) if len(pair) == 2)
    found.update('^' + start[:length] for start in (text, letters) for length in (1, 2) if start)
    return found


def kind_token(kind):
    """Token of the kind of what has the name; longer than those of names, and so none of them.

    >>> kind_token('hospital')
    '=hospital'
    """
    return f'={kind}'


class Word:
    """What one word of a typed text asks of the index.

    :ivar str text: the word as names are compared
    :ivar str letters: its initials when it holds Latin letters, else ''
    :ivar list[str] parts: the stretches that must stand in a name's text
    """

    __slots__ = ('letters', 'parts', 'text')

    def __init__(self, raw):
        self.text = fold(raw)
        latin = bool(_LATIN.search(self.text))
        self.letters = initials(raw) if latin else ''
        if not latin:
            self.parts = [self.text]
        elif self.text.isascii():
            # initials, Latin names and codes: digits stand among the letters
            self.parts = []
        else:
            self.parts = [part for part in _LATIN_RUN.split(self.text) if part]

    def tokens(self):
        """Tokens that every name with this word has.

        :rtype: set[str]
        """
        found = set()
        for part in self.parts:
            found.update(bigrams(part))
        if len(self.letters) == 1:
            found.add('^' + self.letters)
        elif self.letters:
            found.update('~' + pair for pair in bigrams(self.letters))
        return found

    def start_tokens(self):
        """Tokens of the names that begin with this word, beside :meth:`tokens`.

        :rtype: set[str]
        """
        return {'^' + (self.letters or self.text)[:2]}

    def is_exact(self):
        """Whether the tokens alone tell that a name has the word, so that no text need be read.

        :rtype: bool
        """
        return all(len(part) <= 2 for part in self.parts) and len(self.letters) <= 2


def split_words(text):
    """Words of a typed text; without those that hold nothing to search for.

    >>> [word.text for word in split_words("北京 协和，%")]
    ['北京', '协和']

    :param str text: as typed; may be empty or None
    :rtype: list[Word]
    """
    words = (Word(raw) for raw in _WORD_BREAK.split(text or ''))
    return [word for word in words if word.text]
