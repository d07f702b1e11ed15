"""The virtual environment: what is missing has a name, and nothing is installed twice."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
from pathlib import Path
from typing import Any

import pytest

from config.launch import bootstrap


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A checkout in which installing only notes the command."""
    ran: list[list[str]] = []

    def note(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        ran.append(command)
        output = f"True {tmp_path / '.venv'}\n".encode()
        return subprocess.CompletedProcess(command, 0, stdout=output)

    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").touch()
    (tmp_path / "requirements.txt").write_text("Django==5.2\n")
    monkeypatch.setattr(bootstrap, "CHECKOUT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(subprocess, "run", note)
    return ran


@pytest.mark.parametrize("module", ["venv", "ensurepip"])
def test_a_missing_venv_module_is_named_with_its_package(module: str) -> None:
    # Given
    def find(name: str) -> object:
        return None if name == module else importlib.util.find_spec(name)

    # When
    complaint = bootstrap.missing_part(find)
    # Then
    assert complaint is not None
    assert f"module {module} is missing" in complaint
    assert "apt install python3-venv" in complaint


def test_a_whole_python_passes() -> None:
    assert bootstrap.missing_part(importlib.util.find_spec) is None
    assert bootstrap.unfit_python((3, 11)) is None
    assert bootstrap.unfit_python((3, 14)) is None


def test_an_old_python_is_told_what_is_needed() -> None:
    complaint = bootstrap.unfit_python((3, 9))
    assert complaint is not None
    assert complaint.startswith("Python 3.11 or newer is needed; this is 3.9")


def test_an_old_python_can_read_the_file_that_says_so() -> None:
    source = Path(bootstrap.__file__).read_text()
    ast.parse(source, feature_version=(3, 8))


def test_packages_are_installed_by_hash_and_once(commands: list[list[str]]) -> None:
    # When
    bootstrap.install("requirements.txt")
    first = list(commands)
    bootstrap.install("requirements.txt")
    # Then
    assert "--require-hashes" in first[-1]
    assert commands == first


def test_a_changed_file_is_installed_again(commands: list[list[str]], tmp_path: Path) -> None:
    # Given
    bootstrap.install("requirements.txt")
    before = len(commands)
    # When
    (tmp_path / "requirements.txt").write_text("Django==5.2.1\n")
    bootstrap.install("requirements.txt")
    # Then
    assert len(commands) > before
