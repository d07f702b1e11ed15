"""Callers who write notes and do not give up, and a watchman who looks at the health pages."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.house import Answer, House

WRITER = "suzuki"  # an agent: may write about every customer
GIVE_UP_SECONDS = 60.0


@dataclass
class Attempt:
    """One try at one note: what came back (None when the connection broke) and when."""

    key: str
    answer: Answer | None
    at: float


@dataclass
class Load:
    """Callers in threads, each writing one note after the other under a key of its own, again until it is 201."""

    house: House
    name: str
    callers: int = 4
    pause: float = 0.0
    is_patient: bool = True
    attempts: list[Attempt] = field(default_factory=list)
    _enough: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> Load:
        self.house.session_of(WRITER)
        self.uuid = str(self.house.value("SELECT uuid FROM customers_customer ORDER BY id LIMIT 1"))
        self._threads = [threading.Thread(target=self._write_on, args=(n,), daemon=True) for n in range(self.callers)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(GIVE_UP_SECONDS)

    def _write_on(self, caller: int) -> None:
        number = 0
        while not self._enough.is_set():
            self._write(f"{self.name}-{caller}-{number}")
            number += 1
            time.sleep(self.pause)

    def _write(self, key: str) -> None:
        limit = time.monotonic() + GIVE_UP_SECONDS
        while time.monotonic() < limit:
            answer = self.try_once(key)
            self.attempts.append(Attempt(key, answer, time.monotonic()))
            if answer is not None and answer.status == 201:
                return
            if not self.is_patient:
                return
            time.sleep(0.1)

    def try_once(self, key: str) -> Answer | None:
        """Send one note once; None when nothing came back."""
        path, body = f"/api/v1/customers/{self.uuid}/notes", {"text": f"負荷 {key}", "scope": "company"}
        try:
            return self.house.call("POST", path, WRITER, body, Idempotency_Key=key)
        except (OSError, http.client.HTTPException):
            return None

    def accepted(self) -> dict[str, bytes]:
        """Return the first 201 of each key."""
        found: dict[str, bytes] = {}
        for attempt in self.attempts:
            if attempt.answer is not None and attempt.answer.status == 201:
                found.setdefault(attempt.key, attempt.answer.body)
        return found

    def wait_for(self, count: int, seconds: float = 30.0) -> None:
        """Return when that many notes have been accepted from now on."""
        target, limit = len(self.accepted()) + count, time.monotonic() + seconds
        while len(self.accepted()) < target:
            assert time.monotonic() < limit, f"only {len(self.accepted())} of {target} notes; {self.statuses()}"
            time.sleep(0.05)

    def statuses(self) -> Counter[int | None]:
        """Return how often each status came back; None for a broken connection."""
        return Counter(attempt.answer.status if attempt.answer else None for attempt in self.attempts)

    def written(self) -> Counter[str]:
        """Return how often each key's note stands in the database."""
        rows = self.house.rows("SELECT text FROM journeys_note WHERE text LIKE %s", f"負荷 {self.name}-%")
        return Counter(row[0].removeprefix("負荷 ") for row in rows)

    def told(self) -> Counter[str]:
        """Return how often each key's note stands on the timeline."""
        rows = self.house.rows("SELECT text FROM journeys_interaction WHERE text LIKE %s", f"負荷 {self.name}-%")
        return Counter(row[0].removeprefix("負荷 ") for row in rows)


@dataclass
class Watch:
    """A watchman: asks /readyz and /livez all the time and writes down what each said when."""

    house: House
    seen: list[tuple[float, str, int | None]] = field(default_factory=list)
    _enough: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self._threads = [
            threading.Thread(target=self._look, args=(path,), daemon=True) for path in ("/readyz", "/livez")
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._enough.set()
        for thread in self._threads:
            thread.join(30)

    def _look(self, path: str) -> None:
        while not self._enough.is_set():
            status = self.house.status_of(path)
            self.seen.append((time.monotonic(), path, status))
            time.sleep(0.1)

    def seconds_until(self, status: int, since: float, path: str = "/readyz", limit: float = 20.0) -> float:
        """Return how long after `since` the page first said `status`; waits for it, at most `limit` seconds."""
        while time.monotonic() < since + limit:
            found = [at for at, where, said in list(self.seen) if where == path and said == status and at > since]
            if found:
                return found[0] - since
            time.sleep(0.05)
        raise AssertionError(f"{path} did not say {status} within {limit:.0f} s")

    def statuses(self, path: str) -> set[int | None]:
        """Return everything a page said."""
        return {said for _at, where, said in self.seen if where == path}
