"""What was imported, in the browser: a batch, taking it back, the mappings that were kept."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core import audit
from responder.core.database import db, transaction
from responder.core.errors import GuardRefused
from responder.core.times import utc_now
from responder.intake.imports import saved_mappings, undo
from responder.intake.imports import service as import_service
from responder.intake.imports.models import RunState
from responder.intake.imports.views import IMPORT, folder_of
from responder.intake.models import CHANNEL_LABELS, ImportBatch
from responder.intake.views import blueprint
from responder.web.access import current_actor, requires
from responder.web.sentences import spoken
from responder.web.trail import Kind

BATCH_KIND = Kind(
    "导入批次",
    {"import": "导入", "ask-undo": "要求撤销导入", "undo": "撤销导入"},
    {"removed": "撤出的留言"},
)
MAPPING_KIND = Kind("列映射", fields={"columns": "列", "channel": "渠道"})


@blueprint.get("/imports/<int:batch_id>")
@requires(IMPORT)
def import_batch(batch_id: int) -> str:
    batch = import_service.get_batch(db.session, batch_id)
    runs = list(db.session.scalars(import_service.runs_of(batch)))
    return render_template(
        "intake/import_batch.html",
        batch=batch,
        labels=CHANNEL_LABELS,
        returned=[run for run in runs if folder_of(run).errors.is_file()],
        unfinished=next((run for run in runs if run.state is not RunState.DONE), None),
        events=audit.history(db.session, batch),
    )


@blueprint.get("/imports/<int:batch_id>/undo")
@requires(IMPORT)
def import_undo_page(batch_id: int) -> str:
    batch = import_service.get_batch(db.session, batch_id)
    return _undo_page(batch)


def _undo_page(batch: ImportBatch, problem: str = "") -> str:
    return render_template(
        "intake/import_undo.html",
        batch=batch,
        obstacles=undo.obstacles(db.session, batch),
        also_in=undo.also_in(db.session, batch),
        problem=problem,
    )


@blueprint.post("/imports/<int:batch_id>/undo")
@requires(IMPORT)
def import_undo(batch_id: int) -> Response | tuple[str, int]:
    now = utc_now()
    try:
        with transaction(current_actor(), now) as session:
            batch = import_service.get_batch(session, batch_id)
            undo.ask(session, batch, current_actor(), now)
    except GuardRefused as error:
        return _undo_page(
            import_service.get_batch(db.session, batch_id), spoken(error.message)
        ), 422
    return redirect(url_for("intake.import_batch", batch_id=batch_id))


@blueprint.post("/imports/mappings/<int:mapping_id>/delete")
@requires(IMPORT)
def import_mapping_delete(mapping_id: int) -> Response:
    with transaction(current_actor(), utc_now()) as session:
        name = saved_mappings.delete(session, mapping_id)
    flash(_("已删除映射“%(name)s”。", name=name), "success")
    return redirect(url_for("intake.imports"))
