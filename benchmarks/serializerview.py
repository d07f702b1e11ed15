"""The same page of the timeline as Django REST framework's own way writes it: rows, ModelSerializer, JSON renderer."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from customers import access
from customers.models import ContextReceipt, Store
from customers.selectors import customers as people
from customers.services import receipts
from journeys.hooks import interaction_kinds
from journeys.models import Interaction
from journeys.selectors import timeline


class StoreSerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """The store of an entry."""

    class Meta:
        model = Store
        fields = ("code", "name_ja", "name_en")


class EntrySerializer(serializers.ModelSerializer):  # type: ignore[type-arg]
    """One entry with what the page says of it."""

    store = StoreSerializer()
    sentence = serializers.SerializerMethodField()
    channel_label = serializers.CharField(source="get_channel_display")

    class Meta:
        model = Interaction
        fields = (
            "uuid",
            "kind",
            "sentence",
            "occurred_at",
            "channel",
            "channel_label",
            "store",
            "actor",
            "product_ids",
            "visibility",
            "text",
            "data",
        )

    def get_sentence(self, row: Interaction) -> str:
        """The kind's sentence with the row's words."""
        return str(self.context["kinds"][row.kind].sentence) % row.data


class SerializedTimelineView(APIView):
    """GET: the newest entries; logged as the product logs it."""

    def get(self, request: Request, uuid: UUID) -> Response:
        """Answer the page."""
        actor = access.actor_of(request.user)
        customer = people.customer_by_uuid(actor=actor, uuid=str(uuid))
        limit = int(request.query_params.get("limit", "25"))
        rows = list(timeline.rows_for(actor=actor, customer=customer).select_related("store", "actor")[: limit + 1])
        receipts.issue(
            actor=actor,
            customer=customer,
            surface=ContextReceipt.Surface.API,
            items=[f"interaction:{row.pk}" for row in rows[:limit]],
        )
        kinds = {plug.name: plug.value for plug in interaction_kinds.plugs()}
        data = EntrySerializer(rows[:limit], many=True, context={"kinds": kinds}).data
        return Response({"data": data, "next": str(rows[limit].pk) if len(rows) > limit else None})
