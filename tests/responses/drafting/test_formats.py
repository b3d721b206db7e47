"""Markdown: what readers see of it, and that nothing else gets through."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from responder.core import privacy
from responder.responses.drafting.formats import TAGS, TextFormat, as_read, to_html, to_plain

M = TextFormat.MARKDOWN

WRITTEN = """# 一、办理情况
您好：**已修复**，见[方案](https://example.com/a)。
下一行
- 甲
- 乙
1. 一
2. 二

| 季度 | 吨 |
|---|---|
| 一 | 5 |

> 引用
#### 细目
"""


def test_what_is_written_is_shown_as_it_is_meant():
    html = to_html(WRITTEN)
    for part in (
        "<h3>一、办理情况</h3>", "<strong>已修复</strong>", "<br>", "<ul>", "<ol>", "<table>",
        "<blockquote>", "<h4>细目</h4>",
        '<a href="https://example.com/a" rel="noopener noreferrer nofollow">方案</a>',
    ):  # fmt: skip
        assert part in html
    assert to_plain(WRITTEN, M).split("\n") == [
        "一、办理情况", "您好：已修复，见方案（https://example.com/a）。", "下一行", "- 甲", "- 乙",
        "1. 一", "2. 二", "季度 | 吨", "一 | 5", "引用", "细目",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[点](javascript:alert(1))",
        "[点](data:text/html;base64,AAAA)",
        '<a href="https://a.cn" onclick="x()" style="color:red">点</a>',
        "<iframe src=https://a.cn></iframe>",
        "![图](https://a.cn/b.png)",
        "<style>p{display:none}</style>",
        '<p style="display:none" class="x">藏</p>',
        "<svg><a xlink:href='javascript:x'>点</a></svg>",
    ],
)
def test_what_is_not_on_the_list_is_left_out(text):
    html = to_html(text)
    assert not re.search(r"script|onerror|onclick|style|data:|<img|<iframe|<svg|class=", html)
    assert set(re.findall(r"</?(\w+)", html)) <= TAGS


@given(st.text(st.sampled_from("ab<>[]()*_`#-|\\&;:!\"'=/ \n1.https甲"), max_size=120))
def test_no_text_breaks_out(text):
    html = to_html(text)
    assert set(re.findall(r"<(?!/)(\w+)", html)) <= TAGS
    assert all(
        re.fullmatch(r'(href="https?:[^"]*"|rel="[^"]*"|start="\d+"|\s)*', attributes)
        for attributes in re.findall(r"<\w+((?:\s[^>]*)?)>", html)
    )


@pytest.mark.parametrize(
    "text",
    [
        "1*3*8*1*2345678", "**138**1234**5678**", "138&#49;2345678", "138<!-- -->12345678",
        "<b>138</b>12345678", "[138](https://a.cn)[12345678](https://b.cn)", "`138`12345678",
        "[电话](https://a.cn/13812345678)", "[电话](https://a.cn/%3138%31%32345678)",
        "138\\-1234\\-5678", "- 13812345678", "## 13812345678",
    ],
)  # fmt: skip
def test_no_writing_hides_a_telephone(text):
    assert [found.kind for found in privacy.find(as_read(text, M))][:1] == ["mobile"]


def test_plain_text_is_left_as_it_is():
    text = "1. **不变**\n<b>&amp;</b>"
    assert to_plain(text, TextFormat.PLAIN) == as_read(text, TextFormat.PLAIN) == text


@pytest.mark.parametrize("text", ["[" * 20_000, "- " * 500 + "甲", "<a " * 5_000, ">" * 9_000])
def test_no_text_takes_long_or_fails(text):
    assert isinstance(to_html(text), str)


@pytest.mark.parametrize(
    "text",
    [
        '[通知](https://a.gov.cn "投诉人 13800138000")',
        '<em title="13800138000" lang="13800138000">注意</em>',
    ],
)
def test_nothing_hides_in_an_attribute(text):
    assert "13800138000" not in to_html(text)


@pytest.mark.parametrize(("start", "first"), [("3", "3. "), ("a", "1. "), ("1.5", "1. ")])
def test_a_list_begins_at_a_number_or_at_one(start, first):
    text = f'<ol start="{start}"><li>登记</li></ol>'
    assert as_read(text, M) == f"{first}登记"
