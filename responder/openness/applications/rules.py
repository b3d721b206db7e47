"""Pure decisions on applications: days of receipt, order of days, whether the table balances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST_DAY = date(2008, 5, 1)  # the first regulations came into force


class Way(StrEnum):
    """How an application came in (申请方式)."""

    IN_PERSON = "in_person"
    MAIL = "mail"
    INTERNET = "internet"
    FAX = "fax"
    OTHER = "other"


WAY_LABELS = {
    Way.IN_PERSON: "当面提交",
    Way.MAIL: "邮寄",
    Way.INTERNET: "网络",
    Way.FAX: "传真",
    Way.OTHER: "其他",
}


class Basis(StrEnum):
    """What makes the day of receipt (收到申请之日的依据, article 31)."""

    SUBMITTED = "submitted"
    SIGNED_FOR = "signed_for"
    CONFIRMED = "confirmed"


BASIS_LABELS = {
    Basis.SUBMITTED: "提交之日",
    Basis.SIGNED_FOR: "签收之日",
    Basis.CONFIRMED: "与申请人确认之日",
}

# Article 31: handed over, that day; mail that is signed for, the day of signing; ordinary mail,
# internet and fax, the day that was confirmed with the applicant.
BASES_OF: Mapping[Way, tuple[Basis, ...]] = {
    Way.IN_PERSON: (Basis.SUBMITTED,),
    Way.MAIL: (Basis.SIGNED_FOR, Basis.CONFIRMED),
    Way.INTERNET: (Basis.CONFIRMED,),
    Way.FAX: (Basis.CONFIRMED,),
    Way.OTHER: tuple(Basis),
}


class ApplicantKind(StrEnum):
    """Who asks, after the columns of the statutory form (申请人情况)."""

    PERSON = "person"
    BUSINESS = "business"
    RESEARCH = "research"
    WELFARE = "welfare"
    LEGAL_SERVICE = "legal_service"
    OTHER_BODY = "other_body"


KIND_LABELS = {
    ApplicantKind.PERSON: "自然人",
    ApplicantKind.BUSINESS: "商业企业",
    ApplicantKind.RESEARCH: "科研机构",
    ApplicantKind.WELFARE: "社会公益组织",
    ApplicantKind.LEGAL_SERVICE: "法律服务机构",
    ApplicantKind.OTHER_BODY: "其他",
}


def kind_name(kind: ApplicantKind) -> str:
    """A kind where its column does not stand beside the others: 其他 alone says too little."""
    return "其他组织" if kind is ApplicantKind.OTHER_BODY else KIND_LABELS[kind]


def basis_problem(way: Way, basis: Basis) -> str | None:
    """Why this basis cannot be that of the day of receipt; None when it can."""
    allowed = BASES_OF[way]
    if basis in allowed:
        return None
    wanted = "或“".join(f"{BASIS_LABELS[one]}”" for one in allowed)
    return f"{WAY_LABELS[way]}的申请，收到之日应为“{wanted}（条例第三十一条）：请改选"


def day_problem(day: date, earliest: date, earliest_what: str, today: date) -> str | None:
    """Why something cannot have happened on a day; None when it can."""
    if day < earliest:
        return f"{day} 早于{earliest_what}（{earliest}）：请核对日期"
    if day > today:
        return f"{day} 晚于今天：请在当日或之后登记"
    return None


@dataclass(frozen=True)
class Balance:
    """One column of the table: new and carried in against handled and carried on."""

    new: int
    carried_in: int
    handled: int
    carried_on: int

    @property
    def holds(self) -> bool:
        return self.new + self.carried_in == self.handled + self.carried_on

    @property
    def told(self) -> str:
        """``第一项 8 + 第二项 2 = 10；第三项 7 + 第四项 3 = 10``."""
        left, right = self.new + self.carried_in, self.handled + self.carried_on
        return (
            f"第一项 {self.new} + 第二项 {self.carried_in} = {left}；"
            f"第三项 {self.handled} + 第四项 {self.carried_on} = {right}"
        )


@dataclass(frozen=True)
class TableRow:
    """One row of a table of counts.

    :param code: of what it counts, for the address of its rows.
    :param depth: 0 for 一、, 1 for （一）, 2 for 1.
    :param counts: by column, in the order of the table; the total last.
    """

    code: str
    label: str
    depth: int
    counts: tuple[int, ...]
    remark: str = ""
    heading: bool = False

    @property
    def total(self) -> int:
        return self.counts[-1]


def with_total(counts: Mapping[str, int], columns: Iterable[str]) -> tuple[int, ...]:
    """The counts of these columns, and their sum behind them."""
    found = [counts.get(column, 0) for column in columns]
    return (*found, sum(found))


def summed(rows: Sequence[Sequence[int]], width: int) -> tuple[int, ...]:
    """Rows added up, column by column."""
    return tuple(sum(row[place] for row in rows) for place in range(width))


_DIGITS = "〇一二三四五六七八九十"


def ordinal(number: int) -> str:
    """``（三）``, up to ten."""
    return f"（{_DIGITS[number]}）"
