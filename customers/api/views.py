"""Customers over the API."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import access
from customers.api.serializers import SearchIn
from customers.models import ContextReceipt
from customers.selectors import customers as people
from customers.services import receipts
from customers.services import search as finder


class SearchView(APIView):
    """POST /customers/search: one customer by member number, or masked candidates."""

    def post(self, request: Request) -> Response:
        """Answer `{"customer": uuid or null, "candidates": [...]}`."""
        body = SearchIn(data=request.data)
        body.is_valid(raise_exception=True)
        found = finder.find(actor=access.actor_of(request.user), term=body.validated_data["term"])
        candidates = [{k: v for k, v in asdict(row).items() if k != "id"} for row in found.candidates]
        return Response({"customer": found.customer_uuid, "candidates": candidates})


class CustomerView(APIView):
    """GET /customers/{id}: the profile, masked by role. Issues the receipt."""

    def get(self, request: Request, uuid: UUID) -> Response:
        """Answer the profile and the receipt of this reading."""
        actor = access.actor_of(request.user)
        customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
        profile = people.profile_of(customer=customer, actor=actor)
        receipt = receipts.issue(
            actor=actor,
            customer=customer,
            surface=ContextReceipt.Surface.API,
            items=[f"profile:{customer.version}"],
        )
        return Response({**asdict(profile), "receipt": str(receipt.uuid)})


class NotFoundView(APIView):
    """Everything else under /api/: a problem document, never a page."""

    permission_classes = ()
    authentication_classes = ()

    def _missing(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise Http404

    get = post = put = patch = delete = _missing
