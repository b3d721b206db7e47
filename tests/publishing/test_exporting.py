"""The column as files: whole, linked by name, like the live one; and feeds that validate."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from urllib.request import urlopen
from xml.etree import ElementTree

import feedparser
import pytest
from flask import current_app
from sqlalchemy import select, text

from responder.core.database import db
from responder.core.errors import Invalid
from responder.publishing import exporting
from responder.publishing.models import ChangeKind
from responder.publishing.packages.released import Attachment
from responder.settings import Settings
from tests.factories import NOW
from tests.publishing.factories import ANSWER, CORRECTED, changed, published
from tests.publishing.packages.factories import TITLE, released_with_files, take
from tests.responses.pages import HTML, strict

SITE = "https://www.example.gov.cn/huiying/"
ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def column() -> None:
    """A column with one of each: corrected, replaced, withdrawn, untouched."""
    one, two, three, four = (published(title=f"第{n}条回应") for n in "一二三四")
    changed(one)
    changed(two, ChangeKind.REPLACE, note="有新进展。", replacement=four.index_number)
    changed(three, ChangeKind.WITHDRAW, note="另行处理。")


def export(folder: Path) -> exporting.Exported:
    return exporting.export(db.session, folder, SITE, Settings())


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """``python -m http.server`` on a folder; yields its address."""
    command = [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--directory", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    try:
        said = process.stdout.readline()
        yield re.search(r"http://\S+/", said)[0]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def check_atom(data: bytes) -> None:
    """What RFC 4287 requires of a feed and of each entry."""
    parsed = feedparser.parse(data)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    feed = ElementTree.fromstring(data)
    entries = feed.findall(f"{ATOM}entry")
    ids = []
    for one in (feed, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"{ATOM}{name}")) == 1, name
        assert one.findtext(f"{ATOM}title").strip()
        moments = [
            m.text for m in (*one.findall(f"{ATOM}updated"), *one.findall(f"{ATOM}published"))
        ]
        assert all(datetime.fromisoformat(moment).tzinfo for moment in moments)
        assert one.findtext(f"{ATOM}author/{ATOM}name")
        ids.append(one.findtext(f"{ATOM}id"))
        assert urlsplit(ids[-1]).scheme == "tag"
        for link in one.findall(f"{ATOM}link"):
            assert urlsplit(link.get("href")).netloc
    assert len(set(ids)) == len(ids)
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")].count("self") == 1
    for entry in entries:
        alternates = [one for one in entry.findall(f"{ATOM}link") if one.get("rel") == "alternate"]
        assert len(alternates) == 1


def check_json_feed(data: bytes) -> None:
    """What JSON Feed 1.1 requires."""
    feed = json.loads(data)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    for name in ("home_page_url", "feed_url"):
        assert urlsplit(feed[name]).netloc
    assert all(author["name"] for author in feed["authors"])
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert urlsplit(item["url"]).netloc
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo


def check_sitemap(data: bytes, site: str) -> list[str]:
    """The rules of sitemaps.org; the addresses it names."""
    root = ElementTree.fromstring(data)
    assert root.tag == f"{SITEMAP}urlset"
    assert len(data) < 50 * 1024 * 1024
    found = []
    for url in root:
        assert url.tag == f"{SITEMAP}url"
        names = [child.tag.removeprefix(SITEMAP) for child in url]
        assert names in (["loc"], ["loc", "lastmod"])
        location = url.findtext(f"{SITEMAP}loc")
        assert location.startswith(site)
        assert len(location) < 2048
        if moment := url.findtext(f"{SITEMAP}lastmod"):
            assert datetime.fromisoformat(moment).tzinfo
        found.append(location)
    assert 0 < len(found) <= 50_000
    assert len(set(found)) == len(found)
    return found


@pytest.mark.parametrize("filled", [True, False])
def test_the_live_feeds_and_the_sitemap_validate(client, filled):
    if filled:
        column()
    check_atom(client.get("/concerns/feed.xml").data)
    check_json_feed(client.get("/concerns/feed.json").data)
    answer = client.get("/concerns/sitemap.xml")
    for address in check_sitemap(answer.data, "http://localhost/"):
        assert client.get(address).status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("filled", [True, False])
def test_the_export_is_served_without_a_broken_link_and_as_strict_as_the_live_column(
    session, tmp_path, filled, monkeypatch
):
    if filled:
        column()
    monkeypatch.setattr(exporting, "ENTRIES_A_PAGE", 3)
    folder = tmp_path / "site" / "deep" / "column"
    done = export(folder)
    with served(tmp_path / "site") as root:
        base = f"{root}deep/column/"
        seen, waiting = set(), [base]
        while waiting:
            address = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            with urlopen(address) as answer:  # raises on a broken link
                kind, data = answer.headers["Content-Type"], answer.read()
            if "html" not in kind:
                continue
            page = strict(data.decode())
            for tag, name in (("a", "href"), ("link", "href"), ("img", "src"), ("form", "action")):
                for element in page.iter(f"{HTML}{tag}"):
                    link = element.get(name, "").partition("#")[0]
                    assert not link.startswith("/"), link
                    target = urljoin(address, link)
                    assert target.startswith(base), link
                    waiting.append(target)
        names = {urlsplit(address).path.rpartition("/")[2] for address in seen}
        unlinked = {"sitemap.xml"}
        assert {path.name for path in folder.iterdir()} - {exporting.MARK} <= names | unlinked
        for name, check in (("feed.xml", check_atom), ("feed.json", check_json_feed)):
            with urlopen(base + name) as answer:
                check(answer.read())
        with urlopen(base + "sitemap.xml") as answer:
            for address in check_sitemap(answer.read(), SITE):
                assert urlopen(address.replace(SITE, base)).status == 200
    assert done.entries == (4 if filled else 0)


def test_an_export_says_what_the_live_column_says(session, client, tmp_path):
    column()
    export(tmp_path / "column")
    texts = {path.name: path.read_text("utf-8") for path in (tmp_path / "column").glob("*.html")}
    assert len(texts) == 6  # one lists the interpretations, of which there are none
    for address in re.findall(r'href="(/concerns/\d+)"', client.get("/concerns").text):
        live = strict(client.get(address).text).find(f".//{HTML}article")
        file = strict(texts[f"entry-{address.rpartition('/')[2]}.html"]).find(f".//{HTML}article")
        assert "".join(file.itertext()) == "".join(live.itertext())
    whole = "".join(texts.values())
    assert CORRECTED in whole
    assert ANSWER in whole


def test_an_earlier_export_is_replaced_as_a_whole_and_nothing_else_is(session, tmp_path):
    published()
    export(tmp_path / "column")
    (tmp_path / "column" / "entry-999.html").write_text("gone by now")
    export(tmp_path / "column")
    assert not (tmp_path / "column" / "entry-999.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["column"]
    assert (tmp_path / "column").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "column" / "index.html").stat().st_mode & 0o777 == 0o644
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("mine")
    with pytest.raises(Invalid, match="不会覆盖"):
        export(tmp_path / "home")
    assert (tmp_path / "home" / "letter.txt").read_text() == "mine"
    with pytest.raises(Invalid, match="地址"):
        exporting.export(session, tmp_path / "other", "", Settings())


def test_an_export_that_fails_leaves_the_earlier_one(session, tmp_path, monkeypatch):
    published()
    export(tmp_path / "column")
    before = (tmp_path / "column" / "index.html").read_bytes()

    def broken(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exporting, "sitemap_of", broken)
    with pytest.raises(Invalid, match="磁盘已满"):
        export(tmp_path / "column")
    assert (tmp_path / "column" / "index.html").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["column"]


def test_an_export_killed_between_its_last_steps_is_put_right(session, tmp_path):
    published()
    export(tmp_path / "column")
    (tmp_path / "column").rename(tmp_path / ".column.old")
    export(tmp_path / "column")
    assert [path.name for path in tmp_path.iterdir()] == ["column"]


def test_a_link_to_the_folder_stays_and_leads_to_the_new_export(session, tmp_path):
    published()
    (tmp_path / "real").mkdir()
    (tmp_path / "column").symlink_to("real")
    (tmp_path / ".real.old").symlink_to("nowhere")
    for _twice in range(2):
        export(tmp_path / "column")
        assert (tmp_path / "column").is_symlink()
        assert (tmp_path / "real" / "index.html").exists()
        assert {path.name for path in tmp_path.iterdir()} == {"column", "real"}


def test_a_mount_point_is_refused_in_plain_words(session):
    with pytest.raises(Invalid, match="挂载点"):
        export(Path("/dev/shm"))


def test_the_command_exports(app, tmp_path):
    published()
    said = app.test_cli_runner().invoke(
        args=["publishing", "export", str(tmp_path / "c"), "--address", SITE, "--json"]
    )
    assert said.exit_code == 0, said.output
    assert json.loads(said.output)["entries"] == 1
    assert NOW.isoformat() in (tmp_path / "c" / "feed.json").read_text("utf-8")


def export_here(folder: Path) -> exporting.Exported:
    """With the files of this installation."""
    settings = current_app.extensions["settings"]
    return exporting.export(db.session, folder, SITE, settings)


def test_public_attachments_are_exported_and_linked(app, tmp_path):
    released_with_files("附件一.pdf")
    folder = tmp_path / "column"
    export_here(folder)
    [attachment] = db.session.scalars(select(Attachment))
    name = f"attachment-{attachment.id}.pdf"
    assert (folder / name).read_text("utf-8") == "%PDF-1.7 内容：附件一.pdf"
    assert name in (folder / f"document-{attachment.document_id}.html").read_text("utf-8")


def test_a_file_of_a_kind_that_is_not_taken_is_neither_exported_nor_linked(app, tmp_path, client):
    """From before kinds were asked."""
    released_with_files("附件一.pdf", "附件二.pdf")
    db.session.execute(
        text("UPDATE policy_attachment SET name = 'evil.exe' WHERE name = '附件二.pdf'")
    )
    db.session.commit()
    db.session.expire_all()
    folder = tmp_path / "column"
    export_here(folder)
    [first, second] = db.session.scalars(select(Attachment).order_by(Attachment.id))
    assert [path.name for path in folder.glob("attachment-*")] == [f"attachment-{first.id}.pdf"]
    assert "evil" not in (folder / f"document-{first.document_id}.html").read_text("utf-8")
    assert client.get(f"/interpretations/attachments/{second.id}").status_code == 404


@pytest.mark.parametrize("harm", ["lost", "cut", "other"])
def test_an_attachment_without_its_content_keeps_the_earlier_export_and_is_named(
    app, people, tmp_path, harm
):
    package = released_with_files("附件一.pdf", "附件二.pdf")
    folder = tmp_path / "column"
    export_here(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    [_whole, broken] = db.session.scalars(select(Attachment).order_by(Attachment.id))
    root = app.extensions["settings"].package_files
    stored = root / broken.digest
    content = stored.read_bytes()
    stored.unlink()
    if harm == "cut":
        stored.write_bytes(content[:-1])
    if harm == "other":
        stored.write_bytes(b"MZ" + content[2:])
    with pytest.raises(Invalid, match="附件二") as refused:
        export_here(folder)
    for said in (TITLE, broken.digest, str(root), "从备份"):
        assert said in refused.value.message
    assert "附件一" not in refused.value.message
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir() if "column" in path.name] == ["column"]
    # Either way out that the message names is one.
    stored.write_bytes(content)
    export_here(folder)
    stored.unlink()
    take(package, "withdraw", people.signer, "附件遗失，现予撤回。")
    export_here(folder)
    assert not list(folder.glob("attachment-*"))
