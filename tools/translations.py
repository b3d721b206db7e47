"""``make translations``: bring the catalogues up to date with the source.

Simplified Chinese is the source. Traditional is converted by OpenCC, then corrected by
``zh_Hant.toml``; English is written by hand in its .po file. Labels that stand in tables
(roles, channels, states, actions) are collected from the tables themselves.
"""

from __future__ import annotations

import sys
import tomllib
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

from responder.core.clocks import UNIT_LABELS
from responder.core.lifecycle import Lifecycle
from responder.core.permissions import ROLE_LABELS
from responder.intake.models import CHANNEL_LABELS, NATURE_LABELS
from responder.planning.lifecycle import PRESS_EVENT
from responder.planning.models import FORM_LABELS
from responder.responses.lifecycle import RESPONSE_ITEM
from responder.responses.models import LEVEL_LABELS

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "responder" / "translations"
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
LABELS = (CHANNEL_LABELS, FORM_LABELS, LEVEL_LABELS, NATURE_LABELS, ROLE_LABELS, UNIT_LABELS)
LIFECYCLES: tuple[Lifecycle, ...] = (PRESS_EVENT, RESPONSE_ITEM)


def main() -> None:
    template = extract()
    for locale in ("zh_Hant", "en"):
        catalog = _held(locale)
        catalog.update(template, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        if locale == "zh_Hant":
            _convert(catalog)
        missing = [m.id for m in catalog if m.id and not m.string]
        _write(locale, catalog)
        print(f"{locale}: {len(catalog)} strings, {len(missing)} without translation")
        for text in missing[:20]:
            print(f"  {text}")
    sys.exit(0)


def extract() -> Catalog:
    """Every visible string of the source, from code, templates and tables."""
    catalog = Catalog(project="Responder", charset="utf-8")
    found = extract_from_dir(ROOT / "responder", METHODS, keywords=KEYWORDS)
    for _path, _line, message, _comments, _context in found:
        catalog.add(message)
    for text in table_labels():
        catalog.add(text)
    return catalog


def table_labels() -> list[str]:
    """Labels that stand in tables of the code, in a fixed order."""
    texts = [text for table in LABELS for text in table.values()]
    for lifecycle in LIFECYCLES:
        texts += lifecycle.states.values()
        texts += [transition.label for transition in lifecycle.transitions]
    return list(dict.fromkeys(texts))


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def _held(locale: str) -> Catalog:
    path = FOLDER / locale / "LC_MESSAGES" / "messages.po"
    if not path.exists():
        return Catalog(locale=locale, project="Responder", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def _convert(catalog: Catalog) -> None:
    exceptions = tomllib.loads((FOLDER / "zh_Hant.toml").read_text("utf-8"))["words"]
    convert = OpenCC("s2t").convert
    for message in catalog:
        if message.id:
            text = convert(str(message.id))
            for word, better in exceptions.items():
                text = text.replace(word, better)
            message.string = text


def _write(locale: str, catalog: Catalog) -> None:
    folder = FOLDER / locale / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "messages.po").open("wb") as file:
        write_po(file, catalog, sort_output=True, omit_header=False, no_location=True, width=100)
    (folder / "messages.mo").write_bytes(compiled(catalog))


if __name__ == "__main__":
    main()
