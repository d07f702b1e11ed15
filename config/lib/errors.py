"""Domain errors: raised by services, mapped once to problem details (API) and to form messages (screens)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class FieldError:
    """One refused field. `pointer` is a JSON pointer (`/family_name`), `detail` is shown to the user."""

    pointer: str
    code: str
    detail: str | Promise


class DomainError(Exception):
    """A rule said no. `code` is stable and machine readable, `message` is translated and names the cause.

    `status` is the HTTP status the API answers with; `fields` names the refused fields, if any.
    """

    status = 409

    def __init__(
        self,
        code: str,
        message: str | Promise,
        *,
        fields: tuple[FieldError, ...] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.fields = fields
        self.retry_after = retry_after


class Invalid(DomainError):
    """The content of a request breaks a rule (422)."""

    status = 422


class Conflict(DomainError):
    """The state, a version or a business key says no (409)."""

    status = 409


class NotFound(DomainError):
    """Not there, or not visible to the caller (404): the answer does not tell which."""

    status = 404


class Refused(DomainError):
    """The caller's role does not allow this (403)."""

    status = 403


class TooMany(DomainError):
    """A limit is used up (429); `retry_after` is in seconds."""

    status = 429


class Unavailable(DomainError):
    """A part we need is down (503); nothing was changed."""

    status = 503
