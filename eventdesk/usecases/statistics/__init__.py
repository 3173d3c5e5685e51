"""Figures of the door while it is busy: read once, and then only what came or was undone."""

from eventdesk.usecases.statistics.memory import Standings
from eventdesk.usecases.statistics.standing import standing
from eventdesk.usecases.statistics.timings import note_verdicts

__all__ = ["Standings", "note_verdicts", "standing"]
