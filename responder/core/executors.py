"""Who does work that can be spread: processes of this machine, or a Dask cluster.

Both are ``concurrent.futures.Executor``; nothing else of the product knows which it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, NamedTuple

from nlp import spreading
from responder.core.errors import Invalid

TRIES = 3  # of a part whose worker is lost
AHEAD = 2  # parts that wait for each hand, so that none is idle
SECONDS_TO_CONNECT = 30


class Hands(NamedTuple):
    """Who works, and how many parts at a time; None: this process."""

    executor: Executor | None
    at_once: int


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def hands(workers: int, dask: str = "") -> Iterator[Hands]:
    """The cluster at the address ``dask``; without one, ``workers`` processes of this machine.

    One worker, or none, is this process itself.

    :raises Invalid: there is no such cluster, or it runs another version of the program.
    """
    if dask:
        with _cluster(dask) as client:
            busy = max(1, sum(client.nthreads().values()))
            yield Hands(client.get_executor(retries=TRIES), AHEAD * busy)
    elif workers > 1:
        with processes(workers) as found:
            yield found
    else:
        yield Hands(None, 1)


@contextmanager
def processes(workers: int) -> Iterator[Hands]:
    """So many of this machine, begun anew: connections and locks are nobody else's."""
    pool = ProcessPoolExecutor(workers, get_context("spawn"), spreading.leave_stopping_to_others)
    try:
        yield Hands(pool, AHEAD * workers)
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    try:
        from distributed import Client
    except ImportError as error:
        raise Invalid("没有安装 Dask：请运行 pip install 'responder[dask]'") from error
    try:
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Invalid(f"连不上 Dask 调度器 {address}：请核对地址，确认调度器已启动") from error
    with client:
        _check_workers(client, address)
        yield client


def _check_workers(client: Any, address: str) -> None:
    """The same texts must give the same everywhere."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        programs = client.run(spreading.program)
    except TimeoutError as error:
        raise Invalid(f"{address} 上没有工作进程：请先启动 dask worker") from error
    except ModuleNotFoundError as error:
        raise Invalid(f"{address} 的工作进程里没有安装回应台：请在各机器装同一版本") from error
    others = [worker for worker, program in programs.items() if program != spreading.program()]
    if others:
        raise Invalid(f"工作进程 {others[0]} 的版本与本机不同：请在各机器装同一版本后再运行")
