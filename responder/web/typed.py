"""What a person typed into a form that was refused, under the words that stood beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from flask_babel import gettext as _

# Fields of a form that are nobody's words, or nobody else's to read.
UNSHOWN = frozenset(
    {
        "csrf_token", "password", "old", "new", "again", "proof", "code", "submit", "token",
        "version", "next",
    }
)  # fmt: skip

# What is typed, as its form calls it. Choices are not among them: their codes tell nobody
# anything, and they are chosen anew at a glance.
WORDS = {
    "note": "意见或理由", "reason": "理由", "remark": "备注", "basis": "依据", "source": "依据",
    "quote": "要批注的原文", "reply": "答复", "body": "内容", "text": "正文",
    "title": "标题", "concern": "关切内容", "concern_source": "关切来源", "answer": "回应内容",
    "task": "需要提供什么", "due_at": "何时报送", "conclusion": "会商结论", "units": "参加单位",
    "people": "参加人员", "held_at": "会商时间", "agreed_by": "由谁商定、同意",
    "number": "文号", "passage": "所依据的原文", "issued_on": "印发日期",
    "publish_at": "发布时间", "posted_at": "发布时间", "published_at": "发布时间",
    "found_at": "发现时间", "started_at": "从何时重新起算", "starts_at": "开始时间",
    "ends_at": "结束时间", "occurred_at": "时间", "length": "延长多少", "url": "链接",
    "theme": "主题", "place": "地点", "speaker": "发布人", "host": "主持人",
    "attendees": "参加人员", "summary": "发布内容", "wording": "口径", "transcript": "实录",
    "evaluation": "效果评估", "spokesperson_opinion": "发言人意见", "leader_opinion": "领导意见",
    "name": "名称", "label": "名称", "short_name": "简称", "matters": "负责事项",
    "display_name": "姓名", "username": "用户名", "author": "姓名或来源", "phone": "联系电话",
    "district": "区县", "street": "街道、乡镇", "document_number": "文号", "issuer": "发文单位",
    "duty_reason": "不同步解读的理由", "refusal": "理由", "into": "并入哪一件",
    "words": "词语", "lines": "名单", "advice": "建议", "wrong": "常见误写",
    "secrecy-state_secret": "是否涉及国家秘密", "secrecy-work_secret": "是否涉及工作秘密",
    "secrecy-sensitive": "是否涉及不宜公开的敏感信息",
}  # fmt: skip
VALUES = {"yes": "涉及", "no": "不涉及"}

# A code, a number or a key: what a program put into the form.
_CODE = re.compile(r"[\x21-\x7e]{1,64}")
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)")


def words_typed(fields: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """(what the form called it, what was typed) of each field that a person filled with words."""
    shown = ((name, text) for name, text in fields if name not in UNSHOWN and text.strip())
    return [
        (_(WORDS[name]) if name in WORDS else _("填写内容"), _value(name, text))
        for name, text in shown
        if name in WORDS or not _CODE.fullmatch(text)
    ]


def _value(name: str, text: str) -> str:
    if name.startswith("secrecy-") and text in VALUES:
        return _(VALUES[text])
    return _MOMENT.sub(r"\1 \2", text) if _MOMENT.fullmatch(text) else text
