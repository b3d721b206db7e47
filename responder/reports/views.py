"""Pages."""

from flask import Blueprint

from responder.web.access import signed_in

blueprint = Blueprint("reports", __name__)


@blueprint.get("/")
@signed_in
def today() -> str:
    return ""
