"""Where does this checkout keep its data? One data home for the demo, one for each kind of test run.

Never inside the repository. A marker file tells our directories from everybody else's.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from config.launch.accounts import Account
from config.launch.errors import LaunchError

CHECKOUT = Path(__file__).resolve().parent.parent.parent
MARKER = ".yorisoi-data-home"
ALL = DEMO, TEST, TEST15, BENCH = "demo", "test", "test15", "bench"
# A socket's path must fit into about 104 bytes on macOS, 108 on Linux.
_LONGEST_SOCKET_DIRECTORY = 80
_LOG_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True)
class Home:
    """One data home. Nothing is created before `prepare`."""

    path: Path
    purpose: str

    @property
    def durable(self) -> bool:
        """True when the data must survive a power cut, or when what durability costs is being measured."""
        return self.purpose in {DEMO, BENCH}

    @property
    def run(self) -> Path:
        """Directory of locks and process records."""
        return self.path / "run"

    @property
    def log(self) -> Path:
        """Directory of the logs."""
        return self.path / "log"

    @property
    def sockets(self) -> Path:
        """Directory of the servers' sockets: in the data home, or in /tmp when that path is too long."""
        inside = self.path / "sock"
        if len(os.fsencode(inside)) <= _LONGEST_SOCKET_DIRECTORY:
            return inside
        return Path("/tmp") / f"yorisoi-{_short_hash(self.path)}"

    def is_ours(self) -> bool:
        """True when the directory carries our marker."""
        return (self.path / MARKER).is_file()

    def prepare(self, account: Account) -> None:
        """Create the directories. Raises LaunchError, with nothing created, when the place cannot serve."""
        mode = 0o755 if account.lent else 0o700
        try:
            self._refuse_foreign()
            if account.lent:
                self._refuse_closed(account)
            for directory in reversed([self.path, *self.path.parents]):
                if not directory.is_dir():
                    directory.mkdir(exist_ok=True)
                    # Whatever the caller's umask: the system user must pass through what we create.
                    directory.chmod(mode)
            self.path.chmod(mode)
            (self.path / MARKER).write_text(f"{self.purpose} data of {CHECKOUT}\n")
            for name in ("run", "log", "media", "static", "beat"):
                (self.path / name).mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise LaunchError(f"The data home {self.path} cannot be written: {error.strerror}.") from error
        self._prepare_sockets(account)

    def _prepare_sockets(self, account: Account) -> None:
        """Own the socket directory. In /tmp anyone may have been there first, so it is looked at, not trusted."""
        try:
            self.sockets.mkdir(mode=0o700)
            account.own(self.sockets, 0o700)
        except FileExistsError:
            found = self.sockets.lstat()
            if self.sockets.is_symlink() or found.st_uid not in {account.uid, os.geteuid()}:
                raise LaunchError(f"{self.sockets} belongs to somebody else; remove it first.") from None
            account.own(self.sockets, 0o700)

    def _refuse_foreign(self) -> None:
        if self.path.is_dir() and any(self.path.iterdir()) and not self.is_ours():
            raise LaunchError(f"YORISOI_HOME={self.path} holds other files. Name an empty or a new directory.")
        if CHECKOUT in [self.path, *self.path.parents]:
            raise LaunchError(f"YORISOI_HOME={self.path} lies inside the repository. Name a place outside.")

    def _refuse_closed(self, account: Account) -> None:
        nearest = self.path
        while not nearest.is_dir():
            nearest = nearest.parent
        if not account.can_enter(nearest):
            raise LaunchError(
                f"YORISOI_HOME={self.path}: the system user of the servers cannot enter {nearest}. "
                "Name a place that every user may enter, or leave YORISOI_HOME unset."
            )

    def secret_key(self) -> str:
        """Return the demo's secret key, made once and readable by its owner only."""
        path = self.path / "secret_key"
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}")
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(64))
            # A rival start may have been first; its key stays.
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text().strip()

    def open_log(self, name: str) -> int:
        """Return a descriptor for appending to a log; one that grew beyond 10 MB is put aside first."""
        path = self.log / f"{name}.log"
        if path.exists() and path.stat().st_size > _LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)

    def last_lines(self, name: str, count: int = 15) -> str:
        """Return the end of a log, for an error message."""
        try:
            lines = (self.log / f"{name}.log").read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"    {line}" for line in lines[-count:])

    def remove(self) -> None:
        """Delete the data home. Raises LaunchError for a directory without our marker."""
        if not self.is_ours():
            raise LaunchError(f"{self.path} is not a data home of ours (no {MARKER} in it); nothing deleted.")
        if self.sockets.parent != self.path:
            shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.path)


def home_for(purpose: str) -> Home:
    """Return this checkout's data home for a purpose: DEMO, TEST, TEST15 or BENCH."""
    given = os.environ.get("YORISOI_HOME", "").strip()
    base = Path(given).expanduser().absolute() if given else _default_base()
    return Home(base if purpose == DEMO else base.with_name(f"{base.name}-{purpose}"), purpose)


def _default_base() -> Path:
    name = _short_hash(CHECKOUT)
    if os.geteuid() == 0:
        return Path("/var/lib/yorisoi") / name
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "yorisoi" / name
    given = os.environ.get("XDG_DATA_HOME", "")
    parent = Path(given) if given.startswith("/") else Path.home() / ".local" / "share"
    return parent / "yorisoi" / name


def _short_hash(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
