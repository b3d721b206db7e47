"""Messages before they are numbered: storylines, traditional script, flood, singles, copies."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace

from responder.demo import texts
from responder.demo.moments import LATEST, minute
from responder.demo.people import People
from responder.demo.sources import Table
from responder.demo.world import CHANNELS, DemoPlace

_VOICE = {
    "hotline": "call",
    "mailbox": "letter",
    "weibo": "post",
    "wechat": "post",
    "forum": "letter",
}
_FACTS = {"call": (2, 3), "letter": (2, 4), "post": (1, 2)}
_MAX_USES = 3  # of one hand-written message, besides composed ones
_WHOLE_SHARE = 0.5
_COPIES = 26
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Draft:
    """A message whose id and moment are still open; ``at`` in minutes from 00:00 of today."""

    at: int
    channel: str
    title: str
    body: str
    author: str
    phone: str | None
    district: str
    place: str | None
    category: str | None
    nature: str
    storyline: str | None
    traditional: bool = False
    original: Draft | None = None


@dataclass
class Writer:
    """Writes drafts; no text leaves it twice."""

    rng: random.Random
    people: People
    voices: Table
    drafts: list[Draft] = field(default_factory=list)
    _written: set[str] = field(default_factory=set)

    def storyline(self, row: Table, author: str | None = None) -> None:
        """All messages of a storyline (or, with an author, of a flood)."""
        days = self._days(row)
        uses: dict[int, int] = {}
        tied_first = sorted(enumerate(row["messages"]), key=lambda pair: not _tied(pair[1]))
        for index, whole in tied_first:
            day = self._take_day(days, row, whole)
            channel = self._channel(row, whole["on"])
            uses[index] = 1
            self._add(row, channel, day, whole, author)
        for day in days:
            channel = self._channel(row, CHANNELS)
            index_whole = self._next_whole(row, channel, day, uses)
            if index_whole is not None:
                uses[index_whole] += 1
            whole = None if index_whole is None else row["messages"][index_whole]
            self._add(row, channel, day, whole, author)

    def traditional(self, row: Table, outlines: dict[str, Table]) -> None:
        """A hand-written message in Traditional script, of a storyline or alone."""
        base = outlines.get(row.get("storyline", ""), row)
        alone = base is row
        day = self.rng.randrange(1, 90) if alone else self.rng.choice(self._days(base))
        channel = self.rng.choice(row["on"])
        self._keep(self._draft(base, channel, day, row, None, traditional=True))

    def single(self, row: Table) -> None:
        """A hand-written message that stands alone."""
        channel = self.rng.choice(row["on"])
        self._keep(self._draft(row, channel, self.rng.randrange(90), row, None))

    def matter(self, row: Table, places: list[DemoPlace]) -> None:
        """One composed single for each text of the matter, every one at another place."""
        fit = [place for place in places if place.kind in row["kinds"]]
        wanted = row["texts"] * int(row.get("times", 1))
        for text, place in zip(wanted, self.rng.sample(fit, len(wanted)), strict=True):
            base = {**row, "district": place.district, "place": place.name}
            base["slots"] = {"place": [place.name], "district": [place.district]}
            channel = self.rng.choice(row["on"])
            whole = {"title": text[0], "body": text[1]}
            self._keep(self._draft(base, channel, self.rng.randrange(90), whole, None))

    def copies(self) -> None:
        """Forwarded messages: another person, a little later, small changes."""
        fit = [
            draft
            for draft in self.drafts
            if draft.storyline and draft.channel not in ("hotline", "mailbox")
            if 40 <= len(draft.body) <= 240 and not draft.traditional and "#" not in draft.body
        ]
        for original in self.rng.sample(fit, len(fit)):
            if sum(1 for draft in self.drafts if draft.original) == _COPIES:
                return
            at = original.at + self.rng.randrange(40, 36 * 60)
            if at < LATEST:
                self._keep(self._copy(original, at))

    def _copy(self, original: Draft, at: int) -> Draft:
        channel = self.rng.choice(("weibo", "wechat", "forum"))
        return replace(
            original,
            at=at,
            channel=channel,
            body=self._altered(original.body),
            author=self.people.author(channel),
            phone=None,
            original=original,
        )

    def _altered(self, body: str) -> str:
        copy = self.voices["copy"]
        changed = body
        for old, new in self.rng.sample([("，", " "), ("！", "。"), ("。", "！"), ("、", "，")], 2):
            changed = changed.replace(old, new, 1)
        if self.rng.random() < 0.6:
            changed = f"{self.rng.choice(copy['before'])}{changed}"
        space = "" if changed.endswith(("。", "！", "？")) else " "
        return f"{changed}{space}{self.rng.choice(copy['after'])}"

    def _days(self, row: Table) -> list[int]:
        """Days ago, one for each message: growing to the peak, fading to the end."""
        start, peak, end = row["start"], row["peak"], row["end"]
        drawn = (self.rng.triangular(end, start + 1, peak + 0.5) for _ in range(row["target"]))
        days = sorted((min(start, int(day)) for day in drawn), reverse=True)
        surge = row.get("surge", 0)  # the last word of some is spoken today
        return days[: len(days) - surge] + [end] * surge

    def _take_day(self, days: list[int], row: Table, whole: Table) -> int:
        fit = [day for day in days if _timely(row, whole, day)]
        if not fit:  # few messages, none of them late: let the last one be at the end
            days.remove(min(days))
            return int(row["end"])
        day = self.rng.choice(fit)
        days.remove(day)
        return day

    def _channel(self, row: Table, allowed: tuple[str, ...] | list[str]) -> str:
        weights = [row["channels"].get(channel, 0) for channel in allowed]
        if not any(weights):
            return self.rng.choice(allowed)
        return self.rng.choices(allowed, weights=weights)[0]

    def _next_whole(self, row: Table, channel: str, day: int, uses: dict[int, int]) -> int | None:
        """The least used hand-written message that fits; None: compose one."""
        fit = [
            index
            for index, whole in enumerate(row["messages"])
            if channel in whole["on"] and uses[index] < _MAX_USES
            if "{" in whole["body"] and _timely(row, whole, day)
        ]
        if not fit or self.rng.random() > _WHOLE_SHARE:
            return None
        return min(fit, key=lambda index: uses[index])

    def _add(
        self, row: Table, channel: str, day: int, whole: Table | None, author: str | None
    ) -> None:
        for _ in range(_TRIES):
            text = whole or self._composed(row, channel)
            draft = self._draft(row, channel, day, text, author)
            if draft.body not in self._written:
                self._keep(draft)
                return
            whole = None
        raise ValueError(f"{row['key']}: too few variants")

    def _keep(self, draft: Draft) -> None:
        if draft.body in self._written:
            raise ValueError(f"written twice: {draft.body}")
        self._written.add(draft.body)
        self.drafts.append(draft)

    def _draft(
        self,
        row: Table,
        channel: str,
        day: int,
        text: Table,
        author: str | None,
        traditional: bool = False,
    ) -> Draft:
        nature = str(text.get("nature") or row["nature"])
        slots = {**row.get("slots", {}), **texts.run_slots(row.get("start", day) - day)}
        return Draft(
            at=minute(self.rng, day, channel, text.get("hours")),
            channel=channel,
            title=texts.expand(text["title"], slots, self.rng),
            body=_noted(texts.expand(text["body"], slots, self.rng), channel, nature),
            author=author or self.people.author(channel),
            phone=row.get("phone") if author else self.people.phone(channel),
            district=row["district"],
            place=row.get("place"),
            category=row.get("category"),
            nature=nature,
            storyline=row.get("key"),
            traditional=traditional,
        )

    def _composed(self, row: Table, channel: str) -> Table:
        """Lead, facts and a request, in the voice of the channel."""
        rng = self.rng
        voice_name = _VOICE[channel]
        voice = self.voices[voice_name]
        low, high = _FACTS[voice_name]
        facts = rng.sample(row["facts"], rng.randint(low, high))
        wish = texts.ask(rng.choice(voice["ask"]), rng.choice(row["asks"]))
        if voice_name == "post" and rng.random() < 0.4:
            wish = ""
        lead = f"{rng.choice(voice['open'])}{rng.choice(row['leads'])}"
        body = f"{lead}{self._joined(facts, voice['link'])}{wish}{rng.choice(voice['close'])}"
        if channel == "weibo" and rng.random() < 0.6:
            body = f"#{row['tag']}# {body}"
        return {"title": rng.choice(row["titles"]), "body": body}

    def _joined(self, facts: list[str], links: list[str]) -> str:
        """Facts behind the lead: comma, semicolon or full stop, as people happen to write."""
        joined = ""
        linked = self.rng.randrange(1, 4)  # one link at most, and before no first fact
        for number, fact in enumerate(facts):
            link = self.rng.choice(links) if number == linked else ""
            joined += ("。" if link else self.rng.choice(("，", "。", "。", "；"))) + link + fact
        return texts.sentence(joined)


def _noted(body: str, channel: str, nature: str) -> str:
    """What the desk writes down of a call: in the third person, or as the caller's own words."""
    if channel != "hotline" or "来电" in body:
        return body
    if "我" in body:
        return f"来电人自述：{body}"
    asks = nature == "咨询" and ("？" in body or "想" in body)
    return f"来电人{'咨询' if asks else '反映'}：{body}"


def _tied(whole: Table) -> bool:
    """Whether a message is bound to some of the days."""
    return "phase" in whole or "within" in whole


def _timely(row: Table, whole: Table, day: int) -> bool:
    """Whether a message may be said then: ``within`` n days of today, ``phase`` late."""
    if day > whole.get("within", 999):
        return False
    if whole.get("phase") != "late":
        return True
    peak, end = int(row["peak"]), int(row["end"])
    return day <= (peak + end) // 2 if peak - end > 6 else day <= peak + 2
