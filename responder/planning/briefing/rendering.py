"""A pack as a Word file, by a template."""

from __future__ import annotations

from datetime import datetime, time
from io import BytesIO
from typing import Any

from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateError

from responder.core.charts.word import WordChart
from responder.core.errors import Invalid
from responder.planning.briefing.pack import Pack
from responder.planning.briefing.sample import sample_pack
from responder.planning.briefing.sandbox import Refused, Sandbox
from responder.planning.briefing.words import context

CHARTS = ("留言数图", "热度图", "渠道图")


def word_file(pack: Pack, template: bytes) -> bytes:
    """The pack as a Word file (.docx).

    :param template: shipped or the office's own.
    :raises Invalid: the template cannot be filled in; its places are named.
    """
    try:
        return _rendered(pack, template)
    except Refused as error:
        raise Invalid(
            f"模板里有不能使用的占位符：{'；'.join(error.problems)}。请改正后重新上传，或改回系统模板"
        ) from error
    except (TemplateError, SyntaxError, KeyError, ValueError, AttributeError) as error:
        raise Invalid("模板的结构不完整，没有生成文件：请从系统模板改起，或改回系统模板") from error


def _rendered(pack: Pack, template: bytes) -> bytes:
    document = DocxTemplate(BytesIO(template))
    document.init_docx()
    charts = {
        name: _Drawn(figures, document) for name, figures in zip(CHARTS, pack.charts, strict=True)
    }
    sample = sample_pack()
    document.render(context(pack, charts), Sandbox(context(sample, dict.fromkeys(CHARTS, ""))))
    _check_charts_stand_alone(document)
    properties = document.docx.core_properties
    properties.title = f"{pack.theme} 背景材料"
    properties.created = properties.modified = datetime.combine(pack.made_on, time.min)
    target = BytesIO()
    document.save(target)
    return target.getvalue()


class _Drawn(WordChart):
    """A chart of the text itself: a header or footer has no place for one."""

    def __init__(self, figures: Any, document: Any) -> None:
        super().__init__(figures, document.docx.part)
        self._document = document

    def __html__(self) -> str:
        if self._document.current_rendering_part is not self._document.docx.part:
            raise Refused(["图只能放在正文里，不能放在页眉、页脚或批注里"])
        return super().__html__()

    __str__ = __html__


def _check_charts_stand_alone(document: Any) -> None:
    if any(len(text) for text in document.docx.element.iter(qn("w:t"))):
        raise Refused([f"图须单独成段，写作 {{{{r {CHARTS[0]} }}}}（花括号后有字母 r）"])
