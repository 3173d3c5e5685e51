"""Whether a backup is under way: screens say so, since it takes a core while it lasts."""

from data.house_lock import is_copying
from eventdesk.acts import ReadingSteps, reads_in_steps


@reads_in_steps(internal=True)
def is_backing_up(steps: ReadingSteps) -> bool:
    """Whether some program makes a backup of this store just now.

    Raises:
        StoreReadOnlyError: The home cannot be written, so that none can be made.
    """
    return is_copying(steps.store.home)
