"""Locking the screen, coming back, one's own PIN, and the devices of a store."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from customers import access, forms
from customers.selectors import devices as devices_of
from customers.services import devices, pins, screenlock
from customers.services.devices import LABEL_LENGTH

YEAR = 365 * 24 * 60 * 60


def lock(request: HttpRequest) -> HttpResponse:
    """Lock the session and show the lock page."""
    screenlock.lock(session=request.session, back=_safe(request, request.POST.get("back", "")))
    return redirect("locked")


def locked(request: HttpRequest) -> HttpResponse:
    """Show the lock page; by POST come back by PIN or password. A session that is not locked goes to the start page."""
    if not screenlock.is_locked(session=request.session):
        return redirect("home")
    if request.method != "POST":
        return _page(request)
    user: Any = request.user
    try:
        if "password" in request.POST:
            back = screenlock.unlock_by_password(
                request=request, session=request.session, user=user, password=request.POST["password"]
            )
        else:
            back = screenlock.unlock_by_pin(
                session=request.session, user=user, device=_device(request), pin=request.POST.get("pin", "")
            )
    except DomainError as error:
        return _page(request, error)
    return redirect(_safe(request, back) or "home")


def pin(request: HttpRequest) -> HttpResponse:
    """Set one's own PIN."""
    actor = access.actor_of(request.user)
    problem, status = "", 200
    if request.method == "POST":
        try:
            pins.set_pin(actor=actor, password=request.POST.get("password", ""), pin=request.POST.get("pin", ""))
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            problem, status = str(error.message), error.status
        else:
            messages.success(request, _("Your PIN is set."))
            return redirect("home")
    context = {
        "problem": problem,
        "has_pin": pins.has_pin(user_id=actor.account_id),
        "is_enrolled": _device(request) is not None,
    }
    return render(request, "customers/pin.html", context, status=status)


def store_devices(request: HttpRequest) -> HttpResponse:
    """List the store's devices; by POST enrol the one in hand: its browser gets the token."""
    actor = access.actor_of(request.user)
    problem, status = "", 200
    if request.method == "POST":
        try:
            enrolled = devices.enrol(actor=actor, label=request.POST.get("label", ""))
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            problem, status = str(error.message), error.status
        else:
            messages.success(request, _("This device now belongs to the store."))
            response = redirect("store-devices")
            _give(response, enrolled.token)
            return response
    here = _device(request)
    context = {
        "devices": devices_of.of_store(actor=actor),
        "here": here.pk if here else None,
        "problem": problem,
        "typed": request.POST.get("label", ""),
        "longest": LABEL_LENGTH,
        "key": str(uuid4()),
    }
    return render(request, "customers/devices.html", context, status=status)


def end_device(request: HttpRequest, device: int) -> HttpResponse:
    """End a device of the store."""
    devices.end(actor=access.actor_of(request.user), device_id=device if device <= forms.LARGEST else 0)
    messages.success(request, _("The device no longer belongs to the store."))
    return redirect("store-devices")


def _page(request: HttpRequest, error: DomainError | None = None) -> HttpResponse:
    user: Any = request.user
    context = {
        "takes_pin": screenlock.takes_pin(session=request.session, user=user, device=_device(request)),
        "problem": error.message if error else "",
    }
    status = (422 if error.status == 403 else error.status) if error else 200
    return render(request, "customers/locked.html", context, status=status)


def _device(request: HttpRequest) -> Any:
    token = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    return devices.device_of(token=token) if token and len(token) < 200 else None


def _give(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        token,
        max_age=YEAR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _safe(request: HttpRequest, back: str) -> str:
    """A page of ours to come back to; the start page for anything else."""
    is_ours = len(back) < 500 and back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours and back != reverse("locked") else reverse("home")
