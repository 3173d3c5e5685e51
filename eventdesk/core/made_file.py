"""A file that was made and lies nowhere yet: its name, what it is, and its content."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A file for who asked.

    Attributes:
        name: What it is called where it is kept.
        media_type: What it is, as `text/csv`; texts are in UTF-8.
    """

    name: str
    media_type: str
    content: bytes
