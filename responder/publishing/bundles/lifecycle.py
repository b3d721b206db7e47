"""The way of a bundle, as a table."""

from __future__ import annotations

from responder.core.lifecycle import Lifecycle, Transition
from responder.core.permissions import Permission
from responder.publishing.bundles.models import BundleState

_S = BundleState
_P = Permission

BUNDLE = Lifecycle(
    name="bundle",
    states={
        _S.SCHEDULED: "待发布",
        _S.PUBLISHED: "已发布",
        _S.CANCELLED: "已取消",
        _S.REFUSED: "未发布",
    },
    initial=_S.SCHEDULED,
    transitions=(
        Transition("publish", "立即一起发布", (_S.SCHEDULED,), _S.PUBLISHED, _P.PUBLISH),
        Transition(
            "cancel",
            "取消成组发布",
            (_S.SCHEDULED,),
            _S.CANCELLED,
            _P.PUBLISH,
            tone="outline-secondary",
        ),
        # At its hour, by the scheduler: the gate refuses one of its items.
        Transition("refuse", "到点未发布", (_S.SCHEDULED,), _S.REFUSED, _P.PUBLISH),
    ),
)
STATE_TONES = {_S.SCHEDULED: "soon", _S.PUBLISHED: "fine", _S.REFUSED: "late"}
