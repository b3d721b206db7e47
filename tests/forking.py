"""What the proofs by killed processes start, without waiting for its imports each time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess

from benchmarks.kill_import import Console, Process
from tests.console import run, start


class Forking(Console):
    """The commands as processes that need not import the product."""

    def run(self, words: Sequence[str], environment: Mapping[str, str]) -> CompletedProcess[str]:
        return run(*words, state=Path(environment["RESPONDER_STATE_DIR"]), **environment)

    def start(self, words: Sequence[str], environment: Mapping[str, str]) -> Process:
        return start(words, environment)
