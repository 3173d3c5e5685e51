"""The sender of spreadsheets: reads what the sheets of an event are to show, and brings them up."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from data.store import Store
from eventdesk.core.errors import (
    NotFoundError,
    ServiceError,
    ServiceRefusedError,
    ServiceSilentError,
)
from eventdesk.core.messages import msg
from eventdesk.exchange.sheets.sheet_tables import sheet_tables
from eventdesk.integrations.google_sheets.bringing_up import Memory, bring_up, shape
from eventdesk.integrations.google_sheets.kind import NAME, TABLES
from eventdesk.integrations.google_sheets.spreadsheet import Spreadsheet
from eventdesk.services import Dropped, Outgoing, Sent, SetUp, Told


class SheetSender:
    """Brings spreadsheets up to date; all deliveries that wait for one are done at once."""

    kind: Final = NAME
    service: Final = NAME
    patience: Final = timedelta(days=30)
    at_once: Final = 50

    def __init__(self) -> None:
        self._known: dict[UUID, Memory] = {}

    def send(self, store: Store, service: SetUp, jobs: Sequence[Outgoing], told: Told) -> None:
        """Bring a spreadsheet up to date.

        Whatever was answered it is tried again: somebody may share the spreadsheet tomorrow.

        Raises:
            ServiceSilentError: It could not be done.
        """
        try:
            where = self._bring_up(store, service)
        except NotFoundError:
            for job in jobs:
                told(job.id, Dropped())
            return
        except ServiceSilentError:
            raise
        except ServiceError as error:
            raise ServiceSilentError(error.message, hint=error.advice) from error
        for job in jobs:
            told(job.id, Sent(where))

    def _bring_up(self, store: Store, service: SetUp) -> str:
        """Bring it up to date; returns where it is."""
        chosen = {name: _columns(service, name) for name in TABLES}
        if not any(chosen.values()):
            raise ServiceRefusedError(
                msg("No columns are chosen."), hint=msg("Choose what the spreadsheet is to show.")
            )
        assert service.event_id is not None
        with Spreadsheet(service.values) as book:
            wanted = sheet_tables(store, service.event_id, chosen)
            known = self._known.pop(service.id, None)
            if known is not None and not known.holds(shape(book, wanted.tables)):
                known = None
            if known is None or not known.says(wanted.tables):
                known = bring_up(book, wanted.tables, wanted.codes, known)
            self._known[service.id] = known
        return service.text("spreadsheet")


def _columns(service: SetUp, name: str) -> tuple[str, ...]:
    chosen = service.values.get(name)
    return tuple(chosen) if isinstance(chosen, list) else ()


SENDER: Final = SheetSender()
