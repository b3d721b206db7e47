"""The form of a source: what all have, then what its kind needs."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField, SubmitField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange

from responder.core.database import db
from responder.intake.imports import saved_mappings
from responder.intake.imports.mapping import load_mapping, mapping_names
from responder.intake.models import CHANNEL_LABELS, Channel
from responder.sources import rules
from responder.sources.kinds import Security
from responder.sources.models import SECRET_CHARACTERS, Kind, Source
from responder.sources.service import SourceFacts
from responder.web.forms import WholeNumber

INTERVALS = {Kind.FEED: 15, Kind.FOLDER: 1, Kind.MAILBOX: 5, Kind.HOT_LIST: 10}
CHANNELS = {
    Kind.FEED: Channel.WEIBO,
    Kind.FOLDER: Channel.HOTLINE,
    Kind.MAILBOX: Channel.MAILBOX,
    Kind.HOT_LIST: Channel.WEIBO,
}
OF_ALL_KINDS = ("name", "channel", "district", "interval_minutes")
SECURITY_LABELS = {
    Security.TLS: _l("TLS 加密（通常是 993 端口）"),
    Security.STARTTLS: _l("STARTTLS（通常是 143 端口）"),
    Security.NONE: _l("不加密（只限内部网络）"),
}
_MINUTES = _l("请填写 1 到 10080 之间的分钟数")


class SourceForm(FlaskForm):
    """What every source has."""

    name = StringField(
        _l("名称"),
        validators=[InputRequired(_l("请填写名称")), Length(max=60, message=_l("最多 60 字"))],
        render_kw={"maxlength": 60},
    )
    channel = SelectField(
        _l("渠道"),
        coerce=Channel,
        choices=[SelectChoice(one.value, _l(label)) for one, label in CHANNEL_LABELS.items()],
        description=_l("这里来的留言记在哪个渠道。"),
    )
    district = StringField(
        _l("区县"),
        validators=[Length(max=64, message=_l("最多 64 字"))],
        description=_l("只反映一个区县时填写，否则留空。"),
    )
    interval_minutes = WholeNumber(
        _l("每隔几分钟取一次"),
        validators=[
            InputRequired(_MINUTES),
            NumberRange(rules.SHORTEST_INTERVAL, rules.LONGEST_INTERVAL, _MINUTES),
        ],
    )
    version_id = HiddenField()
    submit = SubmitField(_l("保存"))
    trial = SubmitField(_l("试取，不保存"))


def _address(description: Any) -> StringField:
    return StringField(
        _l("地址"),
        description=description,
        render_kw={"inputmode": "url", "maxlength": 500, "autocomplete": "off"},
    )


class FeedForm(SourceForm):
    url = _address(_l("RSS、Atom 或 JSON Feed 的地址，以 http:// 或 https:// 开头。"))


class FolderForm(SourceForm):
    folder = StringField(
        _l("文件夹"),
        description=_l("收件目录下的文件夹名；管理员另外列出的目录可填完整路径。"),
        render_kw={"autocomplete": "off"},
    )
    mapping = SelectField(_l("列映射"), default="default")

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        shipped = [SelectChoice(name, load_mapping(name).title) for name in mapping_names()]
        saved = [SelectChoice(one.name, one.name) for one in saved_mappings.saved(db.session)]
        self.mapping.choices = [*shipped, *saved]


class MailboxForm(SourceForm):
    host = StringField(
        _l("IMAP 服务器"),
        description=_l("如 imap.example.com。"),
        render_kw={"autocomplete": "off"},
    )
    security = SelectField(
        _l("加密方式"),
        choices=[SelectChoice(one.value, label) for one, label in SECURITY_LABELS.items()],
    )
    port = WholeNumber(
        _l("端口"),
        validators=[NumberRange(1, 65535, _l("请填写 1 到 65535 之间的数"))],
        default=993,
    )
    username = StringField(_l("用户名"), render_kw={"autocomplete": "off"})
    password = PasswordField(
        _l("密码或授权码"),
        validators=[Length(max=SECRET_CHARACTERS, message=_l("太长，请核对"))],
        description=_l("加密保存，不再显示；修改来源时留空则不变。"),
        render_kw={"autocomplete": "new-password"},
    )
    folder = StringField(_l("邮箱文件夹"), default="INBOX")
    days_back = WholeNumber(
        _l("第一次取最近几天的邮件"),
        validators=[NumberRange(0, 3650, _l("请填写 0 到 3650 之间的数"))],
        default=30,
    )


class HotListForm(SourceForm):
    url = _address(_l("给出榜单的 JSON 接口或订阅源的地址。"))
    rows_path = StringField(
        _l("列表的路径"), description=_l("如 data.realtime；留空则自动寻找，下同。")
    )
    title_path = StringField(_l("标题的路径"), description=_l("如 word 或 target.title。"))
    heat_path = StringField(_l("热度的路径"), description=_l("如 num。"))
    rank_path = StringField(_l("名次的路径"), description=_l("没有名次时按列表的顺序。"))


FORMS: dict[Kind, type[SourceForm]] = {
    Kind.FEED: FeedForm,
    Kind.FOLDER: FolderForm,
    Kind.MAILBOX: MailboxForm,
    Kind.HOT_LIST: HotListForm,
}
KIND_FIELDS = {
    Kind.FEED: ("url",),
    Kind.FOLDER: ("folder", "mapping"),
    Kind.MAILBOX: ("host", "security", "port", "username", "password", "folder", "days_back"),
    Kind.HOT_LIST: ("url", "rows_path", "title_path", "heat_path", "rank_path"),
}


def form_for(kind: Kind, source: Source | None = None) -> SourceForm:
    """The form of a kind, holding a source as it stands, or what is usual."""
    if source is None:
        usual = {"channel": CHANNELS[kind], "interval_minutes": INTERVALS[kind]}
        return FORMS[kind](data=usual)
    values = {name: getattr(source, name) for name in (*OF_ALL_KINDS, "version_id")}
    return FORMS[kind](data={**source.settings, **values})


def facts(form: SourceForm, kind: Kind) -> SourceFacts:
    """What a valid form says. A field that was not sent is not said."""
    said = {name: form[name].data for name in KIND_FIELDS[kind] if form[name].data is not None}
    password = said.pop("password", "")
    general = {name: form[name].data for name in OF_ALL_KINDS}
    return SourceFacts(
        **{**general, "district": general["district"] or ""}, settings=said, secret=password
    )
