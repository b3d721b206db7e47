"""Keeping a view of a list, dropping it, and the links above the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.accounts.saved_views import service
from responder.accounts.saved_views.models import AUDIENCE_LABELS, Audience, SavedView
from responder.core import privacy
from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid
from responder.core.permissions import ROLE_LABELS, Actor
from responder.core.times import utc_now
from responder.web.access import current_actor, may_open, signed_in
from responder.web.listing import Listing, ListView, Option, Text
from responder.web.listing.rules import Asked, Filter, read
from responder.web.listing.views import Known, address_of, asked_of, asker_now, known
from responder.web.trail import Kind, name_kind, name_values

blueprint = Blueprint("saved_views", __name__)

FIELDS = {
    "list_code": "列表", "name": "名称", "address": "条件", "audience": "谁能用", "role": "岗位",
    "shared": "共享", "saved_at": "保存时间",
}  # fmt: skip


@dataclass(frozen=True)
class KeptView:
    """A view as a link; ``owner`` is empty of one's own."""

    id: int
    name: str
    url: str
    current: bool
    owner: str


@dataclass(frozen=True)
class Kept:
    """What stands above a list. ``own``: the view of one's own that is shown now."""

    views: list[KeptView]
    own: KeptView | None
    savable: bool
    audiences: list[Option]


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.add_template_global(saved_views)
    name_kind(app, "saved_view", Kind("常用视图", {}, FIELDS))
    name_kind(app, "saved_filter", Kind("常用筛选", {}, FIELDS))  # what they were called before
    name_values(app, "audience", AUDIENCE_LABELS)


def saved_views(listed: ListView) -> Kept:
    """The views of a list that whoever asks may use."""
    actor = current_actor()
    found = service.views_for(db.session, listed.listing.code, actor)
    views = [_link(one, listed, actor) for one in found]
    own = next((one for one in views if one.current and not one.owner), None)
    savable = bool(listed.asked.address)
    savable = savable and not _why_not_kept(listed.listing, listed.asked, listed.filters)
    return Kept(views, own, savable, _audiences(actor))


def _why_not_kept(listing: Listing, asked: Asked, filters: Sequence[Filter]) -> str:
    """What others may read must name nobody; empty: it does not."""
    typed = (asked.given.get(one.name, "") for one in filters if isinstance(one, Text))
    if any(privacy.mask(text) != text for text in typed):
        return _("条件里有个人信息（例如电话号码），不能存进常用视图：请改用事情、地点的词")
    return listing.unsavable(asked.values)


def _link(view: SavedView, listed: ListView, actor: Actor) -> KeptView:
    """What the list no longer knows of the address has fallen away."""
    listing = listed.listing
    args = dict(parse_qsl(view.address))
    asked = read(args, listed.filters, listing.sortable, listing.sort_name)
    return KeptView(
        view.id,
        view.name,
        address_of(listed.endpoint, asked),
        asked.address == listed.asked.address,
        "" if view.owner_id == actor.id else view.owner.display_name,
    )


def _audiences(actor: Actor) -> list[Option]:
    own_unit = [Option(Audience.UNIT.value, _("本单位"))] if actor.unit_id is not None else []
    return [
        Option(Audience.OWN.value, _("只有我")),
        Option(Audience.ALL.value, _("能看这个列表的人")),
        *own_unit,
        *(
            Option(f"{Audience.ROLE.value}:{role.value}", _("岗位：%(role)s", role=_(label)))
            for role, label in ROLE_LABELS.items()
        ),
    ]


@blueprint.post("/lists/<string:code>/views")
@signed_in
def keep(code: str) -> Response:
    one = _open(code)
    asker = asker_now()
    asked, filters = asked_of(one.listing, asker, request.form)
    name = request.form.get("view-name", "")
    try:
        if reason := _why_not_kept(one.listing, asked, filters):
            raise Invalid(reason)
        if privacy.mask(name) != name:
            raise Invalid(_("名称里有个人信息（例如电话号码）：请另起名称"))
        group = service.read_group(request.form.get("view-for", Audience.OWN), asker.actor)
        with transaction(asker.actor) as session:
            view = service.keep(session, code, name, asked.address, group, asker.actor, utc_now())
            flash(_("已保存常用视图“%(name)s”", name=view.name), "success")
    except Invalid as error:
        flash(error.message, "danger")
    return redirect(address_of(one.endpoint, asked))


@blueprint.post("/saved-views/<int:view_id>/delete")
@signed_in
def drop(view_id: int) -> Response:
    with transaction(current_actor()) as session:
        code = service.drop(session, view_id, current_actor()).list_code
    flash(_("已删除常用视图"), "success")
    return redirect(url_for(known(code).endpoint))


def _open(code: str) -> Known:
    """A list that whoever asks may open.

    :raises Forbidden: they may not.
    """
    one = known(code)
    if not may_open(one.endpoint):
        raise Forbidden("您没有打开这个列表的权限；如工作需要，请联系系统管理员")
    return one
