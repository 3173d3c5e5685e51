"""A request that is refused before anybody is asked: too long, of another kind, nowhere."""

from typing import ClassVar

from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message


class RequestRefusedError(EventDeskError):
    """A request that HTTP itself says no to.

    Attributes:
        status: The status of HTTP.
        wait_s: Seconds after which it may be asked again; not there where that would be in vain.
    """

    code: ClassVar[str] = "request_refused"
    wait_s: int

    def __init__(
        self,
        message: str | Message,
        *,
        status: int,
        wait_s: int | None = None,
        hint: str | Message = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        if wait_s is not None:
            self.wait_s = wait_s
