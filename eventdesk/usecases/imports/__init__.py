"""Taking in attendees and bookings from a file: guess, check, then all or nothing."""

from eventdesk.usecases.imports.dry_run import check_import
from eventdesk.usecases.imports.fields import LABELS, Field, Target
from eventdesk.usecases.imports.file_look import Look, look_at
from eventdesk.usecases.imports.importing import Imported, run_import
from eventdesk.usecases.imports.plan import DryRun, ImportPlan, Problem, Reason

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
