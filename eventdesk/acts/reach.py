"""Reach: who may ask for a use case at all, before any permission is looked at."""

from enum import StrEnum

from eventdesk.acts.actor import Actor, ActorKind
from eventdesk.acts.request import this_request
from eventdesk.core.errors import KeptInsideError, NotAllowedError
from eventdesk.core.messages import msg


class Reach(StrEnum):
    """Who may reach a use case at all; beside it stands what permission it needs."""

    GUARDED = "guarded"
    """Who holds a permission, or does it with what is theirs."""
    DEVICES = "devices"
    """Paired devices, and the program itself."""
    PUBLIC = "public"
    """Whoever comes, also a visitor without an account."""
    LOCAL = "local"
    """Who works on the machine that holds the files: it takes, writes or names files there."""
    INTERNAL = "internal"
    """The program itself."""


def need_reach(reach: Reach, actor: Actor) -> None:
    """Let only those pass who may reach what is declared with this word.

    Raises:
        NotAllowedError: It is for the program itself, or for devices.
        KeptInsideError: It is local, and a request over the wire asks for it.
    """
    is_program = actor.kind is ActorKind.SYSTEM
    if reach is Reach.LOCAL and this_request():
        raise only_there()
    if reach is Reach.INTERNAL and not is_program:
        raise NotAllowedError(msg("This is what the program does by itself."))
    if reach is Reach.DEVICES and not is_program and actor.kind is not ActorKind.DEVICE:
        raise NotAllowedError(msg("This is for paired devices and the spooler of this house."))


def only_there() -> KeptInsideError:
    """The error where a use case is asked for from elsewhere that is local."""
    return KeptInsideError(
        msg("This is done only on the machine that holds the files."), hint=msg("Do it there.")
    )
