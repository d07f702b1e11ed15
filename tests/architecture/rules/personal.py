"""Rule 7, second half: every model from which a path leads to a customer says how she gets to read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

Model = type[models.Model]
# A column of numbers without a foreign key is a path as well.
NUMBERS = re.compile(r"^(\w+_)?customer(_id|_ids)?$")


def path_to(model: Model, target: Model) -> str | None:
    """Return the shortest path of foreign keys, or a column of customer numbers; None when none leads there."""
    if model is target:
        return "pk"
    paths: list[tuple[Model, str]] = [(model, "")]
    seen = {model}
    for here, prefix in paths:  # grows while it is walked: breadth first
        for field in here._meta.concrete_fields:
            if field.remote_field is None:
                if NUMBERS.match(field.name):
                    return f"{prefix}{field.name}"
                continue
            there = field.remote_field.model
            if there is target:
                return f"{prefix}{field.name}"
            if there not in seen:
                seen.add(there)
                paths.append((there, f"{prefix}{field.name}__"))
    return None


def uncovered(
    found: Iterable[Model], *, target: Model, covered: Iterable[str], reasons: Mapping[str, str]
) -> list[str]:
    """Return models with a path to the customer and neither a plug nor a reason; and reasons that have gone stale."""
    labels = set(covered)
    paths = {model._meta.label: path_to(model, target) for model in found}
    told = [
        f"{label} reaches the customer by {path} and is in no personal_data plug"
        for label, path in sorted(paths.items(), key=lambda pair: pair[0])
        if path is not None and label not in labels | set(reasons)
    ]
    told += [
        f"{label} needs no reason any more" for label in sorted(reasons) if label in labels or not paths.get(label)
    ]
    return told + [f"{label} is plugged in and no model" for label in sorted(labels - set(paths))]


def leads(model: Model, path: str, target: Model) -> bool:
    """Return whether a plug's path goes from its model to the customer."""
    if path == "pk":
        return model is target
    here: Any = model
    for part in path.split("__"):
        try:
            field = here._meta.get_field(part.removesuffix("_id"))
        except FieldDoesNotExist:
            return (
                here is not None and part in {f.name for f in here._meta.concrete_fields} and bool(NUMBERS.match(part))
            )
        if field.remote_field is None:
            return bool(NUMBERS.match(part))
        here = field.remote_field.model
    return here is target
