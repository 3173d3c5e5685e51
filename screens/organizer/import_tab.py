"""Import of attendees and bookings: choose a file, map its columns, check, import."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from threading import Event as Flag
from typing import Any, ClassVar, Final
from uuid import UUID

from textual import getters, on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Label, ProgressBar

from eventdesk.acts import Permission
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.folding import fold
from eventdesk.core.messages import _, _n, _p, msg
from eventdesk.core.plain_text import plain
from eventdesk.exchange import (
    LABELS,
    DryRun,
    Imported,
    ImportPlan,
    Look,
    Target,
    check_import,
    look_at,
    run_import,
)
from eventdesk.exchange import Field as PlanField
from eventdesk.tables.encoding import choices
from eventdesk.tables.files import READERS
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne
from screens.organizer.tab import EventPart
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.form import ChoiceField, Field, YesNoField
from screens.widgets.paged_table import Column, Line, PagedTable, Window, window_of
from screens.widgets.path_suggester import PathSuggester, typed_path

NOTHING: Final = msg("– left out")
EXAMPLES: Final = 3
"""Rows whose cells are shown beside a column."""


def column_lines(look: Look, plan: ImportPlan) -> Sequence[Line]:
    """The columns of a file: what they are, and what stands in their first rows."""
    lines = []
    for place, target in enumerate(plan.columns):
        cells = (row[place] for _, row in look.rows[:EXAMPLES])
        texts = (
            look.heading[place] or _("column {place}", place=place + 1),
            meaning(look, target),
            " · ".join(filter(None, cells)),
        )
        lines.append(Line(UUID(int=place + 1), texts, "" if target else "faint"))
    return lines


def meaning(look: Look, target: Target) -> str:
    """The name of what a column holds."""
    if target is None:
        return str(NOTHING)
    if isinstance(target, PlanField):
        return str(LABELS[target])
    return dict(look.questions).get(target, "?")


def problem_lines(checked: DryRun) -> Sequence[Line]:
    """The rows that cannot be imported, and why."""
    return [
        Line(
            UUID(int=place), (str(each.row), f"✗ {each.reason.words}", each.value, each.text), "bad"
        )
        for place, each in enumerate(checked.problems, 1)
    ]


def question(checked: DryRun) -> str:
    """What is asked before importing."""
    bookings = _n("{count} booking", "{count} bookings", checked.bookings)
    said = [
        _n(
            "{count} ticket in {bookings}, {paid:,} of them paid, together {total}.",
            "{count} tickets in {bookings}, {paid:,} of them paid, together {total}.",
            checked.tickets,
            bookings=bookings,
            paid=checked.paid,
            total=checked.total,
        ),
        *_codes(checked),
        *_alike(checked),
    ]
    for name, price in checked.new_types:
        said.append(_("New ticket type: {name}, {price}.", name=plain(name), price=price))
    if checked.encoding.guessed:
        said += [str(checked.encoding.sentence), _("Import them as they read here?")]
    return " ".join(said)


def summary(checked: DryRun) -> tuple[str, str]:
    """What a check found, in a line or two, and its tone."""
    passed = ""
    if checked.already:
        passed += ", " + _("{count:,} here already", count=checked.already)
    if checked.left_out:
        passed += ", " + _("{count:,} cancelled", count=checked.left_out)
    rows = _("{count:,} rows", count=checked.rows) + passed
    guess = []
    if checked.encoding.guessed:
        guess = [str(checked.encoding.sentence), _("O: choose another.")]
    if not checked.possible:
        reasons = ", ".join(
            f"{count:,} × {reason.words}" for reason, count in checked.counts.items()
        )
        hint = [_("T: which types are meant.")] if checked.unknown_types else []
        return " ".join((f"✗ {rows}: {reasons}.", *hint, *guess)), "-bad"
    if not checked.tickets and checked.renewed:
        return " ".join((f"✓ {rows}.", *_codes(checked), *guess, _("Press I."))), "-good"
    if not checked.tickets:
        return " ".join((f"✓ {rows}.", _("Nothing is new."), *guess)), "-good"
    found = _n(
        "✓ {count} ticket in {bookings} can be imported ({kinds}), {paid:,} of them paid, together "
        "{total}{passed}.",
        "✓ {count} tickets in {bookings} can be imported ({kinds}), {paid:,} of them paid, "
        "together {total}{passed}.",
        checked.tickets,
        bookings=_n("{count} booking", "{count} bookings", checked.bookings),
        kinds=", ".join(f"{plain(name)} {count:,}" for name, count in checked.by_type.items()),
        paid=checked.paid,
        total=checked.total,
        passed=passed,
    )
    said = (found, *_codes(checked), *_alike(checked), *guess, _("Press I."))
    return " ".join(said), "-good"


MAX_ALIKE: Final = 5
"""Most people who are named because they have a ticket already."""


def _alike(checked: DryRun) -> list[str]:
    """Who would get a further ticket."""
    if not checked.alike:
        return []
    some = checked.alike[:MAX_ALIKE]
    names = ", ".join(f"{plain(each.name, limit=30)} ({each.ticket})" for each in some)
    if len(checked.alike) > MAX_ALIKE:
        names += " …"
    return [
        _n(
            "! {count} has a ticket already and gets another: {names}.",
            "! {count} have a ticket already and get another: {names}.",
            len(checked.alike),
            names=names,
        )
    ]


def _codes(checked: DryRun) -> list[str]:
    """Sentences about the tickets' own codes; none where the file has no codes."""
    said = []
    if checked.codes:
        said.append(_("{codes:,} open with the code they were sold with.", codes=checked.codes))
    if checked.without_code:
        said.append(_("{count:,} have none and need a new one.", count=checked.without_code))
    if checked.renewed:
        said.append(_("{count:,} that are here get the code of the file.", count=checked.renewed))
    return said


MAX_ASKED: Final = 20
"""Names of types that are asked for at once."""

ADD: Final = "add"


class TypesDialog(FormDialog[ImportPlan]):
    """Asks which ticket type is meant by each name; dismissed with the plan that says it.

    Args:
        types: The event's types: id and name.
        unknown: Names nobody knows, with how many rows have them; "" is none at all.
        plan: What holds so far.
    """

    def __init__(
        self, types: Sequence[tuple[UUID, str]], unknown: Mapping[str, int], plan: ImportPlan
    ) -> None:
        self.plan, self.names = plan, list(islice(unknown, MAX_ASKED))
        fields: list[Field[Any]] = []
        for place, name in enumerate(self.names):
            label = f"“{name[:30]}”" if name else _("Rows without a type")
            options: list[tuple[Any, str]] = [*types]
            if name:
                options.append((ADD, _("Add it as a new ticket type")))
            first = ADD if name else (types[0][0] if types else None)
            rows = _("{count:,} rows", count=unknown[name])
            fields.append(ChoiceField(f"type{place}", label, options, value=first, help=rows))
        title = _("Which ticket types are meant?")
        super().__init__(title, fields, self._answer, confirm=_("Take"))

    async def _answer(self, values: dict[str, Any]) -> ImportPlan:
        meant = {name: values[f"type{place}"] for place, name in enumerate(self.names)}
        known = {fold(name): kind for name, kind in meant.items() if name and kind != ADD}
        return replace(
            self.plan,
            types={**self.plan.types, **known},
            create_types=self.plan.create_types or ADD in meant.values(),
            default_type=meant.get("") or self.plan.default_type,
        )


class WaysDialog(FormDialog[ImportPlan]):
    """Asks for defaults where the file does not say.

    Args:
        look: The file; what its characters may be is offered with its own words.
    """

    def __init__(self, plan: ImportPlan, look: Look) -> None:
        self.plan = plan
        characters = ChoiceField(
            "encoding", _("Characters are"), choices(look.encoding), value=look.encoding.name
        )
        super().__init__(
            _("Where the file does not say"),
            [
                *([characters] if look.is_text else []),
                YesNoField("paid", _("Rows are paid"), value=plan.paid),
                ChoiceField(
                    "month_first",
                    _("Dates such as 3/4/2026"),
                    [(None, _("as the file shows")), (False, _("3 April")), (True, _("March 4"))],
                    value=plan.month_first,
                ),
                YesNoField("create_types", _("Add unknown types"), value=plan.create_types),
                YesNoField(
                    "force",
                    _("More than planned"),
                    value=plan.force,
                    help=_("Import over the quotas and the event's capacity, knowingly."),
                ),
            ],
            self._answer,
            confirm=_("Take"),
        )

    async def _answer(self, values: dict[str, Any]) -> ImportPlan:
        return replace(self.plan, **values)


STOPPED: Final = "stopped"


class ImportTab(EventPart):
    """Imports a file step by step; nothing changes before the last step."""

    NEEDS = Permission.TICKETS
    HELP = (
        "Type the name of a CSV, XLSX or JSON file (the right arrow completes it) and press Enter. "
        "What its columns are is guessed; Enter on a column corrects it. Below stands what would "
        "be imported, or every row that cannot be and why. Nothing is imported unless all rows "
        "can be, and importing a file twice doubles nothing."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "import", "Import", tooltip="Import all rows"),
        Binding("t", "types", "Types", tooltip="Say which ticket types the file means"),
        Binding("o", "ways", "Options", tooltip="Characters, unpaid rows, dates, quotas"),
        Binding("c", "check", "Check", tooltip="Read the file and check it again"),
        Binding("escape", "stop", "Stop", tooltip="Stop the import; nothing stays of it"),
    ]
    DEFAULT_CSS = """
    ImportTab {
        & #import-file { height: 1; margin: 0 2; }
        & #import-file Label { width: 6; color: $faint; }
        & #import-state { height: auto; width: 100%; padding: 0 2; }
        & #import-state.-good { color: $success; }
        & #import-state.-bad { color: $error; }
        & #import-bar { display: none; width: 100%; height: 1; padding: 0 2; }
        & #import-bar Bar { width: 1fr; }
        &.-importing #import-bar { display: block; }
        & #columns { height: 1fr; }
        & #problems { height: 1fr; }
        & #problem { height: auto; max-height: 3; width: 100%; padding: 0 2; color: $faint; }
        & .part-title { width: 100%; padding: 0 2; color: $primary; text-style: bold; }
    }
    """

    file = getters.query_one("#file", Input)

    look: Look | None = None
    plan: ImportPlan | None = None
    checked: DryRun | None = None
    imported: Imported | None = None
    """What the last import did; None before."""

    def compose(self) -> ComposeResult:
        """Lay out the file, its columns, and what came of checking it."""
        with Horizontal(id="import-file", classes="flat-line"):
            yield Label(_("File"), markup=False)
            yield Input(
                placeholder=_("orders.csv, guests.xlsx …"),
                suggester=PathSuggester(tuple(READERS)),
                id="file",
                max_length=1000,
                compact=True,
            )
        yield Label("", id="import-state", markup=False)
        yield ProgressBar(id="import-bar", show_eta=False)
        yield Label(_("Columns of the file"), classes="part-title")
        yield PagedTable(
            self._columns,
            Column(_("Column"), 18),
            Column(_("Is"), 22),
            Column(_("First rows")),
            empty=_("Type the name of a file above and press Enter."),
            searchable=False,
            id="columns",
        )
        yield Label(_("Rows that cannot be imported"), classes="part-title")
        yield PagedTable(
            self._problems,
            Column(_p("file", "Row"), 7, right=True),
            Column(_("Problem"), 24),
            Column(_("What stands there"), 16),
            Column(_("What to do"), least=100),
            empty=_("None so far."),
            searchable=False,
            id="problems",
        )
        yield Label("", id="problem", classes=SAID_BELOW, markup=False)

    def on_mount(self) -> None:
        """Begin without anything to stop."""
        self._checking = Flag()
        self._stop = Flag()

    @property
    def entry(self) -> Widget:
        """The file, or its columns once there are some."""
        return self.file if self.look is None else self.query_one("#columns", PagedTable).lines

    def would_be_lost(self) -> str:
        """The import that is still running."""
        return _("The import has not finished.") if self.has_class("-importing") else ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with the file as it is."""
        importing = self.has_class("-importing")
        if action == "stop":
            return importing
        if action in ("types", "ways", "check"):
            return self.look is not None and not importing
        if action == "import":
            possible = self.checked is not None and self.checked.possible
            return possible and not importing
        return super().check_action(action, parameters)

    # The file and its columns

    @on(Input.Submitted, "#file")
    @work(exclusive=True, group="look", exit_on_error=False)
    async def choose(self, message: Input.Submitted) -> None:
        """Look at the file that was typed, and check it as it is guessed."""
        path = typed_path(message.value)
        if path is None:
            self.say(_("First type the name of a file."), warns=True)
        elif not self.has_class("-importing"):
            await self._look(path, ImportPlan(()))

    async def _look(self, path: Path, plan: ImportPlan) -> None:
        """Look at a file, and check it as it is guessed.

        Args:
            plan: What holds besides its columns.
        """
        self._checking.set()
        self.look = self.plan = self.checked = None
        self._say(_("Reading …"))
        try:
            look = await self.desk.read(look_at, self.event.id, path, encoding=plan.encoding)
        except EventDeskError as error:
            self._say(f"✗ {error} {error.hint}", "-bad")
            await self.re_read()
            return
        self.look, self.plan = look, replace(plan, columns=look.columns)
        self.query_one("#columns", PagedTable).focus()
        await self._check()

    async def _columns(self, text: str, offset: int, limit: int) -> Window:
        if self.look is None or self.plan is None:
            return Window((), 0)
        return window_of(column_lines(self.look, self.plan), offset, limit)

    @on(PagedTable.Chosen, "#columns")
    @work(exclusive=True, group="column", exit_on_error=False)
    async def correct(self, message: PagedTable.Chosen) -> None:
        """Say what a column is."""
        if self.look is None or self.plan is None or self.has_class("-importing"):
            return
        place = message.line.key.int - 1
        targets: list[Any] = [None, *LABELS, *(each for each, _ in self.look.questions)]
        names = [meaning(self.look, target) for target in targets]
        now = self.plan.columns[place]
        title = _("What is “{heading}”?", heading=plain(self.look.heading[place], limit=40))
        chosen = await self.app.push_screen_wait(
            PickOne(title, names, marked=targets.index(now) if now in targets else 0)
        )
        if chosen is None or targets[chosen] == now:
            return
        target = targets[chosen]
        columns = [None if target and each == target else each for each in self.plan.columns]
        columns[place] = target
        self.plan = replace(self.plan, columns=tuple(columns))
        await self._check()

    @work(exclusive=True, group="types", exit_on_error=False)
    async def action_types(self) -> None:
        """Say which ticket types are meant by names nobody knows."""
        if self.look is None or self.plan is None or self.checked is None:
            return
        unknown = self.checked.unknown_types
        if not unknown:
            self.say(_("Every ticket type of the file is known."))
            return
        plan = await self.app.push_screen_wait(TypesDialog(self.look.types, unknown, self.plan))
        if plan is not None:
            self.plan = plan
            await self._check()

    @work(exclusive=True, group="ways", exit_on_error=False)
    async def action_ways(self) -> None:
        """Ask what holds where the file does not say."""
        if self.plan is None or self.look is None:
            return
        plan = await self.app.push_screen_wait(WaysDialog(self.plan, self.look))
        if plan is None:
            return
        if plan.encoding not in ("", self.look.encoding.name):
            await self._look(self.look.path, plan)
        else:
            # The guess is confirmed with the import, not with an option beside it.
            self.plan = replace(plan, encoding=self.plan.encoding)
            await self._check()

    # Checking

    @work(exclusive=True, group="check", exit_on_error=False)
    async def action_check(self) -> None:
        """Check the file again, as it is now."""
        await self._check()

    async def _check(self) -> None:
        """Check the file with its present columns; a check that still runs is stopped."""
        look, plan = self.look, self.plan
        if look is None or plan is None:
            return
        self._checking.set()
        self._checking = mine = Flag()
        loop = asyncio.get_running_loop()

        def tell(done: int) -> None:
            if mine.is_set():
                raise InvalidInputError(STOPPED)
            loop.call_soon_threadsafe(self._say, _("◌ Checking … {done:,} rows", done=done))

        self._say(_("◌ Checking …"))
        try:
            checked = await self.desk.read(
                check_import, self.event.id, look.path, plan, on_progress=tell
            )
        except EventDeskError as error:
            if not mine.is_set():
                self._say(f"✗ {error} {error.hint}", "-bad")
            return
        if mine.is_set() or not self.is_attached:
            return
        self.checked = checked
        await self.re_read()
        self._say(*summary(checked))
        self.refresh_bindings()

    async def _problems(self, text: str, offset: int, limit: int) -> Window:
        if self.checked is None:
            return Window((), 0)
        return window_of(problem_lines(self.checked), offset, limit)

    @on(PagedTable.Marked, "#problems")
    def _explain(self, message: PagedTable.Marked) -> None:
        """Say what to do about the marked problem, where the list has no room for it."""
        place = message.line.key.int - 1 if message.line is not None else -1
        problems = self.checked.problems if self.checked is not None else ()
        words = problems[place].text if 0 <= place < len(problems) else ""
        self.query_one("#problem", Label).update(plain(words, limit=300))

    # Importing

    @work(exclusive=True, group="import", exit_on_error=False)
    async def action_import(self) -> None:
        """Import all rows after a yes; a bar shows how far it is."""
        look, plan, checked = self.look, self.plan, self.checked
        if look is None or plan is None or checked is None or not checked.possible:
            return
        if not await self.sure(_("Import them?"), question(checked), yes=_("Import")):
            return
        if checked.encoding.guessed:
            plan = replace(plan, encoding=checked.encoding.name)
        self._set_importing(True)
        try:
            done = await self._import(look.path, plan)
        except EventDeskError as error:
            self._say(f"✗ {error} {error.hint}", "-bad")
            return
        finally:
            self._set_importing(False)
        self.imported = done
        bookings = _n("{count} booking", "{count} bookings", done.bookings)
        already = _("{count:,} were here already", count=done.already)
        if done.renewed:
            already += ", " + _("{count:,} got the code of the file", count=done.renewed)
        said = _n(
            "✓ {count} ticket in {bookings} was imported, {already}.",
            "✓ {count} tickets in {bookings} were imported, {already}.",
            done.tickets,
            bookings=bookings,
            already=already,
        )
        self._say(said, "-good")
        self.checked = None
        self.refresh_bindings()

    async def _import(self, path: Path, plan: ImportPlan) -> Imported:
        loop = asyncio.get_running_loop()
        self._stop = stop = Flag()

        def tell(done: int, total: int) -> None:
            loop.call_soon_threadsafe(self._tell, done, total)

        # Most of it is reading the file; the store's own lock takes care of the writing.
        return await self.desk.take_steps(
            run_import, self.event.id, path, plan, on_progress=tell, stop=stop
        )

    def action_stop(self) -> None:
        """Stop the import; nothing stays of it."""
        self._stop.set()
        self._say(_("Stopping …"))

    def _tell(self, done: int, total: int) -> None:
        if not self.is_attached or not self.has_class("-importing") or self._stop.is_set():
            return
        self.query_one("#import-bar", ProgressBar).update(total=total or None, progress=done)
        what = (
            _("{done:,} of {total:,} bookings", done=done, total=total)
            if total
            else _("{done:,} rows read", done=done)
        )
        self._say(_("◌ Importing … {what}. Esc stops, and nothing stays of it.", what=what))

    def _set_importing(self, importing: bool) -> None:
        self.set_class(importing, "-importing")
        self.file.disabled = importing
        self.refresh_bindings()

    def _say(self, words: str, tone: str = "") -> None:
        state = self.query_one("#import-state", Label)
        state.set_class(tone == "-good", "-good")
        state.set_class(tone == "-bad", "-bad")
        state.update(plain(words, limit=600))
