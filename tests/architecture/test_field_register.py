"""Every column of every table is annotated: personal or not, purpose, retention."""

from __future__ import annotations

from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from customers.hooks import Held, field_register
from tests.architecture.order import APPS

UNNAMED = frozenset({"id", "uuid"})


def missing(found: Iterable[type[models.Model]], register: Iterable[Held]) -> list[str]:
    """Return columns without an annotation, annotations without a column, columns named twice, empty words."""
    told = {held.model: held for held in register}
    problems = []
    for model in found:
        columns = {field.name for field in model._meta.concrete_fields} - UNNAMED
        held = told.pop(model, None)
        named = held.columns if held else []
        problems += [f"{model._meta.label}.{name} is not annotated" for name in sorted(columns - set(named))]
        problems += [f"{model._meta.label}.{name} is no column" for name in sorted(set(named) - columns)]
        problems += [
            f"{model._meta.label}.{name} is named twice" for name in sorted(set(named)) if named.count(name) > 1
        ]
        if held and not (held.purpose and held.retention):
            problems.append(f"{model._meta.label} has no purpose or retention")
    return problems + [f"{model._meta.label} is annotated and no model" for model in told]


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in APPS]


def test_every_column_is_annotated_and_every_annotation_has_its_column() -> None:
    assert missing(ours(), field_register.values()) == []


@isolate_apps()
def test_what_is_missing_or_too_much_is_found() -> None:
    class Fitting(models.Model):
        mood = models.TextField()
        colour = models.TextField()

        class Meta:
            app_label = "journeys"

    class Gone(models.Model):
        class Meta:
            app_label = "journeys"

    held = [Held(Fitting, "", "", personal="mood mood shoe", other=""), Held(Gone, "why", "long", "", "")]
    assert missing([Fitting], held) == [
        "journeys.Fitting.colour is not annotated",
        "journeys.Fitting.shoe is no column",
        "journeys.Fitting.mood is named twice",
        "journeys.Fitting has no purpose or retention",
        "journeys.Gone is annotated and no model",
    ]
