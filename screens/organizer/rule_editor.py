"""Rules of a check-in list: add, change, order, remove, and try them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final
from zoneinfo import ZoneInfo

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Label, OptionList
from textual.widgets.option_list import Option

from eventdesk.acts import Actor
from eventdesk.core.day_times import at_time, read_days, read_spans, read_time
from eventdesk.core.errors import EventDeskError, InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.door import (
    MAX_MINUTES,
    CheckInList,
    DoorSetup,
    ListView,
    NewCheckInList,
    Rule,
    RuleKind,
    as_new,
    change_check_in_list,
    doors_of_event,
    said,
    sound_rule,
    try_rule,
    verdict_told,
)
from eventdesk.events import EventView
from screens.core.station import AsActor, Tools
from screens.modals.form_dialog import FormDialog
from screens.organizer.making import Maker
from screens.widgets.form import (
    ChoiceField,
    Field,
    Form,
    MomentField,
    NumberField,
    SeveralField,
    TextField,
    YesNoField,
)

KIND: Final = {
    RuleKind.PER_DAY: msg("at most so many entries a day"),
    RuleKind.MOST: msg("at most so many entries altogether"),
    RuleKind.MINUTES: msg("so many minutes between entries"),
    RuleKind.TIMES: msg("only at some times or days"),
    RuleKind.GATES: msg("only at some gates"),
}
ONLY_FOR: Final = {
    "number": (RuleKind.PER_DAY, RuleKind.MOST, RuleKind.MINUTES),
    "times": (RuleKind.TIMES,),
    "days": (RuleKind.TIMES,),
    "gates": (RuleKind.GATES,),
}


def rule_fields(
    setup: DoorSetup, rule: Rule | None, first_day: str, maker: Maker
) -> list[Field[Any]]:
    """The fields of a new rule, or of one that is there.

    Args:
        first_day: The first day of the event, as an example.
    """
    one = rule or Rule(RuleKind.PER_DAY, number=1)
    gates = [(gate.id, gate.name) for gate in setup.gates]
    return [
        ChoiceField("kind", _("It says"), [*KIND.items()], value=one.kind),
        NumberField("number", _("How many"), value=one.number or None, least=1, most=MAX_MINUTES),
        TextField(
            "times",
            _("Times of the day"),
            value=", ".join(f"{begin}-{end}" for begin, end in one.spans),
            check=read_spans,
            help=_("Such as: 10:00-12:00, 14:00-16:00. Empty: the whole day."),
        ),
        TextField(
            "days",
            _("Days"),
            value=", ".join(one.days),
            check=read_days,
            help=_("Such as: {first_day}. Empty: every day.", first_day=first_day),
        ),
        SeveralField("gates", _("Gates"), gates, value=tuple(one.gate_ids), making=maker.gate()),
        SeveralField(
            "types",
            _("Only for these tickets"),
            setup.ticket_types,
            value=tuple(one.ticket_type_ids),
            making=maker.ticket_type(),
            help=_("None ticked: for all."),
        ),
        TextField(
            "name",
            _("Its name"),
            value=one.name,
            max_length=80,
            help=_("As staff read it; empty: what it says."),
        ),
    ]


def rule_of(values: dict[str, Any]) -> Rule:
    """The rule of the form's values.

    Raises:
        InvalidInputError: It cannot be; the message says why.
    """
    return sound_rule(
        Rule(
            values["kind"],
            values["name"],
            frozenset(values.get("types", ())),
            values["number"] or 0,
            read_spans(values["times"] or ""),
            read_days(values["days"] or ""),
            frozenset(values.get("gates", ())),
        )
    )


class RuleDialog(FormDialog[Rule]):
    """Asks for a new rule, or changes one."""

    def __init__(self, setup: DoorSetup, rule: Rule | None, event: EventView, maker: Maker) -> None:
        async def made(values: dict[str, Any]) -> Rule:
            return rule_of(values)

        first_day = event.starts_at.astimezone(ZoneInfo(event.time_zone)).date().isoformat()
        super().__init__(
            _("Add a rule") if rule is None else _("Change a rule"),
            rule_fields(setup, rule, first_day, maker),
            made,
            confirm=_("Add") if rule is None else _("Take"),
            only_for=ONLY_FOR,
        )


EMPTY = msg("No further rules. Press N to add the first.")


class RuleLines(OptionList):
    """The rules in their order."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "ask('add')", "New rule"),
        Binding("delete", "ask('remove')", "Remove"),
        Binding("minus", "ask('up')", "Up", tooltip="Move the marked rule up"),
        Binding("plus", "ask('down')", "Down", tooltip="Move the marked rule down"),
    ]

    @dataclass
    class Asked(Message):
        """Something is to be done with the marked rule."""

        act: str

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without a rule there is nothing to do but to add one."""
        if action == "ask" and parameters != ("add",) and self.highlighted is None:
            return None
        return super().check_action(action, parameters)

    def action_ask(self, act: str) -> None:
        """Ask for it."""
        self.post_message(self.Asked(act))


class RuleEditor(FormDialog[ListView], AsActor):
    """Edits the rules of a list; below, a scan is simulated without writing anything."""

    AUTO_FOCUS = "#rules"
    DEFAULT_CSS = """
    RuleEditor {
        & #rules { height: auto; max-height: 7; border: none; }
        & .rule-keys { color: $faint; }
        & #try-title { color: $primary; text-style: bold; }
        & #verdict { width: 100%; height: auto; max-height: 3; text-style: bold; }
        & #verdict.-good { color: $success; }
        & #verdict.-care { color: $warning; }
        & #verdict.-stop { color: $error; }
    }
    """

    def __init__(
        self, tools: Tools, actor: Actor, event: EventView, setup: DoorSetup, listed: CheckInList
    ) -> None:
        self.tools, self.actor, self.event, self.setup = tools, actor, event, setup
        self.listed, self.rules = listed, list(listed.rules)
        super().__init__(
            _("Rules of {name}", name=plain(listed.name, limit=60)),
            self._try_fields(),
            self._save,
            confirm=_("Save"),
        )

    def compose(self) -> ComposeResult:
        """Lay out the rules above the scan that is tried."""
        with Vertical(classes="form-dialog"):
            yield self.compose_head()
            yield RuleLines(id="rules", markup=False)
            yield Label(
                _("N new  Enter change  Del remove  - up  + down"),
                classes="rule-keys",
                markup=False,
            )
            yield Label(_("Try it"), id="try-title", markup=False)
            yield Form(*self._fields)
            yield self.compose_foot(Label("", id="verdict", markup=False))

    def on_mount(self) -> None:
        """Show the rules, and what they say to the scan at first."""
        self._show()

    def would_be_lost(self) -> str:
        """Rules that are not saved; what was tried is no loss."""
        changed = tuple(self.rules) != self.listed.rules
        return _("The rules you changed are not saved yet.") if changed else ""

    def action_submit(self) -> None:
        """Save the rules, whatever stands in the fields for trying."""
        if not self.busy:
            self._say("")
            self._set_busy(True)
            self._submit({})

    @on(Button.Pressed, "#confirm")
    def _confirm(self, message: Button.Pressed) -> None:
        message.prevent_default().stop()
        self.action_submit()

    # The rules

    @property
    def lines(self) -> RuleLines:
        """The rules on show."""
        return self.query_one(RuleLines)

    @on(RuleLines.Asked)
    @work(exclusive=True, group="rule", exit_on_error=False)
    async def _act(self, message: RuleLines.Asked) -> None:
        place = self.lines.highlighted
        if message.act == "add":
            rule = await self._ask(None)
            if rule is not None:
                self.rules.append(rule)
                self._show(len(self.rules) - 1)
        elif place is None:
            return
        elif message.act == "remove":
            del self.rules[place]
            self._show(min(place, len(self.rules) - 1))
        else:
            other = place + (1 if message.act == "down" else -1)
            if 0 <= other < len(self.rules):
                self.rules[place], self.rules[other] = self.rules[other], self.rules[place]
                self._show(other)

    @on(OptionList.OptionSelected, "#rules")
    @work(exclusive=True, group="rule", exit_on_error=False)
    async def _change(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        place = message.option_index
        rule = await self._ask(self.rules[place])
        if rule is not None:
            self.rules[place] = rule
            self._show(place)

    async def _ask(self, rule: Rule | None) -> Rule | None:
        maker = Maker(self.desk, self.app, self.event)
        answer = await self.app.push_screen_wait(RuleDialog(self.setup, rule, self.event, maker))
        # A gate or a ticket type may have been made on the way.
        self.setup = await self.desk.read(doors_of_event, self.event.id)
        return answer

    def _show(self, marked: int = 0) -> None:
        gates = {gate.id: gate.name for gate in self.setup.gates}
        names = dict(self.setup.ticket_types)
        lines = []
        for no, rule in enumerate(self.rules, 1):
            types = ", ".join(sorted(names.get(each, "?") for each in rule.ticket_type_ids))
            told = f"{rule.name}: {rule.told(gates)}" if rule.name else rule.called(gates)
            whose = f" · {types}" if types else ""
            lines.append(Option(Content(plain(f"{no}. {told}{whose}", limit=200))))
        self.lines.clear_options()
        empty = Option(Content.styled(str(EMPTY), "$faint"), disabled=True)
        self.lines.add_options(lines or [empty])
        self.lines.highlighted = max(0, marked) if lines else None
        self.query_one(".rule-keys").display = bool(lines)
        self._try()

    async def _save(self, values: dict[str, Any]) -> ListView:
        return await self.desk.write(change_check_in_list, self.listed.id, self._new())

    def _new(self) -> NewCheckInList:
        return replace(as_new(self.listed), rules=tuple(self.rules))

    # Trying

    def _try_fields(self) -> list[Field[Any]]:
        setup, types = self.setup, self.setup.ticket_types
        gates = [(None, _("no gate")), *((gate.id, gate.name) for gate in setup.gates)]
        fields: list[Field[Any]] = []
        if types:
            fields.append(ChoiceField("type", _("Ticket"), types, value=types[0][0]))
        fields += [
            ChoiceField("gate", _("Gate"), gates),
            MomentField(
                "at", _("Time"), zone=self.event.time_zone, value=self.tools.now(), required=True
            ),
            TextField("before", _("Was in at"), help=_("Times of that day, such as 9:00, 10:30.")),
            YesNoField("company", _("Company is in")),
        ]
        if self.listed.limit is not None:
            fields.append(NumberField("inside", _("People inside"), value=0))
        return fields

    @on(Form.Changed)
    def _tried(self, message: Form.Changed) -> None:
        message.stop()
        self._try()

    @work(exclusive=True, group="try", exit_on_error=False)
    async def _try(self) -> None:
        label, values = self.query_one("#verdict", Label), self.form.values
        label.remove_class("-good", "-care", "-stop")
        if values.get("type") is None or values["at"] is None:
            label.update(_("Choose a ticket and a time to try the rules."))
            return
        try:
            before = self._entries(values["before"] or "", values["at"])
            decision = await self.desk.read(
                try_rule,
                self._new(),
                ticket_type_id=values["type"],
                gate_id=values["gate"],
                at=values["at"],
                entries_before=before,
                inside=values.get("inside") or 0,
                in_company=values["company"],
                event_id=self.event.id,
            )
        except EventDeskError as error:
            label.update(plain(f"! {error} {error.hint}", limit=300))
            return
        label.add_class(f"-{said(decision.outcome, self.listed.kind).tone}")
        label.update(plain(verdict_told(decision, self.listed.kind), limit=300))

    def _entries(self, typed: str, at: datetime) -> list[datetime]:
        """Typed times of day as instants of the simulated day."""
        zone = ZoneInfo(self.event.time_zone)
        day = at.astimezone(zone).date()
        times = [each for each in typed.replace(";", ",").split(",") if each.strip()]
        found = [at_time(day, read_time(each), zone) for each in times]
        if any(each > at for each in found):
            raise InvalidInputError(msg("An entry before is later than the time that is tried."))
        return found
