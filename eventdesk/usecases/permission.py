"""Who may do what; asked by every use case before it opens a transaction."""

from uuid import UUID

from eventdesk.errors import NotAllowedError
from eventdesk.model.people import Actor, Role


def need_door(actor: Actor, event_id: UUID | None = None) -> None:
    """Let only people and devices pass that work at the door.

    Args:
        actor: Who asks.
        event_id: The event, once it is known; a role holds for its own event only.

    Raises:
        NotAllowedError: The actor's role is not one of them, or is for another event.
    """
    elsewhere = event_id is not None and actor.event_id not in (None, event_id)
    if elsewhere or not actor.may_work_at_door:
        raise NotAllowedError(
            f"{actor.name} may not work at the door of this event.",
            hint="Ask the organizer to add this account to the team.",
        )


def need_supervisor(actor: Actor, act: str) -> None:
    """Let only supervisors pass: organizers and admins.

    Args:
        actor: Who asks.
        act: What is to be done, as the message names it.

    Raises:
        NotAllowedError: The actor is no supervisor.
    """
    if not actor.is_supervisor:
        raise NotAllowedError(
            f"Only a supervisor may {act}.", hint="Ask an organizer to sign in and do it."
        )


def need_admin(actor: Actor) -> None:
    """Let only admins of the installation pass.

    Raises:
        NotAllowedError: The actor is no admin.
    """
    if actor.role is not Role.ADMIN:
        raise NotAllowedError("Only an admin may do that.", hint="Sign in as an admin.")
