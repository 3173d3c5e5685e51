"""What an event has sold, and what is left of it: for the team, or for all where it says so."""

from dataclasses import dataclass
from uuid import UUID

from eventdesk.acts import Act, Permission, event_row, reads
from eventdesk.core.errors import NotAllowedError
from eventdesk.core.messages import msg
from eventdesk.events import need_visible
from eventdesk.sales.ticket_types import read_ticket_types


@dataclass(frozen=True, slots=True)
class TypeSales:
    """How sales of one ticket type stand.

    Attributes:
        sold: Valid tickets that are paid.
        held: Places kept for somebody who has not paid yet.
        left: Places left for everybody; None is no limit.
    """

    name: str
    sold: int
    held: int
    left: int | None


@dataclass(frozen=True, slots=True)
class SalesSummary:
    """How sales of an event stand, by ticket type.

    Attributes:
        is_public: Whether everybody may see it.
    """

    event_name: str
    is_public: bool
    types: tuple[TypeSales, ...]


@reads(public=True, about="event_id")
def sales_summary(act: Act, event_id: UUID, *, access_code: str = "") -> SalesSummary:
    """Read what is sold and left by ticket type; types that are hidden are for the team only.

    Args:
        access_code: Opens a private event.

    Raises:
        NotFoundError: There is no such event that this person may see.
        NotAllowedError: Its sales are not public, and the actor works neither with its tickets,
            its money nor its door.
    """
    need_visible(act, event_id, access_code=access_code)
    event = event_row(act.connection, event_id)
    team = (Permission.TICKETS, Permission.MONEY, Permission.DOOR)
    is_public = event.public_sales and event.published_at is not None
    is_team = act.known_at(event_id).may(*team)
    if not (is_public or is_team):
        raise NotAllowedError(
            msg("The sales of this event are not public."),
            hint=msg("Ask an organizer of this event to do it, or to allow it."),
        )
    types = [each for each in read_ticket_types(act, event_id) if is_team or not each.about.hidden]
    return SalesSummary(
        event.name,
        is_public,
        tuple(TypeSales(each.about.name, each.sold, each.held, each.left) for each in types),
    )
