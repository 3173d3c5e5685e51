"""A check-in list in pretix that is told who came in and went out at a door elsewhere.

https://docs.pretix.eu/dev/api/resources/checkin.html. What already happened is told with `force`;
the nonce is ours, so that the same told twice is one check-in.
"""

from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Final, Self

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import Answer, error_of
from eventdesk.integrations.pretix.kind import TOLD
from eventdesk.integrations.pretix.orders import SERVICE, caller_of, event_path, organizer_path
from eventdesk.integrations.service import Values
from eventdesk.integrations.shop import members_of, text_of

MAX_PAGES: Final = 20

_REFUSES: Final = frozenset({400, 404})
"""Statuses that say something of one ticket."""

_ANNULLED: Final = "unsuccessful"
"""In what pretix says where a check-in is taken back already, or was none."""

_WHY: Final = {
    "invalid": msg("pretix knows no ticket with its code."),
    "canceled": msg("It is cancelled in pretix."),
    "product": msg("The check-in list in pretix is not for tickets of its product."),
    "blocked": msg("It is blocked in pretix."),
}
"""Why a ticket is not taken although it is forced."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A ticket that went through a door.

    Attributes:
        nonce: Its name, the same each time it is told.
        code: What the ticket's code says.
        way: entry or exit.
        at: When, aware.
    """

    nonce: str
    code: str
    way: str
    at: datetime


class ToldList:
    """An open line to the check-in list that is told.

    Attributes:
        name: What the list is called there.
    """

    def __init__(self, values: Values) -> None:
        self._caller = caller_of(values)
        self._calls = f"{organizer_path(values)}checkinrpc"
        self._lists = f"{event_path(values)}checkinlists/"
        self._wanted, self._date = str(values.get(TOLD) or ""), values.get("subevent")
        self._id: int | None = None
        self.name = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._caller.close()

    def tell(self, passage: Passage) -> Message | None:
        """Tell of a passage; returns why pretix did not take it, None where it did.

        Raises:
            ServiceError: No passage can be told now.
        """
        answer = self._call(
            "redeem",
            {
                **{"secret": passage.code, "type": passage.way, "nonce": passage.nonce},
                **{"datetime": passage.at.isoformat(), "force": True, "ignore_unpaid": True},
                "questions_supported": False,
            },
        )
        if answer is None:
            raise _too_old()
        said = answer.members()
        if said.get("status") == "ok":
            return None
        reason = text_of(said, "reason")
        words = text_of(said, "reason_explanation") or reason or answer.said()
        return _WHY.get(reason) or msg(
            "pretix did not take it: {reason}", reason=plain(words, limit=160)
        )

    def take_back(self, nonce: str, at: datetime) -> Message | None:
        """Tell that a passage was taken back; returns why pretix did not, None where it is so now.

        Raises:
            ServiceError: Nothing can be told now.
        """
        about = {"nonce": nonce, "datetime": at.isoformat()}
        answer = self._call("annul", {**about, "error_explanation": "Taken back at the door."})
        if answer is None:
            return msg("This pretix cannot take a check-in back: do it there by hand.")
        if answer.status != 400 or _ANNULLED in answer.said():
            return None  # 404: it was never told
        return msg(
            "pretix did not take the check-in back, do it there by hand: {said}", said=answer.said()
        )

    def try_out(self) -> None:
        """See that the list can be told, by a call that lacks its ticket and so does nothing.

        Raises:
            ServiceError: It cannot.
        """
        if self._call("redeem", {}) is None:
            raise _too_old()

    def _call(self, verb: str, about: dict[str, object]) -> Answer | None:
        """Call pretix about the list; None where it is too old to know this call.

        Raises:
            ServiceError: It is not about one ticket.
        """
        content = {"lists": [self._list()], **about}
        answer = self._caller.call("POST", f"{self._calls}/{verb}/", json=content, also=_REFUSES)
        if answer.status < 400:
            return answer
        try:
            said = answer.json()
        except ServiceSilentError:
            if answer.status != 404:
                raise error_of(answer) from None
            return None
        if isinstance(said, dict) and "lists" in said:
            raise ServiceRefusedError(
                msg("The token of pretix may not check in."),
                hint=msg(
                    "Give its team there the right to perform check-ins, or to change orders."
                ),
            )
        return answer

    def _list(self) -> int:
        """The number of the list, looked up once a line.

        Raises:
            ServiceRefusedError: The event has no such list.
        """
        if self._id is None:
            self._id, self.name = self._found()
        return self._id

    def _found(self) -> tuple[int, str]:
        wanted = self._wanted.casefold()
        for page in range(1, MAX_PAGES):
            content = self._caller.call("GET", self._lists, query={"page": str(page)}).members()
            for each in members_of(content, "results", service=SERVICE):
                number, name = each.get("id"), text_of(each, "name")
                is_ours = not self._date or each.get("subevent") in (None, self._date)
                is_meant = wanted in (str(number), name.casefold())
                if is_ours and is_meant and isinstance(number, int):
                    return number, plain(name, limit=80)
            if not content.get("next"):
                break
        raise ServiceRefusedError(
            msg("There is no check-in list {name} in pretix.", name=plain(self._wanted, limit=80)),
            hint=msg("It is named as in pretix, or by the number in its address there."),
        )


def _too_old() -> ServiceRefusedError:
    return ServiceRefusedError(
        msg("This pretix cannot be told of check-ins."),
        hint=msg("It is too old: update it, or leave its check-in list empty here."),
    )
