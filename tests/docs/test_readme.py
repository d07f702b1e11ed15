"""README's table of environment variables says what config/settings.py reads, no more and no less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ROW = re.compile(r"^\| `([A-Z_]+)` \| (.*?) \| .+ \|$", re.MULTILINE)
MUST = "must be set"


def settings_variables() -> dict[str, ast.expr | None]:
    """Return each variable the settings read through config.lib.env, and the default it is given (None: none)."""
    found: dict[str, ast.expr | None] = {}
    for node in ast.walk(ast.parse((ROOT / "config" / "settings.py").read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "env":
                name = node.args[0]
                assert isinstance(name, ast.Constant), ast.unparse(node)
                given = [*node.args[1:], *(keyword.value for keyword in node.keywords if keyword.arg == "default")]
                is_list = node.func.attr == "items"
                found[str(name.value)] = given[0] if given else ast.Constant("") if is_list else None
    return found


def readme_variables() -> dict[str, str]:
    """Return each variable of the table and what stands in its column "Default"."""
    return dict(ROW.findall((ROOT / "README.md").read_text()))


def test_the_table_names_every_variable_and_no_other() -> None:
    assert sorted(readme_variables()) == sorted(settings_variables())


def test_it_says_which_must_be_set() -> None:
    told = {name for name, default in readme_variables().items() if default == MUST}
    assert told == {name for name, default in settings_variables().items() if default is None}


def test_the_defaults_it_prints_are_the_defaults() -> None:
    words = {"": "empty", False: "`0`", True: "`1`"}
    table = readme_variables()
    wrong = {}
    for name, default in settings_variables().items():
        if isinstance(default, ast.Constant):
            expected = words.get(default.value, f"`{default.value}`") if default.value != 0 else "`0`"
            if table[name] != expected:
                wrong[name] = (table[name], expected)
    assert wrong == {}


def test_nothing_else_reads_the_environment_for_the_product() -> None:
    """Only config/lib/env.py touches os.environ; otherwise a variable could miss the table."""
    files = [*ROOT.glob("config/*.py"), *ROOT.glob("config/lib/*.py")]
    for room in ("customers", "journeys", "loyalty", "campaigns", "support"):
        files += ROOT.glob(f"{room}/**/*.py")
    readers = {
        str(path.relative_to(ROOT))
        for path in files
        for line in path.read_text().splitlines()
        if re.search(r"os\.(environ|getenv)", line) and 'setdefault("DJANGO_SETTINGS_MODULE"' not in line
    }
    assert readers == {"config/lib/env.py", "config/settings_test.py"}
