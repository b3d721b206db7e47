"""The public 政策解读 column."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, send_file
from werkzeug.wrappers import Response as AnyResponse

from responder.core.database import db
from responder.core.errors import NotFound
from responder.publishing.answers import cacheable, office, shared, site, to_subscribers
from responder.publishing.feed import FEED_ENTRIES, SITEMAP_ADDRESSES, sitemap_of
from responder.publishing.packages import feed as feeds
from responder.publishing.packages import public
from responder.publishing.packages.places import LivePolicy
from responder.web.access import public as open_to_all
from responder.web.paging import paginate, requested_page

blueprint = Blueprint("interpretations", __name__)

ROWS_A_PAGE = 20


@blueprint.get("/interpretations")
@open_to_all
def index() -> Response:
    zone = office().zone
    column = public.column_of(db.session, request.args.get("column", ""))
    years, year = public.years(db.session, zone), request.args.get("year", type=int)
    query = public.interpretations(column, year if year in years else None, zone)
    return cacheable(
        render_template(
            "interpretations/index.html",
            page=paginate(db.session, query, requested_page(), ROWS_A_PAGE),
            columns=public.public_columns(db.session),
            column=column,
            years=years,
            shared=shared(),
            places=LivePolicy(),
        )
    )


@blueprint.get("/interpretations/documents")
@open_to_all
def documents() -> Response:
    page = paginate(db.session, public.documents(), requested_page(), ROWS_A_PAGE)
    return cacheable(
        render_template(
            "interpretations/documents.html",
            page=page,
            columns=public.public_columns(db.session),
            shared=shared(),
            places=LivePolicy(),
        )
    )


@blueprint.get("/interpretations/documents/<int:document_id>")
@open_to_all
def document(document_id: int) -> Response:
    found = public.find_document(db.session, document_id)
    return cacheable(
        render_template(
            "interpretations/document.html", document=found, shared=shared(), places=LivePolicy()
        )
    )


@blueprint.get("/interpretations/<int:interpretation_id>")
@open_to_all
def show(interpretation_id: int) -> Response:
    found = public.find_interpretation(db.session, interpretation_id)
    return cacheable(
        render_template(
            "interpretations/show.html", one=found, shared=shared(), places=LivePolicy()
        )
    )


@blueprint.get("/interpretations/attachments/<int:attachment_id>")
@open_to_all
def attachment(attachment_id: int) -> Response:
    """Always to be kept, never to be shown: what somebody uploaded runs in no page of ours."""
    found = public.find_attachment(db.session, attachment_id)
    path = office().package_files / found.digest
    if not path.is_file():
        raise NotFound("附件暂时不能下载：请稍后再试，或联系发布机构")
    return send_file(
        path.resolve(), found.media_type, as_attachment=True, download_name=found.name, etag=False
    )


@blueprint.get("/interpretations/feed.xml")
@open_to_all
def feed() -> AnyResponse:
    newest = db.session.scalars(public.latest(FEED_ENTRIES))
    text = feeds.atom(newest, office(), site(), LivePolicy())
    return to_subscribers(text, "application/atom+xml; charset=utf-8")


@blueprint.get("/interpretations/feed.json")
@open_to_all
def json_feed() -> AnyResponse:
    newest = db.session.scalars(public.latest(FEED_ENTRIES))
    text = feeds.json_feed(newest, office(), site(), LivePolicy())
    return to_subscribers(text, "application/feed+json; charset=utf-8")


@blueprint.get("/interpretations/sitemap.xml")
@open_to_all
def sitemap() -> AnyResponse:
    addresses = feeds.addresses(db.session, LivePolicy(), SITEMAP_ADDRESSES)
    return to_subscribers(sitemap_of(addresses, site()), "application/xml")
