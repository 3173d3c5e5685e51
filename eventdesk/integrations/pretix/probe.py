"""The test of pretix: reads the event and its orders, and asks whether check-ins can be told."""

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.pretix.check_ins import ToldList
from eventdesk.integrations.pretix.kind import TOLD
from eventdesk.integrations.pretix.orders import PretixShop, spoken
from eventdesk.integrations.service import Values


def probe(values: Values) -> Message:
    """Read the event and a page of its orders, and say what is there.

    Raises:
        ServiceError: It cannot be read, or its check-in list cannot be told.
    """
    with PretixShop(values) as shop:
        event = shop.about()
        if event.get("has_subevents") and not values.get("subevent"):
            raise ServiceRefusedError(
                msg("This event of pretix is a series."),
                hint=msg("Type the number of the date that is kept in step."),
            )
        shop.page("", "")
    name = plain(spoken(event.get("name")), limit=80)
    readable = msg("{name} is readable, with its orders.", name=name)
    if event.get("testmode"):
        readable = msg(
            "{name} is readable. It is in test mode: test orders do not come.", name=name
        )
    if not values.get(TOLD):
        return readable
    with ToldList(values) as told:
        told.try_out()
        return msg("{readable} Check-ins are told to {list}.", readable=readable, list=told.name)
