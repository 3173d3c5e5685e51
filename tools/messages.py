"""The messages in the code, as gettext's catalogues: `python -m tools.messages`.

It writes `eventdesk/locale/eventdesk.pot`, and brings the catalogue of each language up to it: new
messages come without words, those that are gone go. A message is found where it stands as a
literal:

* `_("…")`, `_n("…", "…", n)`, `_p("context", "…")`, and `msg`, `msg_n`, `msg_p` alike, also in
  the templates of pages;
* what is translated when it is shown: `Binding("key", "action", "…", tooltip="…")`, the `HELP` of
  a screen, the words of an entity's `Field`, the help of a command and of its options, and the
  table of commands;
* what click says by itself.

The languages that only guests are spoken to in (`AT_THE_KIOSK`) need what `guest_messages` finds:
the files of the kiosk, the sentences for guests of each outcome, and a list of texts elsewhere.
"""

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, Final, NamedTuple

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment
from jinja2.nodes import Call, Const, Name

from eventdesk.cli.help_words import help_messages, laid_out
from eventdesk.core.fields import LINE, MINOR, NUMBER, PAGE, SHARE, Field, Kind
from eventdesk.core.messages import ENGLISH, GUEST_LANGUAGES

ROOT: Final = Path(__file__).parent.parent
PACKAGES: Final = ("eventdesk", "screens", "kiosk", "data", "badges")
FOLDER: Final = ROOT / "eventdesk" / "locale"
TEMPLATE: Final = FOLDER / "eventdesk.pot"
TRANSLATED: Final = ("de",)
"""The languages in which all is said."""

AT_THE_KIOSK: Final = tuple(each for each in GUEST_LANGUAGES if each not in (ENGLISH, *TRANSLATED))
"""The languages in which only that is said which a guest meets at a kiosk."""

GUESTS_READ: Final = (
    "screens/door/answers.py",
    "screens/self_service/guest_words.py",
    "screens/self_service/kiosk_badge.py",
    "screens/self_service/kiosk_questions.py",
    "screens/self_service/kiosk_screen.py",
    "screens/self_service/no_code.py",
    "screens/self_service/verdict.py",
)
"""Files that only say what a guest at a kiosk may read."""

TO_GUESTS: Final = {
    "Wording": ((1, 2, 4), ("guest_word", "guest", "word")),
    "_refuse": ((2,), ("guest_sentence",)),
    "_broken": ((3,), ()),
    "Decision": ((2,), ("guest_sentence",)),
}
"""Which arguments of the calls that make a refusal the guest reads, by place and by name."""

GUEST_TEXTS: Final = frozenset(
    {
        "A name has 1 to {most} characters.",
        "Ask an administrator.",
        "Ask at the desk to have the name corrected.",
        "Badges of this event are printed as they were booked.",
        "Check both and try again.",
        "Choose: {choices}.",
        "Full",
        "Here you are: {item} {choice}.",
        "Here you are: {item}.",
        "It has six letters and digits and stands in the booking's e-mail.",
        "The answer to “{text}” is no number.",
        "The answer to “{text}” is not one of the choices.",
        "The answer to “{text}” is too long.",
        "The e-mail address or the PIN or password is wrong.",
        "The printer needs a moment. Please ask for your badge at the desk.",
        "There is no booking with this code.",
        "This",
        "This account was closed.",
        "This badge was called off.",
        "Too many wrong tries.",
        "Use at most {most} characters.",
        "Wait {minutes} minutes, or ask at the desk.",
        "Your badge could not be printed. Please ask for it at the desk.",
        "Your badge is printing.",
        "Your badge is ready at printer {printer}.",
        "Your badge is ready at {gate}, printer {printer}.",
        "Your badge is ready.",
        "Your badge prints at printer {printer}.",
        "Your badge prints at {gate}, printer {printer}.",
        "another gate",
        "at {at:%H:%M}",
        "camera",
        "on {at:%a} {day} {at:%b} at {at:%H:%M}",
        "printer",
        "ready",
        "store",
        "these",
        "{count} entry",
        "{number} of {item}",
    }
)
"""What guests read of files that also speak to others."""

SAID: Final = {"_": 1, "msg": 1, "_n": 2, "msg_n": 2, "_p": 2, "msg_p": 2}
"""What is called with a message, and how many literals it takes."""

CONTEXTS: Final = {"_p", "msg_p"}
"""Of these the first literal is the context."""

FIELD_WORDS: Final = ("label", "help", "hint", "what", "none")
"""The words of a field of an entity, in the order in which `Field` takes them."""

HEADER: Final = """\
# The messages of eventdesk{language}.
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
{more}
"""


class Found(NamedTuple):
    """A message in the code.

    Attributes:
        text: The English text.
        many: The text about several, or "".
        context: Its context, or "".
        where: File and line.
    """

    text: str
    many: str
    context: str
    where: str


@cache
def messages_in_code() -> tuple[Found, ...]:
    """All messages of the program, and those of click; the code is read once."""
    return tuple(_messages_in_code())


def _messages_in_code() -> Iterator[Found]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            where = path.relative_to(ROOT).as_posix()
            yield from messages_in(path.read_text(encoding="utf-8"), where)
    for path in sorted((ROOT / "eventdesk" / "web" / "templates").rglob("*.html")):
        where = path.relative_to(ROOT).as_posix()
        yield from messages_in_template(path.read_text(encoding="utf-8"), where)
    yield from _messages_of_click()


def guest_messages() -> Iterator[Found]:
    """What a guest at a kiosk may be told: the languages of guests need words for it."""
    for each in messages_in_code():
        is_listed = each.text in GUEST_TEXTS and each.context in ("", "outcome")
        if is_listed or each.where.partition(":")[0] in GUESTS_READ:
            yield each
    for path in ("eventdesk/door/decide.py", "eventdesk/door/scan.py"):
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            yield from _said_to_guests(call, path)


def _said_to_guests(call: ast.Call, where: str) -> Iterator[Found]:
    places, names = TO_GUESTS.get(ast.unparse(call.func), ((), ()))
    told = [call.args[place] for place in places if place < len(call.args)]
    for argument in told + _keywords(call, *names):
        for inner in (each for each in ast.walk(argument) if isinstance(each, ast.Call)):
            yield from _messages_of_call(inner, where)


def messages_in(source: str, where: str) -> Iterator[Found]:
    """The messages in the source of one module.

    Args:
        source: Python.
        where: What the file is called.

    Raises:
        ValueError: A message that is no literal, such as an f-string.
    """
    for node in ast.walk(ast.parse(source)):
        at = f"{where}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ClassDef):
            yield from (Found(help_text, "", "", at) for help_text in _helps(node))
        if isinstance(node, ast.Call):
            yield from _messages_of_call(node, at)
        elif isinstance(node, ast.AnnAssign) and where.startswith("eventdesk/cli/command_table"):
            if ast.unparse(node.target) == "_HELP" and isinstance(node.value, ast.Dict):
                yield from (Found(_literal(each) or "", "", "", at) for each in node.value.values)
        elif isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
            text = inspect.cleandoc(ast.get_docstring(node, clean=False) or "")
            shown = laid_out(text) if "\n\nExample:" in text else text
            yield from (Found(each, "", "", at) for each in help_messages(shown))


def messages_in_template(source: str, where: str) -> Iterator[Found]:
    """The messages in a template of a page, which are called as in Python.

    Raises:
        ValueError: A message that is no literal.
    """
    for call in Environment().parse(source).find_all(Call):
        if isinstance(call.node, Name) and call.node.name in SAID:
            texts = [each.value for each in call.args if isinstance(each, Const)]
            given = ", ".join(map(repr, texts[: SAID[call.node.name]]))
            python = ast.parse(f"{call.node.name}({given})", mode="eval").body
            assert isinstance(python, ast.Call)
            yield from _messages_of_call(python, f"{where}:{call.lineno}")


def _messages_of_call(call: ast.Call, where: str) -> Iterator[Found]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in SAID:
        texts = [_literal(each) for each in call.args[: SAID[name]]]
        if None in texts or not texts:
            raise ValueError(f"{where}: {name}() takes a literal")
        first, *more = map(str, texts)
        if name in CONTEXTS:
            yield Found(more[0], "", first, where)
        else:
            yield Found(first, "".join(more), "", where)
        return
    shown: list[ast.expr] = []
    if name == "Binding":
        shown = call.args[2:3] + _keywords(call, "description", "tooltip")
    elif name in ("_step", "_removal", "as_json", "group"):
        parts = filter(None, map(_literal, _keywords(call, "help", "reason", "more")))
        yield from (Found(each, "", "", where) for text in parts for each in help_messages(text))
    elif name == "Field" and len(call.args) > 1:
        yield from (Found(each, "", "", where) for each in _words_of_field(call, where))
    elif isinstance(call.func, ast.Attribute) and call.func.attr in ("option", "command", "group"):
        shown = _keywords(call, "help", "prompt", "epilog", "short_help")
    for text in map(_literal, shown):
        if text:
            yield Found(text, "", "", where)


def _words_of_field(call: ast.Call, where: str) -> Iterator[str]:
    """What a form, the help of a command and a refusal say of a field of an entity."""
    given = dict(zip(FIELD_WORDS, call.args[2:], strict=False))
    given |= {str(each.arg): each.value for each in call.keywords}
    words: dict[str, Any] = {name: _literal(given[name]) for name in FIELD_WORDS if name in given}
    kind = Kind[ast.unparse(call.args[1])]
    field = Field("", kind, **words)
    choices = given.get("choices")
    named = choices.values if isinstance(choices, ast.Dict) else []
    yield from filter(None, [*words.values(), *map(_literal, named)])
    is_option = not where.startswith("eventdesk/events/event.py")  # those are set on screens only
    if field.label and not field.help and is_option:
        yield field.told
    is_checked_alone = "what" in words or "check" in given
    if field.label and not is_checked_alone and kind in (LINE, PAGE, NUMBER, SHARE, MINOR):
        yield field.called.text


def _helps(node: ast.ClassDef) -> Iterator[str]:
    """What a screen or a part of one says in its help."""
    for each in node.body:
        if isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "HELP":
            yield from filter(None, [_literal(each.value)])


def _keywords(call: ast.Call, *names: str) -> list[ast.expr]:
    return [each.value for each in call.keywords if each.arg in names]


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _is_command(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(function, ast.Name):
        return function.id == "command"
    return isinstance(function, ast.Attribute) and function.attr in ("command", "group")


def _messages_of_click() -> Iterator[Found]:
    """What click's own files mark, as gettext does."""
    for path in sorted(Path(click.__file__).parent.glob("*.py")):
        found = extract_python(BytesIO(path.read_bytes()), {"_": None, "ngettext": (1, 2)}, [], {})
        for line, function, said, _comments in found:
            one, many = (said[0], said[1]) if function == "ngettext" else (said, "")
            yield Found(str(one), str(many), "", f"click/{path.name}:{line}")


def template(found: Iterable[Found]) -> Catalog:
    """The catalogue of messages, without words."""
    catalog = Catalog(fuzzy=False)
    for each in found:
        if each.text:
            said = (each.text, each.many) if each.many else each.text
            catalog.add(said, context=each.context or None)
    return catalog


def read_catalogue(language: str) -> Catalog:
    """The catalogue of a language as it is; an empty one where there is none."""
    path = FOLDER / language / "LC_MESSAGES" / "eventdesk.po"
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, ignore_obsolete=True)


def brought_up(catalog: Catalog, to: Catalog) -> Catalog:
    """A catalogue with the messages there are now, and the words it had for them."""
    brought = Catalog(locale=catalog.locale)
    for each in to:
        if each.id:
            had = catalog.get(_first(each.id), each.context)
            same = had is not None and isinstance(had.id, str) == isinstance(each.id, str)
            said = had.string if had is not None and same else ""
            flags = had.flags & {"fuzzy"} if had is not None and same else ()
            notes = had.user_comments if had is not None else ()
            brought.add(each.id, said, flags=flags, user_comments=notes, context=each.context)
    return brought


def written(catalog: Catalog, language: str = "") -> str:
    """A catalogue as a file of text: one order, no dates, so that two changes rarely meet."""
    file = BytesIO()
    for each in catalog:
        each.flags -= {"python-format", "python-brace-format"}
    write_po(file, catalog, width=0, omit_header=True, sort_output=True)
    forms = f'"Language: {language}\\n"\n"Plural-Forms: {catalog.plural_forms}\\n"\n'
    head = HEADER.format(
        language=f" in {catalog.locale.english_name}" if language and catalog.locale else "",
        more=forms if language else "",
    )
    return head + file.getvalue().decode().rstrip() + "\n"


def wrong_in(catalog: Catalog) -> Iterator[str]:
    """What a translation lacks: words, plural forms, placeholders, white space at its ends."""
    for each in catalog:
        if not each.id:
            continue
        text = _first(each.id)
        said = [each.string] if isinstance(each.string, str) else list(each.string or ())
        if each.fuzzy:
            yield f"fuzzy: {text!r}"
        if (
            not said
            or not all(said)
            or (not isinstance(each.id, str) and len(said) != catalog.num_plurals)
        ):
            yield f"not translated: {text!r}"
            continue
        asked = [_places(form) for form in ([each.id] if isinstance(each.id, str) else each.id)]
        needed = set.intersection(*asked) - ({"count"} if len(asked) > 1 else set())
        for words in said:
            if not needed <= _places(words) <= set.union(*asked):
                yield f"placeholders differ: {text!r} → {words!r}"
            if _ends(text) != _ends(words):
                yield f"white space at the ends differs: {text!r} → {words!r}"


def _first(text: str | tuple[str, ...] | list[str]) -> str:
    return text if isinstance(text, str) else text[0]


def _places(text: str) -> set[str]:
    """The placeholders of a message; of one without values, none."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return {text}
    return {name for _words, name, _format, _conversion in parts if name is not None}


def _ends(text: str) -> tuple[str, str]:
    found = re.fullmatch(r"(\s*).*?(\s*)", text, re.DOTALL)
    assert found is not None
    return found[1], found[2]


def wanted_in(language: str) -> Catalog:
    """All messages that a language needs words for."""
    return template(guest_messages() if language in AT_THE_KIOSK else messages_in_code())


def main(say: Callable[[str], object] = print) -> int:
    """Write the catalogues, and say what they lack."""
    TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
    TEMPLATE.write_text(written(template(messages_in_code())), encoding="utf-8")
    lacking = 0
    for language in (*TRANSLATED, *AT_THE_KIOSK):
        catalog = brought_up(read_catalogue(language), wanted_in(language))
        path = FOLDER / language / "LC_MESSAGES" / "eventdesk.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(catalog, language), encoding="utf-8")
        wrong = list(wrong_in(catalog))
        lacking += len(wrong)
        for line in wrong[:40] if "--all" not in sys.argv else wrong:
            say(f"{language}: {line}")
        say(f"{language}: {len(catalog)} messages, {len(wrong)} to look at")
    return 1 if lacking else 0


if __name__ == "__main__":
    sys.exit(main())
