"""The form of the rule on how long senders are kept."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.validators import InputRequired, NumberRange

from responder.intake.identity.retention import LONGEST_DAYS
from responder.web.forms import WholeNumber

_BOUNDS = _l("请填 0 到 %(most)s 的整数", most=LONGEST_DAYS)


class RuleForm(FlaskForm):
    """How many days; ``confirmed`` is how many messages somebody agreed to lose the sender of."""

    keep_days = WholeNumber(
        _l("保留天数"),
        validators=[InputRequired(_BOUNDS), NumberRange(0, LONGEST_DAYS, message=_BOUNDS)],
        description=_l("从收到留言的那个月结束时算起；0 表示一直保留"),
        render_kw={"min": 0, "max": LONGEST_DAYS, "inputmode": "numeric"},
    )
    version = HiddenField()
    confirmed = HiddenField()
