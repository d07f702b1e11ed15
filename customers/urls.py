"""Pages of this room."""

from django.urls import path

from customers.views import democards, home, locks, merges, page360, rights, search, tasks

urlpatterns = [
    path("", home.home, name="home"),
    path("customers/search/", search.search, name="customer-search"),
    path("customers/<uuid:uuid>/", page360.customer_page, name="customer-page"),
    path("customers/<uuid:uuid>/panels/<slug:name>/", page360.customer_panel, name="customer-panel"),
    path("customers/<uuid:uuid>/reveals/", rights.reveal, name="customer-reveal"),
    path("customers/<uuid:uuid>/export/", rights.export, name="customer-export"),
    path("customers/<uuid:uuid>/mistaken/", rights.mistaken, name="customer-mistaken"),
    path("customers/<uuid:uuid>/duplicates/", merges.propose, name="customer-merge-propose"),
    path("merges/", merges.queue, name="merges"),
    path("merges/<uuid:uuid>/", merges.review, name="merge-review"),
    path("merges/<uuid:uuid>/merge/", merges.merge, name="merge-do"),
    path("merges/<uuid:uuid>/apart/", merges.keep_apart, name="merge-apart"),
    path("merges/made/<uuid:uuid>/undo/", merges.undo, name="merge-undo"),
    path("customers/<uuid:uuid>/tasks/", tasks.give_about, name="customer-task-give"),
    path("lock/", locks.lock, name="lock"),
    path("locked/", locks.locked, name="locked"),
    path("pin/", locks.pin, name="pin"),
    path("devices/", locks.store_devices, name="store-devices"),
    path("devices/<int:device>/end/", locks.end_device, name="store-device-end"),
    path("demo/cards/", democards.cards, name="demo-cards"),
    path("demo/cards/<uuid:uuid>/", democards.card, name="demo-card"),
    path("tasks/", tasks.tasks, name="tasks"),
    path("tasks/<uuid:uuid>/", tasks.task, name="task"),
]
