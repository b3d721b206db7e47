"""``python -m tools.audit``: what bandit says of the code, and pip-audit of what it rests on.

pip-audit brings fifteen packages and is no part of this project's lock: it is asked where somebody
has it (``pipx install pip-audit``). It asks the package index for what is known of each release;
where the index does not tell, that is said, and nothing is called safe for it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"
SECONDS = 600


def main() -> None:
    failed = [
        name for name, held in (("bandit", _bandit()), ("pip-audit", _pip_audit())) if not held
    ]
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def _bandit() -> bool:
    command = [
        sys.executable,
        "-m",
        "bandit",
        "-q",
        "-c",
        "pyproject.toml",
        "-r",
        "responder",
        "nlp",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    print("bandit: no issues" if done.returncode == 0 else f"bandit:\n{done.stdout}")
    return done.returncode == 0


def _pip_audit() -> bool:
    """Whether nothing is known against any release of the lock, or nothing could be learnt."""
    program = shutil.which("pip-audit")
    if program is None:
        print("pip-audit: not installed here, so nothing was looked up (pipx install pip-audit)")
        return True
    pinned = [line.split(" ")[0] for line in LOCK.read_text("utf-8").splitlines() if "==" in line]
    # One first: where it is not known, the others are not asked for.
    for asked in (pinned[:1], pinned):
        known, faults = _looked_up(program, asked)
        if not known:
            print("pip-audit: its data cannot be reached from here, so nothing was looked up")
            return True
    print(f"pip-audit: {known} of {len(pinned)} releases looked up, {len(faults)} with faults")
    print(*faults, sep="\n", end="\n" if faults else "")
    return not faults


def _looked_up(program: str, pinned: list[str]) -> tuple[int, list[str]]:
    """How many releases something could be learnt of, and what is known against them."""
    with TemporaryDirectory(prefix="responder-audit-") as folder:
        asked = Path(folder, "asked.txt")
        asked.write_text("\n".join(pinned), "utf-8")
        command = [program, "-r", str(asked), "--no-deps", "--disable-pip", "--format", "json"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
            told = json.loads(done.stdout)["dependencies"]
        except (subprocess.TimeoutExpired, ValueError, KeyError):
            return 0, []
    known = [one for one in told if "skip_reason" not in one]
    faults = [
        f"  {one['name']} {one['version']}: {bug['id']}" for one in known for bug in one["vulns"]
    ]
    return len(known), faults


if __name__ == "__main__":
    main()
