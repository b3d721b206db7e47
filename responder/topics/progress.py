"""What ``responder topics refresh`` says while a backlog is gathered, and when it is stopped."""

from __future__ import annotations

from responder.core.console import say
from responder.topics.models import TopicRefresh

PLAIN_EVERY = 20  # parts of about a thousand messages


class Progress:
    """Counts what was read and stored, and says so now and then.

    ``keeps``: whether what was read of the texts outlives this run.
    """

    def __init__(self) -> None:
        self.parts = self.kept = self.messages = 0
        self.keeps = False

    def told(self, kept: bool) -> None:
        """A part of the texts has been read, now or (``kept``) by a run that was stopped."""
        self.parts += 1
        self.kept += kept
        if self.parts % PLAIN_EVERY == 0:
            say(f"已读 {self.parts} 份文本（其中 {self.kept} 份是上次读好的）")

    def stored(self, run: TopicRefresh) -> None:
        """A portion has been stored."""
        self.messages += run.messages_added
        if self.parts >= PLAIN_EVERY:
            say(f"已聚合 {self.messages} 条留言，共 {run.topics_total} 个话题")

    def stopped(self, why: str) -> str:
        """What to say when the run ends before its end."""
        read = "，读好的文本也已留存" if self.keeps else ""
        return f"{why}：已聚合的 {self.messages} 条留言已保存{read}；再次运行同一命令即从断点继续"
