"""The page of jobs: whether a scheduler acts, how each job last ran, and a run now."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.scheduling import service, turns
from responder.scheduling.labels import JOB_LABELS
from responder.web.access import current_actor, requires

blueprint = Blueprint("scheduling", __name__)


@blueprint.get("/jobs")
@requires(Permission.JOB_RUN)
def index() -> str:
    now = utc_now()
    return render_template(
        "scheduling/index.html",
        jobs=service.jobs(db.session),
        labels=JOB_LABELS,
        seen=turns.last_sign(db.session),
        alive=turns.scheduler_is_alive(db.session, now),
    )


@blueprint.post("/jobs/<string:name>/run")
@requires(Permission.JOB_RUN)
def run(name: str) -> Response:
    with transaction(current_actor()) as session:
        service.want(session, name, utc_now())
    flash(_("已通知调度器：几秒内运行，结果见下表。"), "success")
    return redirect(url_for("scheduling.index"))
