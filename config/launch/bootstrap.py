"""Makes the virtual environment. Runs on the system's Python, before anything of ours is installed.

Kept readable for older Pythons, so that they can say what is missing instead of failing on the grammar.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
LEAST = (3, 11)
# What a stripped Python may lack, and Debian's package of it.
PARTS = {
    "venv": "python3-venv",
    "ensurepip": "python3-venv",
    "ctypes": "python3",
    "sqlite3": "python3",
    "ssl": "python3",
    "zlib": "python3",
}


def main(arguments: list[str]) -> int:
    """Bring .venv up to date: the product's packages, with --dev also the developers'."""
    complaint = unfit_python(sys.version_info[:2]) or missing_part(importlib.util.find_spec)
    if complaint:
        print(complaint, file=sys.stderr)
        return 1
    names = ["requirements.txt"]
    if "--dev" in arguments:
        names.append("requirements-dev.txt")
    # Two commands started at once must not install into one another.
    turn = os.open(str(CHECKOUT), os.O_RDONLY)
    fcntl.flock(turn, fcntl.LOCK_EX)
    try:
        for name in names:
            install(name)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"The virtual environment {VENV} could not be made: {error}", file=sys.stderr)
        return 1
    finally:
        os.close(turn)
    return 0


def unfit_python(version: tuple[int, ...]) -> str | None:
    """Return why this Python cannot serve, or None."""
    if version >= LEAST:
        return None
    return (
        f"Python {LEAST[0]}.{LEAST[1]} or newer is needed; this is {version[0]}.{version[1]} ({sys.executable}).\n"
        "Name another one: make run PYTHON=python3.12"
    )


def missing_part(find: Callable[[str], object]) -> str | None:
    """Return which part of Python's own library is missing and how Debian calls it, or None."""
    for module, package in PARTS.items():
        if find(module) is None:
            return f"Python's module {module} is missing. On Debian and Ubuntu: apt install {package}"
    return None


def install(name: str) -> None:
    """Install the locked packages of a requirements file unless this very file is installed already."""
    requirements = CHECKOUT / name
    stamp = VENV / f"stamp-{name}"
    # The place counts too: a moved checkout has scripts that point to the old one.
    content = requirements.read_bytes() + str(CHECKOUT).encode() + sys.version.encode()
    wanted = hashlib.sha256(content).hexdigest()
    if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    if not usable_environment():
        print("Making the virtual environment .venv ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    print(f"Installing the packages of {name} (a minute or so, only when it changed) ...", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "-qq", "--no-input", "--disable-pip-version-check"]
    command += ["--require-hashes", "--requirement", str(requirements)]
    subprocess.run(command, check=True, cwd=str(CHECKOUT))
    stamp.write_text(wanted)


def usable_environment() -> bool:
    """True when .venv has a Python of the version that runs us, with pip, at this very place."""
    question = f"import sys, pip; print(sys.version_info[:2] == {tuple(sys.version_info[:2])}, sys.prefix)"
    try:
        answer = subprocess.run([str(PYTHON), "-c", question], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError:
        return False
    return answer.returncode == 0 and answer.stdout.decode().strip() == f"True {VENV}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
