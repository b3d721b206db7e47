"""Work orders (工单): what a unit must answer, by when, and how it goes."""

from flask import Flask

from responder.errands.kinds import Kind, name_errand
from responder.intake.identity import retention
from responder.intake.imports.undo import keep_messages
from responder.orders import helpers, service
from responder.orders.cli import orders
from responder.orders.views import blueprint
from responder.orders.views.common import READERS
from responder.orders.views.pages import EXPORT, export_as_errand


def init_app(app: Flask) -> None:
    app.register_blueprint(blueprint)
    app.cli.add_command(orders)
    helpers.register(app)
    exporting = Kind(EXPORT, "导出工单", frozenset(READERS), export_as_errand, "orders.index")
    name_errand(app, exporting)
    keep_messages("orders", "已转为工单", service.held_among)
    retention.spare("open orders", service.with_open_orders)
