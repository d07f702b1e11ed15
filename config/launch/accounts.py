"""As whom do the embedded servers run? Called by the server wrappers.

PostgreSQL refuses to run as root, so root lends the servers one system user; anyone else runs them directly.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.launch.errors import LaunchError, say

SYSTEM_USER = "yorisoi"


@dataclass(frozen=True)
class Account:
    """The user of the servers; `lent` when it is not the caller."""

    uid: int
    gid: int
    lent: bool

    def options(self) -> dict[str, Any]:
        """Return what subprocess needs to start a program as this user."""
        if not self.lent:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": [], "cwd": "/"}

    def own(self, path: Path, mode: int) -> None:
        """Make `path` a directory of this user with `mode`; existing ones are corrected."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        if self.lent:
            os.chown(path, self.uid, self.gid)

    def can_enter(self, path: Path) -> bool:
        """True when this user may enter the directory `path`. Asked as that user, so any rule counts."""
        trial = subprocess.run(
            ["sh", "-c", 'cd "$1"', "sh", str(path)], capture_output=True, check=False, **self.options()
        )
        return trial.returncode == 0


def server_account() -> Account:
    """Return the user of the servers, creating the system user when root has none yet."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), lent=False)
    if not _exists():
        _create_system_user()
    entry = pwd.getpwnam(SYSTEM_USER)
    if entry.pw_uid == 0:
        raise LaunchError(f"The user {SYSTEM_USER} is root; PostgreSQL does not run as root.")
    return Account(entry.pw_uid, entry.pw_gid, lent=True)


def _exists() -> bool:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        return False
    return True


def _create_system_user() -> None:
    recipes = [
        ["useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"],
        ["adduser", "--system", "--group", "--no-create-home"],
        ["adduser", "-S", "-D", "-H"],
    ]
    reason = "neither useradd nor adduser is here (Debian: apt install passwd)"
    for recipe in recipes:
        if shutil.which(recipe[0]) is None:
            continue
        trial = subprocess.run([*recipe, SYSTEM_USER], capture_output=True, text=True, check=False)
        if trial.returncode == 0:
            say(f"Created the system user {SYSTEM_USER}: the database and the broker run as it.")
            return
        if _exists():  # a start beside ours was quicker
            return
        reason = trial.stderr.strip()
    raise LaunchError(f"Cannot create the system user {SYSTEM_USER}: {reason}. Run as an ordinary user instead.")
