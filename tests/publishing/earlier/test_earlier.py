"""What was answered before is found by its words, and taken up as a version that says so."""

from __future__ import annotations

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.lifecycle import Attempt
from responder.publishing.earlier import service
from responder.publishing.models import ChangeKind
from responder.responses.drafting.formats import TextFormat
from responder.responses.models import ItemState
from tests.factories import NOW
from tests.publishing.factories import changed, published
from tests.responses.drafting.test_drafting import MARKDOWN, published_markdown
from tests.responses.factories import ANSWER, brought_to, opened, reload
from tests.responses.pages import strict


def test_the_like_is_found_by_words_taken_up_and_not_once_withdrawn(client, people):
    parking = published()
    published(title="关于停水的回应", concern="居民反映自来水多次停供。")
    item = opened(title="关于锦绣花园车位的回应", concern="业主反映小区地下车位只售不租。")
    [found] = service.earlier_answers(db.session, item)
    assert found.entry.id == parking.id
    assert "车位" in found.words
    people.sign_in(client, people.editor)
    page = client.get(f"/responses/{item.id}/earlier").text
    strict(page)
    assert parking.index_number in page
    path = f"/responses/{item.id}/earlier/{parking.id}"
    assert client.post(path).status_code == 409  # nobody says what they saw
    assert client.post(path, data={"version": item.version_id}).status_code == 302
    assert reload(item).answer == ANSWER
    line = audit.history(db.session, reload(item))[-1]
    assert (line.action, line.changes) == ("take_up", {"index_number": parking.index_number})
    strict(client.get(f"/responses/{item.id}").text)
    review = brought_to(ItemState.FIRST_REVIEW)
    data = {"version": review.version_id}
    assert client.post(f"/responses/{review.id}/earlier/{parking.id}", data=data).status_code == 409
    changed(parking, ChangeKind.WITHDRAW)
    assert service.earlier_answers(db.session, reload(item)) == []
    data = {"version": reload(item).version_id}
    assert client.post(path, data=data).status_code == 409
    empty = client.get(f"/responses/{item.id}/earlier").text
    strict(empty)
    assert "没有问题相近的答复" in empty


def test_an_earlier_answer_is_taken_up_in_its_own_format(people):
    entry, item = published_markdown(people), opened()
    attempt = Attempt(people.editor.actor, NOW)
    with transaction(attempt.actor, NOW) as session:
        draft = service.take_up(session, item, entry, attempt, item.version_id)
        assert (draft.text, draft.format) == (MARKDOWN, TextFormat.MARKDOWN)
    assert reload(item).answer_format is TextFormat.MARKDOWN
