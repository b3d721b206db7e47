"""An item as one .zip: everything is in it, and whatever was done to the file is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import pytest

from responder.core.console import DONE_WITH_REFUSALS
from responder.core.database import db, transaction
from responder.core.errors import Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE, Role, permissions_of
from responder.intake.models import Nature
from responder.publishing.archiving import service
from responder.publishing.archiving.contents import PARTS
from responder.publishing.archiving.packing import MANIFEST, as_json, pack
from responder.publishing.archiving.verifying import LARGEST, Fault, verify
from responder.publishing.service import entry_of
from responder.responses import service as responses
from responder.responses.commenting.models import PassageComment
from responder.responses.consulting import service as consulting
from responder.responses.judging import service as judging
from responder.responses.judging.rules import Colour, Grade
from responder.responses.models import ItemState, ResponseItem, Review
from responder.responses.sourcing.service import attach
from tests.factories import NOW
from tests.orders.factories import CALLER, PHONE, message
from tests.publishing.factories import CORRECTED, changed
from tests.responses.factories import ANSWER, brought_to, drafted, reload, save, take

TEXTS = {"a.txt": "甲".encode(), "texts/b.txt": "乙".encode(), "空.json": b""}
Members = dict[str, bytes]


def packed(path: Path, contents: Members = TEXTS) -> Path:
    with path.open("w+b") as target:
        pack(target, {"item": {"id": 1}}, contents)
    return path


def rewritten(path: Path, change: Callable[[Members], None], how: int = ZIP_STORED) -> Path:
    """The archive as somebody else's program would write it after a change."""
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with ZipFile(path, "w", how) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def faults(path: Path) -> list[tuple[str, Fault]]:
    return [(one.path, one.fault) for one in verify(path).problems]


def test_the_same_contents_are_the_same_bytes_in_whatever_order(tmp_path):
    one = packed(tmp_path / "1.zip")
    other = packed(tmp_path / "2.zip", dict(reversed(TEXTS.items())))
    assert one.read_bytes() == other.read_bytes()
    verdict = verify(one)
    assert (verdict.is_whole, verdict.members) == (True, 3)


CHANGES: dict[str, tuple[Callable[[Members], object], list[tuple[str, Fault]]]] = {
    "changed": (lambda m: m.update({"a.txt": "丙".encode()}), [("a.txt", Fault.CHANGED)]),
    "missing": (lambda m: m.pop("texts/b.txt"), [("texts/b.txt", Fault.MISSING)]),
    "added": (lambda m: m.update({"../../x": b"x"}), [("../../x", Fault.ADDED)]),
    "all": (
        lambda m: (m.pop("a.txt"), m.update({"b": b"", "空.json": b"{}"})),
        [("a.txt", Fault.MISSING), ("b", Fault.ADDED), ("空.json", Fault.CHANGED)],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_what_was_done_to_a_member_is_named(tmp_path, case):
    change, expected = CHANGES[case]
    assert faults(rewritten(packed(tmp_path / "1.zip"), change)) == expected


def test_what_no_member_shows_is_found_as_well(tmp_path):
    path = packed(tmp_path / "1.zip")
    whole = path.read_bytes()
    path.write_bytes(whole + b"more")
    assert faults(path) == [("1.zip", Fault.BEYOND)]
    path.write_bytes(b"before" + whole)
    assert faults(path) == [("1.zip", Fault.BEYOND)]
    path.write_bytes(whole.replace("甲".encode(), "丙".encode()))  # its checksum left as it was
    assert faults(path) == [("a.txt", Fault.CHANGED)]
    path.write_bytes(whole)
    with ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("a.txt", "甲")
    assert faults(path) == [("a.txt", Fault.TWICE)]


def manifest_of(members: object) -> bytes:
    return json.dumps({"format": "responder-archive/1", "members": members}).encode()


HOSTILE = {
    "no manifest": {"a.txt": b""},
    "no json": {MANIFEST: b"\xff\xfe"},
    "deep": {MANIFEST: b"[" * 100_000},
    "no list": {MANIFEST: manifest_of(7)},
    "no member": {MANIFEST: manifest_of([None])},
    "endless": {
        MANIFEST: b'{"format":"responder-archive/1","members":[{"path":"a","size":1e999}]}'
    },
    "itself": {MANIFEST: manifest_of([{"path": MANIFEST, "size": 1, "sha256": ""}])},
    "other": {MANIFEST: json.dumps({"format": "other"}).encode()},
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_archive_is_refused(tmp_path, case):
    path = tmp_path / "x.zip"
    with ZipFile(path, "w") as archive:
        for name, content in HOSTILE[case].items():
            archive.writestr(name, content)
    with pytest.raises(Invalid, match="不是回应台导出的归档文件"):
        verify(path)


def test_nothing_compressed_is_unpacked_and_nothing_huge_is_read(tmp_path):
    path = packed(tmp_path / "1.zip")
    with pytest.raises(Invalid, match="归档文件"):
        verify(rewritten(path, lambda _: None, ZIP_DEFLATED))  # the manifest too
    packed(path)
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"0" * 1_000_000)
    assert faults(path) == [("bomb", Fault.ADDED)]
    huge = tmp_path / "huge.zip"
    with huge.open("wb") as target:
        target.truncate(LARGEST + 1)  # takes no room on the disk
    for odd in (huge, tmp_path / "none.zip", tmp_path, Path("/dev/null")):
        with pytest.raises(Invalid):
            verify(odd)


def test_a_members_name_is_not_obeyed_by_the_screen(app, tmp_path):
    path = packed(tmp_path / "1.zip")
    rewritten(path, lambda m: m.update({"\x1b[2J完整\n": b""}))
    told = app.test_cli_runner().invoke(args=["responses", "verify", str(path)])
    assert told.exit_code == DONE_WITH_REFUSALS
    assert "\x1b" not in told.stdout
    assert len(told.stdout.splitlines()) == 1


# Of a whole item.


def read(session, item) -> tuple[bytes, dict[str, bytes]]:
    target = BytesIO()
    service.write_archive(session, reload(item), target)
    with ZipFile(target) as archive:
        return target.getvalue(), {name: archive.read(name) for name in archive.namelist()}


def well_kept(people):
    """A published item with something of everything."""
    item = drafted("第一稿，联系人13987654321。")
    save(item, ANSWER, people.editor)
    editor, analyst = (
        Attempt(one.actor, NOW, "影响面大") for one in (people.editor, people.analyst)
    )
    call, report = message(), message(2, title="举报某局", body="某科长收礼", nature=Nature.REPORT)
    with transaction(analyst.actor, NOW) as session:
        found = responses.find_item(session, item.id)
        judging.judge(session, found, judging.Opinion(Grade.NONE, Colour.NONE, (), True), analyst)
        for one in (call, report):
            attach(session, found, one)
    with transaction(editor.actor, NOW) as session:
        found = responses.find_item(session, item.id)
        consulting.consult(
            session, found, editor, held_at=NOW, units="市住建局", people="",
            conclusion=f"请回电{PHONE}说明",
        )  # fmt: skip
    item = reload(item)
    for role, action in (
        (Role.EDITOR, "submit"), (Role.FIRST_REVIEWER, "approve_first"),
        (Role.SECOND_REVIEWER, "approve_second"), (Role.THIRD_REVIEWER, "approve_third"),
        (Role.SECRECY_REVIEWER, "approve_secrecy"), (Role.SIGNER, "sign"),
        (Role.PRESS_OFFICER, "schedule"),
    ):  # fmt: skip
        take(item, action, people.holding(role))
    take(item, "publish", people.press_officer)
    return item


def test_everything_is_in_it_and_the_sources_name_nobody(client, people, tmp_path):
    item = well_kept(people)
    changed(entry_of(db.session, item.id))
    whole, members = read(db.session, item)
    assert read(db.session, item)[0] == whole
    told = {name: json.loads(members[f"{name}.json"]) for name in (
        "item", "sources", "judgements", "units", "consulting", "drafts", "reviews",
        "comments", "clocks", "published", "evaluations", "trail",
    )}  # fmt: skip
    assert members["texts/answer.txt"].decode() == ANSWER
    assert members["drafts/0001.txt"].decode().startswith("第一稿")
    assert members["texts/published-02.txt"].decode() == CORRECTED
    assert [one["step"] for one in told["reviews"]] == [
        "first_review", "second_review", "third_review", "secrecy_review", "signing",
    ]  # fmt: skip
    assert told["reviews"][-1].keys() >= {"returned_to", "on_behalf_of_name", "secrecy", "proof"}
    assert told["item"]["answer_format"] == told["published"]["answer_format"] == "plain"
    assert {one["format"] for one in told["drafts"]} == {"plain"}
    assert told["published"]["changes"][0]["answer_format"] == "plain"
    assert told["judgements"][0]["reason"] == "影响面大"
    assert told["published"]["changes"][0]["kind"] == "correct"
    assert told["trail"][0]["action"] == "open"
    call, report = sorted(told["sources"], key=lambda one: one["id"])
    assert "还在打桩" in call["body"]
    assert report["withheld"]
    assert not {"title", "body"} & report.keys()
    beside = b"".join(content for name, content in members.items() if "drafts/0" not in name)
    for hidden in (PHONE, CALLER, "13987654321", "收礼"):
        assert hidden not in beside.decode()
    # By a page, for whoever keeps the archive; by a command, onto the disk.
    people.sign_in(client, people.press_officer)
    assert "导出归档文件" in client.get(f"/responses/{item.id}").text
    with client.get(f"/responses/{item.id}/archive.zip") as answer:
        assert answer.data == whole
        assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/responses/4711/archive.zip").status_code == 404
    for role in Role:
        if "archive" not in permissions_of([role]):
            people.sign_in(client, people.holding(role))
            assert client.get(f"/responses/{item.id}/archive.zip").status_code == 403, role
    run = client.application.test_cli_runner().invoke
    path = tmp_path / "回应事项.zip"
    made = run(args=["responses", "archive", str(item.id), "--out", str(path), "--json"])
    digest = json.loads(made.stdout)["manifest_sha256"]
    assert path.read_bytes() == whole
    again = run(args=["responses", "archive", str(item.id), "--out", str(path)])
    assert "不会覆盖" in str(again.exception)
    verified = run(args=["responses", "verify", str(path), "--digest", digest.upper(), "--json"])
    assert (verified.exit_code, json.loads(verified.stdout)["whole"]) == (0, True)
    other = run(args=["responses", "verify", str(path), "--digest", "0" * 64])
    assert (other.exit_code, "不符" in other.stdout) == (DONE_WITH_REFUSALS, True)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]  # nothing half-written is left


def test_reviews_say_how_and_for_whom_and_comments_are_kept(people):
    """Of what a review holds and a comment got, all is told; phone numbers are hidden."""
    item = ResponseItem(
        reviews=[
            Review(
                round=1, step=ItemState.SIGNING, approved=False, comment="", at=NOW,
                returned_to=ItemState.SECRECY_REVIEW, reviewer_name="代办人",
                on_behalf_of_name="签发人", secrecy={"state": False}, proof="code",
            )
        ],
        comments=[
            PassageComment(
                draft_number=2, quote="第一段", body=f"电话{PHONE}不宜写", author_name="初审",
                made_at=NOW, settled_at=NOW, settled_by_name="拟稿人", reply="已删去",
            )
        ],
    )  # fmt: skip
    [review] = PARTS["reviews"](db.session, item)
    told = (review["returned_to"], review["on_behalf_of_name"], review["secrecy"], review["proof"])
    assert told == (ItemState.SECRECY_REVIEW, "签发人", {"state": False}, "code")
    [comment] = PARTS["comments"](db.session, item)
    assert (comment["draft_number"], comment["reply"]) == (2, "已删去")
    assert PHONE not in comment["body"]


def test_what_is_not_out_has_no_archive(session, people):
    with pytest.raises(WrongState, match="还没有发布"):
        service.write_archive(session, brought_to(ItemState.SIGNED), BytesIO())


def test_json_is_the_same_for_the_same_value_and_knows_its_kinds():
    assert as_json({"b": Fault.ADDED, "a": NOW}) == as_json({"a": NOW, "b": Fault.ADDED})
    with pytest.raises(TypeError, match="no JSON form"):
        as_json({"a": CONSOLE})
