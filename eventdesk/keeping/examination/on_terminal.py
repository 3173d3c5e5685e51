"""The terminal: large enough, and with colours."""

from collections.abc import Iterator
from typing import Final

from eventdesk.keeping.examination.finding import Finding, Patient, care, good

LEAST: Final = (80, 24)


def look(patient: Patient) -> Iterator[Finding]:
    """Look at its size and what it says it can do."""
    terminal = patient.terminal
    if not terminal.columns:
        yield good("terminal", "none here, as in a script; the screens will need one")
        return
    size = f"{terminal.columns}×{terminal.lines}"
    if terminal.columns < LEAST[0] or terminal.lines < LEAST[1]:
        yield care(
            "terminal",
            f"{size} is small",
            f"Make it {LEAST[0]}×{LEAST[1]} or larger: smaller letters.",
        )
    if terminal.kind in ("", "dumb"):
        yield care("terminal", f"TERM is {terminal.kind!r}", "Set TERM=xterm-256color.")
        return
    if terminal.no_colour:
        colours = "no colours, as NO_COLOR asks; signs and words say the same"
    elif terminal.true_colour:
        colours = "all colours"
    else:
        colours = "256 colours" if "256" in terminal.kind else "few colours"
    yield good("terminal", f"{size}, {terminal.kind}, {colours}")
