"""The pages of warnings: one's own, and what the office sets."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.permissions import CONSOLE, Role
from responder.warnings import settings
from responder.warnings.models import DeliveryState, MailAddress, WarningChannel, WarningStep
from tests.responses.factories import drafted
from tests.responses.pages import strict
from tests.warnings.factories import channel, deliveries, look, seeded
from tests.warnings.receivers import Robot, listening
from tests.warnings.test_sending import MONDAY, SATURDAY

STEP = {
    "name": "最后两小时", "target": "unit:hours", "timing": "before", "amount": "2", "repeats": "1",
    "severity": "urgent",
}  # fmt: skip
QUIET = {"night_from": "22:00", "night_to": "07:00", "rest_days": "y", "digest_over": "5"}


@pytest.fixture(autouse=True)
def _steps(app):
    seeded()


@pytest.fixture
def supervisor(client, people):
    return people.sign_in(client, people.supervisor)


@pytest.fixture
def admin(client, people):
    return people.sign_in(client, people.administrator)


def test_each_page_opens_to_its_people_alone(client, people):
    channel("json://robot.test:80/x", 80)
    open_to = {
        "/warnings": {Role.LIAISON, Role.EDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
        "/warnings/steps": {Role.EDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR},
        "/warnings/steps/new": {Role.SUPERVISOR, Role.ADMINISTRATOR},
        "/warnings/steps/1": {Role.SUPERVISOR, Role.ADMINISTRATOR},
        "/warnings/quiet-hours": {Role.SUPERVISOR, Role.ADMINISTRATOR},
        "/warnings/channels": {Role.ADMINISTRATOR},
        "/warnings/channels/1": {Role.ADMINISTRATOR},
        "/warnings/deliveries": {Role.ADMINISTRATOR},
    }
    found = {}
    for role in (Role.LIAISON, Role.EDITOR, Role.SUPERVISOR, Role.ADMINISTRATOR):
        people.sign_in(client, people.holding(role))
        for path in open_to:
            answer = client.get(_real(path))
            found.setdefault(path, {})[role] = answer.status_code
            if answer.status_code == 200:
                strict(answer.text)
    opened = {path: {r for r, code in by.items() if code == 200} for path, by in found.items()}
    assert opened == open_to
    assert {code for by in found.values() for code in by.values()} == {200, 403}
    people.sign_in(client, people.editor)
    for path in ("/warnings/steps/new", "/warnings/quiet-hours", "/warnings/channels"):
        assert client.post(path).status_code == 403


def _real(path: str) -> str:
    """The same with an id that exists."""
    table = WarningStep if "steps" in path else WarningChannel
    return path.replace("/1", f"/{db.session.scalar(select(table.id))}")


def test_one_reads_one_s_own_and_nobody_else_s(client, people):
    item = drafted(title="请致电 13812345678 的回应")
    other = people.supervisor
    people.sign_in(client, people.editor)
    assert "现在没有预警" in client.get("/warnings").text
    look(SATURDAY)
    [delivery] = deliveries("page")
    page = client.get("/warnings?view=unread").text
    strict(page)
    assert f'href="/responses/{item.id}"' in page
    assert "13812345678" not in page
    assert "1</span>" in client.get("/").text
    people.sign_in(client, other)
    assert client.post(f"/warnings/{delivery.id}/read").status_code == 404
    assert f"/responses/{item.id}" not in client.get("/warnings").text
    people.sign_in(client, people.editor)
    for _again in range(2):
        answer = client.post(f"/warnings/{delivery.id}/read", data={"next": "/warnings"})
        assert answer.location == "/warnings"
    assert deliveries("page")[0].read_at is not None
    assert "没有这样的预警" in client.get("/warnings?view=unread").text
    nothing = client.post("/warnings/read", follow_redirects=True).text
    assert "没有未阅的预警" in nothing
    assert "/warnings/unread" not in nothing
    assert client.get("/warnings?view=nonsense&page=x").status_code == 200


def test_an_address_is_stated_kept_sealed_and_given_up(client, people, session):
    people.sign_in(client, people.editor)
    refused = client.post("/warnings/address", data={"email": "张三@"})
    assert refused.status_code == 422
    assert "请填写一个电子邮箱地址" in refused.text
    strict(refused.text)
    kept = client.post("/warnings/address", data={"email": " a.b@example.gov.cn "})
    assert kept.location == "/warnings"
    [stated] = session.scalars(select(MailAddress)).all()
    assert stated.email == "a.b@example.gov.cn"
    assert "a.b@" not in str([line.changes for line in audit.history(session, stated)])
    client.post("/warnings/address", data={"email": ""})
    assert session.scalars(select(MailAddress)).all() == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": " "}, "请填写名称"),
        ({"amount": "0"}, "到期之前至少 1 小时"),
        ({"amount": "-3"}, "请填写 0 到 1000 之间的数"),
        ({"timing": "share", "amount": "100"}, "须在 1 到 99 之间"),
        ({"timing": "never"}, "时点"),
        ({"target": "rule:999999"}, "用于"),
        ({"target": "moon"}, "用于"),
        ({"repeats": "61"}, "请填写 1 到 60 之间的数"),
        ({"version": "77"}, "别人保存过这一项"),
    ],
)
def test_a_refused_step_keeps_what_was_typed(supervisor, session, wrong, told):
    step = session.scalar(select(WarningStep))
    values = {**STEP, "version": step.version_id, "name": "我写的名称", **wrong}
    answer = supervisor.post(f"/warnings/steps/{step.id}", data=values)
    assert answer.status_code in (409, 422)
    strict(answer.text)
    assert told in answer.text
    if "name" not in wrong:
        assert "我写的名称" in answer.text


def test_a_step_is_added_changed_and_switched_off(supervisor, people, session):
    assert supervisor.post("/warnings/steps/new", data=STEP).location == "/warnings/steps"
    step = session.scalar(select(WarningStep).where(WarningStep.name == STEP["name"]))
    values = {**STEP, "amount": "3", "escalates": "y", "version": step.version_id}
    page = supervisor.post(f"/warnings/steps/{step.id}", data=values, follow_redirects=True).text
    strict(page)
    assert "到期前 3 小时" in page
    page = supervisor.post(
        f"/warnings/steps/{step.id}/switch", data={"active": "0"}, follow_redirects=True
    ).text
    assert "已停用“最后两小时”" in page
    lines = audit.history(session, step)
    assert [line.action for line in lines] == ["create", "update", "update"]
    assert lines[1].changes["amount"] == [2, 3]


def test_quiet_hours_are_edited(supervisor, session):
    version = settings.current(session).version_id
    for wrong in ({"digest_over": "0"}, {"night_from": "25:00"}, {"digest_over": "51"}):
        answer = supervisor.post(
            "/warnings/quiet-hours", data={**QUIET, "version": version, **wrong}
        )
        assert answer.status_code == 422
        strict(answer.text)
    done = supervisor.post("/warnings/quiet-hours", data={**QUIET, "version": version})
    assert done.location == "/warnings/quiet-hours"
    row = settings.current(session)
    assert (row.night_from.hour, row.night_to.hour, row.digest_over) == (22, 7, 5)
    late = supervisor.post("/warnings/quiet-hours", data={**QUIET, "version": version})
    assert late.status_code == 409


def test_a_channel_is_added_tried_switched_off_and_its_key_never_shown(
    admin, app, session, monkeypatch
):
    robot = Robot()
    with listening(robot) as ours:
        monkeypatch.setitem(app.extensions, "settings", ours)
        url = f"json://desk:geheim@127.0.0.1:{robot.port}/robot"
        for wrong, told in (
            ("", "请填写地址"),
            ("hello world", "看不懂这个地址"),
            ("json://10.0.0.1/x", "内部网络地址"),
            ("file:///etc/passwd", "看不懂这个地址"),
        ):
            refused = admin.post(
                "/warnings/channels", data={"name": "群", "url": wrong, "unit_id": "0"}
            )
            assert refused.status_code == 422
            assert told in refused.text
            strict(refused.text)
        added = admin.post(
            "/warnings/channels",
            data={"name": "值班群", "url": url, "unit_id": "0"},
            follow_redirects=True,
        )
        strict(added.text)
        one = session.scalar(select(WarningChannel))
        assert f"json://…@127.0.0.1:{robot.port}" in added.text
        path = f"/warnings/channels/{one.id}"
        assert "收下了试送的一条" in admin.post(f"{path}/trial", follow_redirects=True).text
        robot.status = 500
        assert "没有收下：对方应答 500" in admin.post(f"{path}/trial", follow_redirects=True).text
        changed = {"name": "新群", "unit_id": "0", "roles": "editor", "version": one.version_id}
        assert admin.post(path, data=changed).location == "/warnings/channels"
        assert admin.post(path, data=changed).status_code == 409
        session.expire_all()
        assert (one.name, one.url, one.posts) == ("新群", url, [Role.EDITOR])
        admin.post(f"{path}/switch", data={"active": "0"})
        shown = [admin.get(page).text for page in ("/warnings/channels", path)]
        assert "已停用" in shown[0]
        trail = str([line.changes for line in audit.history(session, one)])
        assert all("geheim" not in text for text in (*shown, added.text, trail))


def test_what_was_sent_is_listed_and_an_unclear_one_sent_again(admin, session):
    one = channel("json://robot.test:80/x", 80)
    assert "还没有发送过" in admin.get("/warnings/deliveries").text
    drafted()
    look(SATURDAY)
    [delivery] = deliveries("robot")
    assert admin.post(f"/warnings/deliveries/{delivery.id}/again").status_code == 409
    assert admin.post("/warnings/deliveries/999999/again").status_code == 404
    with transaction(CONSOLE, MONDAY) as again:
        again.get(type(delivery), delivery.id).state = DeliveryState.UNKNOWN
    page = admin.get(f"/warnings/deliveries?state=unknown&channel={one.id}").text
    strict(page)
    assert f"/warnings/deliveries/{delivery.id}/again" in page
    assert admin.post(f"/warnings/deliveries/{delivery.id}/again").status_code == 302
    assert deliveries("robot")[0].state is DeliveryState.PENDING
    assert deliveries("robot")[0].send_from != MONDAY
    assert audit.history(session, one)[-1].action == "send_again"
    assert admin.get("/warnings/deliveries?state=x&channel=y").status_code == 200
    assert "没有符合条件" in admin.get("/warnings/deliveries?state=failed").text


def test_all_that_failed_is_sent_again_at_once(admin, session):
    channel("json://robot.test:80/x", 80)
    channel("json://robot.test:80/y", 80, name="领导群")
    drafted()
    look(SATURDAY)
    with transaction(CONSOLE, MONDAY) as again:
        for one in deliveries("robot"):
            again.get(type(one), one.id).state = DeliveryState.FAILED
    page = admin.get("/warnings/deliveries?state=failed").text
    strict(page)
    assert page.count('data-steps="again"') == 2
    chosen = {"chosen": [str(one.id) for one in deliveries("robot")], "action": "again"}
    assert admin.post("/warnings/deliveries/bulk", data=chosen).status_code == 302
    assert {one.state for one in deliveries("robot")} == {DeliveryState.PENDING}
    assert admin.post("/warnings/deliveries/bulk", data=chosen).status_code == 422


def test_what_was_sent_tells_no_title(admin):
    channel("json://robot.test:80/x", 80)
    item = drafted()
    look(SATURDAY)
    with admin.get("/warnings/deliveries/list.csv") as answer:
        assert f"回应事项 {item.id}" in answer.text
        assert item.title not in answer.text
