"""What is found hangs on the texts alone, not on the order in which a process has its sets."""

import json
import os
import subprocess
import sys

from nlp import sayings
from nlp.label import label

SEEDS = ("1", "2", "3", "4")
TITLES = ("碧霞新村旧沙发久拖不验", "碧霞新村旧沙发排水倒灌")
BODIES = (
    "7月21日路过碧霞新村，辰祥餐饮店的旧沙发质量太差，塘滨养殖场的旧沙发拒开发票，圃祥物业公司的旧沙发挡住"
    "出口，端午那天王红霞照亮宣传栏，还赔进去药费。21栋的冯师傅为这件事急得住进医院，家里人现在还在陪护。",
    "家住碧霞新村24栋，圃祥物业公司的旧沙发挡住出口，辰祥餐饮店的旧沙发质量太差，澄云装饰公司的旧沙发说换"
    "不换，大暑天门卫老李拦住长条凳，还赔进去药费。去雅堂路的服务中心问过，窗口让先找吴经理。",
)
WORDS = [set("供水管网改造何时完工"), set("小区供水何时恢复"), set("改造工程扰民何时停工")]


def found() -> str:
    """A headline among equals, and how alike sentences are, to the last bit."""
    alike = [row.tolist() for _, row in sayings.cosines(WORDS, range(len(WORDS)))]
    return json.dumps([label(TITLES, BODIES), alike], ensure_ascii=False)


def _found_by_another(seed: str) -> str:
    command = [sys.executable, "-c", f"from {__name__} import found; print(found())"]
    told = subprocess.run(
        command, env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"}, check=True,
        stdout=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    return told.stdout.strip()


def test_processes_find_the_same_whatever_their_hash_seed() -> None:
    assert {_found_by_another(seed) for seed in SEEDS} == {found()}
