"""Pages of the briefing pack, its template, and what is said on each topic."""

from __future__ import annotations

from io import BytesIO

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from responder.core.database import db, transaction
from responder.core.errors import Forbidden, Invalid, Stale
from responder.core.office import public_lines
from responder.core.permissions import Permission
from responder.core.times import utc_now
from responder.planning import service
from responder.planning.briefing import statements, templates
from responder.planning.briefing.layout import shipped_template
from responder.planning.briefing.pack import Pack, prepare
from responder.planning.briefing.reading import Standpoint
from responder.planning.briefing.rendering import word_file
from responder.planning.briefing.words import EXPLAINED
from responder.planning.views import blueprint, zone
from responder.web.access import current_actor, requires
from responder.web.errors import STATUS
from responder.web.media_types import DOCX
from responder.web.sentences import spoken


@blueprint.get("/planning/events/<int:event_id>/briefing")
@requires(Permission.PLAN_READ)
def briefing(event_id: int) -> str:
    pack = _pack(event_id)
    return render_template("planning/briefing.html", pack=pack)


@blueprint.get("/planning/events/<int:event_id>/briefing.docx")
@requires(Permission.PLAN_READ)
def briefing_file(event_id: int) -> Response:
    pack = _pack(event_id)
    content = word_file(pack, templates.current_content(db.session))
    return _file(content, _("背景材料（%(theme)s）", theme=pack.theme[:60]))


def _pack(event_id: int) -> Pack:
    if not current_actor().may(Permission.TOPIC_READ):
        raise Forbidden("背景材料含有群众留言，只有可以查看话题的同事能打开；请联系新闻办")
    event = service.get_event(db.session, event_id)
    return prepare(db.session, event, Standpoint(utc_now(), zone(), public_lines()))


def _file(content: bytes, name: str) -> Response:
    plain = "".join("_" if c in '\\/:*?"<>|' or not c.isprintable() else c for c in name)
    return send_file(BytesIO(content), DOCX, as_attachment=True, download_name=f"{plain}.docx")


@blueprint.get("/planning/briefing-template")
@requires(Permission.PLAN_EDIT)
def briefing_template() -> str:
    return _template_page()


def _template_page(problem: str = "") -> str:
    return render_template(
        "planning/briefing_template.html",
        kept=templates.kept(db.session),
        current=templates.current(db.session),
        explained=EXPLAINED,
        problem=problem,
    )


@blueprint.get("/planning/briefing-template/shipped.docx")
@requires(Permission.PLAN_EDIT)
def shipped_briefing_template() -> Response:
    return _file(shipped_template(), _("背景材料模板"))


@blueprint.get("/planning/briefing-template/<int:template_id>.docx")
@requires(Permission.PLAN_EDIT)
def kept_briefing_template(template_id: int) -> Response:
    found = templates.get(db.session, template_id)
    return _file(found.content, found.name.removesuffix(".docx"))


@blueprint.post("/planning/briefing-template")
@requires(Permission.PLAN_EDIT)
def upload_briefing_template() -> Response | tuple[str, int]:
    given = request.files.get("file")
    try:
        if given is None or not given.filename:
            raise Invalid("请先选择模板文件（.docx）", {"file": "请选择文件"})
        content = given.stream.read(templates.LARGEST + 1)
        with transaction(current_actor()) as session:
            templates.add(session, given.filename, content, current_actor(), utc_now())
    except Invalid as error:
        return _template_page(spoken(error.message)), STATUS[Invalid]
    flash(_("已换用新模板：此后生成的背景材料都按它排版。"), "success")
    return redirect(url_for("planning.briefing_template"))


@blueprint.post("/planning/briefing-template/reset")
@requires(Permission.PLAN_EDIT)
def reset_briefing_template() -> Response:
    with transaction(current_actor()) as session:
        templates.back_to_shipped(session, current_actor(), utc_now())
    flash(_("已改回系统模板；原来的模板仍可在下面下载。"), "success")
    return redirect(url_for("planning.briefing_template"))


@blueprint.post("/planning/links/<int:link_id>/statement")
@requires(Permission.PLAN_EDIT)
def save_statement(link_id: int) -> Response | tuple[str, int]:
    text, shown = request.form.get("text", ""), request.form.get("seen", "")
    try:
        with transaction(current_actor()) as session:
            saved = statements.write(session, link_id, text, shown, current_actor())
            event_id = statements.get(session, link_id).event_id
    except (Invalid, Stale) as error:
        return _statement_page(link_id, text, spoken(error.message)), STATUS[type(error)]
    flash(_("已保存会上回应。") if saved else _("内容没有变化。"), "success")
    address = url_for("planning.show_event", event_id=event_id, _anchor=f"statement-{link_id}")
    return redirect(address)


def _statement_page(link_id: int, text: str, problem: str) -> str:
    """What was typed beside what is stored; nothing is lost."""
    link = statements.get(db.session, link_id)
    return render_template("planning/statement.html", link=link, text=text, problem=problem)
