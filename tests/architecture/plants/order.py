"""Plants for the order of rooms, of nouns, of migrations, and for the skeleton."""

from __future__ import annotations

from tests.architecture.plants.plant import Plant

PLANTS = [
    Plant(
        "order of apps",
        "up by every kind of import",
        {
            "customers/services/x.py": """\
                from __future__ import annotations
                import importlib
                from importlib import import_module as load
                from typing import TYPE_CHECKING
                import journeys.models  # BAD
                import support as helpdesk  # BAD
                from campaigns.services import outbox  # BAD
                from ...journeys import models  # BAD
                from customers import access
                if TYPE_CHECKING:
                    from journeys.models import Note  # BAD
                def late():
                    from loyalty.services import points  # BAD
                    importlib.import_module("journeys.tasks")  # BAD
                    importlib.import_module(".tasks", "journeys")  # BAD
                    __import__("support")  # BAD
            """,
            "customers/selectors/y.py": """\
                from importlib import import_module
                from django.utils.module_loading import import_string
                def late(name):
                    import_module(f"{name}.plugs")  # BAD
                    import_string("campaigns.services.outbox.queue")  # BAD
            """,
            "journeys/services/z.py": "from campaigns import hooks  # BAD\nfrom customers import hooks as lower\n",
            "config/lib/w.py": "from customers import access  # BAD\nfrom config import urls  # BAD\n",
            "config/other.py": "import journeys.models  # BAD\nfrom config.launch import ports  # BAD\n",
            "loyalty/services/v.py": "from config.launch import ports  # BAD\nfrom tests import factories  # BAD\n",
        },
    ),
    Plant(
        "order of apps",
        "down, sideways, wiring and settings",
        {
            "support/services/x.py": """\
                from campaigns.services import outbox
                from config.lib import clock
                from customers.models import Customer
                from journeys.services import timeline
                from . import y
            """,
            "support/services/y.py": """\
                from importlib import import_module
                from django.conf import settings
                Store = import_module(settings.SESSION_ENGINE).SessionStore
                journeys = "a word"
            """,
            "config/urls.py": "from customers.views import home\nfrom support.api import views\n",
            "config/lib/clock.py": "import datetime\nfrom config.lib import env\n",
            "config/launch/product.py": "from config.launch import ports\nfrom config.lib import catalogues\n",
            "tests/x.py": "from support.services import y\n",
            "benchmarks/x.py": "from journeys.models import Note\n",
        },
    ),
    Plant(
        "order inside journeys",
        "up through services, selectors, models and re-exports",
        {
            "journeys/models/__init__.py": "from .interaction import Interaction\nfrom .order import Order\n",
            "journeys/models/interaction.py": "from journeys.models.order import Order  # BAD\nclass Interaction: 1\n",
            "journeys/models/order.py": "from journeys.models.interaction import Interaction\nclass Order: ...\n",
            "journeys/services/timeline.py": """\
                from journeys.models import Interaction, Order  # BAD
                from journeys.hooks import Kind
                def late():
                    from journeys.services import catalog  # BAD
                    from journeys.tasks import wake
            """,
            "journeys/services/catalog.py": "from journeys.services import orders  # BAD\n",
            "journeys/services/orders.py": "from ..selectors import metrics  # BAD\nfrom . import catalog, timeline\n",
            "journeys/selectors/metrics.py": "from journeys.services import orders\n",
            "journeys/selectors/newthing.py": "from journeys.selectors import metrics  # BAD\n",
            "journeys/tasks.py": "from journeys.services import orders\n",
            "journeys/hooks.py": "from journeys.models import Order  # BAD\nclass Kind: ...\n",
        },
    ),
    Plant(
        "order inside journeys",
        "peers, new nouns, wiring",
        {
            "journeys/services/orders.py": "from journeys.services import carts, stock, timeline\n",
            "journeys/services/carts.py": "from journeys.services import newthing\n",
            "journeys/services/newthing.py": "from journeys.services import timeline\n",
            "journeys/services/timeline.py": "from customers.services import orders\n",
            "journeys/services/stock.py": "",
            "journeys/plugs.py": "from journeys.selectors import metrics, timeline\n",
            "journeys/selectors/metrics.py": "",
            "journeys/selectors/timeline.py": "",
            "journeys/api/views.py": "from journeys.selectors import metrics\n",
            "journeys/management/commands/seed_demo.py": "from journeys.services import carts\n",
        },
    ),
    Plant(
        "entrances",
        "used from outside",
        {
            "customers/api/serializers.py": "class StrictIn: ...\n",
            "customers/tasks.py": "def wake(): ...\n",
            "customers/services/x.py": "from customers.tasks import wake  # BAD\nfrom customers import plugs  # BAD\n",
            "customers/selectors/x.py": "from customers.api.serializers import StrictIn  # BAD\n",
            "journeys/api/serializers.py": "from customers.api import serializers  # BAD\n",
            "journeys/services/y.py": """\
                def ring():
                    from customers.tasks import wake  # BAD
                    import journeys.admin  # BAD
            """,
            "journeys/selectors/y.py": "def ring():\n    from journeys.tasks import wake  # BAD\n",
            "journeys/views/z.py": "from journeys.api import views  # BAD\nfrom journeys import kinds  # BAD\n",
            "journeys/views/w.py": "from journeys.panels.wishes import strip  # BAD\n",
            "journeys/panels/wishes.py": "def strip(): ...\n",
            "loyalty/plugs.py": "from journeys.panels import wishes  # BAD\n",
        },
    ),
    Plant(
        "entrances",
        "used by wiring, own package and the doorbell",
        {
            "config/api.py": "from customers.api.views import SearchView\n",
            "config/urls.py": "from journeys.views import notes\n",
            "customers/urls.py": "from customers.views import home\n",
            "customers/apps.py": "def ready():\n    from customers import plugs, kinds\n",
            "customers/api/views.py": "from customers.api.serializers import SearchIn\n",
            "customers/admin/__init__.py": "from customers.admin import staff\n",
            "journeys/services/y.py": "def ring():\n    from journeys.tasks import wake\n",
            "journeys/plugs.py": "from customers import hooks\nfrom journeys.panels import wishes\n",
            "journeys/panels/wishes.py": "def register(): ...\n",
        },
    ),
    Plant(
        "skeleton",
        "a sixth app, odd files, tests inside",
        {
            "billing/apps.py": "# BAD\n",
            "customers/utils.py": "# BAD\n",
            "customers/helpers/__init__.py": "# BAD\n",
            "customers/helpers/names.py": "# one finding for the folder\n",
            "journeys/tests/__init__.py": "# BAD\n",
            "journeys/signals.py": "# BAD\n",
            "journeys/receivers.py": "# BAD\n",
        },
    ),
    Plant(
        "skeleton",
        "the five rooms",
        {
            "customers/apps.py": "",
            "customers/channels/line.py": "",
            "config/apps.py": "",
            "support/services/replies.py": "",
            "journeys/panels/wishes.py": "",
        },
    ),
    Plant(
        "hook places",
        "declared and filled in the wrong file",
        {
            "customers/hooks.py": """\
                from config.lib.hooks import Hook
                panel: Hook[int] = Hook("customers.panel", (), "A panel.", print)
                tile = Hook("customers.tiles", (), "A tile.", print)  # BAD
                fact = Hook("journeys.fact", (), "A fact.", print)  # BAD
            """,
            "customers/services/x.py": """\
                from config.lib import hooks
                late = hooks.Hook("customers.late", (), "Late.", print)  # BAD
            """,
            "journeys/services/y.py": """\
                from customers import hooks
                from customers.hooks import panel
                hooks.panel.register("x", 1)  # BAD
                panel.register("x", 1)  # BAD
                with panel.register_temporarily("x", 1):  # BAD
                    pass
            """,
            "config/lib/hooks.py": "class Hook: ...\n",
        },
    ),
    Plant(
        "hook places",
        "declared in hooks.py, filled in plugs.py, kinds.py and panels/",
        {
            "config/lib/hooks.py": "class Hook: ...\n",
            "customers/hooks.py": """\
                from config.lib.hooks import Hook
                panel: Hook[int] = Hook("customers.panel", (), "A panel.", print)
            """,
            "journeys/plugs.py": """\
                from customers import hooks
                def register():
                    hooks.panel.register("x", 1)
            """,
            "journeys/kinds.py": "from customers.hooks import panel\npanel.register('y', 2)\n",
            "journeys/panels/wishes.py": "from customers.hooks import panel\ndef add():\n    panel.register('z', 3)\n",
            "journeys/admin/x.py": "from django.contrib import admin\n@admin.register(int)\nclass X: ...\n",
        },
    ),
    Plant(
        "migration order",
        "up",
        {
            "customers/migrations/0001_initial.py": """\
                class Migration:
                    dependencies = [
                        ("auth", "0012"),
                        ("journeys", "0001_initial"),  # BAD
                    ]
            """,
            "journeys/migrations/0002_x.py": """\
                class Migration:
                    dependencies = [("customers", "0001_initial"), ("journeys", "0001_initial")]
                    run_before = [
                        ("customers", "0009_x"),  # BAD
                    ]
            """,
        },
    ),
    Plant(
        "migration order",
        "down",
        {
            "support/migrations/0001_initial.py": """\
                class Migration:
                    dependencies = [("campaigns", "0001"), ("customers", "0001"), swappable(settings.AUTH_USER_MODEL)]
            """,
        },
    ),
    Plant(
        "migrations stand alone",
        "app code",
        {
            "journeys/migrations/0002_x.py": """\
                from django.db import migrations
                from config.lib import clock  # BAD
                def forwards(apps, schema_editor):
                    from journeys.models import Note  # BAD
                class Migration:
                    operations = [migrations.RunPython(forwards)]
            """,
            "journeys/migrations/0003_x.py": "from customers.services import names  # BAD\n",
        },
    ),
    Plant(
        "migrations stand alone",
        "what Django writes",
        {
            "journeys/migrations/0001_initial.py": "import config.lib.rows\nfrom django.db import migrations\n",
            "journeys/migrations/0002_x.py": """\
                from django.db import migrations
                def forwards(apps, schema_editor):
                    apps.get_model("journeys", "Note")
                class Migration:
                    operations = [migrations.RunPython(forwards)]
            """,
        },
    ),
]
