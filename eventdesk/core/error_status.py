"""The status that HTTP gives each kind of error (RFC 9110, 15); its code stays the error's own.

An error has the status of the nearest class above it that stands in the table.
"""

from collections.abc import Mapping
from typing import Final

from eventdesk.core import errors
from eventdesk.core.errors import EventDeskError

STATUS: Final[Mapping[type[EventDeskError], int]] = {
    errors.StoreError: 503,
    errors.StoreConflictError: 503,
    errors.StoreFullError: 507,
    errors.StoreChangedError: 500,
    errors.StoreBrokenError: 500,
    errors.AuditBrokenError: 500,
    errors.BackupError: 500,
    errors.KeyFileError: 503,
    errors.TokenError: 400,
    errors.NotFoundError: 404,
    errors.NotAllowedError: 403,
    errors.SignInError: 401,
    errors.InvalidInputError: 400,
    errors.FileTakenError: 409,
    errors.KeyReusedError: 422,
    errors.KeptInsideError: 403,
    errors.CallCutOffError: 409,
    errors.ChangedMeanwhileError: 412,
    errors.TooManyCallsError: 429,
    errors.SalesError: 409,
    errors.ServiceError: 502,
    errors.ServiceSilentError: 504,
    errors.NoticeRefusedError: 400,
    errors.CameraError: 503,
    errors.DecoderError: 503,
    errors.PrinterError: 503,
}
"""What is not listed has the status of what it is a kind of."""

AGAIN_S: Final[Mapping[type[EventDeskError], int]] = {
    errors.StoreBusyError: 1,
    errors.StoreConflictError: 1,
}
"""Seconds after which the same may be asked again, for what passes by itself."""


def status_of(error: EventDeskError | type[EventDeskError]) -> int:
    """The status of HTTP for an error; 500 where nobody says.

    >>> status_of(errors.SoldOutError)
    409
    """
    kind = error if isinstance(error, type) else type(error)
    return next((STATUS[each] for each in kind.__mro__ if each in STATUS), 500)


def again_after_s(error: EventDeskError) -> int | None:
    """Seconds after which the same may be asked again; None where it would be in vain."""
    said: int | None = getattr(error, "wait_s", None)
    return said if said is not None else AGAIN_S.get(type(error))
