"""What of a service outside does not fit here, kept where the organizer sees it.

It is listed as a delivery that failed, with the reason; to send it again is to ask for it again.
"""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select, update

from data.rows import insert_row
from data.schema import DeliveryRow
from eventdesk.acts import Act, Topic
from eventdesk.core.ids import new_id
from eventdesk.core.messages import Message, kept_texts, msg
from eventdesk.services import SetUp

MAX_NAME: Final = 500


def note_faults(act: Act, service: SetUp, name: str, faults: Sequence[Message]) -> None:
    """Keep what does not fit as a delivery that failed; one that fits now went out."""
    mark = name[:MAX_NAME]
    mine = DeliveryRow.service_id == service.id, DeliveryRow.mark == mark
    fault = together(faults)
    if fault is None:
        fits = {"state": "sent", "finished_at": act.now, "last_error": None, "said": None}
        act.connection.execute(
            update(DeliveryRow).where(*mine, DeliveryRow.state == "failed").values(fits)
        )
        return
    values = {"state": "failed", "finished_at": act.now, **kept_texts(last_error=fault)}
    found = act.connection.execute(select(DeliveryRow.state, DeliveryRow.last_error).where(*mine))
    row = found.one_or_none()
    if row is None:
        insert_row(
            act.connection,
            DeliveryRow,
            **{"id": new_id(), "kind": service.kind, "event_id": service.event_id, "reason": ""},
            **{"service_id": service.id, "payload": {"type": mark}, "mark": mark, "attempts": 1},
            **{"due_at": act.now, "created_at": act.now},
            **values,
        )
    elif row.state in ("sent", "failed"):
        act.connection.execute(update(DeliveryRow).where(*mine).values(values))
    act.touch(Topic.SERVICES)


def together(faults: Sequence[Message]) -> Message | None:
    """Several faults as one line, which a list has room for; None where there is none."""
    if len(faults) < 2:
        return faults[0] if faults else None
    return msg("{first} And {count} more.", first=faults[0], count=len(faults) - 1)
