"""Pages of this room."""

from django.urls import path

from journeys.views import carts, complaints, contacts, notes, prompts, reservations, tryons, wishes

urlpatterns = [
    path("customers/<uuid:uuid>/notes/", notes.add_note, name="customer-note-add"),
    path("customers/<uuid:uuid>/contacts/", contacts.add_contact, name="customer-contact-add"),
    path("customers/<uuid:uuid>/wishes/", wishes.add_wish, name="customer-wish-add"),
    path("customers/<uuid:uuid>/wishes/<uuid:wish>/remove/", wishes.remove_wish, name="customer-wish-remove"),
    path("customers/<uuid:uuid>/interests/", wishes.add_interest, name="customer-interest-add"),
    path("customers/<uuid:uuid>/interests/<int:interest>/end/", wishes.end_interest, name="customer-interest-end"),
    path("customers/<uuid:uuid>/tryons/", tryons.add_tryon, name="customer-tryon-add"),
    path("customers/<uuid:uuid>/tryons/<uuid:tryon>/", tryons.show_tryon, name="customer-tryon"),
    path("customers/<uuid:uuid>/tryons/<uuid:tryon>/outcome/", tryons.tell_outcome, name="customer-tryon-outcome"),
    path("customers/<uuid:uuid>/complaints/", complaints.open_complaint, name="customer-complaint-open"),
    path(
        "customers/<uuid:uuid>/complaints/<uuid:complaint>/close/",
        complaints.close_complaint,
        name="customer-complaint-close",
    ),
    path("customers/<uuid:uuid>/prompts/", prompts.answer_prompt, name="customer-prompt-answer"),
    path("customers/<uuid:uuid>/carts/<uuid:cart>/close/", carts.close, name="customer-cart-close"),
    path("promises/", notes.promises, name="promises"),
    path("promises/<uuid:note>/kept/", notes.keep_promise, name="promise-keep"),
    path("reservations/", reservations.store_reservations, name="store-reservations"),
    path("reservations/<uuid:uuid>/ready/", reservations.make_ready, name="reservation-ready"),
    path("reservations/<uuid:uuid>/collection/", reservations.collect, name="reservation-collect"),
    path("reservations/<uuid:uuid>/extension/", reservations.extend, name="reservation-extend"),
    path("reservations/<uuid:uuid>/cancellation/", reservations.cancel, name="reservation-cancel"),
    path("customers/<uuid:uuid>/reservations/", reservations.reserve, name="customer-reserve"),
]
