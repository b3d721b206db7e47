"""Who does work that can be spread: processes of this machine, or a Dask cluster.

Both are ``concurrent.futures.Executor``; nothing else of the product knows which it is.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any, NamedTuple

from nlp import spreading
from nlp.spreading import OtherProgram
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
    :raises BrokenExecutor: a worker or the cluster is lost; its text says so to people.
    """
    if dask:
        with _cluster(dask) as client, _told_as_ours(dask):
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
    except BrokenProcessPool as error:
        raise BrokenExecutor("一个工作进程意外结束（多半是内存不足）") from error
    except OtherProgram as error:
        raise Invalid("程序在运行中被更新：请再次运行") from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _cluster(address: str) -> Iterator[Any]:
    try:
        import dask
        from distributed import Client
    except ImportError as error:
        raise Invalid("没有安装 Dask：请运行 pip install 'responder[dask]'") from error
    try:
        if address.startswith("tls://") and not _has_certificates():
            raise Invalid(f"{address} 要用证书：请按 Dask 的 TLS 设置配置证书")
        client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise Invalid(f"连不上 Dask 调度器 {address}：请核对地址，确认调度器已启动") from error
    # The largest topic goes as one part, however long its messages are.
    with client, dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"}):
        _check_workers(client, address)
        yield client


def _has_certificates() -> bool:
    """Whether Dask's own settings name any; without them its client breaks with a TypeError."""
    from distributed.security import Security

    return Security().get_connection_args("client").get("ssl_context") is not None


@contextmanager
def _told_as_ours(address: str) -> Iterator[None]:
    """What Dask calls its failures, in words that are known here."""
    from distributed import KilledWorker
    from distributed.comm import CommClosedError

    try:
        yield
    except KilledWorker as error:
        lost = "读同一份文本时，Dask 的工作进程一再意外结束（多半是内存不足）"
        raise BrokenExecutor(lost) from error
    except (CancelledError, CommClosedError) as error:
        raise BrokenExecutor(f"与 Dask 调度器 {address} 的连接中断") from error
    except OtherProgram as error:
        raise _other_version("后来加入的一个工作进程") from error
    except ModuleNotFoundError as error:
        raise _not_installed(address) from error


def _other_version(worker: str) -> Invalid:
    return Invalid(f"{worker} 的版本与本机不同：请在各机器装同一版本后再运行")


def _not_installed(address: str) -> Invalid:
    return Invalid(f"{address} 的工作进程里没有安装回应台：请在各机器装同一版本")


def _check_workers(client: Any, address: str) -> None:
    """The same texts must give the same everywhere; who joins later is asked with each part."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        programs = client.run(spreading.program)
    except TimeoutError as error:
        raise Invalid(f"{address} 上没有工作进程：请先启动 dask worker") from error
    except ModuleNotFoundError as error:
        raise _not_installed(address) from error
    others = [worker for worker, program in programs.items() if program != spreading.program()]
    if others:
        raise _other_version(f"工作进程 {others[0]}")
