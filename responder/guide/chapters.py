"""The user guide inside the product: ``docs/user-guide.md``, cut at its headings.

The wheel carries the file and its pictures under ``data/guide``; a checkout has them in ``docs``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from flask import has_request_context, request, url_for
from markdown import Markdown
from markupsafe import Markup

from responder.core.errors import NotFound

PACKAGE = Path(__file__).parents[1]
PACKED = PACKAGE / "data" / "guide"
FOLDER = PACKED if PACKED.exists() else PACKAGE.parent / "docs"
SCROLLS = '<div class="table-responsive" tabindex="0">'
WIDE = "[\u2e80-\uffef“”（）]"  # between these a line break is no space
EXTENSIONS = ["tables", "fenced_code", "sane_lists"]

# Heading of the guide → its place in an address. A test holds that each heading is here.
CHAPTERS = {
    "开始使用": "start",
    "一件回应事项的一天": "day",
    "界面": "interface",
    "今日、大屏和图": "today",
    "各处的列表": "lists",
    "话务员": "operator",
    "承办单位联络员": "liaison",
    "监测员、研判员": "analyst",
    "新闻办": "press",
    "编辑": "editor",
    "审核人、签发人": "review",
    "系统管理员": "administrator",
    "督查、审计员": "supervisor",
    "政务公开办：年度任务、培训会议": "tasks",
    "政务公开办：依申请公开": "applications",
    "政务公开测评和考核": "evaluations",
    "三张清单": "findings",
    "公开目录": "catalogue",
    "统计与年度总结": "statistics",
}
SECTIONS = {
    "第一次登录": "tour",
    "登录与密码": "signing-in",
    "键盘": "keys",
    "需要时间的操作": "waiting",
    "工单": "orders",
    "检索留言": "search",
    "看热度": "heat",
    "修正话题": "corrections",
    "提醒": "alerts",
    "用本单位的数据检验": "evaluate",
    "发起回应": "open",
    "报告": "reports",
    "时限": "clocks",
    "时限预警": "warnings",
    "公开栏目的外观": "front",
    "推送到门户网站": "webhooks",
    "预警的发送渠道": "channels",
    "接口令牌": "tokens",
    "定时任务": "jobs",
    "来电人身份与个人信息": "identity",
    "测评": "rounds",
    "考核": "assessment",
}

# Room (blueprint) → the chapter that tells of it, and the section.
BESIDE = {
    "absences": ("review", ""),
    "accounts": ("administrator", ""),
    "after": ("press", ""),
    "alerts": ("analyst", "alerts"),
    "annual": ("statistics", ""),
    "applications": ("applications", ""),
    "assessment": ("evaluations", "assessment"),
    "bundles": ("press", ""),
    "catalogue": ("catalogue", ""),
    "changing": ("press", ""),
    "channels": ("press", ""),
    "deadlines": ("review", "clocks"),
    "desk": ("operator", ""),
    "documents": ("press", "reports"),
    "drafting": ("editor", ""),
    "earlier": ("press", ""),
    "errands": ("start", "waiting"),
    "evaluations": ("evaluations", "rounds"),
    "findings": ("findings", ""),
    "gallery": ("interface", ""),
    "identity": ("administrator", "identity"),
    "intake": ("analyst", "search"),
    "oidc": ("administrator", ""),
    "openness": ("tasks", ""),
    "operating": ("administrator", ""),
    "orders": ("operator", "orders"),
    "packages": ("press", ""),
    "passwords": ("start", "signing-in"),
    "planning": ("press", ""),
    "preferences": ("interface", ""),
    "proofs": ("start", "signing-in"),
    "reports": ("today", ""),
    "responses": ("analyst", "open"),
    "routing": ("analyst", ""),
    "saved_views": ("lists", ""),
    "scheduling": ("administrator", "jobs"),
    "screen": ("today", ""),
    "sessions": ("start", "signing-in"),
    "sources": ("analyst", ""),
    "statistics": ("statistics", ""),
    "tasks": ("tasks", ""),
    "tokens": ("administrator", "tokens"),
    "topics": ("analyst", "corrections"),
    "trainings": ("tasks", ""),
    "warning_rules": ("review", "warnings"),
    "warnings": ("review", "warnings"),
    "webhooks": ("administrator", "webhooks"),
}


@dataclass(frozen=True)
class Chapter:
    """One chapter, and what its sections are called: (place in the page, heading)."""

    slug: str
    title: str
    text: str

    @property
    def sections(self) -> list[tuple[str, str]]:
        return [(SECTIONS[one], one) for one in re.findall(r"^### (.+)$", self.text, re.M)]


@lru_cache(maxsize=1)
def chapters() -> list[Chapter]:
    """The guide's chapters, in its order."""
    parts = re.split(r"^## (.+)\n", (FOLDER / "user-guide.md").read_text("utf-8"), flags=re.M)
    titles, texts = parts[1::2], parts[2::2]
    return [
        Chapter(CHAPTERS[title], title, text) for title, text in zip(titles, texts, strict=True)
    ]


def chapter(slug: str) -> Chapter:
    """:raises NotFound: the guide has no such chapter."""
    found = next((one for one in chapters() if one.slug == slug), None)
    if found is None:
        raise NotFound("手册没有这一章：请从目录里重新选择")
    return found


def as_page(chapter: Chapter) -> Markup:
    """A chapter as HTML, its sections one level under the page's own heading."""
    lifted = re.sub(r"^### ", "## ", chapter.text, flags=re.M)
    joined = re.sub(f"(?<={WIDE})\n(?={WIDE})", "", lifted)
    html = Markdown(extensions=EXTENSIONS).convert(joined)
    html = re.sub(r"<h2>(.+?)</h2>", lambda m: f'<h2 id="{SECTIONS[m[1]]}">{m[1]}</h2>', html)
    html = html.replace("<table>", f'{SCROLLS}<table class="table">')
    html = html.replace("</table>", "</table></div>")
    html = re.sub(r'src="screenshots/([\w-]+\.png)"', _picture, html)
    return Markup(html)  # noqa: S704 - the guide is ours  # nosec B704


def _picture(found: re.Match[str]) -> str:
    return f'class="guide__picture" loading="lazy" src="{url_for("guide.picture", name=found[1])}"'


def pictures() -> list[str]:
    """The pictures that the guide shows."""
    return re.findall(r"\]\(screenshots/([\w-]+\.png)\)", "".join(one.text for one in chapters()))


def beside_page() -> str | None:
    """Where the guide tells of the room that is being shown; None when it does not."""
    if not has_request_context():  # pages that are written as files
        return None
    slug, section = BESIDE.get(request.blueprint or "", ("", ""))
    return url_for("guide.chapter", slug=slug, _anchor=section or None) if slug else None
