"""The rules over a source tree: each takes a Tree and returns what breaks it. None knows of an exception by name."""

from __future__ import annotations

from collections.abc import Callable

from tests.architecture.rules import house, imports, layout, migrations, models, places, references, sizes, writes
from tests.architecture.tree import Finding, Tree

RULES: dict[str, Callable[[Tree], list[Finding]]] = {
    "order of apps": imports.order_of_apps,
    "order inside journeys": imports.order_inside_journeys,
    "entrances": imports.fronts,
    "skeleton": layout.skeleton,
    "hook places": layout.hook_places,
    "migration order": migrations.dependencies,
    "migrations stand alone": migrations.standing_alone,
    "string references": references.strings,
    "get_model": references.get_model,
    "related names": references.related_names,
    "cascades": references.cascades,
    "template references": references.templates,
    "foreign writes": writes.foreign_writes,
    "thin fronts": writes.thin_fronts,
    "saves": writes.saves,
    "transactions": places.transactions,
    "doorbell": places.doorbell,
    "network": places.network,
    "signals": places.signals,
    "file size": sizes.files,
    "function size": sizes.functions,
    "nesting": sizes.nesting,
    "house words": house.words,
    "clock": house.clock,
    "escaping": house.unsafe_templates,
    "promises": house.promises,
    "model form": models.model_form,
}
