"""Forms of subscriptions and of calendar files."""

from __future__ import annotations

import base64
import binascii
import zlib

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FileField, HiddenField, SelectField, StringField, SubmitField
from wtforms.validators import DataRequired, Length, NumberRange

from responder.core.errors import Invalid
from responder.planning.calendars.ical_reading import MOST_BYTES
from responder.planning.events.forms import FORM_CHOICES

MOST_CARRIED = 400_000  # characters; fields of a form may have half a million together


class FeedForm(FlaskForm):
    name = StringField(
        _l("用在哪里"),
        validators=[DataRequired(_l("请填写这个订阅用在哪里")), Length(max=64)],
        description=_l("如：我的手机、办公室 Outlook。撤销时凭它辨认。"),
    )
    unit_id = SelectField(_l("订阅哪些活动"), coerce=int)
    submit = SubmitField(_l("建立订阅"))


class IcsForm(FlaskForm):
    """A calendar file, and what the file does not say of its events.

    ``kept`` is the file of a dry run, so that it need not be chosen again.
    """

    file = FileField(_l("日历文件（.ics）"), render_kw={"accept": ".ics,text/calendar"})
    unit_id = SelectField(
        _l("新活动的发布单位"),
        coerce=int,
        validators=[NumberRange(min=1, message=_l("请选择发布单位"))],
    )
    form = SelectField(
        _l("新活动的发布形式"),
        choices=FORM_CHOICES,
        description=_l("标题或类别里写明形式的，按文件里的。"),
    )
    kept = HiddenField()
    look = SubmitField(_l("试运行"))
    store = SubmitField(_l("导入"))

    def content(self) -> bytes:
        """The file that was chosen, or that of the dry run before.

        :raises Invalid: neither.
        """
        chosen = request.files.get("file")
        if chosen is not None and chosen.filename:
            content: bytes = chosen.read()
            return content
        try:
            packed = base64.b64decode(self.kept.data or "", validate=True)
            kept = zlib.decompressobj().decompress(packed, MOST_BYTES + 1) if packed else b""
        except (binascii.Error, ValueError, zlib.error):
            kept = b""
        if not kept:
            raise Invalid("请选择要导入的日历文件（.ics）", {"file": "请选择文件"})
        return kept

    def keep(self, content: bytes) -> None:
        """Have the next form carry this file, if it packs into what a form may carry."""
        packed = base64.b64encode(zlib.compress(content)).decode("ascii")
        self.kept.data = packed if len(packed) <= MOST_CARRIED else ""
