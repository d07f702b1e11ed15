"""Plants for who may write."""

from __future__ import annotations

from tests.architecture.plants.plant import Plant

MODELS = {
    "customers/models/__init__.py": "from customers.models.customer import Customer\n",
    "customers/models/customer.py": "class Customer(models.Model): ...\n",
    "customers/access.py": "from customers.models.customer import Customer\n",
    "journeys/models/note.py": """\
        from customers.models import Customer
        class Note(models.Model):
            customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    """,
}

PLANTS = [
    Plant(
        "foreign writes",
        "straight",
        {
            **MODELS,
            "journeys/services/a.py": """\
                import customers.models
                from customers import models as lower
                from customers.access import Customer as Other
                from customers.models import Customer
                def write():
                    Customer.objects.create(family_name="x")  # BAD
                    Customer.objects.bulk_create([])  # BAD
                    Customer.objects.filter(pk=1).exclude(pk=2).update(family_name="x")  # BAD
                    Customer.objects.get(pk=1).delete()  # BAD
                    Customer.objects.get_or_create(pk=1)  # BAD
                    Customer._default_manager.update_or_create(pk=1)  # BAD
                    Customer(family_name="x").save(force_insert=True)  # BAD
                    lower.Customer.objects.create()  # BAD
                    customers.models.Customer.objects.all().delete()  # BAD
                    Other.objects.bulk_update([], ["x"])  # BAD
                async def later():
                    await Customer.objects.acreate()  # BAD
            """,
        },
    ),
    Plant(
        "foreign writes",
        "through names",
        {
            **MODELS,
            "journeys/services/b.py": """\
                from __future__ import annotations
                from customers.models import Customer
                from journeys.models.note import Note
                def write(one: Customer, many: list[Customer], quoted: "Customer", note: Note):
                    one.save(update_fields=["x"])  # BAD
                    quoted.delete()  # BAD
                    one.identities.create(kind="x")  # BAD
                    one.tags.add(1)  # BAD
                    for each in many:
                        each.save(update_fields=["x"])  # BAD
                    for number, each in enumerate(sorted(many)):
                        each.delete()  # BAD
                    made = Customer(family_name="x")
                    made.save(force_insert=True)  # BAD
                    rows = Customer.objects.filter(pk=1)
                    held = rows.order_by("pk")
                    held.update(x=1)  # BAD
                    rows[0].delete()  # BAD
                    note.customer.save(update_fields=["x"])  # BAD
                    note.customer.identities.all().delete()  # BAD
                    [each.delete() for each in rows]  # BAD
                    (found := rows.first()).save(update_fields=["x"])
                    found.save(update_fields=["x"])  # BAD
            """,
        },
    ),
    Plant(
        "foreign writes",
        "on what a lower app returned",
        {
            **MODELS,
            "customers/selectors/customers.py": "def customer_by_uuid(): ...\n",
            "journeys/services/f.py": """\
                from customers.selectors import customers as people
                from customers.selectors.customers import customer_by_uuid
                def write():
                    customer = people.customer_by_uuid()
                    customer.version += 1
                    customer.save(update_fields=["version"])  # BAD
                    customer_by_uuid().delete()  # BAD
                    for row in people.visible_to(1):
                        row.identities.create()  # BAD
            """,
        },
    ),
    Plant(
        "foreign writes",
        "in SQL",
        {
            "journeys/services/c.py": '''\
                A = "UPDATE customers_customer SET x = 1"  # BAD
                B = """
                    INSERT INTO journeys_note SELECT 1;
                    delete from "customers_customer" WHERE true -- BAD
                """
                C = "SELECT 1 FROM customers_customer FOR NO KEY UPDATE"
            ''',
            "journeys/migrations/0002.py": 'A = "TRUNCATE customers_customer"  # BAD\n',
        },
    ),
    Plant(
        "foreign writes",
        "own rows, services, plain dictionaries",
        {
            **MODELS,
            "journeys/services/d.py": """\
                from customers.models import Customer, Store
                from customers.services import profiles, stores
                from journeys.models.note import Note
                def write(customer: Customer, note: Note, seen: dict[str, Customer]):
                    Note.objects.create(customer=customer)
                    Note.objects.filter(customer=customer).update(text="")
                    note.save(update_fields=["text"])
                    shop = Store(code="x")
                    stores.keep(store=shop)
                    profiles.create(customer=customer)
                    held = profiles.held_by()
                    held.update({"x": 1})
                    seen.update({"x": customer})
                    told = {}
                    told.update(a=customer)
                    names = {customer.pk}
                    names.add(1)
                    return list(Customer.objects.filter(pk=1).values("pk"))
                def other(customer: int):
                    customer.save()
            """,
            "customers/services/e.py": """\
                from customers.models import Customer
                Customer.objects.create()
                SQL = "UPDATE customers_customer SET x = 1"
            """,
        },
    ),
    Plant(
        "thin fronts",
        "writing at the door",
        {
            "customers/api/views.py": "def post(self):\n    Customer.objects.create(x=1)  # BAD\n",
            "customers/admin/x.py": "def save_model(self, obj):\n    obj.save()  # BAD\n    queryset.delete()  # BAD\n",
            "customers/views/x.py": "def view(rows):\n    rows.filter(pk=1).update(x=1)  # BAD\n",
            "customers/tasks.py": "def work():\n    Row.objects.bulk_create([])  # BAD\n",
            "customers/management/commands/x.py": "def handle(self):\n    user.save(update_fields=['x'])  # BAD\n",
            "customers/selectors/x.py": "def read():\n    Row.objects.get_or_create(x=1)  # BAD\n",
            "customers/plugs.py": "def panel(*, customer):\n    customer.tags.add(1)  # BAD\n",
            "customers/forms.py": "def clean(self):\n    self.instance.save()  # BAD\n",
        },
    ),
    Plant(
        "thin fronts",
        "calling a service",
        {
            "customers/api/views.py": "def post(self):\n    stores.keep(store=1)\n    data.update({'x': 1})\n",
            "customers/admin/x.py": "def save_model(self, obj):\n    seen.add(1)\n    cache.delete('key')\n",
            "customers/services/x.py": "def keep(*, row):\n    row.save(update_fields=['x'])\n",
            "customers/services/carts.py": "def create(): ...\n",
            "customers/views/x.py": "from customers.services import carts\ncarts.create()\ncarts.delete()\n",
        },
    ),
    Plant(
        "saves",
        "whole rows",
        {
            "customers/services/x.py": """\
                def keep(*, row):
                    row.save()  # BAD
                    row.customer.save(using="x")  # BAD
                    row.save(update_fields=["x"])
            """,
        },
    ),
    Plant(
        "saves",
        "named fields, inserts, files",
        {
            "customers/services/x.py": """\
                def keep(*, row, fields):
                    row.save(update_fields=fields)
                    row.save(force_insert=True)
                    row.photo.save("name.jpg", fields)
            """,
            "customers/models/x.py": "def save(self, *args, **kwargs):\n    super().save(*args, **kwargs)\n",
        },
    ),
]
