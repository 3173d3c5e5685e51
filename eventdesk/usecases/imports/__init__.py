"""Taking in attendees and bookings from a file: guess, check, then all or nothing."""

from eventdesk.usecases.imports.check import check_import
from eventdesk.usecases.imports.fields import LABELS, Field, Target
from eventdesk.usecases.imports.guess import Look, look_at
from eventdesk.usecases.imports.plan import DryRun, ImportPlan, Problem, Reason
from eventdesk.usecases.imports.run import Imported, run_import

__all__ = [
    "LABELS",
    "DryRun",
    "Field",
    "ImportPlan",
    "Imported",
    "Look",
    "Problem",
    "Reason",
    "Target",
    "check_import",
    "look_at",
    "run_import",
]
