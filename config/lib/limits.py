"""The atomic limiter: exactly `limit` takes a window, however many callers race.

One script on the cache server counts and decides in one step. Serves sign-in, search, codes and keys.
"""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from config.lib.errors import TooMany, Unavailable

SCRIPT = """
local used = redis.call('INCR', KEYS[1])
if used == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {used, redis.call('PTTL', KEYS[1])}
"""


def take(name: str, who: str, *, limit: int, seconds: int) -> None:
    """Use one of `limit` tries in a window of `seconds` that begins with the first try.

    `who` is kept only as a keyed hash. Raises TooMany (with the seconds to wait) when none is left, Unavailable when
    the cache server is away: a guard that cannot count does not wave people through.
    """
    try:
        used, left = _client().eval(SCRIPT, 1, _key(name, who), seconds * 1000)
    except RedisError as error:
        raise Unavailable("limiter_away", _("This is not possible for a moment. Try again soon.")) from error
    if used > limit:
        wait = max(1, -(-int(left) // 1000))
        raise TooMany("too_many", _("Too many tries. Wait and try again."), retry_after=wait)


def forget(name: str, who: str) -> None:
    """Give all tries back, as after a success. A cache server that is away is no reason to refuse one."""
    with suppress(RedisError):
        _client().delete(_key(name, who))


def client_address(request: HttpRequest) -> str:
    """Return the caller's address. X-Forwarded-For counts only as far as our own proxies (TRUSTED_PROXIES) wrote it."""
    chain = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if settings.TRUSTED_PROXIES and len(chain) >= settings.TRUSTED_PROXIES:
        return str(chain[-settings.TRUSTED_PROXIES])
    return str(request.META.get("REMOTE_ADDR", ""))


def _key(name: str, who: str) -> str:
    digest = hmac.new(settings.SECRET_KEY.encode(), who.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:32]
    return f"limit:{name}:{digest}"


def _client() -> Any:
    backend: Any = cache
    return backend._cache.get_client(None, write=True)
