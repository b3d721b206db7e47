"""The form of weights and thresholds."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, SubmitField
from wtforms.validators import InputRequired, NumberRange

from responder.topics.rules import FULL, LEVEL_LABELS, PART_LABELS, Scale
from responder.web.forms import WholeNumber

_WHOLE = {"min": 0, "max": FULL, "step": 1, "inputmode": "numeric"}


def _number(label: str, description: str = "") -> WholeNumber:
    return WholeNumber(
        _l(label),
        validators=[
            InputRequired(_l("请填写 0 到 100 之间的整数")),
            NumberRange(0, FULL, _l("请填写 0 到 100 之间的整数")),
        ],
        description=_l(description) if description else "",
        render_kw=_WHOLE,
    )


class HeatForm(FlaskForm):
    volume = _number(PART_LABELS["volume"])
    speed = _number(PART_LABELS["speed"])
    burst = _number(PART_LABELS["burst"])
    reach = _number(PART_LABELS["reach"])
    spread = _number(PART_LABELS["spread"])
    gravity = _number(PART_LABELS["gravity"])
    freshness = _number(PART_LABELS["freshness"])
    level_1 = _number(LEVEL_LABELS[1])
    level_2 = _number(LEVEL_LABELS[2])
    level_3 = _number(LEVEL_LABELS[3])
    version_id = HiddenField()
    preview = SubmitField(_l("预览"))
    submit = SubmitField(_l("保存"))

    def scale(self) -> Scale:
        """What was typed."""
        levels = (self.level_1.data, self.level_2.data, self.level_3.data)
        return Scale({name: self[name].data for name in PART_LABELS}, levels)


def values_of(scale: Scale, version: int) -> dict[str, int]:
    """What the form shows of a scale; ``version`` is 0 when the office has saved none."""
    low, middle, high = scale.levels
    levels = {"level_1": low, "level_2": middle, "level_3": high}
    return {**scale.weights, **levels, "version_id": version}
