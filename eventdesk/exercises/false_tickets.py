"""False tickets: one that was tampered with, and one for another event."""

from random import Random

from data.store import Store
from eventdesk.core.ids import new_id
from eventdesk.core.token import seal


def forged(token: str, random: Random) -> str:
    """A token with one sign changed in its middle."""
    at = random.randrange(20, 40)
    sign = random.choice([one for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" if one != token[at]])
    return token[:at] + sign + token[at + 1 :]


def foreign(store: Store) -> str:
    """A token that a key of this house made for an event that is not here."""
    return seal(store.keys.active, ticket_id=new_id(), revision=1, event_id=new_id())
