"""The Python that runs this."""

import platform
from collections.abc import Iterator

from eventdesk import __version__
from eventdesk.keeping.examination.finding import Finding, Patient, good


def look(patient: Patient) -> Iterator[Finding]:
    """Name the versions."""
    running = f"eventdesk {__version__}, Python {platform.python_version()}"
    yield good("python", f"{running} on {platform.platform()}")
