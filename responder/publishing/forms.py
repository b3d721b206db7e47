"""Forms of publishing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms.validators import InputRequired

from responder.core.errors import Invalid
from responder.web.forms import MomentField


class ScheduleForm(FlaskForm):
    publish_at = MomentField(_l("发布时间"), validators=[InputRequired()])

    def moment(self, zone: ZoneInfo) -> datetime:
        """The hour that was chosen, aware: a browser sends it without its zone.

        :raises Invalid: no hour, or not one.
        """
        if not self.validate_on_submit():
            if any(self.publish_at.raw_data or []):
                raise Invalid(str(self.publish_at.errors[0]), {"publish_at": "写得不对"})
            raise Invalid("请选择发布时间：返回上一页，填写日期和时间", {"publish_at": "必填"})
        chosen: datetime = self.publish_at.data
        return chosen.replace(tzinfo=zone)
