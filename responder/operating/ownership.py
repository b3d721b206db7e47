"""Whose the state folder is: what root leaves there, the service can no longer write."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from responder.core.errors import Invalid

ROOT = 0


def user_name(number: int) -> str:
    """What the system calls a user; the number itself where it has no name."""
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def require_own(folder: Path) -> None:
    """Keep root away from a folder that another user's service works on.

    :raises Invalid: whoever owns the folder is to run the command.
    """
    if os.geteuid() != ROOT or not os.path.isdir(folder):
        return
    owner = folder.stat().st_uid
    if owner != ROOT:
        raise Invalid(
            f"{folder} 属于用户 {user_name(owner)}，用 root 运行会留下该用户不能写的文件："
            f"请{as_owner(owner, folder)}"
        )


def as_owner(owner: int, folder: Path) -> str:
    """How a command is run as the user whose the folder is."""
    name = user_name(owner)
    return f"以该用户运行，如 sudo -u {name} RESPONDER_STATE_DIR={folder.resolve()} responder …"
