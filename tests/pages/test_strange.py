"""Texts as people really write them, everywhere at once: no page, export or Word file breaks."""

from __future__ import annotations

import json
import shutil
import subprocess
from io import BytesIO
from xml.etree import ElementTree

import docx
import icalendar
import pytest
import python_calamine

from responder.web.media_types import XLSX
from tests.pages.conftest import Readers
from tools import markup, pages, strange

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKUP = "<b onclick"


@pytest.fixture(scope="module")
def app(opened):
    return opened(strange.disturb)


@pytest.fixture(scope="module")
def answers(app):
    """What every file, feed and part of the product says."""
    readers = Readers(app)
    return {page.name: readers.get(page) for page in pages.pages(app, pages.OTHERS)}


def test_pages_stay_pages(app) -> None:
    readers, faults = Readers(app), {}
    for page in pages.pages(app):
        answer = readers.get(page)
        found = markup.faults(answer.text, "zh-Hans")
        if answer.status_code != 200 and not page.name.startswith("/"):
            found.append(f"answers {answer.status_code}")
        if MARKUP in answer.text:
            found.append("what somebody wrote is read as markup")
        if found:
            faults[page.name] = found
    assert faults == {}


def test_files_open_and_say_what_was_written(answers) -> None:
    read = {
        XLSX: lambda data: json.dumps(
            [
                sheet.to_python()
                for book in [python_calamine.load_workbook(BytesIO(data))]
                for sheet in map(book.get_sheet_by_index, range(len(book.sheet_names)))
            ],
            ensure_ascii=False,
            default=str,
        ),
        WORD: lambda data: "".join(docx.Document(BytesIO(data)).element.itertext()),
        "application/atom+xml": lambda data: "".join(ElementTree.fromstring(data).itertext()),
        "application/feed+json": lambda data: str(json.loads(data)),
        "text/calendar": lambda data: icalendar.Calendar.from_ical(data).to_ical().decode(),
        "text/csv": lambda data: data.decode("utf-8-sig"),
    }
    opened = {
        name: read[answer.mimetype](answer.data)
        for name, answer in answers.items()
        if answer.mimetype in read and answer.status_code == 200
    }
    assert {answer.mimetype for answer in answers.values()} >= set(read) - {"text/csv"}
    silent = {
        name for name, text in opened.items() if not any(piece in text for piece in strange.FOREIGN)
    }
    assert {name for name in silent if not name.endswith(("_errors", "template"))} == COMPOSED


COMPOSED = {"documents.export"}  # says what was written when it was composed


def test_libreoffice_opens_the_word_files(answers, tmp_path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("no LibreOffice on this machine")
    files = [
        tmp_path / f"{number}.docx"
        for number, answer in enumerate(answers.values())
        if answer.mimetype == WORD and (tmp_path / f"{number}.docx").write_bytes(answer.data)
    ]
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "txt:Text", "--outdir", tmp_path, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    assert {file.stem for file in files} == {file.stem for file in tmp_path.glob("*.txt")}
