"""What ``responder topics refresh`` says while a backlog is gathered, and when it is stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from types import FrameType

from responder.core.console import say
from responder.core.errors import Stale
from responder.topics.models import TopicRefresh

PLAIN_EVERY = 20  # parts of about a thousand messages


class Progress:
    """Counts what was read and stored, and says so now and then."""

    def __init__(self) -> None:
        self.parts = self.kept = self.messages = 0

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
        return (
            f"{why}：已聚合的 {self.messages} 条留言已保存，读好的文本也已留存；"
            "再次运行同一命令即从断点继续"
        )


@contextmanager
def stopping(stopped: Callable[[str], str]) -> Iterator[None]:
    """SIGTERM stops as Ctrl+C does; either way, and when a worker is lost, say how to go on.

    :raises Stale: it was stopped.
    """
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt as error:
        raise Stale(stopped("已停止")) from error
    except BrokenExecutor as error:
        raise Stale(stopped("一个工作进程意外结束（多半是内存不足）")) from error
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
