"""The demo's mark: on every page, whatever drew it. Installed only when DEMO is on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.html import escape
from django.utils.translation import gettext as _


class DemoMarkMiddleware:
    """Adds one sentence before the end of each HTML page: invented people, public passwords."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        head, end, tail = response.content.rpartition(b"</body>")
        if end:
            words = escape(_("Demo: invented people, public passwords. No real data here."))
            mark = f'<aside class="y-demo" role="note">{words}</aside>'.encode()
            response.content = head + mark + end + tail
            if response.has_header("Content-Length"):
                response["Content-Length"] = str(len(response.content))
        return response
