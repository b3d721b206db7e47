"""What was typed comes back under the words of its form, and nothing that a program put there."""

from __future__ import annotations

import pytest
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.fields.core import UnboundField

from responder.core.times import local, utc_now
from responder.responses.models import ItemState
from responder.web.typed import UNSHOWN, words_typed
from tests.factories import NOW
from tests.responses.factories import brought_to
from tests.responses.pages import HTML, strict


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("note", "口径不一", ("意见或理由", "口径不一")),
        ("note", "OK", ("意见或理由", "OK")),
        ("publish_at", "2026-12-01T09:30", ("发布时间", "2026-12-01 09:30")),
        ("secrecy-state_secret", "yes", ("是否涉及国家秘密", "涉及")),
        ("secrecy-work_secret", "no", ("是否涉及工作秘密", "不涉及")),
        ("something", "自己写的话", ("填写内容", "自己写的话")),
        ("note", "  ", None),
        ("to", "return_first", None),
        ("version", "7", None),
        ("seen", "a1b2c3d4", None),
        ("unit_id", "12", None),
        ("level", "ordinary", None),
        ("password", "独特的密码", None),
        ("csrf_token", "IjM0.aa-bb", None),
    ],
)
def test_of_a_refused_form_the_words_are_shown(app, name, text, shown) -> None:
    with app.test_request_context():
        assert words_typed([(name, text)]) == ([shown] if shown else [])


def test_no_field_of_a_password_is_ever_shown() -> None:
    fields = {
        name
        for form in _every_kind_of(FlaskForm)
        for name, field in vars(form).items()
        if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField)
    }
    assert {"password", "old", "new", "again"} <= fields <= UNSHOWN


def _every_kind_of(form: type) -> list[type]:
    return [form, *(kind for one in form.__subclasses__() for kind in _every_kind_of(one))]


def kept(answer) -> dict[str, str]:
    """Label → text of what the page of a refusal gives back."""
    page = strict(answer.text)
    labels = {one.get("for"): one.text for one in page.iter(f"{HTML}label")}
    fields = page.iter(f"{HTML}textarea")
    return {labels[one.get("id")]: (one.text or "").strip() for one in fields}


def test_a_refused_step_names_what_was_typed_as_its_form_did(client, people) -> None:
    secret = brought_to(ItemState.SECRECY_REVIEW)
    people.sign_in(client, people.secrecy_reviewer)
    form = {"version": secret.version_id, "csrf_token": "IjM0", "note": "已核对"}
    form |= {f"secrecy-{name}": "no" for name in ("work_secret", "sensitive")}
    answer = client.post(
        f"/responses/{secret.id}/approve_secrecy", data={**form, "secrecy-state_secret": "yes"}
    )
    assert answer.status_code == 422
    assert kept(answer) == {
        "意见或理由": "已核对",
        "是否涉及国家秘密": "涉及",
        "是否涉及工作秘密": "不涉及",
        "是否涉及不宜公开的敏感信息": "不涉及",
    }
    signed = brought_to(ItemState.SIGNED)
    people.sign_in(client, people.press_officer)
    past = f"{local(NOW):%Y-%m-%dT%H:%M}"
    sent = {"version": signed.version_id, "publish_at": past}
    answer = client.post(f"/publishing/items/{signed.id}/schedule", data=sent)
    assert answer.status_code == 422
    assert kept(answer) == {"发布时间": past.replace("T", " ")}
    assert local(utc_now()) > local(NOW)
