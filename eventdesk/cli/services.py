"""Commands on services outside of the house: set up, tried, switched off, and what went to them."""

import sys
from collections.abc import Sequence
from uuid import UUID

import click

from data.store import Store
from eventdesk.acts import SYSTEM, the_one_named
from eventdesk.cli.command import YES, Told, as_json, ask_first, group, on_store
from eventdesk.cli.group import EXIT_COULD_NOT
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.formats import when
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain
from eventdesk.events import find_event
from eventdesk.exchange import (
    allow_webhook_networks,
    renew_webhook_secret,
    webhook_networks,
    webhook_secret,
)
from eventdesk.integrations.kinds import kind_of
from eventdesk.integrations.service import Value
from eventdesk.mailing import delivery_words
from eventdesk.services import (
    OutgoingView,
    ServiceView,
    add_service,
    change_service,
    list_services,
    remove_service,
    resend,
    service_deliveries,
    service_kinds,
)
from eventdesk.services import test_service as try_service

service_command = group(
    "service",
    "eventdesk service kinds",
    "eventdesk service list",
    more="A secret is never an argument: --secret asks for it, or reads a line of standard input.",
)

_EVENT = click.option("--event", "event", default=None, help="Of this event, not of the house.")
_SET = click.option(
    "--set", "given", multiple=True, metavar="FIELD=VALUE", help="A field; may be repeated."
)
_SECRET = click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="FIELD",
    help="Ask for this field without showing it; from a pipe, a line of it.",
)


@service_command.command("kinds")
@_EVENT
@as_json()
@on_store
def kinds(store: Store, event: str | None) -> Told:
    """List what can be set up, with the fields of each."""
    found = service_kinds(store, SYSTEM, event_id=_event_id(store, event))

    def fields(kind: str) -> list[dict[str, object]]:
        return [
            {"name": each.name, "secret": each.secret, "needed": each.needed}
            for each in kind_of(kind).fields
            if each.label
        ]

    lines = []
    for one in found:
        lines.append(f"{one.kind}  {one.title}: {one.what}")
        for each in (field for field in kind_of(one.kind).fields if field.label):
            mark = _("secret") if each.secret else _("needed") if each.needed else ""
            lines.append(f"    {each.name:<16}{each.label}{f' ({mark})' if mark else ''}")
    return Told(
        lines or [_("There is nothing to be set up here.")],
        lambda: [{"kind": one.kind, "fields": fields(one.kind)} for one in found],
    )


@service_command.command("list")
@_EVENT
@as_json()
@on_store
def list_all(store: Store, event: str | None) -> Told:
    """List what is set up, how each is, and what waits for it."""
    found = list_services(store, SYSTEM, event_id=_event_id(store, event))
    return Told(
        [_line(one) for one in found] or [_("Nothing is set up. See `service kinds`.")],
        lambda: [_described(one) for one in found],
    )


@service_command.command("add", "KIND --set FIELD=VALUE --secret FIELD")
@click.argument("kind")
@_SET
@_SECRET
@_EVENT
@click.option("--name", default="", help="What tells it from others of its kind.")
@on_store
def add(
    store: Store,
    kind: str,
    given: tuple[str, ...],
    secrets: tuple[str, ...],
    event: str | None,
    name: str,
) -> str:
    """Set a service up; prints its id. Try it with `service test`."""
    kind_of(kind)
    values = _values(given, secrets)
    event_id = _event_id(store, event)
    return str(add_service(store, SYSTEM, kind, values, event_id=event_id, name=name).id)


@service_command.command("change", "KIND --off")
@click.argument("named", metavar="SERVICE")
@_SET
@_SECRET
@_EVENT
@click.option("--name", default=None, help="Another name.")
@click.option("--on/--off", "enabled", default=None, help="Switch it on or off.")
@on_store
def change(
    store: Store,
    named: str,
    given: tuple[str, ...],
    secrets: tuple[str, ...],
    event: str | None,
    name: str | None,
    enabled: bool | None,
) -> None:
    """Change fields of a service, or switch it on or off; the others stay as they are."""
    found = _found(store, named, event)
    values = _values(given, secrets)
    change_service(store, SYSTEM, found.id, values, name=name, enabled=enabled)


@service_command.command("test", "KIND")
@click.argument("named", metavar="SERVICE")
@_EVENT
@on_store
def test(store: Store, named: str, event: str | None) -> None:
    """Ask a service whether it works as set up. Exits 1 when it does not."""
    trial = try_service(store, SYSTEM, _found(store, named, event).id)
    click.echo(plain(trial.text, limit=1000))
    if trial.hint:
        click.echo(plain(trial.hint, limit=1000))
    if not trial.works:
        sys.exit(EXIT_COULD_NOT)


test.__test__ = False  # type: ignore[attr-defined]  # no test of pytest


@service_command.command("remove", "KIND --yes")
@click.argument("named", metavar="SERVICE")
@_EVENT
@YES
@on_store
def remove(store: Store, named: str, event: str | None) -> None:
    """Remove a service with its secrets; what waits for it is called off."""
    found = _found(store, named, event)
    ask_first(_("Remove {title}?", title=_called(found)))
    remove_service(store, SYSTEM, found.id)


@service_command.command("deliveries", "KIND --state failed")
@click.argument("named", metavar="SERVICE")
@_EVENT
@click.option("--state", default="", help="Only queued, leased, sent, failed or cancelled.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, help="Most to list.")
@as_json()
@on_store
def deliveries(store: Store, named: str, event: str | None, state: str, limit: int) -> Told:
    """List the deliveries to a service, those that wait as well, the latest first."""
    found, _total = service_deliveries(
        store, SYSTEM, _found(store, named, event).id, state=state, limit=limit
    )
    return Told(
        [_delivery(one) for one in found] or [_("Nothing.")],
        lambda: [
            {
                "id": one.id,
                "kind": one.kind,
                "what": one.what,
                "state": one.state,
                "error": one.error,
            }
            | {"where": one.where, "reference": one.reference, "attempts": one.attempts}
            for one in found
        ],
    )


@service_command.command("resend", "KIND 0198f3a2-5b7e-7c31-9d44-0a1b2c3d4e5f")
@click.argument("named", metavar="SERVICE")
@click.argument("delivery", type=click.UUID)
@_EVENT
@on_store
def send_again(store: Store, named: str, delivery: UUID, event: str | None) -> None:
    """Send a delivery once more; `service deliveries` lists their ids."""
    resend(store, SYSTEM, _found(store, named, event).id, delivery)


@service_command.command("webhook-secret", "webhook --renew")
@click.argument("named", metavar="SERVICE")
@click.option("--renew", is_flag=True, help="Make another one; for a day both sign.")
@_EVENT
@on_store
def show_webhook_secret(store: Store, named: str, renew: bool, event: str | None) -> str:
    """Show the secret of a webhook, which its receiver has to know."""
    found = _found(store, named, event)
    return (renew_webhook_secret if renew else webhook_secret)(store, SYSTEM, found.id)


@service_command.command("webhook-networks", "192.168.1.0/24 10.0.0.7", "--none")
@click.argument("networks", nargs=-1, metavar="[NETWORK]...")
@click.option("--none", "forbid", is_flag=True, help="Allow none any more.")
@on_store
def networks_of_webhooks(store: Store, networks: tuple[str, ...], forbid: bool) -> list[str]:
    """Allow webhooks to lead to addresses inside the network; without any, show those allowed."""
    if networks or forbid:
        return allow_webhook_networks(store, SYSTEM, () if forbid else networks)
    return webhook_networks(store, SYSTEM) or [_("None: webhooks lead outside only.")]


def _event_id(store: Store, named: str | None) -> UUID | None:
    return find_event(store, SYSTEM, named).id if named else None


def _found(store: Store, named: str, event: str | None) -> ServiceView:
    """The service that is meant: by its kind, kind and name, or its id."""
    known = list_services(store, SYSTEM, event_id=_event_id(store, event))
    return the_one_named("service", named, known, lambda one: f"{one.kind} {one.name}".strip())


def _values(given: Sequence[str], secrets: Sequence[str]) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise InvalidInputError(
                msg("{each!r} is no field with its value.", each=each),
                hint=msg("Such as: --set host=mail.example.org"),
            )
        values[name.strip()] = value
    for name in secrets:
        if sys.stdin.isatty():
            values[name] = click.prompt(name, hide_input=True, default="", show_default=False)
        else:
            values[name] = sys.stdin.readline().rstrip("\r\n")
    return values


def _called(one: ServiceView) -> str:
    return f"{one.title} {plain(one.name)}".strip()


def _line(one: ServiceView) -> str:
    waits = _("{waiting} wait, {failed} failed", waiting=one.waiting, failed=one.failed)
    said = f"  {plain(one.health_text, limit=200)}" if one.health_text else ""
    return f"{one.id}  {one.kind}  {_called(one)}  {one.words}  {waits}{said}"


def _described(one: ServiceView) -> dict[str, object]:
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "values": dict(one.values),
        "secrets": list(one.secrets),
        "enabled": one.enabled,
        "health": one.health,
        "said": one.health_text,
        "waiting": one.waiting,
        "failed": one.failed,
    }


def _delivery(one: OutgoingView) -> str:
    at = when(one.created_at.astimezone(), "%Y-%m-%d %H:%M")
    said = plain(one.error or one.where, limit=200)
    what = plain(delivery_words(one), limit=60)
    return f"{one.id}  {at}  {what}  {one.state}  {said}"
