"""Plants for references that are no imports: strings, foreign keys, templates."""

from __future__ import annotations

from tests.architecture.plants.plant import Plant

MODELS = {
    "customers/models/__init__.py": "from customers.models.customer import Customer, Log\n",
    "customers/models/customer.py": """\
        class Customer(models.Model): ...
        class Log(models.Model):
            objects = AppendOnlyQuerySet["Log"].as_manager()
    """,
}

PLANTS = [
    Plant(
        "string references",
        "models, modules, tables and templates above",
        {
            "customers/services/x.py": '''\
                """The docstring may speak of journeys.Interaction."""
                LABEL = "journeys.Interaction"  # BAD
                SENDER = "campaigns.services.outbox.queue"  # BAD
                PAGE = "journeys/panels/timeline.html"  # BAD
                QUERY = "SELECT id FROM journeys_interaction"  # BAD
                LONGER = """
                    SELECT 1
                    UPDATE support_ticket SET state = 1  -- BAD
                """
                SENTENCE = f"INSERT INTO loyalty_ledger VALUES ({1})"  # BAD
            ''',
            "config/lib/y.py": 'USER = "customers.User"  # BAD\n',
            "journeys/migrations/0002.py": 'TO = "loyalty.wallet"  # BAD\n',
        },
    ),
    Plant(
        "string references",
        "own, lower and harmless words",
        {
            "journeys/services/x.py": """\
                A = "customers.Customer"
                B = "customers/panels/profile.html"
                C = "SELECT 1 FROM customers_customer JOIN journeys_note"
                D = "our journeys. And support"
                E = "timeline.read"
            """,
            "config/settings.py": 'AUTH_USER_MODEL = "customers.User"\nAPPS = ["journeys.apps.X"]\n',
        },
    ),
    Plant(
        "get_model",
        "anywhere but downward in a migration",
        {
            "customers/services/x.py": """\
                from django.apps import apps
                from django.apps import apps as registry
                A = apps.get_model("journeys", "Note")  # BAD
                B = registry.get_model("customers.Customer")  # BAD
                C = apps.get_app_config("support")  # BAD
            """,
            "customers/migrations/0002.py": """\
                def forwards(apps, schema_editor):
                    apps.get_model("journeys", "Note")  # BAD
                    apps.get_model("journeys.Note")  # BAD
            """,
        },
    ),
    Plant(
        "get_model",
        "downward in a migration",
        {
            "journeys/migrations/0002.py": """\
                def forwards(apps, schema_editor):
                    apps.get_model("journeys", "Note")
                    apps.get_model("customers.Customer")
                    apps.get_model("auth", "Group")
            """,
            "customers/services/x.py": "from django.contrib.auth import get_user_model\nU = get_user_model()\n",
        },
    ),
    Plant(
        "related names",
        "a name left below, a key upward",
        {
            **MODELS,
            "journeys/models/x.py": """\
                from django.conf import settings
                from django.db import models
                import customers.models
                from customers.models import Customer
                from customers import models as lower
                class Note(models.Model):
                    a = models.ForeignKey(Customer, on_delete=models.PROTECT)  # BAD
                    b = models.ForeignKey(Customer, models.PROTECT, related_name="notes")  # BAD
                    c = models.OneToOneField("customers.Customer", models.PROTECT)  # BAD
                    d = models.ManyToManyField(lower.Customer, related_name="notes")  # BAD
                    e = models.ForeignKey(to=settings.AUTH_USER_MODEL, on_delete=models.PROTECT)  # BAD
                    f = models.ForeignKey(customers.models.Customer, models.PROTECT)  # BAD
                    g = models.ForeignKey("support.Ticket", models.PROTECT, related_name="+")  # BAD
            """,
        },
    ),
    Plant(
        "related names",
        "own rooms and hidden names",
        {
            **MODELS,
            "customers/models/y.py": """\
                from customers.models.customer import Customer
                class Identity(models.Model):
                    a = models.ForeignKey(Customer, models.PROTECT, related_name="identities")
                    b = models.ForeignKey("self", models.PROTECT)
                    c = models.ForeignKey("Customer", models.PROTECT)
            """,
            "journeys/models/x.py": """\
                from customers.models import Customer
                class Note(models.Model):
                    a = models.ForeignKey(Customer, models.PROTECT, related_name="+")
            """,
        },
    ),
    Plant(
        "cascades",
        "into and from an append-only table",
        {
            **MODELS,
            "journeys/models/x.py": """\
                from customers.models import Customer, Log
                class Entry(models.Model):
                    log = models.ForeignKey(Log, on_delete=models.CASCADE, related_name="+")  # BAD
                    named = models.ForeignKey("customers.Log", models.CASCADE, related_name="+")  # BAD
                class Told(models.Model):
                    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")  # BAD
                    corrects = models.ForeignKey("self", on_delete=models.CASCADE)  # BAD
                    objects = AppendOnlyQuerySet["Told"].as_manager()
            """,
        },
    ),
    Plant(
        "cascades",
        "elsewhere",
        {
            **MODELS,
            "journeys/models/x.py": """\
                from customers.models import Customer, Log
                class Entry(models.Model):
                    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="+")
                class Problem(models.Model):
                    entry = models.ForeignKey(Entry, on_delete=models.CASCADE)
                    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
            """,
        },
    ),
    Plant(
        "template references",
        "up",
        {
            "templates/customers/page.html": """\
                <p>{% include "journeys/panels/notes.html" %}</p> BAD
                {% include 'support/x.html' with a=1 %} BAD
                {% include "customers/panel.html" %}
            """,
            "templates/y/base.html": '{% include "customers/find.html" %} BAD\n',
        },
    ),
    Plant(
        "template references",
        "down, own and none",
        {
            "templates/journeys/note.html": '{% extends "y/base.html" %}{% include "customers/panel.html" %}\n',
            "templates/customers/page.html": '{% include part.panel.template %}{% url "home" %}\n',
        },
    ),
    Plant(
        "escaping",
        "text let through",
        {
            "templates/customers/page.html": """\
                {{ note.text|safe }} BAD
                {% autoescape off %} BAD
                {{ names|safeseq }} BAD
                {{ note.safe }} {{ note.text|escape }}
            """,
        },
    ),
    Plant("escaping", "text escaped", {"templates/y/x.html": "{{ text }} {{ a|escapejs }} {{ is_safe }}\n"}),
]
