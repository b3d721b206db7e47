"""The editor on an item's page: what stands in it, and what is said beside it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.responses.drafting import slips, templates
from responder.responses.drafting.checking import Check
from responder.responses.drafting.formats import TextFormat
from responder.responses.drafting.looking import look_through
from responder.responses.drafting.models import AnswerTemplate
from responder.responses.drafting.slips import Offer
from responder.responses.forms import DraftForm
from responder.responses.models import SETTLED, ItemState, ResponseItem


@dataclass(frozen=True)
class Asked:
    """What was asked of an item's page.

    :param form: as it was sent, when it comes back.
    :param restore: take up what was typed and not saved.
    :param template_id: begin with this template, when nothing is written.
    """

    form: DraftForm | None = None
    restore: bool = False
    template_id: int | None = None


NOTHING_ASKED = Asked()


@dataclass(frozen=True)
class Editor:
    """What the page shows of the answer.

    :param form: None for whoever does not write it.
    :param offer: what was typed and not saved; ``restored`` when it stands in the form already.
    :param offered: the templates to choose from.
    :param template_text: a filled template that was not put in, since there is a text.
    """

    form: DraftForm | None
    check: Check | None
    offer: Offer | None = None
    restored: bool = False
    offered: list[AnswerTemplate] | None = None
    template_text: str = ""


def writes(item: ResponseItem, attempt: Attempt) -> bool:
    """Whether this person may write on it now."""
    return item.state is ItemState.DRAFT and attempt.actor.may(Permission.RESPONSE_DRAFT)


def editor_of(
    session: Session, item: ResponseItem, attempt: Attempt, zone: ZoneInfo, asked: Asked
) -> Editor:
    """The editor as it was asked for."""
    if not writes(item, attempt):
        check = None
        if item.state not in SETTLED and item.answer:
            check = look_through(session, item, item.answer, item.answer_format, attempt.now, zone)
        return Editor(None, check)
    offer = slips.offer(session, item, attempt.actor)
    form, template_text = asked.form, ""
    if form is None:
        form = _form(session, item, offer if asked.restore else None)
        if asked.template_id:
            template_text = _begin_with(session, item, asked.template_id, form, attempt, zone)
    pending = None if asked.form is not None and _knows(asked.form, offer) else offer
    return Editor(
        form,
        look_through(
            session, item, form.text.data or "", TextFormat(form.format.data), attempt.now, zone
        ),
        pending,
        asked.restore,
        templates.offered(session, item),
        template_text,
    )


def _form(session: Session, item: ResponseItem, taken: Offer | None) -> DraftForm:
    slip = taken.slip if taken else None
    return DraftForm(
        formdata=None,
        data={
            "text": slip.text if slip else item.answer,
            "format": (slip.format if slip else item.answer_format).value,
            "version": item.version_id,
            "based_on": slips.last_number(session, item),
            "slip": slip.version_id if slip else 0,
        },
    )


def _knows(form: DraftForm, offer: Offer | None) -> bool:
    return offer is not None and form.slip.data == offer.slip.version_id


def _begin_with(
    session: Session,
    item: ResponseItem,
    template_id: int,
    form: DraftForm,
    attempt: Attempt,
    zone: ZoneInfo,
) -> str:
    """Put a template into an empty form; its text to be copied where one is written already."""
    template = templates.find_template(session, template_id)
    text = templates.filled(template.text, templates.values_of(item, attempt.now, zone))
    if form.text.data:
        return text
    form.text.data, form.format.data = text, template.format.value
    return ""
