"""Which passwords do: long, and not made of what is tried first.

What is known is taken out of a password: common words, runs of the keyboard and the alphabet,
years, names of the person and of the office. What is left must be something.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

LONGEST = 200  # hashing takes its time
LEFT_LEAST = 6
FEWEST_DIFFERENT = 5

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6y7u8i9o0p", "qazwsxedcrfvtgbyhnujmikolp",
    "!@#$%^&*()", "abc123", "147258369", "159357",
)  # fmt: skip
_WORDS = (
    "password", "passwd", "admin", "administrator", "root", "user", "guest", "test",
    "welcome", "letmein", "login", "hello", "iloveyou", "woaini", "woaizhongguo", "zhongguo",
    "china", "mima", "wodemima", "gongzuo", "zhengfu", "xinwenban", "fuwuqi", "xitong", "guanli",
    "guanliyuan", "hotline", "12345", "secret", "changeme", "default",
    "dragon", "monkey", "master", "sunshine", "princess", "football", "baseball", "superman",
    "5201314", "520", "1314", "888", "666",
)  # fmt: skip
_LOOKALIKES = str.maketrans("@$013457", "asoleast")
_YEAR = re.compile(r"(19|20)\d\d((0?[1-9]|1[0-2])([0-2]?\d|3[01])?)?")
_REPEATED = re.compile(r"(.{1,4}?)\1{2,}")
_RUN = 4  # of a row; shorter ones stand in ordinary words


@dataclass(frozen=True)
class PasswordRules:
    """What an office asks of passwords.

    :param least: characters.
    :param words: what its own people would try: names of the office and the city, as typed.
    """

    least: int = 10
    words: tuple[str, ...] = ()

    def problem(self, password: str, names: Iterable[str] = ()) -> str | None:
        """What is wrong with a password; None for one that does.

        :param names: of the person whose it is.
        """
        if len(password) < self.least:
            return f"密码至少 {self.least} 位：可以用几个不相干的词连起来"
        if len(password) > LONGEST:
            return f"密码最多 {LONGEST} 位"
        plain = password.lower()
        if len(set(plain)) < FEWEST_DIFFERENT:
            return f"密码里不同的字符太少：请至少用 {FEWEST_DIFFERENT} 种"
        own = [name.lower() for name in names if len(name) > 1]
        if any(name in plain or name[::-1] in plain for name in own if len(name) > 3):
            return "密码里不能有用户名或姓名：请换一个别人想不到的"
        known = [*own, *(word.lower() for word in self.words if len(word) > 1), *_WORDS]
        if min(_left(plain, known), _left(plain.translate(_LOOKALIKES), known)) < LEFT_LEAST:
            return "密码太容易猜到：常用词、键盘或数字顺序、年份、单位名称都不算数，请换一个"
        return None


USUAL = PasswordRules()


def _left(text: str, known: Iterable[str]) -> int:
    """How many characters are nothing known; what is repeated counts once."""
    for word in sorted(known, key=len, reverse=True):
        text = text.replace(word, " ")
    for row in _ROWS:
        text = _without_runs(text, row)
    text = _YEAR.sub(" ", text)
    text = _REPEATED.sub(r"\1", text)
    return len(re.sub(r"[\d_.!@#-]{1,4}$|\s", "", text))


def _without_runs(text: str, row: str) -> str:
    """Without stretches of a row of keys, in either direction."""
    for line in (row, row[::-1]):
        for start in range(len(text) - _RUN, -1, -1):
            length = _RUN
            if text[start : start + length] not in line:
                continue
            while start + length < len(text) and text[start : start + length + 1] in line:
                length += 1
            text = text[:start] + " " + text[start + length :]
    return text
