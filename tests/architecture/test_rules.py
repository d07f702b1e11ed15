"""The product keeps its rules, and each rule finds what breaks it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.plants import PLANTS, Plant
from tests.architecture.rules import RULES
from tests.architecture.tree import Tree


@pytest.mark.parametrize("rule", RULES)
def test_the_product_keeps_the_rule(rule: str, tree: Tree) -> None:
    found = [str(finding) for finding in sorted(RULES[rule](tree))]
    assert found == [], "\n".join(["", *found])


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.id)
def test_a_rule_finds_exactly_what_breaks_it(plant: Plant, tmp_path: Path) -> None:
    # given
    tree = Tree(plant.grow(tmp_path))
    # when
    found = RULES[plant.rule](tree)
    # then
    assert {(finding.path, finding.line) for finding in found} == plant.marked


def test_every_rule_has_plants_it_must_find_and_plants_it_must_leave() -> None:
    assert {plant.rule for plant in PLANTS if plant.marked} == set(RULES)
    assert {plant.rule for plant in PLANTS if not plant.marked} == set(RULES)


def test_the_tree_holds_the_product(tree: Tree) -> None:
    # A tree that is read from the wrong place would keep every rule.
    assert {"customers.access", "journeys.services.timeline", "config.lib.tasks", "tests.cast"} <= set(tree.modules)
    assert (tree.root / "templates" / "customers").is_dir()
