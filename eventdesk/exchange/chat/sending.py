"""The sender of what rooms are told: each message composed in the language of its readers."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from data.schema import EventRow
from data.store import Store
from eventdesk.core.errors import EventDeskError, ServiceSilentError, StoreError
from eventdesk.core.messages import Message, house_locale, reading
from eventdesk.integrations.chat.kind import CHAT
from eventdesk.integrations.chat.posting import post
from eventdesk.services import Dropped, Later, Outgoing, Sent, SetUp, Told


class RoomSender:
    """Tells a room."""

    kind: Final = CHAT.name
    service: Final = CHAT.name
    patience: Final = timedelta(hours=6)
    at_once: Final = 1

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Send messages one by one; the first that is not taken ends it, and the rest wait.

        Whatever the answer was, it is tried again for six hours: what refuses it now, such as a
        key that ended, may be mended by then, and later nobody needs to know.

        Raises:
            ServiceSilentError: One was not taken.
        """
        for job in jobs:
            if not job.payload:  # it was erased meanwhile
                told(job.id, Dropped())
                continue
            with reading(_language(store, service)):
                title, text = (str(Message.from_json(job.payload[each])) for each in _WORDS)
            try:
                taken = post(service.values, title, text, job.id.hex)
            except StoreError:
                raise
            except EventDeskError as error:
                wait_s = error.wait_s if isinstance(error, ServiceSilentError) else None
                told(job.id, Later(error.whole, wait_s))
                raise ServiceSilentError(error.message, hint=error.advice, wait_s=wait_s) from error
            told(job.id, Sent(taken.where, taken.status))


_WORDS: Final = ("title", "text")


def _language(store: Store, service: SetUp) -> str:
    """In which language a room reads: that of the event it is for, else that of the house."""
    if service.event_id is None:
        return house_locale()
    with store.read() as connection:
        spoken = select(EventRow.language).where(EventRow.id == service.event_id)
        return connection.execute(spoken).scalar_one_or_none() or house_locale()


SENDER: Final = RoomSender()
