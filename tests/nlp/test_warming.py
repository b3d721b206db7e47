"""Nobody waits for a loop to be compiled: in a process of its own, since others warm this one."""

from __future__ import annotations

import subprocess
import sys

TOLD = """
from numba.core.dispatcher import Dispatcher
from nlp import NearDuplicates, Saying, gather, warm_up
from nlp.kernels import bigrams, passes, shingles, table, topics

def compiled():
    return {(name, signature) for module in (bigrams, passes, shingles, table, topics)
            for name, loop in vars(module).items() if isinstance(loop, Dispatcher)
            for signature in loop.signatures}

warm_up()
warmed = compiled()
said = [("路灯不亮", f"城东路的路灯坏了{n}个月没人修") for n in range(40)]
gather(said, range(40))
NearDuplicates().fit_predict([Saying(*one) for one in said])
print(len(warmed) > 9, *(name for name, _ in compiled() - warmed))
"""


def test_after_warming_up_nothing_is_left_to_compile() -> None:
    done = subprocess.run([sys.executable, "-c", TOLD], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True"]
