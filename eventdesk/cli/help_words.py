"""The help of commands, and what click says by itself, in the reader's language.

What a command says of itself stands in English where it is declared; it is translated when it is
shown, on a copy.
"""

import copy
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence

import click

from eventdesk.core.messages import ENGLISH, reader, several, translated, use_language

MAX_SHORT = 500
"""Characters of the first sentence of a help, which a list of commands shows."""

KEPT = "\b"
"""A line of this before a block says that its lines are kept as they are."""


def laid_out(text: str, examples: Sequence[str] = ()) -> str:
    """The text of a help whose end, `Example:` and command lines, stays as it is."""
    said, _, written = inspect.cleandoc(text).partition("\n\nExample:")
    lines = "".join(f"\n  {line.strip()}" for line in examples or written.strip().splitlines())
    return f"{said}\n\n{KEPT}\nExample:{lines}"


def speak(tag: str) -> None:
    """Set the language of this program, and of click's own words in it."""
    use_language(tag)
    if reader().language != ENGLISH:
        for name, module in list(sys.modules.items()):
            if name.startswith("click.") and hasattr(module, "_"):
                vars(module).update(_=translated)
                if hasattr(module, "ngettext"):
                    vars(module).update(ngettext=several)


def spoken(command: click.Command) -> click.Command:
    """A command that says of itself what it does in the reader's language."""
    if reader().language == ENGLISH:
        return command
    twin = copy.copy(command)
    twin.help = twin.help and spoken_help(twin.help)
    twin.short_help = translated(command.get_short_help_str(MAX_SHORT))
    twin.epilog = twin.epilog and translated(twin.epilog)
    twin._help_option = None  # click keeps it in the language it was first asked for in
    twin.params = [_spoken_parameter(each) for each in command.params]
    if isinstance(twin, click.Group):
        twin.commands = {name: spoken(each) for name, each in twin.commands.items()}
    return twin


def spoken_help(text: str) -> str:
    """The text of a help in the reader's language; examples stay as they are."""
    return _in_parts(text, translated)


def help_messages(text: str) -> Iterator[str]:
    r"""What is translated of the text of a help, one message a paragraph.

    >>> list(help_messages("Say what\nis.\n\n\b\nExample:\n  eventdesk status"))
    ['Say what is.', 'Say what is.', 'Example:']
    """
    found = [click.Command(None, help=text).get_short_help_str(MAX_SHORT)]

    def note(message: str) -> str:
        found.append(message)
        return message

    _in_parts(text, note)
    yield from found


def _in_parts(text: str, say: Callable[[str], str]) -> str:
    blocks = []
    for block in inspect.cleandoc(text).split("\n\n"):
        lines = block.split("\n")
        if lines[0].strip() == KEPT.strip() or lines[0] == KEPT:
            blocks.append("\n".join([lines[0], *(_kept_line(line, say) for line in lines[1:])]))
        else:
            blocks.append(say(" ".join(line.strip() for line in lines)))
    return "\n\n".join(blocks)


def _kept_line(line: str, say: Callable[[str], str]) -> str:
    """A line of a block: a command is the same in each language."""
    words = line.strip()
    if not words or words.startswith(("eventdesk ", "#", "{", "|")) or line.startswith("   "):
        return line
    return line[: len(line) - len(line.lstrip())] + say(words)


def _spoken_parameter(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option):
        return parameter
    twin = copy.copy(parameter)
    twin.help = twin.help and translated(twin.help)
    twin.prompt = twin.prompt and translated(twin.prompt)
    return twin
