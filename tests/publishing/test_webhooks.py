"""Other systems are told: signed, under one number, until they have taken it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import CONSOLE
from responder.publishing import service as publishing
from responder.publishing.models import ChangeKind
from responder.publishing.packages import entering, steps
from responder.publishing.packages.models import Duty, PackageState
from responder.publishing.webhooks import rules, sending, service
from responder.publishing.webhooks.models import DeliveryState, WebhookDelivery
from responder.responses.models import ItemState
from responder.settings import Settings
from responder.sources.addresses import Listed
from responder.sources.fetching import Network
from tests.factories import NOW
from tests.publishing.factories import ANSWER, changed, published
from tests.publishing.packages import factories as policies
from tests.responses.factories import brought_to
from tests.responses.pages import strict

S = DeliveryState
SECRET = rules.secret_of(b"k" * 32)


class Portal:
    """A web server that is told; ``status`` is what it answers."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.status, outer = 204, self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(outer.status)
                if outer.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://portal.test:{self.port}/told"

    def network(self, listed: str | None = None) -> Network:
        known = Listed.parse(f"portal.test:{self.port}" if listed is None else listed)
        return Network(listed=known, resolve=lambda _name, _port: ["127.0.0.1"], seconds=5)


@contextmanager
def serving() -> Iterator[Portal]:
    portal = Portal()
    thread = Thread(target=portal.server.serve_forever, args=(0.02,))
    thread.start()
    yield portal
    portal.server.shutdown()
    portal.server.server_close()
    thread.join()


@pytest.fixture
def portal() -> Iterator[Portal]:
    with serving() as running:
        yield running


def receiver(portal: Portal):
    with transaction(CONSOLE, NOW) as session:
        return service.add(session, "门户网站", portal.url, NOW)


def send(portal: Portal, at=NOW, **network) -> int:
    return sending.send_due(at, Settings(), portal.network(**network))


def deliveries() -> list[WebhookDelivery]:
    db.session.expire_all()
    return list(db.session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def test_the_signature_is_that_of_standard_webhooks():
    # The example of the specification's reference libraries.
    signed = rules.signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_pauses_grow_and_end_after_two_days():
    moments, now, tries = [], NOW, 0
    while now is not None:
        moments.append(now)
        tries += 1
        now = rules.next_try(now, tries)
    pauses = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert pauses == sorted(pauses)
    assert timedelta(days=1) < moments[-1] - NOW < timedelta(days=3)
    assert rules.next_try(NOW, 1, timedelta(hours=1)) == NOW + timedelta(hours=1)
    assert rules.next_try(NOW, 1, timedelta(days=9)) == NOW + timedelta(hours=12)


def test_a_publication_is_told_once_signed(session, portal):
    _, secret = receiver(portal)
    entry = published()
    assert [one.state for one in deliveries()] == [S.WAITING]
    assert send(portal) == 1
    assert send(portal) == 0
    [(headers, body)] = portal.told
    [delivery] = deliveries()
    assert (delivery.state, headers["webhook-id"]) == (S.DELIVERED, delivery.number)
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{delivery.number}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    said = json.loads(body)
    assert (said["type"], said["data"]["answer"]) == ("entry.publish", ANSWER)
    assert said["data"]["index_number"] == entry.index_number


def test_each_change_is_told_and_a_withdrawal_without_the_text(session, portal):
    receiver(portal)
    entry = published()
    changed(entry)
    send(portal, NOW + timedelta(days=2))
    changed(entry, ChangeKind.WITHDRAW, note="撤回")
    send(portal, NOW + timedelta(days=2))
    said = [json.loads(body) for _headers, body in portal.told]
    assert [one["type"] for one in said] == ["entry.publish", "entry.correct", "entry.withdraw"]
    assert len({headers["webhook-id"] for headers, _body in portal.told}) == 3
    assert [one["data"]["sequence"] for one in said] == [1, 2, 3]
    assert ANSWER not in portal.told[2][1].decode()


def test_what_was_withdrawn_is_never_sent_afterwards(client, people, portal):
    receiver(portal)
    entry = published()
    portal.status = 500
    send(portal)
    changed(entry)
    changed(entry, ChangeKind.WITHDRAW, note="撤回")
    portal.told.clear()
    portal.status = 204
    assert send(portal, NOW + timedelta(days=3)) == 1
    assert [json.loads(body)["type"] for _headers, body in portal.told] == ["entry.withdraw"]
    assert [one.state for one in deliveries()] == [S.SUPERSEDED, S.SUPERSEDED, S.DELIVERED]
    for old in deliveries()[:2]:
        with pytest.raises(WrongState, match="不再重发旧的"), transaction(CONSOLE, NOW) as writing:
            service.send_again(writing, old.id, NOW)
    people.sign_in(client, people.press_officer)
    log = client.get("/publishing/deliveries?state=superseded").text
    strict(log)
    assert "已作废" in log
    assert "/again" not in log


def test_a_correction_waits_for_what_went_before_it(session, portal):
    receiver(portal)
    entry = published()
    portal.status = 500
    send(portal)
    first = deliveries()[0]
    changed(entry, at=NOW)
    assert send(portal, NOW) == 0  # the correction is due, but follows the publication
    assert len(portal.told) == 1
    portal.status = 204
    assert send(portal, first.next_try_at) == 2
    said = [json.loads(body)["type"] for _headers, body in portal.told]
    assert said == ["entry.publish", "entry.publish", "entry.correct"]
    with pytest.raises(WrongState, match="不再重发旧的"), transaction(CONSOLE, NOW) as writing:
        service.send_again(writing, deliveries()[0].id, NOW)


def test_a_withdrawal_waits_for_what_is_under_way(session, portal):
    receiver(portal)
    entry = published()
    with transaction(CONSOLE, NOW) as writing:
        claim = sending._take(writing, NOW, timedelta(seconds=7))
    changed(entry, ChangeKind.WITHDRAW, note="撤回", at=NOW)
    assert send(portal) == 0
    with transaction(CONSOLE, NOW) as writing:
        sending._note(writing, claim.id, NOW, sending.FetchFailed("没有应答"))
    assert send(portal) == 1
    assert [one.state for one in deliveries()] == [S.SUPERSEDED, S.DELIVERED]


def test_what_is_not_taken_is_tried_again_under_the_same_number(session, portal):
    receiver(portal)
    published()
    for portal.status in (500, 302, 404):
        at = deliveries()[0].next_try_at
        assert send(portal, at) == 0
    assert [one.last_answer for one in deliveries()] == ["对方应答 404：没有收下"]
    assert send(portal, NOW) == 0  # its time has not come
    portal.status = 200
    assert send(portal, deliveries()[0].next_try_at) == 1
    numbers = {headers["webhook-id"] for headers, _body in portal.told}
    assert (len(portal.told), len(numbers)) == (4, 1)


def test_after_the_last_try_it_is_given_up_until_somebody_sends_it_again(session, portal):
    receiver(portal)
    published()
    portal.status = 500
    while deliveries()[0].state is S.WAITING:
        send(portal, deliveries()[0].next_try_at)
    assert len(portal.told) == len(rules.PAUSES) + 1
    portal.status = 200
    later = NOW + timedelta(days=9)
    assert send(portal, later) == 0
    with transaction(CONSOLE, later) as writing:
        service.send_again(writing, deliveries()[0].id, later)
    assert send(portal, later) == 1
    assert len({headers["webhook-id"] for headers, _body in portal.told}) == 1


def test_who_does_not_answer_is_asked_once_and_the_others_do_not_wait(session, portal):
    with transaction(CONSOLE, NOW) as writing:
        service.add(writing, "停机的系统", f"http://gone.test:{portal.port}/told", NOW)
    receiver(portal)
    for _each in range(3):
        published()
    assert send(portal) == 3  # gone.test is not listed, and so never answers
    tried = [one.tries for one in deliveries() if one.state is S.WAITING]
    assert tried == [1, 0, 0]
    again = {one.next_try_at for one in deliveries() if one.state is S.WAITING}
    assert len(again) == 1
    assert min(again) >= NOW + rules.PAUSES[0]


def test_who_refuses_one_is_still_asked_for_the_others(session, portal):
    receiver(portal)
    for _each in range(2):
        published()
    portal.status = 400
    assert send(portal) == 0
    assert [one.tries for one in deliveries()] == [1, 1]


def test_a_claim_of_a_process_that_died_runs_out(session, portal):
    receiver(portal)
    published()
    with transaction(CONSOLE, NOW) as writing:
        assert sending._take(writing, NOW, timedelta(seconds=7)) is not None
    assert send(portal) == 0
    assert send(portal, NOW + timedelta(seconds=8)) == 1


def test_a_request_into_the_offices_own_network_is_refused(session, portal):
    receiver(portal)
    published()
    assert send(portal, listed="") == 0
    assert portal.told == []
    assert "RESPONDER_SOURCE_PRIVATE_HOSTS" in deliveries()[0].last_answer


def test_a_paused_receiver_is_told_when_it_resumes(session, portal):
    one, _secret = receiver(portal)
    known = published()
    send(portal)
    with transaction(CONSOLE, NOW) as writing:
        service.pause(writing, service.get(writing, one.id))
    published()
    changed(known, ChangeKind.WITHDRAW, note="撤回", at=NOW)
    assert send(portal) == 0
    with transaction(CONSOLE, NOW) as writing:
        service.resume(writing, service.get(writing, one.id))
    assert send(portal) == 2
    said = [json.loads(body)["type"] for _headers, body in portal.told]
    assert said == ["entry.publish", "entry.publish", "entry.withdraw"]


def test_nothing_is_told_of_what_was_not_stored(people, portal):
    receiver(portal)
    item, actor = brought_to(ItemState.SIGNED), people.press_officer.actor
    with pytest.raises(RuntimeError), transaction(actor, NOW) as writing:
        publishing.publish(writing, item, Attempt(actor, NOW), Settings())
        assert len(deliveries()) == 1
        raise RuntimeError
    assert deliveries() == []


@pytest.mark.parametrize("url", ["ftp://x/", "javascript:1", "http://", "http://a:b@x/", "x"])
def test_only_web_addresses_are_receivers(session, url):
    with pytest.raises(Invalid), transaction(CONSOLE, NOW) as writing:
        service.add(writing, "门户", url, NOW)


def test_a_key_in_the_address_is_not_shown_to_others(client, people):
    people.sign_in(client, people.administrator)
    sent = {"name": "门户", "url": "https://portal.test/x?key=geheim"}
    client.post("/publishing/webhooks", data=sent)
    page = client.get("/publishing/webhooks").text
    assert "https://portal.test/x?…" in page
    assert "geheim" not in page
    [one] = service.receivers(db.session)
    assert one.url == sent["url"]
    assert "geheim" not in str([line.changes for line in audit.history(db.session, one)])


def test_the_secret_is_sealed_and_shown_once(client, people):
    people.sign_in(client, people.administrator)
    strict(client.get("/publishing/webhooks").text)
    client.post("/publishing/webhooks", data={"name": "门户", "url": "https://portal.test/x"})
    page = client.get("/publishing/webhooks").text
    strict(page)
    assert "whsec_" in page
    assert 'value="whsec_' not in client.get("/publishing/webhooks").text
    stored = db.session.execute(text("SELECT secret FROM webhook_receiver")).scalar_one()
    assert "whsec_" not in stored


def test_the_pages_of_webhooks(client, people, portal):
    one, _secret = receiver(portal)
    published()
    send(portal, listed="")
    people.sign_in(client, people.press_officer)
    log = client.get("/publishing/deliveries").text
    strict(log)
    assert "待送" in log
    assert client.post(f"/publishing/deliveries/{deliveries()[0].id}/again").status_code == 302
    assert client.get("/publishing/webhooks").status_code == 403
    people.sign_in(client, people.administrator)
    base = f"/publishing/webhooks/{one.id}"
    strict(client.get(f"{base}/edit").text)
    sent = {"name": "新门户", "url": portal.url, "version": one.version_id}
    assert client.post(f"{base}/edit", data=sent).status_code == 302
    assert client.post(f"{base}/edit", data=sent).status_code == 409
    assert client.post(f"{base}/edit", data={**sent, "url": "x"}).status_code in (409, 422)
    for action in ("pause", "resume", "secret", "trial"):
        assert client.post(f"{base}/{action}").status_code == 302
    strict(client.get("/publishing/webhooks").text)


def told(portal: Portal) -> list[dict]:
    return [json.loads(body) for _headers, body in portal.told]


def test_a_policy_document_is_told_with_its_interpretations_and_taken_back_without_texts(
    people, portal
):
    _, secret = receiver(portal)
    package = policies.brought_to(PackageState.RELEASED)
    assert send(portal) == 1
    [(headers, body)] = portal.told
    [delivery] = deliveries()
    assert headers["webhook-id"] == delivery.number
    expected = rules.signature(secret, delivery.number, headers["webhook-timestamp"], body)
    assert headers["webhook-signature"] == expected
    [said] = told(portal)
    document = package.document
    assert (said["type"], said["data"]["sequence"]) == ("policy.release", 1)
    assert said["data"]["index_number"] == document.index_number
    assert said["data"]["body"] == document.body
    titles = [one["title"] for one in said["data"]["interpretations"]]
    assert titles == ["departments 的解读", "experts 的解读"]
    policies.take(package, "withdraw", people.signer, "数据有误，现予撤回。")
    assert send(portal) == 1
    said = told(portal)[-1]
    assert (said["type"], said["data"]["sequence"]) == ("policy.withdraw", 2)
    assert said["data"]["note"] == "数据有误，现予撤回。"
    assert "withdrawn_at" in said["data"]
    numbers = [one["index_number"] for one in said["data"]["interpretations"]]
    assert len(numbers) == 2
    for gone in (document.title, document.body, *titles, "停车位先满足业主。"):
        assert gone not in portal.told[-1][1].decode()


def test_a_policy_that_was_withdrawn_is_never_sent_afterwards(client, people, portal):
    receiver(portal)
    package = policies.brought_to(PackageState.RELEASED)
    portal.status = 500
    send(portal)
    policies.take(package, "withdraw", people.signer, "数据有误。")
    portal.told.clear()
    portal.status = 204
    assert send(portal, NOW + timedelta(days=3)) == 1
    assert [one["type"] for one in told(portal)] == ["policy.withdraw"]
    assert [one.state for one in deliveries()] == [S.SUPERSEDED, S.DELIVERED]
    with pytest.raises(WrongState, match="不再重发旧的"), transaction(CONSOLE, NOW) as writing:
        service.send_again(writing, deliveries()[0].id, NOW)
    people.sign_in(client, people.press_officer)
    log = client.get("/publishing/deliveries").text
    strict(log)
    assert f"/interpretations/documents/{package.document.id}" in log
    assert package.document.index_number in log


def later_interpretation(people):
    """A document that went out alone, and the package that interprets it, released."""
    way = [(people.press_officer, "organise"), (people.first_reviewer, "review"),
           (people.signer, "sign"), (people.press_officer, "release")]  # fmt: skip
    alone = policies.proposed(duty=Duty.LATER, duty_reason="汛情紧急，先行发布")
    for person, action in way:
        policies.take(alone, action, person)
    actor = people.editor.actor
    with transaction(actor, NOW) as writing:
        later = entering.follow_up(writing, alone, Attempt(actor, NOW))
    policies.written(policies.planned(later, "departments", due_on="2026-11-20"))
    for person, action in way:
        policies.take(later, action, person)
    return alone, later


def test_what_becomes_of_one_document_is_told_in_order_whichever_package_does_it(people, portal):
    receiver(portal)
    alone, later = later_interpretation(people)
    policies.take(later, "withdraw", people.signer, "解读有误。")
    policies.take(alone, "withdraw", people.signer, "文件废止。")
    states = [one.state for one in deliveries()]
    assert states == [S.SUPERSEDED] * 3 + [S.WAITING]
    with transaction(CONSOLE, NOW) as writing:
        writing.execute(update(WebhookDelivery).values(state=S.WAITING))
    assert send(portal) == 4
    said = told(portal)
    types = ["policy.release", "policy.release", "policy.withdraw", "policy.withdraw"]
    assert [one["type"] for one in said] == types
    assert [one["data"]["sequence"] for one in said] == [1, 2, 3, 4]
    # The interpretation was withdrawn, and the document stands: told as a whole.
    assert said[2]["data"]["body"] == alone.document.body
    assert [set(one) for one in said[2]["data"]["interpretations"]] == [
        {"id", "index_number", "withdrawn_at"}
    ]
    assert said[1]["data"]["interpretations"][0]["title"] == "departments 的解读"
    assert "body" not in said[3]["data"]


def test_a_policy_waits_for_no_entry_and_follows_its_own_past(people, portal):
    receiver(portal)
    published()
    _alone, _later = later_interpretation(people)
    portal.status = 500
    send(portal)
    tried = [one.tries for one in deliveries()]
    assert tried == [1, 1, 0]  # the entry, the document; what follows the document waits
    portal.status = 204
    again = max(one.next_try_at for one in deliveries())
    assert send(portal, again) == 3


def test_nothing_is_told_of_a_release_that_was_not_stored(people, portal):
    receiver(portal)
    package, actor = policies.brought_to(PackageState.SIGNED), people.press_officer.actor
    with pytest.raises(RuntimeError), transaction(actor, NOW) as writing:
        steps.advance(writing, package, "release", Attempt(actor, NOW), Settings())
        assert len(deliveries()) == 1
        raise RuntimeError
    assert deliveries() == []


def test_a_delivery_is_of_an_entry_or_of_a_document(session, portal):
    one, _secret = receiver(portal)
    row = {"receiver_id": one.id, "occasion": "publish", "body": "{}", "created_at": NOW,
           "next_try_at": NOW, "number": "n"}  # fmt: skip
    with pytest.raises(IntegrityError), transaction(CONSOLE, NOW) as writing:
        writing.add(WebhookDelivery(**row))


def test_many_are_sent_again_at_once_and_who_is_paused_is_named(client, people, portal):
    told, _secret = receiver(portal)
    with transaction(CONSOLE, NOW) as writing:
        paused, _secret = service.add(writing, "另一家", portal.url, NOW)
    published()
    portal.status = 500
    send(portal)
    with transaction(CONSOLE, NOW) as writing:
        service.pause(writing, service.get(writing, paused.id))
    people.sign_in(client, people.press_officer)
    page = client.get(f"/publishing/deliveries?receiver={told.id}").text
    strict(page)
    assert page.count('name="chosen"') == 1
    chosen = [str(one.id) for one in deliveries()]
    sent = {"action": "again", "chosen": chosen}
    refused = client.post("/publishing/deliveries/bulk", data=sent)
    assert refused.status_code == 409
    assert "另一家：推送对象已暂停" in refused.text
    assert [one.tries for one in deliveries()] == [0, 1]
