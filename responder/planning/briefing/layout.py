"""The shipped layout of the pack, as a template like the office's own."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH

from responder.core import official_word as official
from responder.planning.briefing.words import EXPLAINED

_EMPTY = "（暂无）"


def shipped_template() -> bytes:
    """The template (.docx), with an explanation of its placeholders that no pack shows."""
    document = official.new_document("发布活动背景材料")
    official.add_title(document, "{{ 活动.名称 }}")
    official.add_title(document, "背景材料")
    document.add_paragraph("（内部材料，{{ 成文日期 }}）", style=official.NOTE)
    document.add_paragraph("", style=official.BODY)
    _event(document)
    _wording(document)
    _facts(document)
    _questions(document)
    _answers(document)
    _figures(document)
    _preparation(document)
    _explanation(document)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _lines(document: Any, lines: Sequence[str]) -> None:
    for line in lines:
        official.add_body(document, line)


def _each(document: Any, name: str, items: str) -> None:
    """A paragraph for each text of a list, or a word that there is none."""
    _lines(
        document,
        (
            f"{{%p for {name} in {items} %}}",
            f"{{{{ {name} }}}}",
            "{%p else %}",
            _EMPTY,
            "{%p endfor %}",
        ),
    )


def _event(document: Any) -> None:
    official.add_heading(document, "一、活动要素", 1)
    _lines(
        document,
        (
            "发布主题：{{ 活动.名称 }}",
            "发布形式：{{ 活动.形式 }}",
            "发布时间：{{ 活动.时间 }}",
            "发布地点：{{ 活动.地点 }}",
            "发布单位：{{ 活动.单位 }}",
            "发布人：{{ 活动.发布人 }}",
            "主持人：{{ 活动.主持人 }}",
        ),
    )


def _wording(document: Any) -> None:
    official.add_heading(document, "二、发布口径", 1)
    _each(document, "段", "口径")
    _lines(document, ("{%p for 话题 in 话题列表 %}", "{%p if 话题.口径 %}"))
    official.add_heading(document, "关于“{{ 话题.名称 }}”", 2)
    _lines(document, ("{%p for 段 in 话题.口径 %}", "{{ 段 }}", "{%p endfor %}"))
    _lines(document, ("{%p endif %}", "{%p endfor %}"))


def _facts(document: Any) -> None:
    official.add_heading(document, "三、基本情况", 1)
    _each(document, "段", "内容")
    _lines(document, ("{%p if 话题列表 %}", "本次活动回应以下话题："))
    columns = (
        ("序号", 14),
        ("话题", 40),
        ("留言", 14),
        ("人数", 14),
        ("首次", 42),
        ("热度", 14),
        ("等级", 18),
    )
    _table(
        document, columns, "话题 in 话题列表",
        ("序号", "名称", "条数", "人数", "首次", "热度", "等级"),
    )  # fmt: skip
    _lines(document, ("{%p for 话题 in 话题列表 %}",))
    official.add_heading(document, "（{{ 话题.中文序号 }}）{{ 话题.名称 }}", 2)
    _lines(
        document,
        (
            "{{ 话题.首次 }}至{{ 话题.最近 }}，共有 {{ 话题.人数 }} 人、{{ 话题.条数 }} 条留言。"
            "渠道：{{ 话题.渠道 }}。"
            "{% if 话题.地点 %}地点：{{ 话题.地点 }}。{% endif %}"
            "{% if 话题.语气 %}语气：{{ 话题.语气 }}。{% endif %}",
            "{%p endfor %}",
            "{%p endif %}",
        ),
    )


def _questions(document: Any) -> None:
    official.add_heading(document, "四、群众关心的问题", 1)
    _lines(
        document,
        (
            "{%p if 话题列表 %}",
            "以下均为留言原文，个人信息已隐去，由话务员记录的注明“来电记录”；括号内为说法相近的留言数、人数和全部留言编号。",
            "{%p else %}",
            "还没有确认关联的话题。",
            "{%p endif %}",
            "{%p for 话题 in 话题列表 %}",
        ),
    )
    official.add_heading(document, "（{{ 话题.中文序号 }}）{{ 话题.名称 }}", 2)
    _lines(document, ("{%p for 问题 in 话题.问题列表 %}",))
    asked = official.add_body(
        document,
        "{{ 问题.序号 }}. {{ 问题.原话 }}（{% if 问题.出处 %}{{ 问题.出处 }}，{% endif %}"
        "{{ 问题.条数 }} 条、{{ 问题.人数 }} 人，留言编号 {{ 问题.留言编号 }}）",
    )
    asked.alignment = WD_ALIGN_PARAGRAPH.LEFT  # numbers that stay together would leave gaps
    _lines(
        document,
        (
            "{%p else %}",
            "没有可引用的原话。",
            "{%p endfor %}",
            "{%p if 话题.举报数 %}",
            "另有举报 {{ 话题.举报数 }} 条，内容不列入本材料。",
            "{%p endif %}",
            "{%p endfor %}",
        ),
    )


def _answers(document: Any) -> None:
    official.add_heading(document, "五、已作回应", 1)
    _lines(document, ("{%p if not 话题列表 %}", _EMPTY, "{%p endif %}"))
    _lines(document, ("{%p for 话题 in 话题列表 %}",))
    official.add_heading(document, "（{{ 话题.中文序号 }}）{{ 话题.名称 }}", 2)
    _lines(
        document,
        (
            "{%p for 回应 in 话题.回应列表 %}",
            "{{ 回应.序号 }}. {{ 回应.标题 }}（{{ 回应.单位 }}，{{ 回应.状态 }}"
            "{% if 回应.日期 %}，{{ 回应.日期 }}{% endif %}"
            "{% if 回应.编号 %}，{{ 回应.编号 }}{% endif %}）",
            "{%p if 回应.内容 %}",
            "{{ 回应.内容 }}",
            "{%p endif %}",
            "{%p else %}",
            "此前没有回应。",
            "{%p endfor %}",
            "{%p for 回应 in 话题.在办列表 %}",
            "正在办理：{{ 回应.标题 }}（{{ 回应.单位 }}，{{ 回应.状态 }}），"
            "尚未公开，会上不能引用{% if 回应.口径 %}；可按商定口径回答：{% else %}。{% endif %}",
            "{%p if 回应.口径 %}",
            "{{ 回应.口径 }}",
            "{%p endif %}",
            "{%p endfor %}",
            "{%p endfor %}",
        ),
    )


def _figures(document: Any) -> None:
    official.add_heading(document, "六、数据图", 1)
    _lines(document, ("{%p if 有图 %}",))
    for name, caption in (
        ("留言数图", "图 1  近 30 天每日留言（热度最高的 5 个话题）"),
        ("热度图", "图 2  近 30 天热度（满分 100；没有记录的日期不画）"),
        ("渠道图", "图 3  留言的渠道分布"),
    ):
        drawn = document.add_paragraph(f"{{{{r {name} }}}}", style=official.FIGURE)
        drawn.paragraph_format.keep_with_next = True
        document.add_paragraph(caption, style=official.FIGURE)
    _lines(document, ("{%p else %}", _EMPTY, "{%p endif %}"))


def _preparation(document: Any) -> None:
    official.add_heading(document, "七、筹备清单和媒体", 1)
    _lines(document, ("{%p if 清单 %}",))
    columns = (("序号", 14), ("事项", 42), ("期限", 46), ("负责人", 32), ("状态", 22))
    _table(
        document, columns, "事项 in 清单",
        ("序号", "名称", "期限", "负责人", "状态"),
    )  # fmt: skip
    _lines(
        document,
        (
            "{%p else %}",
            "还没有筹备清单。",
            "{%p endif %}",
            "{%p if 媒体.总数 %}",
            "拟邀媒体 {{ 媒体.总数 }} 家：{{ 媒体.说明 }}。",
            "{%p else %}",
            "还没有媒体名单。",
            "{%p endif %}",
        ),
    )


def _table(
    document: Any, columns: Sequence[tuple[str, int]], loop: str, shown: Sequence[str]
) -> None:
    """A table with a row for each element of a list, which shows these of its values."""
    element = loop.partition(" ")[0]
    table = official.add_table(document, columns)
    rest = [""] * (len(columns) - 1)
    official.add_row(table, [f"{{%tr for {loop} %}}", *rest])
    official.add_row(table, [f"{{{{ {element}.{name} }}}}" for name in shown])
    official.add_row(table, ["{%tr endfor %}", *rest])


def _explanation(document: Any) -> None:
    """Paragraphs that are comments: they stand in the template and in no pack."""
    lines = [
        "以下各行只在模板里，不会出现在背景材料中。",
        "占位符写在两对花括号之间；列表用 for 循环逐项列出，写法见上文。改动版式、文字和顺序均可。",
        *(f"{name}：{meaning}" for name, meaning in EXPLAINED.items()),
    ]
    for line in lines:
        plain = line.replace("{{", "").replace("}}", "")
        document.add_paragraph(f"{{#p {plain} #}}", style=official.CELL)
