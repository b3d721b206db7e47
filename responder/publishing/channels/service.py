"""Prepared texts of an entry, and the posts that were made of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager

from responder.core.errors import Forbidden, Invalid, WrongState
from responder.core.lifecycle import Attempt
from responder.core.permissions import Permission
from responder.publishing import rules as publishing_rules
from responder.publishing.channels import rules
from responder.publishing.channels.models import CHANNEL_LABELS, Channel, ChannelPost
from responder.publishing.models import Entry

TEXT_LABELS = {
    "weibo-short": "微博（140 字）",
    "weibo-long": "微博（长文，2000 字）",
    "wechat-title": "微信标题（64 字）",
    "wechat-body": "微信正文",
}
SOON = timedelta(minutes=1)  # a form knows minutes


@dataclass(frozen=True)
class Prepared:
    """A text to copy. ``code`` tells it from the others on the page."""

    code: str
    label: str
    text: str
    length: int
    limit: int | None


def prepared(entry: Entry, address: str) -> list[Prepared]:
    """The texts for each channel, of the words that stand now; none of what was withdrawn.

    :param address: the entry's own, whole.
    """
    if entry.withdrawal:
        return []
    texts = entry.texts
    weibo = (
        ("weibo-short", rules.WEIBO_SHORT),
        ("weibo-long", rules.WEIBO_LONG),
    )
    made = []
    for code, limit in weibo:
        text = rules.weibo_text(texts.title, texts.plain_answer, address, limit)
        made.append(Prepared(code, TEXT_LABELS[code], text, rules.weibo_length(text), limit))
    title = rules.wechat_title(texts.title)
    made.append(
        Prepared("wechat-title", TEXT_LABELS["wechat-title"], title, len(title), rules.WECHAT_TITLE)
    )
    body = f"{texts.concern}\n\n{texts.plain_answer}\n\n（{entry.unit_name}）\n原文：{address}"
    made.append(Prepared("wechat-body", TEXT_LABELS["wechat-body"], body, len(body), None))
    return made


def record_post(
    session: Session,
    entry: Entry,
    channel: Channel,
    url: str,
    posted_at: datetime,
    attempt: Attempt,
) -> ChannelPost:
    """Note that an entry now stands on a channel.

    :param posted_at: aware; not before the entry was published, not after now.
    :raises Forbidden: the person may not publish.
    :raises WrongState: the entry was withdrawn.
    :raises Invalid: no web address, or a moment that cannot be.
    """
    if not attempt.actor.may(Permission.PUBLISH):
        raise Forbidden("您没有登记发布的权限，请联系新闻办的同事办理")
    if entry.withdrawal:
        raise WrongState(f"{entry.index_number} 已撤回，不应再到其他渠道发布")
    if not publishing_rules.is_web_address(url.strip()):
        raise Invalid("请填写发布后的链接，以 https:// 或 http:// 开头", {"url": "不可用"})
    if not entry.published_at - SOON <= posted_at <= attempt.now:
        raise Invalid("发布时间应在公开之后、现在之前：请改正", {"posted_at": "不可能"})
    post = ChannelPost(
        entry=entry,
        channel=channel,
        url=url.strip(),
        posted_at=posted_at,
        recorded_by_name=attempt.actor.name,
    )
    session.add(post)
    session.flush()
    return post


def posts_of(session: Session, entry_id: int) -> list[ChannelPost]:
    """Where an entry stands, the newest first."""
    query = select(ChannelPost).where(ChannelPost.entry_id == entry_id)
    return list(session.scalars(query.order_by(ChannelPost.posted_at.desc(), ChannelPost.id)))


def posts(channel: Channel | None = None, text: str = "") -> Select[ChannelPost]:
    """Posts, the newest first.

    :param text: in the 索引号 or the title of the entry as it came out.
    """
    query = (
        select(ChannelPost)
        .join(ChannelPost.entry)
        .order_by(ChannelPost.posted_at.desc(), ChannelPost.id.desc())
        .options(contains_eager(ChannelPost.entry))
    )
    if channel is not None:
        query = query.where(ChannelPost.channel == channel)
    if text:
        named = Entry.index_number.contains(text, autoescape=True)
        query = query.where(named | Entry.title.contains(text, autoescape=True))
    return query


def counts(session: Session) -> dict[Channel, int]:
    """How many entries stand on each channel; every channel is named."""
    query = select(ChannelPost.channel, func.count(ChannelPost.entry_id.distinct())).group_by(
        ChannelPost.channel
    )
    found = dict(session.execute(query).all())
    return {channel: found.get(channel, 0) for channel in CHANNEL_LABELS}
