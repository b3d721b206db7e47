"""The way of a policy package through its four gates, as a table."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import object_session

from responder.core.lifecycle import Attempt, Lifecycle, Transition
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.publishing.packages.models import Gate, PackageState, PolicyPackage
from responder.responses import rules as response_rules
from responder.responses.drafting import lists

_S = PackageState
_P = Permission

STEP = "packages.advance"
SCHEDULE = "packages.schedule"
SIGN, WITHDRAW = "sign", "withdraw"
# What asks for the signer's proof: nobody else looks at it after them.
PROVEN_STEPS = frozenset({SIGN, WITHDRAW})

# What each step opens: the gate that a package has then passed.
GATE_OF = {
    "organise": Gate.ORGANISED,
    "review": Gate.REVIEWED,
    SIGN: Gate.SIGNED,
    "release": Gate.RELEASED,
}

# Where the parts of a package may still be changed.
OPEN_STATES = (_S.COLLECTING, _S.RETURNED)
UNRELEASED = (*OPEN_STATES, _S.ORGANISED, _S.REVIEWED, _S.SIGNED, _S.SCHEDULED)


def is_own(package: PolicyPackage, attempt: Attempt) -> str | None:
    """A unit proposes what it drafts itself; the office handles all."""
    actor = attempt.actor
    if actor.may(_P.PACKAGE_EDIT) or (
        actor.unit_id is not None and actor.unit_id == package.unit_id
    ):
        return None
    return "这是其他单位起草的文件：请由起草单位或新闻办办理"


def is_complete(package: PolicyPackage, _attempt: Attempt) -> str | None:
    """What is in one gate is complete: no document without its plan and its materials."""
    if lacks := package.lacks:
        return f"还缺{'、'.join(lacks)}：请补齐后再办理，或退件"
    return None


def wrote_none_of_it(package: PolicyPackage, attempt: Attempt) -> str | None:
    """Nobody approves what they wrote, nor takes it back alone."""
    if attempt.actor.id in {writer.user_id for writer in package.writers}:
        return "您填写过其中的内容，不能审签：请由其他同事办理"
    return None


def is_new_to_this_round(package: PolicyPackage, attempt: Attempt) -> str | None:
    """Who organised, who reviewed and who signed are three people."""
    if attempt.actor.id in {gate.by_id for gate in package.passed.values()}:
        return "本轮您已办理过一关，组织、审核、签发须由不同的人办理：请由其他同事办理"
    return None


def holds_no_private_data(package: PolicyPackage, _attempt: Attempt) -> str | None:
    """The gate of every outgoing text."""
    texts = outgoing(package)
    labels = {label: label for label in texts}
    return response_rules.gate_sentence(
        response_rules.private_data_in(texts, labels, public_lines())
    )


def uses_no_word_that_the_office_bars(package: PolicyPackage, _attempt: Attempt) -> str | None:
    """What keeps an answer from being signed keeps a document from it too."""
    if barred := _barred(package, outgoing(package).values()):
        return f"含有本单位不许使用的词：{barred}。请退件，按敏感词表的建议改写"
    return None


def files_were_read(package: PolicyPackage, _attempt: Attempt) -> str | None:
    """The gate reads texts; what lies in files a person has read."""
    unread = [file.name for file in package.files if file.cleared_at is None]
    if unread:
        return f"附件“{'”“'.join(unread)}”还没有人核对个人信息：请打开核对后点“已核对”"
    return None


def has_what_it_interprets(package: PolicyPackage, _attempt: Attempt) -> str | None:
    """An interpretation that comes later needs a document that stands."""
    if package.interprets is None:
        return None
    document = package.published_document
    if document is None or document.withdrawal is not None:
        return "所解读的文件已撤回：请不再办理本件"
    return None


def holds_no_private_note(_package: PolicyPackage, attempt: Attempt) -> str | None:
    """Citizens read why something was withdrawn."""
    found = response_rules.private_data_in(
        {"note": attempt.note}, {"note": "撤回说明"}, public_lines()
    )
    return response_rules.gate_sentence(found)


def bars_no_word_of_the_note(package: PolicyPackage, attempt: Attempt) -> str | None:
    """The same of the reason that stands in the place of the text."""
    if barred := _barred(package, [attempt.note]):
        return f"撤回说明含有本单位不许使用的词：{barred}。请改写后再办理"
    return None


def _barred(package: PolicyPackage, texts: Iterable[str]) -> str:
    """The barred words in some texts, for a sentence."""
    session = object_session(package)
    return "、".join(lists.barred_in(session, texts)) if session else ""


def outgoing(package: PolicyPackage) -> dict[str, str]:
    """Every text of a package that the public will read, under its name."""
    texts = {}
    if package.interprets_id is None:
        texts = {
            "文件标题": package.title,
            "文号": package.document_number,
            "发文单位": package.issuer,
            "文件正文": package.body,
        }
        texts |= {f"附件“{file.name}”的名称": file.name for file in package.files}
    for number, material in enumerate(package.materials, 1):
        texts[f"第 {number} 份解读的标题"] = material.title
        texts[f"第 {number} 份解读的作者"] = material.author
        texts[f"第 {number} 份解读的正文"] = material.body
    return texts


_WHOLE = (is_complete, has_what_it_interprets)
_FIT = (
    *_WHOLE,
    holds_no_private_data,
    uses_no_word_that_the_office_bars,
    files_were_read,
)
_PERSONAL = (wrote_none_of_it, is_new_to_this_round)


def _return(source: PackageState, permission: Permission) -> Transition:
    return Transition(
        "return",
        "退件",
        (source,),
        _S.RETURNED,
        permission,
        needs_note=True,
        tone="outline-danger",
        endpoint=STEP,
    )


PACKAGE = Lifecycle(
    name="policy_package",
    states={
        _S.COLLECTING: "收集中",
        _S.RETURNED: "已退件",
        _S.ORGANISED: "待审核",
        _S.REVIEWED: "待签发",
        _S.SIGNED: "已签发",
        _S.SCHEDULED: "待发布",
        _S.RELEASED: "已发布",
        _S.WITHDRAWN: "已撤回",
    },
    initial=_S.COLLECTING,
    transitions=(
        # No button of its own: the forms of the parts.
        Transition("edit", "修改", OPEN_STATES, None, _P.PACKAGE_PROPOSE, guards=(is_own,)),
        Transition(
            "resubmit",
            "补齐后重新送来",
            (_S.RETURNED,),
            _S.COLLECTING,
            _P.PACKAGE_PROPOSE,
            guards=(is_own, is_complete),
            endpoint=STEP,
        ),
        Transition(
            "organise",
            "齐全，送审",
            (_S.COLLECTING,),
            _S.ORGANISED,
            _P.PACKAGE_EDIT,
            guards=(*_WHOLE, uses_no_word_that_the_office_bars),
            endpoint=STEP,
        ),
        Transition(
            "review",
            "审核通过",
            (_S.ORGANISED,),
            _S.REVIEWED,
            _P.PACKAGE_REVIEW,
            guards=(*_WHOLE, *_PERSONAL),
            endpoint=STEP,
        ),
        Transition(
            SIGN,
            "签发",
            (_S.REVIEWED,),
            _S.SIGNED,
            _P.RESPONSE_SIGN,
            guards=(*_FIT, *_PERSONAL),
            endpoint=STEP,
        ),
        Transition(
            "schedule",
            "定时同步发布",
            (_S.SIGNED,),
            _S.SCHEDULED,
            _P.PUBLISH,
            guards=_FIT,
            endpoint=SCHEDULE,
        ),
        Transition(
            "release",
            "立即同步发布",
            (_S.SIGNED, _S.SCHEDULED),
            _S.RELEASED,
            _P.PUBLISH,
            guards=_FIT,
            tone="outline-primary",
            endpoint=STEP,
        ),
        Transition(
            "unschedule",
            "取消定时",
            (_S.SCHEDULED,),
            _S.SIGNED,
            _P.PUBLISH,
            tone="outline-secondary",
            endpoint=STEP,
        ),
        _return(_S.COLLECTING, _P.PACKAGE_EDIT),
        _return(_S.ORGANISED, _P.PACKAGE_REVIEW),
        _return(_S.REVIEWED, _P.RESPONSE_SIGN),
        _return(_S.SIGNED, _P.RESPONSE_SIGN),
        Transition(
            "drop",
            "不再办理",
            (*OPEN_STATES, _S.ORGANISED, _S.REVIEWED, _S.SIGNED),
            _S.WITHDRAWN,
            _P.PACKAGE_EDIT,
            needs_note=True,
            tone="outline-secondary",
            endpoint=STEP,
        ),
        Transition(
            WITHDRAW,
            "撤回公开内容",
            (_S.RELEASED,),
            _S.WITHDRAWN,
            _P.RESPONSE_SIGN,
            guards=(wrote_none_of_it, holds_no_private_note, bars_no_word_of_the_note),
            needs_note=True,
            tone="outline-danger",
            endpoint=STEP,
        ),
    ),
)

STATE_TONES = {
    _S.COLLECTING: "soon",
    _S.RETURNED: "late",
    _S.ORGANISED: "accent",
    _S.REVIEWED: "accent",
    _S.SIGNED: "fine",
    _S.SCHEDULED: "fine",
}
