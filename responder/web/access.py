"""Deny by default: a route that names no permission is closed to everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar, runtime_checkable

from flask import Flask, current_app, g, has_request_context, request
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from responder.core.errors import Forbidden, SignedOut
from responder.core.permissions import Actor, Permission

View = TypeVar("View", bound=Callable[..., object])

# What a view may declare instead of a permission.
PUBLIC = "public"
SIGNED_IN = "signed-in"

# Stylesheets and icons; bound methods, so they cannot carry a mark of their own.
ASSET_ENDPOINTS = frozenset({"static", "bootstrap.static"})


@runtime_checkable
class Gate(Protocol):
    """What else a view may declare: a check of its own, that knows no cookies."""

    def check(self) -> None:
        """:raises Exception: whoever asks may not; a handler makes the answer of it."""


# What somebody may do today for people who are away; the room of people says it.
DELEGATED = "delegated"
Delegation = Callable[[Actor], frozenset[Permission]]

NOBODY = Actor(None, "访客", frozenset())

login_manager = LoginManager()
login_manager.login_view = "accounts.sign_in"
login_manager.login_message = _l("请先登录，再打开这个页面。")


def requires(*permissions: Permission) -> Callable[[View], View]:
    """Open a view to people who hold any one of these permissions."""
    return declare(frozenset(permissions))


def public(view: View) -> View:
    """Open a view to everybody. The list of such views is held by a test."""
    return declare(PUBLIC)(view)


def signed_in(view: View) -> View:
    """Open a view to whoever has signed in."""
    return declare(SIGNED_IN)(view)


def taken_along(view: View) -> View:
    """Say of a view that it hands out something and tells the trail who took it.

    A page elsewhere must not have somebody take it unawares: it opens from pages of ours, from
    an address that was typed, and from programs that are no browser.
    """
    view.taken_along = True  # type: ignore[attr-defined]
    return view


def is_sent_by_another_site() -> bool:
    """Whether a page of another site had the browser ask; what says nothing is believed."""
    return request.headers.get("Sec-Fetch-Site") == "cross-site"


def current_actor() -> Actor:
    """Whoever sent this request, as the services know them."""
    return current_user.actor if current_user.is_authenticated else NOBODY


def ask_nobody() -> None:
    """From here on, this request is a stranger's: the database, which knows people, is away."""
    g._login_user = login_manager.anonymous_user()


def may(permission: Permission | str) -> bool:
    """For templates: whether to show a link at all."""
    return _has_one(current_actor(), frozenset({Permission(permission)}))


def may_open(endpoint: str) -> bool:
    """Whether whoever asks may open a page, by what its view declares."""
    return opens_to(current_actor(), endpoint)


def opens_to(actor: Actor, endpoint: str) -> bool:
    """Whether somebody may open a page, also where no request is."""
    declared = declared_access(current_app, endpoint)
    if declared in (PUBLIC, SIGNED_IN):
        return declared == PUBLIC or actor.id is not None
    return isinstance(declared, frozenset) and _has_one(actor, declared)


def delegated_by(app: Flask, find: Delegation) -> None:
    """Say how to find the rights that somebody has today as a deputy."""
    app.extensions[DELEGATED] = find


def _has_one(actor: Actor, wanted: frozenset[Permission]) -> bool:
    """Whether a person has one of these rights: their own, or today as somebody's deputy."""
    return bool(wanted & actor.permissions or wanted & _delegated(actor))


def _delegated(actor: Actor) -> frozenset[Permission]:
    """Looked up once in a request, and only when the own rights do not do."""
    found: dict[int | None, frozenset[Permission]] = {}
    if has_request_context():
        found = request.environ.setdefault(DELEGATED, found)
    if actor.id not in found:
        find: Delegation = current_app.extensions[DELEGATED]
        found[actor.id] = find(actor)
    return found[actor.id]


def declare(access: object) -> Callable[[View], View]:
    """Say of a view who may open it: a mark of this module, permissions, or a gate."""

    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


def declared_access(app: Flask, endpoint: str) -> object:
    """What a route says of itself; None is closed."""
    if endpoint in ASSET_ENDPOINTS:
        return PUBLIC
    return getattr(app.view_functions[endpoint], "access", None)


def is_taken_along(app: Flask, endpoint: str) -> bool:
    """Whether a route says that it tells the trail what it hands out."""
    return getattr(app.view_functions[endpoint], "taken_along", False)


def asks_who_it_is() -> bool:
    """Whether the route of this request opens by who has signed in: nothing else looks it up."""
    if request.endpoint is None:
        return False
    declared = declared_access(current_app, request.endpoint)
    return declared != PUBLIC and not isinstance(declared, Gate)


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    app.extensions.setdefault(DELEGATED, lambda _actor: frozenset())
    app.before_request(_check_access)
    app.add_template_global(may)
    app.add_template_global(current_actor)


def _check_access() -> Response | None:
    if request.endpoint is None:
        return None  # an unknown address; the 404 follows
    declared = declared_access(current_app, request.endpoint)
    if declared == PUBLIC:
        return None
    if isinstance(declared, Gate):
        declared.check()
        return None
    if not current_user.is_authenticated:
        if request.method == "POST" and request.form:
            raise SignedOut("登录已过期：请重新登录后再提交；您填写的内容在下面，可复制")
        return login_manager.unauthorized()
    if not may_open(request.endpoint):
        raise Forbidden("您没有打开这个页面的权限；如工作需要，请联系系统管理员")
    if is_taken_along(current_app, request.endpoint) and is_sent_by_another_site():
        raise Forbidden("这次下载是从别的网站发起的，没有办理：请在工作台打开列表或记录，再点下载")
    return None
