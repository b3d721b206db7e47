"""A long list as a file, made where no request waits for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import current_app, url_for
from werkzeug.datastructures import MultiDict

from responder.core import privacy
from responder.core.audit import Audited
from responder.core.database import db
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import Actor
from responder.web.access import opens_to
from responder.web.listing.declared import Asker
from responder.web.listing.exporting import MOST_EXPORTED, File, LargeFile, demand_few, file_of
from responder.web.listing.showing import said, sentence
from responder.web.listing.sources import source_of
from responder.web.listing.views import asked_of, known, record_export


def address_of_list(wanted: LargeFile) -> str:
    """The page of which a file is wanted."""
    return url_for(known(wanted.code).endpoint, **wanted.address)


def make_large_file(
    wanted: LargeFile,
    person: Audited,
    actor: Actor,
    now: datetime,
    tell: Callable[[int, int], None],
) -> File:
    """The file behind the page: for whoever may open the list, and with a line in the trail.

    :param person: whoever takes it along, for the trail.
    :param tell: hears how many rows are done, and of how many.
    :raises Forbidden: this person may not open the list any more.
    :raises Invalid: a condition that makes no sense: the file would hold more than was meant.
    """
    one = known(wanted.code)
    if not opens_to(actor, one.endpoint):
        raise Forbidden("您已没有打开这个列表的权限；如工作需要，请联系系统管理员")
    zone = current_app.extensions["settings"].zone
    with db.sessionmaker() as reading:  # telling commits: what is being read must not notice
        asker = Asker(reading, actor, now, zone)
        asked, filters = asked_of(one.listing, asker, MultiDict(wanted.address))
        if asked.nonsense:
            raise Invalid(sentence(asked.nonsense[0]))
        source = source_of(one.listing, asked, asker)
        count = source.whole()
        demand_few(count, MOST_EXPORTED)

        def said_so(done: int) -> None:
            tell(done, count)

        file = file_of(one.listing, wanted.format, source, asked, asker, said_so)
        told = [privacy.mask(said(each)) for filter_ in filters for each in filter_.told(asked)]
    record_export(one.listing, wanted.format, count, told, person, actor)
    return file
