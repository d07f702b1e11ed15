"""What is made from the code is fresh: migrations, generated pages. And the rooms start in their order."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils.translation import override

from config.lib import docpages, hooks
from tests.architecture.order import APPS

PAGES = ["access.md", "hooks.md", "kinds.md", "personal-data.md"]


def unmade_migrations(made: ProjectState) -> list[str]:
    """Return what `makemigrations` would still write for our apps. Needs no database."""
    with override(None):  # as makemigrations does: migrations hold the words of the code
        changes = MigrationAutodetector(made, ProjectState.from_apps(apps)).changes(graph=MigrationLoader(None).graph)
    return [
        f"{app}: {step.describe()}"
        for app, migrations in changes.items()
        if app in APPS
        for migration in migrations
        for step in migration.operations
    ]


def test_no_migration_is_missing() -> None:
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    assert unmade_migrations(loader.project_state()) == []


def test_a_missing_migration_is_found() -> None:
    made = MigrationLoader(None).project_state()
    made.remove_field("customers", "customer", "romaji")
    assert unmade_migrations(made) == ["customers: Add field romaji to customer"]


def test_the_generated_pages_are_fresh() -> None:
    assert docpages.stale(settings.BASE_DIR / "docs") == [], "write them with `make docs`"


def test_a_stale_or_missing_page_is_named_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.setattr(settings, "BASE_DIR", tmp_path)
    folder = tmp_path / "docs"
    with pytest.raises(CommandError, match=r"docs/access.md, docs/hooks.md, docs/kinds.md"):
        call_command("docs", check=True)
    assert not folder.exists()
    # when
    call_command("docs", verbosity=0)
    # then
    call_command("docs", check=True)
    assert sorted(file.name for file in folder.iterdir()) == PAGES
    # and when a hand changes one
    (folder / "kinds.md").write_text((folder / "kinds.md").read_text() + "more")
    with pytest.raises(CommandError, match=r"^Stale: docs/kinds.md\. Write"):
        call_command("docs", check=True)


def test_a_new_plug_makes_its_page_stale() -> None:
    with hooks.REGISTRY["customers.customer_fact"].register_temporarily("journeys.second", print):
        assert docpages.stale(settings.BASE_DIR / "docs") == ["hooks.md"]


def test_pages_are_the_same_in_every_language() -> None:
    with override("ja"):
        japanese = docpages.contents()
    with override("en"):
        assert docpages.contents() == japanese


def test_a_cell_of_a_table_cannot_break_it() -> None:
    assert docpages.table(("a",), [("b|c\nd",)]) == "| a |\n| --- |\n| b\\|c d |"


def test_the_hook_table_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("hooks")
    printed = capsys.readouterr().out
    assert "customers.customer_panel(customer, actor, params)" in printed
    assert printed.index("    - profile\n") < printed.index("    - timeline\n") < printed.index("    - notes\n")


def test_the_rooms_start_in_their_order() -> None:
    assert [name for name in settings.INSTALLED_APPS if name in APPS] == list(APPS)


def test_every_hook_belongs_to_a_room() -> None:
    assert {name.split(".")[0] for name in hooks.REGISTRY} <= {*APPS, "config"}
