"""One thing to mend."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend.

    Attributes:
        where: The screen or command, and the place on it.
        what: The kind of fault: "cut", "no message", "dead key", …
        text: The words it is about.
    """

    where: str
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {self.text}"
