"""What goes out: after quiet hours, as one message when it is many, and each once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from responder.accounts import absences
from responder.core.database import transaction
from responder.core.errors import WrongState
from responder.core.permissions import CONSOLE, Role
from responder.intake.models import Nature
from responder.orders.models import OrderState
from responder.responses.models import ResponseItem
from responder.responses.sourcing.service import attach
from responder.warnings import sending, service
from responder.warnings.models import DeliveryState
from tests.databases import DATABASES
from tests.factories import NOW, People
from tests.installations import installation
from tests.orders.factories import CALLER, liaison
from tests.orders.factories import brought_to as order_brought_to
from tests.orders.factories import message as call
from tests.responses.factories import drafted, take
from tests.warnings.factories import channel, deliveries, look, seeded, with_address
from tests.warnings.receivers import MailServer, Robot, listening

HOUR = timedelta(hours=1)
SATURDAY = NOW + 25 * HOUR
OPENED = NOW + 37 * HOUR  # Saturday, 22:00; half of the time is gone a day later
SUNDAY = OPENED + 25 * HOUR
MONDAY = NOW + 3 * 24 * HOUR - 1.5 * HOUR  # 07:30
S = DeliveryState


@pytest.fixture(autouse=True)
def _steps(request):
    if "kind" not in request.fixturenames:
        request.getfixturevalue("app")
        seeded()


def test_a_weekend_s_warnings_wait_and_go_out_as_one_to_robot_mail_and_deputy(people):
    robot, post = Robot(), MailServer()
    deputy = people.holding(Role.EDITOR, "stand-in")
    off = people.first_reviewer
    with transaction(off.actor, NOW) as session:
        day = date(2026, 11, 22)
        absences.declare(session, off, deputy, day, day, "年休假", off.actor, NOW, NOW.date())
    with_address(deputy, "stand-in@example.gov.cn")
    with_address(people.second_reviewer, "second@example.gov.cn")
    title = "关于 13812345678 反映的事项"
    items = [drafted(title=f"{title}{number}", at=OPENED) for number in range(3)]
    for item in items:
        take(item, "submit", people.editor)
    with listening(robot, post) as settings:
        channel(robot.url, robot.port)
        channel(post.url, post.port, by_mail=True, name="邮件")
        assert look(SUNDAY) == 3
        # Held until Monday; on their pages people see it at once.
        assert sending.send_due(SUNDAY, settings) == 0
        assert {one.state for one in deliveries("page")} == {S.SENT}
        assert sending.send_due(MONDAY - timedelta(seconds=1), settings) == 0
        assert sending.send_due(MONDAY, settings) == 2
        assert sending.send_due(MONDAY + HOUR, settings) == 0
    [told] = robot.told
    assert told["title"] == "【提示】3 项时限预警"
    assert told["message"].count("https://desk.test/responses/") == 3
    assert "13812345678" not in told["message"]
    assert told["message"].endswith("全部：https://desk.test/warnings")
    [(to, letter)] = post.letters
    assert to == "stand-in@example.gov.cn"
    assert letter["subject"] == told["title"]
    assert letter["to"] == to
    assert "还剩" in letter.get_body().get_content() or "已超" in letter.get_body().get_content()
    assert {one.stands_in_for for one in deliveries("mail")} == {off.display_name}
    assert {one.parcel for one in deliveries("robot")} != {one.parcel for one in deliveries("mail")}


def test_of_an_order_nothing_is_told_but_its_number(people):
    robot = Robot()
    order = order_brought_to(OrderState.HANDLING, call(1))
    with listening(robot) as settings:
        channel(robot.url, robot.port)
        last_day = max(clock.due_at for clock in order.clocks)
        look(last_day - 12 * HOUR)
        assert sending.send_due(last_day - 12 * HOUR, settings) == 1
    text = robot.told[0]["title"] + robot.told[0]["message"]
    assert order.number in text
    for secret in (order.title, CALLER, "滨江路", liaison().display_name):
        assert secret not in text


def test_of_an_item_with_a_report_nothing_is_told_but_its_number(people):
    robot = Robot()
    item = drafted(title="关于举报某局某科长的回应")
    report = call(1, nature=Nature.REPORT)
    with transaction(CONSOLE, NOW) as session:
        attach(session, session.get_one(ResponseItem, item.id), report)
    with listening(robot) as settings:
        channel(robot.url, robot.port)
        assert look(SATURDAY) == 1
        assert sending.send_due(MONDAY, settings) == 1
    text = robot.told[0]["title"] + robot.told[0]["message"]
    assert f"回应事项 {item.id}" in text
    assert "科长" not in text


def test_what_was_answered_meanwhile_is_not_sent(people):
    robot = Robot()
    item = drafted(at=OPENED)
    with listening(robot) as settings:
        channel(robot.url, robot.port)
        assert look(SUNDAY) == 1
        for role, action in (
            (Role.EDITOR, "submit"), (Role.FIRST_REVIEWER, "approve_first"),
            (Role.SECOND_REVIEWER, "approve_second"), (Role.THIRD_REVIEWER, "approve_third"),
            (Role.SECRECY_REVIEWER, "approve_secrecy"), (Role.SIGNER, "sign"),
            (Role.PRESS_OFFICER, "publish"),
        ):  # fmt: skip
            take(item, action, people.holding(role), at=SUNDAY)
        assert sending.send_due(MONDAY, settings) == 0
    assert robot.told == []
    assert [one.state for one in deliveries("robot")] == [S.WITHDRAWN]


def test_a_refusal_is_tried_later_given_up_and_sent_again_by_a_person(people):
    robot = Robot()
    drafted()
    with listening(robot) as settings:
        channel(robot.url, robot.port)
        look(SATURDAY)
        robot.status = 503
        assert sending.send_due(MONDAY, settings) == 0
        [waiting] = deliveries("robot")
        assert (waiting.state, waiting.tries, waiting.last_answer) == (S.PENDING, 1, "对方应答 503")
        assert sending.send_due(MONDAY + timedelta(seconds=30), settings) == 0
        assert len(robot.told) == 1
        # Robots refuse under status 200, too; after the last try it is given up.
        robot.status, robot.says = 200, '{"errcode": 93000}'
        with transaction(CONSOLE, MONDAY) as session:
            session.get(type(waiting), waiting.id).tries = 5
        assert sending.send_due(MONDAY + HOUR, settings) == 0
        [given_up] = deliveries("robot")
        assert (given_up.state, given_up.last_answer) == (S.FAILED, "对方拒收，代码 93000")
        robot.says = "{}"
        with transaction(people.administrator.actor, MONDAY) as session:
            service.send_again(session, given_up.id, MONDAY)
        assert sending.send_due(MONDAY + 2 * HOUR, settings) == 1
        assert deliveries("robot")[0].state is S.SENT
        with pytest.raises(WrongState), transaction(people.administrator.actor) as session:
            service.send_again(session, given_up.id, MONDAY)


SENDER = """
import sys
from datetime import datetime
from pathlib import Path
from responder import create_app
from responder.settings import Settings
from responder.warnings import sending
url, folder, hosts, now = sys.argv[1:]
settings = Settings(
    database_url=url, state_dir=Path(folder), secret_key="only-for-tests",
    source_private_hosts=hosts,
)
with create_app(settings).app_context():
    sending.send_due(datetime.fromisoformat(now), settings)
"""


@pytest.mark.parametrize("kind", DATABASES)
def test_two_senders_send_once_and_a_killed_one_is_not_repeated(kind, tmp_path: Path):
    robot = Robot()
    with installation(kind, tmp_path) as app, listening(robot) as settings:
        with app.app_context():
            seeded()
            People().editor  # noqa: B018 - made
            channel(robot.url, robot.port)
            for number in range(2):
                drafted(title=f"事项{number}")
            look(SATURDAY)
        start = threading.Barrier(2)
        sent: list[int] = []

        def run() -> None:
            with app.app_context():
                start.wait()
                sent.append(sending.send_due(MONDAY, settings))

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (sum(sent), len(robot.told)) == (2, 2)

        with app.app_context():
            look(NOW + 48 * HOUR)  # both are due now, and that does not wait
            url = app.extensions["settings"].database_url
        robot.asked.clear()
        robot.ready.clear()
        arguments = [url, str(tmp_path), f"127.0.0.1:{robot.port}", MONDAY.isoformat()]
        sender = subprocess.Popen([sys.executable, "-c", SENDER, *arguments])
        assert robot.asked.wait(30)
        os.kill(sender.pid, signal.SIGKILL)
        sender.wait()
        robot.ready.set()
        with app.app_context():
            later = MONDAY + sending.LEASE + timedelta(seconds=30)
            assert sending.send_due(later, settings) == 0
            # A courier of the killed one may still have been on its way.
            said = [one["message"] for one in robot.told]
            assert len(said) == len(set(said))
            of_due = deliveries("robot")[2:]
            assert {one.state for one in of_due} == {S.UNKNOWN}
            assert "不自动重发" in of_due[0].last_answer
