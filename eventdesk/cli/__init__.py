"""The command line: `eventdesk` and its sub-commands.

Each command builds the objects it needs, calls use cases, and says what came of it. Nothing
here decides anything.
"""

import signal
from collections.abc import Sequence

TYPE_CHECKING = False  # without typing, which takes longer to load than all that is here
if TYPE_CHECKING:
    from eventdesk.cli.group import cli

__all__ = ["cli", "main"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; what the console script calls.

    While it loads nothing is begun, so Ctrl+C ends it without a word.
    """
    raises = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if raises:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        from eventdesk.cli.group import main as run
    finally:
        if raises:
            signal.signal(signal.SIGINT, signal.default_int_handler)
    run(arguments)


def __getattr__(name: str) -> object:
    from eventdesk.core.doors import opened

    return opened(__name__)(name)
