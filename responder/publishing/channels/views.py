"""The pages of other channels."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length

from responder.core.database import db, transaction
from responder.core.errors import Invalid
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.publishing import service as publishing
from responder.publishing.channels import service
from responder.publishing.channels.declared import POSTS
from responder.publishing.channels.models import CHANNEL_LABELS, Channel
from responder.web.access import current_actor, requires
from responder.web.forms import MomentField
from responder.web.listing import add_list_pages, show

blueprint = Blueprint("channels", __name__)


class PostForm(FlaskForm):
    channel = SelectField(
        _l("渠道"),
        coerce=Channel,
        choices=[SelectChoice(one.value, _l(label)) for one, label in CHANNEL_LABELS.items()],
    )
    url = StringField(_l("链接"), validators=[InputRequired(), Length(max=500)])
    posted_at = MomentField(_l("发布时间"), validators=[InputRequired()])


@blueprint.get("/publishing/posts")
@requires(Permission.PUBLISH)
def index() -> str:
    return render_template(
        "publishing/posts.html",
        listed=show(POSTS),
        counts=service.counts(db.session),
        labels=CHANNEL_LABELS,
    )


add_list_pages(blueprint, "/publishing/posts", POSTS, "index", frozenset({Permission.PUBLISH}))


@blueprint.post("/publishing/entries/<int:entry_id>/posts")
@requires(Permission.PUBLISH)
def record(entry_id: int) -> Response:
    form = PostForm()
    if not form.validate():
        raise Invalid("请填写渠道、链接和发布时间：返回上一页补全", {"url": "必填"})
    zone = current_app.extensions["settings"].zone
    attempt = Attempt(current_actor(), utc_now())
    with transaction(attempt.actor, attempt.now) as session:
        entry = publishing.find_entry(session, entry_id)
        posted_at = form.posted_at.data.replace(tzinfo=zone)
        service.record_post(session, entry, form.channel.data, form.url.data, posted_at, attempt)
        item_id = entry.item_id
    flash(_("已登记。"), "success")
    return redirect(url_for("responses.show", item_id=item_id))
