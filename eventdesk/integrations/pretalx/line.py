"""A schedule at an address, asked for only where it changed."""

from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from eventdesk.core.errors import InvalidInputError, ServiceRefusedError
from eventdesk.core.messages import Message, msg
from eventdesk.integrations.pretalx.reading import read_schedule
from eventdesk.integrations.pretalx.talk import Talk
from eventdesk.integrations.service import Values
from eventdesk.integrations.shop import shop_caller

SERVICE: Final = "pretalx"
MAX_BYTES: Final = 20_000_000
NOT_MODIFIED: Final = 304


@dataclass(frozen=True, slots=True)
class SchedulePage:
    """A schedule as it stands.

    Attributes:
        talks: Its sessions; None where nothing changed.
        since: Its version, by which it is asked for the next time.
        more: A schedule has no further pages.
    """

    talks: list[Talk] | None
    since: str
    more: str = ""


class ScheduleLine:
    """An open line to a schedule."""

    def __init__(self, values: Values) -> None:
        parts = urlsplit(str(values.get("url") or ""))
        origin = f"{parts.scheme}://{parts.netloc}"
        self._caller = shop_caller(origin, values, service=SERVICE, max_bytes=MAX_BYTES)
        self._path = parts.path or "/"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._caller.close()

    def page(self, since: str, _more: str) -> SchedulePage:
        """Ask for the schedule, unless it is the one that was read last.

        Raises:
            ServiceError: It cannot be read.
        """
        headers = {"If-None-Match": since} if since else {}
        answer = self._caller.call("GET", self._path, headers=headers, also=(NOT_MODIFIED,))
        if answer.status == NOT_MODIFIED:
            return SchedulePage(None, since)
        try:
            talks = read_schedule(answer.body)
        except InvalidInputError as error:
            raise ServiceRefusedError(error.message, hint=error.advice) from error
        etag = answer.headers.get("etag", "")
        return SchedulePage(talks, etag if etag.isascii() and etag.isprintable() else "")


def probe(values: Values) -> Message:
    """Read the schedule, and say what is there.

    Raises:
        ServiceError: It cannot be read.
    """
    with ScheduleLine(values) as line:
        talks = line.page("", "").talks or []
    return msg("The schedule is readable. Sessions: {count}.", count=len(talks))
