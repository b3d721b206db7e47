"""``make translations``: bring the catalogues up to date with the source.

Simplified Chinese is the source. Traditional is converted by OpenCC, then corrected by
``zh_Hant.toml``; English is written by hand in its .po file. Labels that stand in tables
(roles, channels, states, actions) are collected from the tables themselves.

The same source gives the same bytes: the files carry no date and no version.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import responder
from responder import create_app
from responder.core import privacy
from responder.deadlines import views as deadlines
from responder.errands.kinds import all_kinds
from responder.intake.imports import undo
from responder.openness.assessment.measures import MEASURES
from responder.planning.briefing.answers import STANDINGS
from responder.planning.briefing.pack import CAPTIONS
from responder.planning.briefing.words import EXPLAINED
from responder.publishing.after.service import CAPTIONS as AFTER_CAPTIONS
from responder.publishing.after.service import SIDES
from responder.reports.documents.kinds import KINDS
from responder.reports.statistics.figure import Section
from responder.reports.statistics.registry import FIGURES
from responder.responses import helpers as responses
from responder.responses.service import SECRECY_QUESTIONS
from responder.settings import Settings
from responder.web.errors import SENTENCES
from responder.web.languages import PLACE
from responder.web.scripts import traditional
from responder.web.trail import COMMON_DEEDS, COMMON_FIELDS, Kind
from tools.lifecycles import lifecycles
from tools.sentences import sentences

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "responder" / "translations"
LOCALES = ("zh_Hant", "en")
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS = {"templates/**.html": {"silent": "false"}}  # a broken template must not lose its strings
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
# Tables of words that are not called labels; whatever is, is found by its name.
OTHER_TABLES = (
    AFTER_CAPTIONS,
    CAPTIONS,
    COMMON_DEEDS,
    COMMON_FIELDS,
    EXPLAINED,
    SECRECY_QUESTIONS,
    SENTENCES,
    SIDES,
    STANDINGS,
    deadlines.GROUPS,
    deadlines.STARTS,
    deadlines.STOPS,
    responses.REVIEW_STEPS,
)
HEADER = """\
# Written by tools/translations.py: run ``make translations`` after a change of the source."""

# A message's id or translation: one text, or a tuple of one for each number.
Texts = Any


class PlainCatalog(Catalog):
    """A catalogue whose header changes only with the language."""

    def __init__(self, locale: str | None = None) -> None:
        super().__init__(locale, header_comment=HEADER, fuzzy=False)

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        headers = {
            "Project-Id-Version": "Responder",
            "Language": str(self.locale_identifier or ""),
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=utf-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": f"{self.plural_forms}\n",
        }
        return list(headers.items())


def main() -> None:
    template = extract()
    for locale in LOCALES:
        catalog = translated(locale, template)
        write(locale, catalog)
        missing = untranslated(catalog)
        print(f"{locale}: {len(catalog)} strings, {len(missing)} without translation")
        for text in missing[:20]:
            print(f"  {text}")


def extract() -> Catalog:
    """Every visible string of the source, from code, templates and tables."""
    catalog = PlainCatalog()
    found = extract_from_dir(ROOT / "responder", METHODS, OPTIONS, KEYWORDS)
    for _path, _line, message, _comments, _context in found:
        catalog.add(_counted(message))
    for text in table_labels():
        catalog.add(text)
    return catalog


def _counted(message: Texts) -> Texts:
    """A sentence that counts has a form for each number (``responder.web.languages``)."""
    is_counted = isinstance(message, str) and PLACE in message
    return (message, message) if is_counted else message


def table_labels() -> list[str]:
    """Labels that stand in tables of the code, in a fixed order."""
    tables: list[Mapping[Any, str]] = [*OTHER_TABLES, *labels()]
    texts = [text for table in tables for text in table.values()]
    texts += [kind.label for kind in KINDS.values()]
    texts += map(str, Section)
    for figure in FIGURES:
        texts += [figure.name, figure.measure, figure.meaning]
    for lifecycle in lifecycles():
        texts += lifecycle.states.values()
        texts += [transition.label for transition in lifecycle.transitions]
    texts += [kind.label for kind in privacy.KINDS]
    for kind in trail_kinds():
        texts += [kind.label, *kind.deeds.values(), *kind.fields.values()]
    texts += undo.labels()
    texts += sentences()
    texts += errand_labels()
    for measure in MEASURES.values():
        texts += [measure.name, measure.meaning]
    return list(dict.fromkeys(texts))


def labels() -> Iterator[Mapping[Any, str]]:
    """Every table of the product whose name ends in LABELS: what its codes are called."""
    for module in pkgutil.walk_packages(responder.__path__, "responder."):
        if "migrations" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(import_module(module.name)).items():
            if name.endswith("LABELS") and isinstance(value, Mapping):
                # What is lazy is marked in the source, and found there.
                yield {code: text for code, text in value.items() if type(text) is str}


def trail_kinds() -> list[Kind]:
    """How the capabilities call their records in the audit trail."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(state_dir=Path(folder)))
    return list(app.extensions["trail"].values())


def errand_labels() -> list[str]:
    """How the capabilities call what they do behind the page."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(state_dir=Path(folder)))
    return [kind.label for kind in all_kinds(app)]


def translated(locale: str, template: Catalog) -> Catalog:
    """The template in a language: converted, or with the translations held so far."""
    translate = converter() if locale == "zh_Hant" else held(locale).get
    catalog = PlainCatalog(locale)
    for message in template:
        if message.id:
            catalog.add(message.id, translate(message.id))
    return catalog


def held(locale: str) -> dict[Texts, Texts]:
    """Text → translation, as the .po file has them."""
    path = po_path(locale)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {message.id: message.string for message in read_po(file, locale) if message.id}


def converter() -> Callable[[Texts], Texts]:
    """Simplified to Traditional, exceptions included."""

    def convert(source: Texts) -> Texts:
        if not isinstance(source, str):
            return (convert(source[-1]),)  # Chinese has one form for every number
        return traditional(source)

    return convert


def untranslated(catalog: Catalog) -> list[Texts]:
    """What has no translation, or lacks one of its forms."""
    return [
        message.id
        for message in catalog
        if message.id
        and not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def po_path(locale: str) -> Path:
    return FOLDER / locale / "LC_MESSAGES" / "messages.po"


def write(locale: str, catalog: Catalog) -> None:
    """Store the catalogue in both its forms."""
    path = po_path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, sort_output=True, no_location=True, width=100)
    path.with_suffix(".mo").write_bytes(compiled(catalog))


if __name__ == "__main__":
    main()
