"""``make translations``: bring the catalogues up to date with the source.

Simplified Chinese is the source. Traditional is converted by OpenCC, then corrected by
``zh_Hant.toml``; English is written by hand in its .po file. Labels that stand in tables
(roles, channels, states, actions) are collected from the tables themselves.

The same source gives the same bytes: the files carry no date and no version.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from opencc import OpenCC

from responder import create_app
from responder.accounts.proofs import METHOD_LABELS as PROOF_LABELS
from responder.accounts.token_models import SCOPE_LABELS
from responder.alerts.models import KIND_LABELS as ALERT_KIND_LABELS
from responder.core import privacy
from responder.core.clocks import UNIT_LABELS
from responder.core.lifecycle import Lifecycle
from responder.core.permissions import ROLE_LABELS
from responder.deadlines import views as deadlines
from responder.intake.imports import undo
from responder.intake.imports.fields import FIELD_LABELS as COLUMN_LABELS
from responder.intake.imports.lifecycle import IMPORT_RUN
from responder.intake.models import CHANNEL_LABELS, NATURE_LABELS
from responder.intake.searching.wanted import ORDER_LABELS, REPEATS_LABELS
from responder.orders.lifecycle import WORK_ORDER
from responder.orders.models import PART_LABELS as UNIT_PART_LABELS
from responder.orders.models import REFUSAL_LABELS, SATISFACTION_LABELS
from responder.planning.briefing.answers import STANDINGS
from responder.planning.briefing.pack import CAPTIONS, FACT_LABELS
from responder.planning.briefing.words import EXPLAINED
from responder.planning.calendars.ical_importing import OUTCOME_LABELS
from responder.planning.calendars.rules import VIEW_LABELS
from responder.planning.events.lifecycle import PRESS_EVENT
from responder.planning.events.models import FILE_KIND_LABELS
from responder.planning.events.models import REPLY_LABELS as MEDIA_REPLY_LABELS
from responder.planning.models import ENTRY_STATE_LABELS, FORM_LABELS, SPEAKER_RANK_LABELS
from responder.planning.plans.lifecycle import PLAN_ENTRY, RELEASE_PLAN
from responder.planning.plans.models import CHANGE_LABELS, COUNTED_RANK_LABELS, PERIOD_LABELS
from responder.planning.plans.rules import (
    FIGURE_LABELS,
    GROUPING_LABELS,
    PROGRESS_LABELS,
    TIMING_LABELS,
)
from responder.publishing.after.models import EFFECT_LABELS
from responder.publishing.after.service import CAPTIONS as AFTER_CAPTIONS
from responder.publishing.after.service import SIDES
from responder.publishing.bundles.lifecycle import BUNDLE
from responder.publishing.changing.lifecycle import ENTRY_CHANGE
from responder.publishing.changing.lifecycle import FIELD_LABELS as CHANGED_FIELD_LABELS
from responder.publishing.channels.models import CHANNEL_LABELS as POST_CHANNEL_LABELS
from responder.publishing.channels.service import TEXT_LABELS
from responder.publishing.models import CHANGE_LABELS as ENTRY_CHANGE_LABELS
from responder.publishing.packages.lifecycle import PACKAGE
from responder.publishing.packages.models import DUTY_LABELS, GATE_LABELS
from responder.publishing.packages.models import LEVEL_LABELS as DOCUMENT_LEVEL_LABELS
from responder.publishing.ratings.models import VERDICT_LABELS
from responder.publishing.webhooks.models import DELIVERY_LABELS
from responder.responses import helpers as responses
from responder.responses.clock_lifecycle import ITEM_CLOCK
from responder.responses.drafting.checking import QUALITY_LABELS
from responder.responses.drafting.formats import FORMAT_LABELS
from responder.responses.drafting.models import SEVERITY_LABELS
from responder.responses.judging.rules import COLOUR_LABELS, GRADE_LABELS
from responder.responses.lifecycle import FIELD_LABELS, RESPONSE_ITEM
from responder.responses.models import LEVEL_LABELS
from responder.responses.service import SECRECY_QUESTIONS, SKIP_LABELS, SOURCE_LABELS
from responder.settings import Settings
from responder.sources.models import KIND_LABELS as SOURCE_KIND_LABELS
from responder.sources.models import STATE_LABELS as SOURCE_STATE_LABELS
from responder.topics.rules import LEVEL_LABELS as HEAT_LEVEL_LABELS
from responder.topics.rules import PART_LABELS
from responder.warnings.models import DELIVERY_LABELS as WARNING_DELIVERY_LABELS
from responder.warnings.models import SEVERITY_LABELS as WARNING_SEVERITY_LABELS
from responder.warnings.models import TIMING_LABELS as STEP_TIMING_LABELS
from responder.warnings.posting import KIND_LABELS as WARNING_CHANNEL_LABELS
from responder.web.errors import SENTENCES
from responder.web.trail import COMMON_DEEDS, COMMON_FIELDS, Kind

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
LABELS = (
    AFTER_CAPTIONS,
    ALERT_KIND_LABELS,
    CAPTIONS,
    CHANGE_LABELS,
    CHANNEL_LABELS,
    COLOUR_LABELS,
    COLUMN_LABELS,
    COMMON_DEEDS,
    COMMON_FIELDS,
    COUNTED_RANK_LABELS,
    EFFECT_LABELS,
    ENTRY_STATE_LABELS,
    EXPLAINED,
    FACT_LABELS,
    FIELD_LABELS,
    FIGURE_LABELS,
    FILE_KIND_LABELS,
    FORM_LABELS,
    GRADE_LABELS,
    GROUPING_LABELS,
    HEAT_LEVEL_LABELS,
    LEVEL_LABELS,
    CHANGED_FIELD_LABELS,
    DELIVERY_LABELS,
    DOCUMENT_LEVEL_LABELS,
    DUTY_LABELS,
    GATE_LABELS,
    ENTRY_CHANGE_LABELS,
    POST_CHANNEL_LABELS,
    TEXT_LABELS,
    VERDICT_LABELS,
    MEDIA_REPLY_LABELS,
    NATURE_LABELS,
    ORDER_LABELS,
    OUTCOME_LABELS,
    PART_LABELS,
    PERIOD_LABELS,
    PROGRESS_LABELS,
    PROOF_LABELS,
    REFUSAL_LABELS,
    REPEATS_LABELS,
    ROLE_LABELS,
    SATISFACTION_LABELS,
    SCOPE_LABELS,
    SECRECY_QUESTIONS,
    SENTENCES,
    FORMAT_LABELS,
    QUALITY_LABELS,
    SEVERITY_LABELS,
    SIDES,
    SKIP_LABELS,
    SOURCE_KIND_LABELS,
    SOURCE_LABELS,
    SOURCE_STATE_LABELS,
    SPEAKER_RANK_LABELS,
    STANDINGS,
    TIMING_LABELS,
    UNIT_LABELS,
    UNIT_PART_LABELS,
    STEP_TIMING_LABELS,
    WARNING_SEVERITY_LABELS,
    WARNING_CHANNEL_LABELS,
    WARNING_DELIVERY_LABELS,
    VIEW_LABELS,
    deadlines.GROUPS,
    deadlines.STARTS,
    deadlines.STOPS,
    responses.REVIEW_STEPS,
)
LIFECYCLES: tuple[Lifecycle, ...] = (
    BUNDLE,
    PACKAGE,
    ENTRY_CHANGE,
    IMPORT_RUN,
    ITEM_CLOCK,
    PLAN_ENTRY,
    PRESS_EVENT,
    RELEASE_PLAN,
    RESPONSE_ITEM,
    WORK_ORDER,
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
    texts += [kind.label for kind in privacy.KINDS]
    for kind in trail_kinds():
        texts += [kind.label, *kind.deeds.values(), *kind.fields.values()]
    texts += undo.labels()
    return list(dict.fromkeys(texts))


def trail_kinds() -> list[Kind]:
    """How the capabilities call their records in the audit trail."""
    with TemporaryDirectory() as folder:
        app = create_app(Settings(state_dir=Path(folder)))
    return list(app.extensions["trail"].values())


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
    words = tomllib.loads((FOLDER / "zh_Hant.toml").read_text("utf-8"))["words"]
    simple = OpenCC("s2t").convert

    def convert(source: Texts) -> Texts:
        if not isinstance(source, str):
            return (convert(source[-1]),)  # Chinese has one form for every number
        text = simple(source)
        for word, better in words.items():
            text = text.replace(word, better)
        return text

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
