"""Files put into a watched folder."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import python_calamine
from sqlalchemy import select

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.permissions import CONSOLE
from responder.intake.imports.importing import Watch
from responder.intake.models import BatchState, ImportBatch
from responder.sources import collecting, folders, service
from responder.sources.kinds import FolderSettings
from responder.sources.models import Kind, Source, SourceState
from tests.factories import NOW
from tests.intake.factories import row, write_xlsx
from tests.sources.factories import app_settings, runs, source, stored, turn_folders

MINUTE = timedelta(minutes=1)
GOOD = "编号,标题,内容,时间\n1,停水,停水三天,2026-11-01 10:00\n2,停电,停电两天,2026-11-02 10:00\n"


@pytest.fixture
def watched(session, tmp_path: Path) -> Folder:
    return Folder(tmp_path / "inbox" / "热线")


class Folder:
    """A watched folder, looked at minute by minute."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root = path.parent
        self.now: datetime = NOW
        path.mkdir(parents=True)
        self.source: Source = source(Kind.FOLDER, {"folder": "热线"}, interval_minutes=1)

    def look(self, times: int = 1) -> None:
        for _time in range(times):
            assert turn_folders(self.now, source_folder_roots=str(self.root)) == 1
            self.now += MINUTE

    def names(self, part: str = "") -> list[str]:
        return sorted(entry.name for entry in (self.path / part).iterdir() if entry.is_file())


def test_a_file_is_imported_and_put_away(watched, session) -> None:
    (watched.path / "十一月.csv").write_text(GOOD, "utf-8")
    watched.look(2)
    assert [message.title for message in stored()] == ["停水", "停电"]
    assert (watched.names(), watched.names("done")) == ([], ["十一月.csv"])
    assert (watched.names("working"), watched.names("failed")) == ([], [])
    made = watched.source
    assert (made.state, made.fetched, made.created) == (SourceState.ACTIVE, 2, 2)
    assert runs(made)[-1].note == "十一月.csv：2 行，新增 2，重复 0"
    batch = session.scalars(select(ImportBatch)).one()
    assert (batch.file_name, batch.state) == ("十一月.csv", BatchState.DONE)


def test_the_same_file_again_brings_nothing_new_and_displaces_nothing(watched) -> None:
    for _time in range(2):
        (watched.path / "a.csv").write_text(GOOD, "utf-8")
        watched.look(2)
    assert len(stored()) == 2
    assert watched.source.repeated == 2
    assert watched.names("done") == ["a.20261120-090300-1.csv", "a.csv"]


def test_a_file_that_still_grows_is_left_alone(watched) -> None:
    """Also one whose time of change is kept as it was by whoever copies it."""
    path = watched.path / "a.csv"
    for size in (10, 20, len(GOOD)):
        path.write_text(GOOD[:size], "utf-8")
        os.utime(path, (0, 0))
        watched.look()
    assert (stored(), watched.names()) == ([], ["a.csv"])
    watched.look()
    assert len(stored()) == 2


def test_names_of_files_under_way_and_links_are_passed_over(watched, tmp_path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(GOOD, "utf-8")
    (watched.path / "link.csv").symlink_to(outside)
    (watched.path / "sub").mkdir()
    for name in (".hidden.csv", "~$a.xlsx", "a.csv.part", "b.csv.TMP"):
        (watched.path / name).write_text(GOOD, "utf-8")
    watched.look(3)
    assert stored() == []
    assert outside.exists()
    assert len(watched.names()) == 5


def test_returned_rows_lie_in_a_workbook(watched) -> None:
    write_xlsx(watched.path / "a.xlsx", [row(1), row(2, 时间="不知道"), row(3)])
    watched.look(2)
    assert (len(stored()), watched.names("done")) == (2, ["a.xlsx"])
    assert watched.names("failed") == ["a-退回.xlsx"]
    book = python_calamine.load_workbook(watched.path / "failed/a-退回.xlsx")
    assert len(book.get_sheet_by_index(0).to_python()) == 2
    assert "退回 1（见 failed/a-退回.xlsx）" in runs(watched.source)[-1].note
    assert watched.source.refused == 1


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"x,y\n1,2\n", "缺少列"),
        ("b.docx", b"PK\x03\x04", "b.docx"),
        ("c.xlsx", b"", "c.xlsx"),
    ],
)
def test_a_file_that_cannot_be_read_lies_beside_the_reason(
    watched, name: str, content: bytes, reason: str
) -> None:
    (watched.path / name).write_bytes(content)
    (watched.path / "z.csv").write_text(GOOD, "utf-8")
    watched.look(2)
    assert watched.names("failed") == sorted([name, f"{name}.原因.txt"])
    assert reason in (watched.path / f"failed/{name}.原因.txt").read_text("utf-8")
    assert watched.names("done") == ["z.csv"]


def test_an_import_that_was_interrupted_goes_on(watched, monkeypatch) -> None:
    (watched.path / "a.csv").write_text(GOOD, "utf-8")
    watched.look()
    monkeypatch.setattr(collecting, "_still_ours", lambda *_arguments: lambda: False)
    watched.look()
    assert (stored(), watched.names("working")) == ([], ["a.csv"])
    monkeypatch.undo()
    watched.look()
    assert (len(stored()), watched.names("done")) == (2, ["a.csv"])


def test_a_process_that_ends_leaves_a_file_after_its_portion(watched) -> None:
    (watched.path / "a.csv").write_text(GOOD, "utf-8")
    watched.look()
    settings = app_settings(source_folder_roots=str(watched.root), import_chunk_rows=1)
    asked = iter([True, True, True])  # the folder, the file, its first row

    def goes_on() -> bool:
        return next(asked, False)

    assert collecting.import_folders(watched.now, settings, goes_on) == 1
    assert [message.title for message in stored()] == ["停水"]
    assert watched.names("working") == ["a.csv"]
    db.session.expire_all()
    assert runs(watched.source)[-1].note == "a.csv：停在第 1 行，下次从这里接着导入"
    assert collecting.import_folders(watched.now, settings) == 1  # at once, by the next process
    assert ([m.title for m in stored()], watched.names("done")) == (["停水", "停电"], ["a.csv"])


def test_a_source_paused_meanwhile_leaves_a_file_until_it_is_resumed(watched, monkeypatch) -> None:
    (watched.path / "a.csv").write_text(GOOD, "utf-8")
    watched.look()
    importing = folders.import_file

    def pausing(request, actor, settings, now, watch):
        first = iter([False])

        def goes_on() -> bool:
            if not next(first, True):
                return watch.goes_on()
            with transaction(CONSOLE, NOW) as session:
                service.pause(service.get(session, watched.source.id))
            return watch.goes_on()

        return importing(request, actor, settings, now, Watch(goes_on=goes_on))

    monkeypatch.setattr(folders, "import_file", pausing)
    settings = app_settings(source_folder_roots=str(watched.root), import_chunk_rows=1)
    collecting.import_folders(watched.now, settings)
    db.session.expire_all()
    assert ([m.title for m in stored()], watched.names("working")) == (["停水"], ["a.csv"])
    assert (watched.source.state, watched.source.claim) == (SourceState.PAUSED, None)
    monkeypatch.undo()
    with transaction(CONSOLE, NOW) as session:
        service.resume(service.get(session, watched.source.id), watched.now)
    watched.look()
    assert ([m.title for m in stored()], watched.names("done")) == (["停水", "停电"], ["a.csv"])


def test_a_folder_that_cannot_be_read_is_told(watched) -> None:
    (watched.path / "working").write_text("", "utf-8")
    watched.look()
    assert (watched.source.state, watched.source.errors) == (SourceState.FAILING, 1)
    assert "无法写入" in watched.source.last_error


def test_a_folder_that_has_become_a_link_outside_is_refused(watched, tmp_path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.csv").write_text(GOOD, "utf-8")
    watched.path.rmdir()
    watched.path.symlink_to(elsewhere)
    watched.look()
    assert "文件夹须在" in watched.source.last_error
    assert list(elsewhere.iterdir()) == [elsewhere / "a.csv"]


@pytest.mark.parametrize(
    "folder", ["../x", "a/../../x", "/etc", "/", ".", "link/x", "a\\..\\x/../.."]
)
def test_names_do_not_lead_out_of_the_roots(app, tmp_path, folder: str) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox/link").symlink_to("/etc")
    settings = app_settings(state_dir=tmp_path)
    with pytest.raises((Invalid, ValueError)):
        folders.locate(FolderSettings(folder=folder), settings)


def test_the_roots_are_the_inbox_or_what_is_listed(app, tmp_path) -> None:
    inbox = app_settings(state_dir=tmp_path)
    assert folders.locate(FolderSettings(folder="热线"), inbox) == tmp_path / "inbox/热线"
    listed = app_settings(source_folder_roots=f"{tmp_path / 'a'}, {tmp_path / 'b'}")
    assert folders.locate(FolderSettings(folder="x"), listed) == tmp_path / "a/x"
    assert folders.locate(FolderSettings(folder=f"{tmp_path}/b/x"), listed) == tmp_path / "b/x"
