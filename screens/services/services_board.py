"""The list of services outside: how each is, what waits for it, and what can be done about it.

Admins see those of the house, who runs an event those of the event.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Label

from eventdesk.acts import Topic
from eventdesk.core.fields import Kind
from eventdesk.core.messages import _, _p, translated
from eventdesk.core.plain_text import plain
from eventdesk.core.tone import Tone
from eventdesk.exchange import renew_webhook_secret, webhook_secret
from eventdesk.integrations.kinds import kind_of
from eventdesk.integrations.service import ServiceKind, Value
from eventdesk.integrations.webhook.kind import WEBHOOK
from eventdesk.services import (
    KindView,
    ServiceHealth,
    ServiceView,
    add_service,
    change_service,
    list_services,
    remove_service,
    service_kinds,
    test_service,
)
from screens.accounts.shown_once import ShownOnce
from screens.core.part import Part, act
from screens.modals.form_dialog import FormDialog
from screens.modals.questions import PickOne
from screens.services.deliveries_screen import DeliveriesScreen
from screens.widgets.detail import Block
from screens.widgets.detail_pane import SAID_BELOW
from screens.widgets.form import Field, TextField
from screens.widgets.form.entity_fields import entity_fields
from screens.widgets.paged_table import Column, Line, PagedTable, Window, rows_of, view_of


class ServicesBoard(Part):
    """Lists services; N sets one up, Enter changes one, T tries it, B lists its deliveries."""

    SHOWS = frozenset({Topic.SERVICES})
    HELP = (
        "Services outside, such as mail: N sets one up, Enter changes the marked one. T asks it "
        "whether it works, B lists its deliveries: what went to it, or waits. O switches it off. "
        "Passwords and keys are kept beside the keys of the house and are never shown again."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "add", "New", tooltip="Set a service up"),
        Binding("t", "try_out", "Test", tooltip="Ask the marked service whether it works"),
        Binding(
            "b", "deliveries", "Deliveries", tooltip="What went to the marked service, or waits"
        ),
        Binding("o", "switch", "On/off", tooltip="Switch the marked service on or off"),
        Binding(
            "s", "secret", "Secret", tooltip="Show the secret of the marked webhook, or renew it"
        ),
        Binding("delete", "remove", "Remove", tooltip="Remove the marked service"),
    ]
    ON_A_LINE = frozenset({"try_out", "deliveries", "switch", "secret", "remove"})

    DEFAULT_CSS = """
    ServicesBoard > #service-words {
        width: 100%; height: auto; max-height: 4; padding: 0 2; color: $faint;
    }
    """

    services: Sequence[ServiceView] = ()

    @property
    def event_id(self) -> UUID | None:
        """The event whose services they are; None is the house."""
        return None

    @property
    def zone(self) -> str:
        """The time zone of that event; "" is none."""
        return ""

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        yield PagedTable(
            self._read,
            Column(_("Service")),
            Column(_("How it is"), 16),
            Column(_("Waits"), 5, right=True),
            Column(_p("column", "Failed"), 6, right=True, least=54),
            Column(_("Said last"), least=90),
            detail=self._detail,
            enter=_("Change"),
            empty=_("Nothing is set up yet. Press N to see what there is."),
            searchable=False,
        )
        yield Label("", id="service-words", classes=SAID_BELOW, markup=False)

    async def re_read(self) -> None:
        """Read the services."""
        self.services = await self.desk.read(list_services, event_id=self.event_id)
        await self.table.re_read()
        self._say_more(self.marked)

    @on(PagedTable.Marked)
    def say_more(self, message: PagedTable.Marked) -> None:
        """Say below what the marked one said last."""
        message.stop()
        self._say_more(view_of(message.line, ServiceView))

    def _say_more(self, service: ServiceView | None) -> None:
        words = "" if service is None else plain(service.health_text, limit=400)
        self.query_one("#service-words", Label).update(words)
        self.refresh_bindings()

    async def _read(self, text: str, offset: int, limit: int) -> Window:
        return rows_of(self.services, offset, limit, _line)

    async def _detail(self, line: Line) -> list[Block]:
        service = view_of(line, ServiceView)
        return [] if service is None else [Block(_facts(service))]

    @property
    def marked(self) -> ServiceView | None:
        """The service under the cursor."""
        return view_of(self.table.marked, ServiceView)

    # What can be done

    @act
    async def action_add(self) -> None:
        """Ask which kind, and for its fields; then try it."""
        kinds = await self.desk.read(service_kinds, event_id=self.event_id)
        several = [each for each in kinds if self._may_add(each)]
        if not several:
            self.say(_("All that there is is set up: Enter changes the marked one."), warns=True)
            return
        names = [f"{plain(each.title)}: {plain(each.what, limit=200)}" for each in several]
        place = await self.app.push_screen_wait(PickOne(_("What do you want to set up?"), names))
        if place is None:
            return
        kind = kind_of(several[place].kind)

        async def submit(values: dict[str, Any]) -> ServiceView:
            name = str(values.pop("_name", ""))
            return await self.desk.write(
                add_service, kind.name, _typed(kind, values), event_id=self.event_id, name=name
            )

        made = await self.ask(
            FormDialog(str(kind.title), _fields(kind, None), submit, explanation=str(kind.what))
        )
        if made is not None:
            await self._try(made)

    def _may_add(self, kind: KindView) -> bool:
        there = any(each.kind == kind.kind for each in self.services)
        return not there or kind_of(kind.kind).several

    @on(PagedTable.Chosen)
    def _choose(self, message: PagedTable.Chosen) -> None:
        message.stop()
        self.action_change()

    @act
    async def action_change(self) -> None:
        """Ask for the fields of the marked service anew; an empty secret stays as it is."""
        service = self.marked
        if service is None:
            return
        kind = kind_of(service.kind)

        async def submit(values: dict[str, Any]) -> ServiceView:
            name = str(values.pop("_name", service.name))
            return await self.desk.write(
                change_service, service.id, _typed(kind, values), name=name
            )

        changed = await self.ask(FormDialog(str(kind.title), _fields(kind, service), submit))
        if changed is not None:
            await self._try(changed)

    @act
    async def action_try_out(self) -> None:
        """Ask the marked service whether it works."""
        if self.marked is not None:
            await self._try(self.marked)

    async def _try(self, service: ServiceView) -> None:
        name = plain(_called(service), limit=60)
        self.say(_("{name} is asked…", name=name))
        trial = await self.tools.desk.take_steps(test_service, self.actor, service.id)
        await self.re_read()
        text, hint = plain(trial.text, limit=300), plain(trial.hint, limit=300)
        sign = "✓" if trial.works else "✗"
        self.say(f"{sign} {name}: {text} {hint}".strip(), warns=not trial.works)

    @act
    async def action_deliveries(self) -> None:
        """Show what went to the marked service, or waits for it."""
        if self.marked is not None:
            screen = DeliveriesScreen(self.tools, self.actor, self.marked, zone=self.zone)
            await self.app.push_screen_wait(screen)
            await self.re_read()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only a webhook's secret is shown: its receiver has to know it."""
        marked = self.marked
        if action == "secret" and (marked is None or marked.kind != WEBHOOK.name):
            return False
        return super().check_action(action, parameters)

    @act
    async def action_secret(self) -> None:
        """Show the secret of the marked webhook, or make another one."""
        service = self.marked
        if service is None:
            return
        names = [_("Show the secret"), _("Make another one; for a day both sign")]
        place = await self.app.push_screen_wait(PickOne(_("The secret of the webhook"), names))
        if place is None:
            return
        verb = renew_webhook_secret if place else webhook_secret
        secret = await self.desk.write(verb, service.id)
        words = _("Give it to the program that receives the webhook, and to nobody else.")
        title = _("The secret of the webhook")
        await self.app.push_screen_wait(ShownOnce(title, secret, words))

    @act
    async def action_switch(self) -> None:
        """Switch the marked service on or off."""
        if self.marked is not None:
            await self.do(change_service, self.marked.id, {}, enabled=not self.marked.enabled)

    @act
    async def action_remove(self) -> None:
        """Remove the marked service after a question."""
        service = self.marked
        if service is None:
            return
        title = _("Remove {name}?", name=plain(_called(service), limit=60))
        words = _("Its passwords and keys are deleted, and what waits for it is called off.")
        if await self.sure(title, words, yes=_("Remove")):
            await self.do(remove_service, service.id)


def _fields(kind: ServiceKind, service: ServiceView | None) -> list[Field[Any]]:
    """The form of a service: its fields, and a name where there may be several."""
    values = {} if service is None else service.values
    kept = () if service is None else service.secrets
    stays = _("It is kept; empty leaves it as it is.")

    def now(name: str) -> Any:
        field = next(each for each in kind.fields if each.name == name)
        value = values.get(name)
        if value is None or field.secret:
            return "" if field.kind in (Kind.LINE, Kind.PAGE) else field.empty
        return value

    hints = dict.fromkeys(kept, stays)
    asked = [replace(each, needed=each.needed and each.name not in kept) for each in kind.asked]
    fields = entity_fields(asked, now, hints=hints)
    if not kind.several:
        return fields
    name = TextField(
        "_name",
        _("Name"),
        value="" if service is None else service.name,
        help=_("What tells it from others of its kind."),
        max_length=60,
    )
    return [name, *fields]


def _typed(kind: ServiceKind, values: dict[str, Any]) -> dict[str, Value]:
    return {
        each.name: list(values[each.name]) if each.kind is Kind.SEVERAL else values[each.name]
        for each in kind.fields
        if each.name in values
    }


def _facts(service: ServiceView) -> list[tuple[str, str]]:
    """What was typed of a service, without what is secret."""
    facts = []
    for each in (field for field in kind_of(service.kind).fields if field.label):
        if each.secret:
            shown = _("kept") if each.name in service.secrets else ""
        elif each.kind is Kind.YES:
            shown = _("yes") if service.values.get(each.name) else _("no")
        else:
            value = service.values.get(each.name)
            shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
        facts.append((translated(each.label), shown))
    return facts


def _called(service: ServiceView) -> str:
    return f"{service.title} {service.name}".strip()


_SIGNS = {ServiceHealth.GOOD: "✓", ServiceHealth.TROUBLE: "✗", ServiceHealth.UNKNOWN: "○"}
_STYLES: dict[ServiceHealth, Tone] = {
    ServiceHealth.GOOD: "good",
    ServiceHealth.TROUBLE: "bad",
    ServiceHealth.UNKNOWN: "",
}


def _line(service: ServiceView) -> Line:
    sign = _SIGNS[service.health] if service.enabled else "·"
    told = (
        _called(service),
        f"{sign} {service.words}",
        str(service.waiting or ""),
        str(service.failed or ""),
        service.health_text,
    )
    return Line(service.id, told, _STYLES[service.health] if service.enabled else "")
