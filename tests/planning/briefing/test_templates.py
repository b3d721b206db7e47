"""The office's own template: tried before it is used; what is wrong is named with its place."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from docx import Document

from responder.core import audit
from responder.core.database import transaction
from responder.core.errors import Forbidden, Invalid, NotFound
from responder.planning.briefing import templates
from responder.planning.briefing.layout import shipped_template
from responder.planning.briefing.sandbox import Refused, Sandbox
from responder.planning.briefing.words import EXPLAINED
from tests.factories import NOW
from tests.planning.briefing.factories import edited

NAME = "本单位模板.docx"
THEME = "发布主题：{{ 活动.名称 }}"


def refusal(content: bytes, name: str = NAME) -> str:
    with pytest.raises(Invalid) as refused:
        templates.check(name, content)
    return refused.value.message


def with_placeholder(text: str) -> bytes:
    return edited({THEME: f"发布主题：{text}"})


def test_the_shipped_template_passes_and_explains_every_placeholder():
    content = shipped_template()
    templates.check(NAME, content)
    text = "\n".join(paragraph.text for paragraph in Document(BytesIO(content)).paragraphs)
    for name in EXPLAINED:
        assert f"#p {name}：" in text


def test_a_changed_template_is_used_from_then_on(session, people):
    officer = people.press_officer.actor
    mine = edited({"发布主题：": "会议主题："})
    with transaction(officer, NOW) as writing:
        templates.add(writing, NAME, mine, officer, NOW)
        templates.add(writing, NAME, mine, officer, NOW)
    assert templates.current_content(session) == mine
    assert [one.name for one in templates.kept(session)] == [NAME]


def test_one_can_go_back_to_the_shipped_one_and_lose_nothing(session, people):
    officer = people.press_officer.actor
    mine = edited({"发布主题：": "会议主题："})
    with transaction(officer, NOW) as writing:
        kept = templates.add(writing, NAME, mine, officer, NOW)
        for _ in range(2):
            templates.back_to_shipped(writing, officer, NOW)
    assert zipfile.ZipFile(BytesIO(templates.current_content(session))).testzip() is None
    assert len(templates.kept(session)) == 2
    assert templates.current_content(session) != mine
    assert templates.get(session, kept.id).content == mine
    with pytest.raises(NotFound):
        templates.get(session, templates.kept(session)[0].id)


def test_only_who_edits_the_plan_may_change_it(session, people):
    analyst = people.analyst.actor
    with pytest.raises(Forbidden):
        templates.add(session, NAME, shipped_template(), analyst, NOW)
    with pytest.raises(Forbidden):
        templates.back_to_shipped(session, analyst, NOW)


@pytest.mark.parametrize(
    ("placeholder", "named"),
    [
        ("{{ 活动.标题 }}", "活动 没有“标题”这一项"),
        ("{{ 会议 }}", "没有“会议”这个占位符"),
        ("{{ 活动 }}", "活动 是一组内容"),
        ("{% if 活动.名称 %}是", "写得不完整"),
        ("{{ 活动.名称 ", "写得不完整"),
        ("{% for x in 活动.名称 %}x{% endfor %}", "不是列表"),
        ("{% if 没有的 %}是{% endif %}", "没有“没有的”这个占位符"),
        ("{% if not 话题列表 %}{{ 错的 }}{% endif %}", "没有“错的”这个占位符"),
        ("{{ 留言数图 }}", "图须单独成段"),
    ],
)
def test_a_broken_placeholder_is_named_with_its_place(placeholder, named):
    message = refusal(with_placeholder(placeholder))
    assert named in message
    assert "发布主题：" in message or "图须单独成段" in message
    assert "改回系统模板" in message


def test_all_broken_placeholders_are_named_at_once():
    message = refusal(edited({THEME: "{{ 甲 }}", "{{ 成文日期 }}": "{{ 乙 }}"}))
    assert "“甲”" in message
    assert "“乙”" in message


@pytest.mark.parametrize(
    "trick",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ 话题列表.__class__ }}",
        "{{ 活动.__init__.__globals__ }}",
        "{{ 活动.keys() }}",
        "{{ 活动|attr('__class__') }}",
        "{{ self.__init__ }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ range(1000000000) }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 7 ** 9999999 }}",
        "{{ 活动['名称'] }}",
        "{{ lipsum() }}",
        "{% set x = 1 %}",
        "{% for x in 'aaaaaaaa' %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% import 'x' as y %}",
        "{% macro x() %}{% endmacro %}",
        "{% if 活动.keys() %}{% endif %}",
        "{% for a in 话题列表 %}" * 4 + "{% endfor %}" * 4,
    ],
)
def test_a_template_runs_nothing(trick):
    assert "不能使用的占位符" in refusal(with_placeholder(trick))
    with pytest.raises(Refused):
        Sandbox({"活动": {"名称": ""}, "话题列表": [{}]}).from_string(trick)


def test_the_sandbox_calls_nothing_even_if_asked_past_the_reading():
    sandbox = Sandbox({"活动": {"名称": ""}})
    with pytest.raises(Refused):
        sandbox.call(None, print)


def test_what_is_no_word_file_is_refused():
    assert ".docx" in refusal(shipped_template(), "模板.docm")
    assert "不是完整的 Word 文档" in refusal(b"PK nothing")
    assert "不是完整的 Word 文档" in refusal(archive({"a.txt": b""}))
    assert "超过 1 MB" in refusal(b"0" * (templates.LARGEST + 1))


def archive(parts: dict[str, bytes]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return target.getvalue()


def spoilt(place: str) -> bytes:
    """The shipped template with one of its parts damaged."""
    content = bytearray(shipped_template())
    part = zipfile.ZipFile(BytesIO(content)).getinfo(place)
    start = part.header_offset + 30 + len(part.filename)
    content[start + 5 : start + 25] = b"\xff" * 20
    return bytes(content)


def encrypted() -> bytes:
    """The shipped template, each part of it said to be encrypted."""
    content = bytearray(shipped_template())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(mark)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(mark, place + 4)
    return bytes(content)


@pytest.mark.parametrize("place", ["word/document.xml", "docProps/thumbnail.jpeg"])
def test_a_damaged_file_is_refused_whichever_part_is_damaged(place):
    assert "不是完整的 Word 文档" in refusal(spoilt(place))


def test_a_file_that_is_locked_by_a_password_is_refused():
    assert "不是完整的 Word 文档" in refusal(encrypted())


def test_a_file_that_breaks_off_is_refused():
    content = shipped_template()
    for length in range(0, len(content), 997):
        assert "不是完整的 Word 文档" in refusal(content[:length])


def test_a_bomb_is_not_unpacked():
    bomb = archive({"word/document.xml": b"0" * (templates.LARGEST_UNPACKED + 1)})
    assert len(bomb) < templates.LARGEST
    assert "解开后太大" in refusal(bomb)
    assert "解开后太大" in refusal(archive({f"{n}.txt": b"" for n in range(500)}))


def test_macros_and_embedded_objects_are_refused():
    for name in (
        "word/vbaProject.bin",
        "word/activeX/activeX1.xml",
        "word/embeddings/oleObject1.bin",
    ):
        assert "宏或嵌入对象" in refusal(edited({}, **{name: b"<a/>"}))


def test_what_fetches_from_elsewhere_is_refused():
    relation = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r1" Type="http://x/attachedTemplate" Target="http://x/" '
        b'TargetMode="External"/></Relationships>'
    )
    assert "外部文件" in refusal(edited({}, **{"word/_rels/settings.xml.rels": relation}))
    entity = b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>'
    assert "外部实体" in refusal(edited({}, **{"word/extra.xml": entity}))
    field = "<w:r><w:instrText>DDEAUTO c:\\\\x</w:instrText></w:r>"
    with_field = edited({"<w:body>": f"<w:body><w:p>{field}</w:p>"})
    assert "读取外部内容的域" in refusal(with_field)


def test_taking_one_in_is_in_the_trail_without_its_content(session, people):
    officer = people.press_officer.actor
    with transaction(officer, NOW) as writing:
        made = templates.add(writing, NAME, shipped_template(), officer, NOW)
    (line,) = audit.history(session, made)
    assert (line.action, line.actor_name) == ("create", officer.name)
    assert line.changes["name"] == [None, NAME]
    assert "content" not in line.changes


PICTURE = "word/media/image1.png"


def damaged(content: bytes, part: str, encrypted: bool = False) -> bytes:
    """The file with some bytes of a part overwritten, or with all of it said to be encrypted."""
    spoilt = bytearray(content)
    if encrypted:
        for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            found = spoilt.find(mark)
            while found >= 0:
                spoilt[found + flags] |= 1
                found = spoilt.find(mark, found + 4)
        return bytes(spoilt)
    info = zipfile.ZipFile(BytesIO(content)).getinfo(part)
    start = info.header_offset + 30 + len(part)
    spoilt[start + 5 : start + 25] = b"\xff" * 20
    return bytes(spoilt)


@pytest.mark.parametrize(
    "content",
    [
        damaged(shipped_template(), "word/document.xml"),
        damaged(shipped_template(), "", encrypted=True),
        damaged(edited({}, **{PICTURE: bytes(range(256)) * 9}), PICTURE),
        shipped_template()[:-300],
        b"PK\x03\x04",
    ],
    ids=["text", "encrypted", "picture", "cut off", "nothing"],
)
def test_a_damaged_or_encrypted_file_is_refused_in_words(content):
    assert "重新保存" in refusal(content)


def test_a_file_without_placeholders_would_print_itself_and_is_refused():
    document = Document()
    document.add_paragraph("2026年度新闻发布计划")
    target = BytesIO()
    document.save(target)
    assert "没有占位符" in refusal(target.getvalue())
