"""The plan as a file."""

from __future__ import annotations

from io import BytesIO

from flask import send_file
from werkzeug.wrappers import Response

from responder.core.database import db
from responder.core.errors import NotFound
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning.plans import service
from responder.planning.plans.exporting import FORMATS
from responder.planning.views import blueprint, zone
from responder.web.access import current_actor, requires


@blueprint.get("/planning/plan/<int:year>/export.<string:kind>")
@requires(Permission.PLAN_READ)
def export_plan(year: int, kind: str) -> Response:
    wanted = FORMATS.get(kind)
    if wanted is None:
        raise NotFound(f"不能导出为 {kind}：可选 {'、'.join(FORMATS)}")
    plan = service.get_plan(db.session, year)
    content = BytesIO(wanted.write(db.session, plan, zone(), utc_now(), current_actor()))
    name = f"{plan.title}.{kind}"
    return send_file(content, wanted.media_type, as_attachment=True, download_name=name)
