"""A request that is refused before anybody is asked: too long, of another kind, nowhere."""

from typing import ClassVar

from eventdesk.core.errors import EventDeskError
from eventdesk.core.messages import Message


class RequestRefusedError(EventDeskError):
    """A request that HTTP itself says no to.

    Attributes:
        status: The status of HTTP.
    """

    code: ClassVar[str] = "request_refused"

    def __init__(self, message: str | Message, *, status: int, hint: str | Message = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status
