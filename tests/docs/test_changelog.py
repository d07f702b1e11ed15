"""CHANGELOG.md is where the version comes from."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
RELEASE = re.compile(r"^(\d+\.\d+\.\d+) - \d{4}-\d{2}-\d{2}$")


def headings() -> list[str]:
    return HEADING.findall((ROOT / "CHANGELOG.md").read_text())


def test_what_is_coming_stands_first_and_releases_follow_newest_first() -> None:
    first, *releases = headings()
    assert first == "Unreleased"
    matches = [RELEASE.match(release) for release in releases]
    assert all(matches), releases
    numbers = [tuple(int(part) for part in match[1].split(".")) for match in matches if match]
    assert numbers == sorted(set(numbers), reverse=True)


def test_the_projects_version_is_the_newest_release() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert headings()[1].startswith(f"{project['version']} - ")
