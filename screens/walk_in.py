"""Selling to who stands at the desk without a ticket; opened from the desk."""

from typing import Any

from textual.screen import Screen

from eventdesk.door.scan import CheckInResult
from eventdesk.door.walk_ins import door_offers
from screens.modals.sold_dialog import SoldDialog
from screens.modals.walk_in_dialog import WalkInDialog
from screens.station import Place, Tools


async def sell_walk_in(screen: Screen[Any], tools: Tools, place: Place) -> CheckInResult | None:
    """Sell one ticket at the door, take the money and let the guest in; call it in a worker.

    Args:
        screen: The desk.
        tools: Store, settings, clock and sounds.
        place: Where the desk stands and who works at it.

    Returns:
        The door's answer; None where nothing was sold, or nobody was let in.

    Raises:
        EventDeskError: It cannot be read what is sold here.
    """
    offers = await tools.desk.read(door_offers, place.actor, place.event.id, place.check_in_list.id)
    if not offers:
        screen.notify(
            "An organizer adds ticket types in the event's Tickets.",
            title="Nothing is sold here",
            severity="warning",
            markup=False,
        )
        return None
    done = await screen.app.push_screen_wait(WalkInDialog(tools, place, offers))
    if done is None:
        return None
    sold, name = done
    await screen.app.push_screen_wait(SoldDialog(sold, name))
    return sold.check_in
