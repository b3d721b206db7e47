"""What personal data looks like, kind by kind, and what each kind is known to be near to.

Checks that can be computed are (GB 11643-1999 for ID numbers, Luhn for bank cards), so that
order numbers and amounts are not mistaken for people.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from responder.core.privacy.names import CITIZEN, CITIZEN_AFTER_ANOTHER, CITIZEN_SIGN, HAN, NAME

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

# Every quantifier below is bounded, or stands behind a lookbehind that lets one run be
# entered only once: the time is linear in the text, whatever is written in it.
GAP = r"[ -]{0,3}"
# The first two digits of an ID number: provinces, Hong Kong, Macao, Taiwan, residence permits.
REGIONS = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91")
# Not the tail of 0.138…, nor the whole part of an amount (13812345678.50元).
NUMBER_START = r"(?<!\d)(?<!(?<!\d)0\.)"
NUMBER_END = r"(?!\d)(?!(?:\.\d{1,4})?[万亿]?元(?!旦))"
AREA = r"(?:10|2\d|[3-9]\d{2})"
# Dots stand in both places or in none: 138.1234.5678 is a telephone, 1381234.5678 is not.
# Uneven groups are parted by the same sign throughout, and do not begin with a year.
MOBILE = (
    rf"1[3-9]\d(?:\.\d{{4}}\.\d{{4}}|_\d{{4}}_\d{{4}}|{GAP}\d{{4}}{GAP}\d{{4}}"
    r"|(?P<g>[ -])\d{3}(?P=g)\d{5}|(?P<h>[ -])\d{3}(?P=h)\d{3}(?P=h)\d{2}"
    r"|(?P<i>[ -])\d{2}(?P=i)\d{2}(?P=i)\d{2}(?P=i)\d{2}|(?P<j>[ -])\d{4}(?P=j)\d{2}(?P=j)\d{2})"
    r"|1[3-8]\d{2}(?P<k>[ -])\d{3}(?P=k)\d{4}|1[3-8]\d{2}(?P<l>[ -])\d{4}(?P=l)\d{3}"
    r"|1[3-9]\d{3}[ -]\d{6}|1(?P<m>[ -])[3-9](?:(?P=m)\d){9}"
)
SPOKEN = "零〇一二三四五六七八九幺"
SPOKEN_MOBILE = rf"(?<![{SPOKEN}])[一幺][三四五六七八九][{SPOKEN}]{{9}}(?![{SPOKEN}])"
# A local number has eight digits where the area code has three, else seven or eight.
LANDLINE = (
    rf"(?:0|(?:\+|00)86{GAP}0?)"
    rf"(?:(?:10|2\d)\d{{8}}|[3-9]\d{{2}}\d{{7,8}}"
    rf"|{AREA}(?:[.)]|\)?[ -]{{1,3}})\d{{3,4}}{GAP}\d{{4}})"
)

# A home is a door: a building or entrance, then the number on the door. A street number, a
# building or a storey alone is not, or no counter of a public office could be named.
_COUNT = "[一二三四五六七八九十百零〇]{1,5}"
_BUILDING = rf"(?:\d{{1,4}}|(?<![A-Za-z])[A-Za-z]\d{{0,2}}|{_COUNT})"
_ENTRANCE = r"(?:\d{1,2}|[一二三四五六七八九十甲乙丙丁东西南北中A-Za-z])(?:单元|门)"
_NAMED_DOOR = rf"(?:[A-Za-z]?\d{{2,4}}[A-Za-z]?|{_COUNT})(?:室|房(?![屋产间])|号(?![楼线路院馆门]))"
# A bare number is a door unless a unit follows: 3栋120平方米, 2栋10层, 3座110千伏, 1号楼12号楼.
# Half of the units also begin a word of another meaning: 402家里, 402日夜, 402天天, 402间歇.
_UNIT = (
    r"[%A-Za-z#年月号万亿千百兆户套房名个层楼栋幢座米亩吨余台处条项岁度辆]|单元|元(?!旦)|日(?![常夜])"
    r"|家(?![里中的门])|人(?!家)|间(?![歇断])|平[方米]|天(?!天)|次(?!卧)|[多几][户套间平个人米亩]"
    r"|[至到]\d|\.\d{1,2}[平米万亿元亩A-Za-z]"
)
_BARE_DOOR = rf"\d{{2,4}}(?!\d|{_UNIT})"
_DOOR = rf"(?:{_NAMED_DOOR}|{_BARE_DOOR})"
HOME = (
    rf"(?:\d{{1,5}}号)?(?:{_BUILDING}(?:号楼|#楼|栋|幢)|(?<![A-Za-z])[A-Za-z]座)[ -]?"
    rf"(?:{_ENTRANCE}[ -]?|\d{{1,2}}-)?{_DOOR}"
    rf"|{_BUILDING}座{_NAMED_DOOR}"
    rf"|\d{{1,5}}号(?:{_ENTRANCE})?\d{{2,4}}[室房](?![屋产间])"
    rf"|(?<!第)(?<![\d一二三四五六七八九十])(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})(?:村民小?)?[组队]"
    r"\d{1,4}号(?!门(?![口前])|[楼线路院馆选])"
    rf"|(?:\d{{1,2}}|[一二三四五六七八九十])单元[ -]?{_DOOR}"
)


# What banks issue here: UnionPay, older domestic ones, Visa, Mastercard, JCB, American Express.
_CARD = re.compile(r"(?:(?:62|60|68|69|9[45]|4\d|5[0-8]|35)\d{14,17}|3[47]\d{13})$")


@dataclass(frozen=True, eq=False)
class Cue:
    """What every match has in it or beside it; where it is absent, nobody need look.

    :param words: one of them is there, if any are listed.
    :param pattern: what windows are laid around.
    :param before: how far in front of the cue a match, with what it looks at, may begin.
    :param after: how far behind the beginning of the cue it may end.
    """

    words: tuple[str, ...]
    before: int
    after: int
    pattern: re.Pattern[str]

    @staticmethod
    def of(words: str, before: int, after: int, pattern: str = "") -> Cue:
        """:param words: parted by blanks; where there is one, ``pattern`` says exactly where."""
        listed = tuple(words.split())
        either = "|".join(re.escape(word) for word in listed)
        return Cue(listed, before, after, re.compile(pattern or either))


@dataclass(frozen=True)
class Kind:
    """How one kind of personal data looks, and how much of it may be shown.

    :param keep: characters left standing at the head and at the tail.
    :param pattern: matched against folded text; its group ``data``, if it has one, is the data.
    """

    kind: str
    label: str
    keep: tuple[int, int]
    cue: Cue
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = lambda _text: True

    @property
    def group(self) -> int:
        """The number of the group that is the data; 0 is the whole match."""
        return self.pattern.groupindex.get("data", 0)


def id_number_is_valid(text: str) -> bool:
    """Whether 15 or 18 characters, gaps aside, are an ID number (GB 11643-1989 and -1999).

    Both name a region and a day that was; 18 end with a check digit.
    """
    digits = _digits(text)
    if not REGIONS.match(digits):
        return False
    if len(digits) == 15:
        return _is_day(f"19{digits[6:12]}")
    total = sum(int(digit) * weight for digit, weight in zip(digits, ID_WEIGHTS, strict=False))
    return _is_day(digits[6:14]) and ID_CHECK[total % 11] == digits[17]


def _is_day(digits: str) -> bool:
    try:
        return 1850 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year < 2100
    except ValueError:
        return False


def _digits(text: str) -> str:
    return re.sub(r"[^0-9X]", "", text.upper())


def bank_card_is_valid(text: str) -> bool:
    """Whether 15 to 19 digits begin as a card does and pass the Luhn check."""
    digits = _digits(text)
    return _CARD.match(digits) is not None and luhn_is_valid(digits)


def luhn_is_valid(text: str) -> bool:
    """Whether a bank-card number passes the Luhn check (ISO/IEC 7812-1)."""
    digits = [int(char) for char in re.sub(r"\D", "", text)]
    doubled = [
        d if i % 2 == 0 else (d * 2 - 9 if d > 4 else d * 2) for i, d in enumerate(digits[::-1])
    ]
    return sum(doubled) % 10 == 0


# What an order, a parcel or a file is called by: as long as a card, and not a person's.
_NOT_AN_ORDER = r"(?<!单号)(?<!单号:)(?<!单号: )(?<!流水号)(?<!流水号:)(?<!条码)(?<!条码:)"
_PLATE_LETTERS = "A-HJ-NP-Za-hj-np-z"
_ROLES = (
    "(?:联系|当事|投诉|来电|反映|举报|申请|负责|经办|报案|求助|委托|代理|受害|监护|收件|寄件|来信)人"
    "|姓名|业主|户主|房东|租客|患者|伤者|死者|家属|学生|家长"
)
_CALLED = rf"(?:{_ROLES})(?:姓名)?(?:[:是为]|叫) ?"
_TELEPHONE = r"(?:的?(?:联系)?(?:电话|手机|号码){1,2}[:是为]? ?)?"

# Eleven digits and more, however they are parted: an ID number, a card, a telephone.
_NUMBER = Cue((), 24, 96, re.compile(r"[0-9](?=[0-9 .()_-]{10})(?:[ .()_-]{0,3}[0-9]){10}"))
_NAMED_BEFORE = Cue.of("先生 女士 同志 小姐", 8, 8)
# 联系人张三 without a colon: what somebody does or is there for begins like a name, too.
_NO_NAME_HERE = (
    "[于任常向何方万]|周[一二三四五六日末]|高[兴龄]|黄昏|江.市"
    "|.{1,2}(?:主任|[科局处站队所院]长|经理|书记|师傅|老师|医生|警官|女士|先生|小姐|同志)"
)
_WITH_NO_COLON = Cue.of("联系人 来电人", 2, 14)
_CITIZEN = Cue((), 8, 24, re.compile(CITIZEN_SIGN))
_LIVES = Cue.of("居住于 居住在 家住 住在 现住 租住", 2, 36)
_NAMED_AFTER = Cue.of(": 是 为 叫", 10, 12, r"[人名主东客者属生长][:是为叫]")
_BUILT = Cue.of(
    "栋 幢 座 楼 单元 室 房 组 队 村民",
    24,
    40,
    # Behind the building stands the door, behind the village group the house number.
    r"[\dA-Za-z一二三四五六七八九十百零〇][号#]?"
    r"(?:(?:[栋幢座楼]|单元)[ -]?[\dA-Za-z一二三四五六七八九十百零〇甲乙丙丁东西南北中]"
    r"|[室房]|(?:村民小?)?[组队]\d)",
)

# The order matters: what an earlier kind has taken, a later one does not see.
KINDS = (
    Kind(
        "id_number",
        "身份证号",
        (3, 2),
        _NUMBER,
        re.compile(rf"(?<![\dA-Za-z])[1-9](?:{GAP}\d){{16}}{GAP}[\dXx](?![\dA-Za-z])"),
        id_number_is_valid,
    ),
    Kind(
        "id_number",
        "身份证号",
        (3, 2),
        _NUMBER,
        re.compile(
            rf"(?<![\dA-Za-z]){_NOT_AN_ORDER}[1-9]\d{{5}}{GAP}\d{{6}}{GAP}\d{{3}}(?![\dA-Za-z])"
        ),
        id_number_is_valid,
    ),
    Kind(
        "bank_card",
        "银行卡号",
        (4, 4),
        _NUMBER,
        re.compile(rf"(?<!\d){_NOT_AN_ORDER}[3-69](?:[ -]{{0,2}}\d){{15,18}}(?!\d)"),
        bank_card_is_valid,
    ),
    Kind(
        "bank_card",
        "银行卡号",
        (4, 4),
        _NUMBER,
        # Fifteen digits are many things; those of a card are said to be.
        re.compile(r"(?:卡|[账帐]号)\D{0,6}(?P<data>3[47]\d\d[ -]?\d{6}[ -]?\d{5})(?!\d)"),
        bank_card_is_valid,
    ),
    Kind(
        "mobile",
        "手机号码",
        (3, 2),
        _NUMBER,
        re.compile(rf"{NUMBER_START}(?:(?:\+|00)?86{GAP}|0)?(?:{MOBILE}){NUMBER_END}"),
    ),
    Kind(
        "mobile",
        "手机号码",
        (3, 2),
        Cue((), 2, 14, re.compile(f"[一幺][三四五六七八九][{SPOKEN}]{{9}}")),
        re.compile(SPOKEN_MOBILE),
    ),
    Kind(
        "landline",
        "固定电话",
        (4, 2),
        _NUMBER,
        re.compile(rf"{NUMBER_START}{LANDLINE}{NUMBER_END}"),
    ),
    Kind(
        "landline",
        "固定电话",
        (2, 2),
        Cue.of("电话 座机 固话", 2, 32),
        re.compile(
            r"(?<!热线)(?:电话|座机|固话)(?:号码)?(?:是|为)?[: ]{0,3}"
            rf"(?P<data>[2-8]\d{{2,3}}[ -]?\d{{4}}){NUMBER_END}(?![-.]\d)"
        ),
    ),
    Kind(
        "email",
        "电子邮箱",
        (1, 0),
        Cue.of("@", 1_000_000, 1_000_000),
        re.compile(r"(?<![\w.+-])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII),
    ),
    Kind(
        "wechat",
        "微信号",
        (0, 0),
        Cue.of("信 V v W w", 6, 48, r"[微薇威VvWw](?:[信Xx]|(?<=[加我个][Vv]))"),
        # 官方微信 is the office's own; 微信 alone may be followed by App or WeChat. \w is ASCII.
        re.compile(
            r"(?:[微薇威]信(?:号|ID)(?:是|为)?:? {0,3}(?=[\w-]{3})"
            r"|(?<!官方)(?<!政务)(?:[微薇威]信|(?<![A-Za-z])[VvWw][Xx]号?|[Vv]信)"
            r"(?:是|为)?: {0,3}(?=[\w-]{6})"
            r"|加(?:我|个)?(?:[微薇威]信|[VvWw][Xx]|[Vv]):? {0,3}(?=[\w-]{6})"
            r"|[微薇威]信 {0,3}(?=[A-Za-z_-]{1,19}\d)(?=[\w-]{6}))"
            r"(?P<data>[A-Za-z][\w-]{2,19})(?!:/)",
            re.ASCII,
        ),
    ),
    Kind(
        "plate",
        "车牌号",
        (2, 1),
        Cue((), 1, 16, re.compile(rf"[{PROVINCES}][{_PLATE_LETTERS}]")),
        re.compile(
            rf"[{PROVINCES}][{_PLATE_LETTERS}][. -]?(?=[A-Za-z]{{0,3}}\d)[{_PLATE_LETTERS}\d]{{4}}"
            rf"(?:[{_PLATE_LETTERS}\d]{{1,2}}|[挂学警港澳])(?![A-Za-z0-9])"
        ),
        lambda text: sum(char.isdigit() for char in text) >= 2,
    ),
    Kind(
        "name",
        "姓名",
        (1, 0),
        _NAMED_BEFORE,
        re.compile(rf"{NAME}(?= ?(?:先生|女士|同志|小姐)(?!们))"),
    ),
    Kind(
        "name",
        "姓名",
        (1, 0),
        _NAMED_AFTER,
        re.compile(rf"{_CALLED}(?P<data>{NAME})(?!{HAN})"),
    ),
    Kind(
        "name",
        "姓名",
        (1, 0),
        _WITH_NO_COLON,
        re.compile(
            rf"(?:联系|来电)人 ?(?!{_NO_NAME_HERE})(?P<data>{NAME})"
            r"(?=[ ,(]?(?:的?(?:联系)?(?:电话|手机)|1[3-9]\d|0\d{2,3}))"
        ),
    ),
    Kind(
        "name",
        "姓名",
        (1, 0),
        _WITH_NO_COLON,
        re.compile(rf"联系人 ?(?!{_NO_NAME_HERE})(?P<data>{NAME})(?=[,;。、(\n]|$)"),
    ),
    Kind(
        "name",
        "姓名",
        (1, 0),
        Cue.of("我叫 名叫 本名 实名", 2, 12),
        re.compile(
            rf"(?:我叫|名叫|本名|实名) ?(?P<data>{NAME})"
            r"(?=[,。;、 (\n]|$|今年|家住|住|身份证|电话|手机)"
        ),
    ),
    Kind(
        "name",
        "姓名",
        (1, 0),
        Cue((), 20, 16, re.compile(r"1[3-9][0-9][ 0-9-]{8}")),
        re.compile(rf"(?<!{HAN}){NAME}(?=[ ,:(]{{0,2}}{_TELEPHONE}1[3-9]\d[ \d-]{{8}})"),
    ),
    Kind("name", "姓名", (1, 0), _CITIZEN, re.compile(CITIZEN)),
    Kind("name", "姓名", (1, 0), _CITIZEN, re.compile(CITIZEN_AFTER_ANOTHER)),
    Kind("address", "门牌住址", (0, 0), _BUILT, re.compile(HOME)),
    Kind(
        "address",
        "门牌住址",
        (0, 0),
        _LIVES,
        # Of somebody who lives there a street number is a door, too; 李村3号停水 is a day.
        re.compile(
            rf"(?:居住[于在]|家住|住在|现住|租住)(?:{HAN}|[A-Za-z]){{1,16}}?"
            r"(?<=[路街巷弄道里村庄坊同屯湾])"
            r"(?P<data>\d{1,5}(?:弄\d{1,4})?(?:-\d{1,3})?号)"
            r"(?!门(?![口前])|[楼线路院馆选停开起早晚上下中凌至到])"
        ),
    ),
    Kind(
        "address",
        "门牌住址",
        (0, 0),
        Cue.of("-", 4, 16, r"[区苑园府庄湾里村庭居]\d{1,3}[#-]"),
        re.compile(r"(?<=[区苑园府庄湾里村庭居])\d{1,3}[#-]\d{1,2}-\d{3,4}(?![\d-])室?"),
    ),
)

# Each cue with those of KINDS that wait for it.
CUES = {cue: [kind for kind in KINDS if kind.cue is cue] for cue in (kind.cue for kind in KINDS)}
