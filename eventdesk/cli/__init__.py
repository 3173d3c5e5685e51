"""The command line: `eventdesk` and its sub-commands.

Each command builds the objects it needs, calls use cases, and says what came of it. Nothing
here decides anything.
"""

from eventdesk.cli.group import cli, main

__all__ = ["cli", "main"]
