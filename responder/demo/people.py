"""Fictional citizens: names, net names and numbers that belong to nobody."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from responder.demo.sources import Table

_SOCIAL = ("weibo", "wechat", "forum")


@dataclass
class People:
    """Gives a new author for each message, so that heads can be counted."""

    rng: random.Random
    lists: Table
    _taken: set[str] = field(default_factory=set)

    def author(self, channel: str) -> str:
        """A name fit for the channel; net names are not given twice."""
        while True:
            name = self._net_name() if channel in _SOCIAL else self._name()
            if name not in self._taken:
                self._taken.add(name)
                return name

    def phone(self, channel: str) -> str | None:
        """A caller's number of the form 190 0000 xxxx; None outside the hotline."""
        if channel != "hotline":
            return None
        return f"1900000{self.rng.randrange(10_000):04d}"

    def _name(self) -> str:
        return f"{self.rng.choice(self.lists['surnames'])}{self.rng.choice(self.lists['given'])}"

    def _net_name(self) -> str:
        if self.rng.random() < 0.3:
            name = str(self.rng.choice(self.lists["nicknames"]))
        else:
            head, tail = (self.rng.choice(self.lists[part]) for part in ("net_heads", "net_tails"))
            name = f"{head}{tail}"
        if name not in self._taken:
            return name
        joiner = self.rng.choice(("", "_", "-"))
        return f"{name}{joiner}{self.rng.randrange(2, 999)}"
