"""The same work wherever it is done: here, in processes, and kept for a run that goes on."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Barrier, Lock

import pytest

from nlp import portraits, repetition, spreading
from nlp.duplicates import NearDuplicates, Saying
from nlp.portraits import Sitter
from nlp.spreading import OtherProgram, Spread
from tests.another_user import another_user
from tests.nlp import far

HEADINGS = [f"{place}小区夜间施工噪音扰民" for place in ("柳岸", "云锦", "明溪", "槐荫")]


@pytest.fixture(scope="module")
def processes() -> Iterator[Executor]:
    """Two, begun anew: each with a seed of hashing of its own."""
    with ProcessPoolExecutor(2, get_context("spawn"), spreading.leave_stopping_to_others) as pool:
        yield pool


def parts() -> list[list]:
    """Topics of one message and of several, in parts of two."""
    sitters = []
    for n in range(24):
        place, matter = HEADINGS[n % 4][:4], ("噪音扰民", "停水三天", "乱收停车费")[n % 3]
        texts = [
            (f"{place}{matter}", f"{place}{n}栋的居民反映{matter}，已经{k}天了，很失望")
            for k in range(1 + n % 3)
        ]
        naming = [(title, body[:90], "") for title, body in texts]
        sitters.append(Sitter(naming, texts if len(texts) > 1 else [], texts))
    return [portraits.part_of(HEADINGS, sitters[n : n + 2]) for n in range(0, 24, 2)]


def given(spread: Spread) -> list:
    return [found for _, found in spread.map(portraits.portray, parts())]


def test_topics_are_named_alike_here_and_in_other_processes(processes) -> None:
    here = given(Spread())
    assert all(portraits.portrait(one).label for some in here for one in some)
    assert json.dumps(given(Spread(processes, at_once=4))) == json.dumps(here)


def test_what_was_finished_is_not_done_again(tmp_path: Path) -> None:
    kept: list[bool] = []
    stopped = Spread(folder=tmp_path).map(portraits.portray, parts())
    for _ in range(5):
        next(stopped)
    stopped.close()
    went_on = given(Spread(folder=tmp_path, told=kept.append))
    assert kept == [True] * 5 + [False] * 7
    assert json.dumps(went_on) == json.dumps(given(Spread()))


def test_a_spoilt_file_is_made_anew(tmp_path: Path) -> None:
    before = given(Spread(folder=tmp_path))
    for path in tmp_path.iterdir():
        path.write_text(path.read_text()[:-7])
    assert json.dumps(given(Spread(folder=tmp_path))) == json.dumps(before)


def test_other_texts_and_other_work_find_nothing_kept(tmp_path: Path) -> None:
    kept: list[bool] = []
    spread = Spread(folder=tmp_path, told=kept.append)
    list(spread.map(len, ["一二三", "一二"]))
    list(spread.map(sorted, ["一二三"]))
    assert kept == [False] * 3


def test_nothing_is_left_once_it_is_forgotten(tmp_path: Path) -> None:
    spread = Spread(folder=tmp_path)
    given(spread)
    assert any(tmp_path.iterdir())
    spread.forget()
    assert not any(tmp_path.iterdir())


def test_no_more_parts_are_on_their_way_than_asked() -> None:
    most, together = 3, Barrier(3)
    lock, on_their_way, seen = Lock(), set[int](), set[int]()

    def work(part: int) -> int:
        if part < most:
            together.wait(10)  # so many at a time there are
        return part

    def numbers() -> Iterator[int]:
        for number in range(10):
            with lock:
                on_their_way.add(number)
                seen.add(len(on_their_way))
            yield number

    with ThreadPoolExecutor(10) as pool:
        for part, _ in Spread(pool, at_once=most).map(work, numbers()):
            with lock:
                on_their_way.remove(part)
    assert seen == {1, 2, 3}


def test_who_has_another_version_finds_nothing(processes, monkeypatch) -> None:
    monkeypatch.setattr(spreading, "program", lambda: "of this process alone")
    with pytest.raises(OtherProgram):
        given(Spread(processes))


def test_what_another_run_writes_just_now_is_spared(tmp_path: Path) -> None:
    young, old = tmp_path / "young.part", tmp_path / "old.part"
    for path in (young, old):
        path.touch()
    os.utime(old, (0, 0))
    spreading.forget(tmp_path)
    assert [*tmp_path.iterdir()] == [young]


def test_a_disk_that_takes_nothing_ends_no_run(tmp_path: Path) -> None:
    (tmp_path / "a file").touch()
    spread = Spread(folder=tmp_path / "a file" / "below")
    assert [found for _, found in spread.map(len, ["一二", "一"])] == [2, 1]


def test_what_another_user_left_costs_space_and_no_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    spread = Spread(folder=tmp_path / "read")
    first = given(spread)
    with another_user():
        assert given(spread) == first
        spread.forget()
    assert any("could not be dropped" in record.getMessage() for record in caplog.records)
    assert any((tmp_path / "read").iterdir())
    Spread(folder=tmp_path / "never made").forget()


def test_a_lost_process_is_told_and_what_was_finished_stays(tmp_path: Path) -> None:
    lost = tmp_path / "lost"
    said = [[str(lost), n] for n in range(6)]
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        spread = Spread(pool, at_once=1, folder=tmp_path / "kept")
        with pytest.raises(BrokenExecutor):
            list(spread.map(far.dies_once_at_the_third, said))
    kept: list[bool] = []
    again = Spread(folder=tmp_path / "kept", told=kept.append)
    assert [found for _, found in again.map(far.dies_once_at_the_third, said)] == [*range(6)]
    assert kept == [True, True, False, False, False, False]


def sayings() -> list[Saying]:
    """A hundred, a third of which repeat an earlier one with small changes; two chains of keys."""
    told = []
    for n in range(100):
        place, flaw = HEADINGS[n % 4][:4], ("路灯", "井盖", "电梯", "大门", "水管")[n % 5]
        body = f"{place}北门外的{flaw}坏了很久一直没有人来修理，晚上出门的老人和孩子都很不方便"
        told.append(Saying(f"{place}{flaw}坏了", body + "谢谢" * (n % 3), author=f"甲{n % 7}"))
    return [*told, Saying("", ""), Saying("路灯坏了", "")]


@pytest.mark.parametrize("portion", [1, 7, 2_000])
def test_repeats_are_those_found_one_after_the_other(monkeypatch, portion: int) -> None:
    monkeypatch.setattr(repetition, "TEXTS_A_PART", portion)
    said = sayings()
    keys = repetition.keys_of(said)
    found = repetition.firsts_of(keys, lambda places: {one: said[one] for one in places})
    assert found.tolist() == NearDuplicates().fit_predict(said).tolist()
    assert len(set(found.tolist())) < len(said)


def test_workers_leave_the_interrupt_to_who_sent_the_work(processes) -> None:
    assert processes.submit(far.on_interrupt).result() == signal.SIG_IGN.value


def test_no_author_is_sent_and_who_is_the_same_still_counts() -> None:
    class Watched(Spread):
        def map(self, work, parts):
            for part in parts:
                sent.append(part)
                yield part, work(part)

    sent: list = []
    said = sayings()
    spread = Watched()
    found = repetition.firsts_of(
        repetition.keys_of(said, spread), lambda places: {one: said[one] for one in places}, spread
    )
    assert found.tolist() == NearDuplicates().fit_predict(said).tolist()
    assert "甲" not in json.dumps(sent, ensure_ascii=False)
