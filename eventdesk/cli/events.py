"""Commands on events before their doors open: made, changed, approved, cancelled, duplicated."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import click

from data.store import Store
from eventdesk.acts import SYSTEM, VISITOR
from eventdesk.cli.command import (
    YES,
    Exampled,
    Lines,
    Told,
    acting,
    as_json,
    ask_first,
    group,
    on_store,
    on_this_event,
)
from eventdesk.cli.field_options import Typed
from eventdesk.cli.programme import programme_of, session_facts, sessions_by_day, speaker_lines
from eventdesk.cli.sales import type_lines
from eventdesk.cli.state_words import state_word
from eventdesk.core import typed_text
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import Field, Kind
from eventdesk.core.messages import _, _p, msg, translated
from eventdesk.core.money import Money, read_money
from eventdesk.core.plain_text import plain
from eventdesk.core.wall_clock import machine_zone, read_moment, spoken, typed_moment
from eventdesk.door import event_loose_ends
from eventdesk.events import (
    EVENT,
    TOLD_LATER,
    EventDetail,
    EventState,
    EventView,
    NewEvent,
    approve_event,
    cancel_event,
    change_event,
    changes_of,
    create_event,
    event_checklist,
    event_detail,
    invite,
    publish_event,
    refuse_event,
    submit_event,
    withdraw_event,
)
from eventdesk.exchange import archive_event, delete_event, duplicate_event, unarchive_event
from eventdesk.sales import browse, list_ticket_types

SIGNS: Final[Mapping[EventState, str]] = {
    EventState.DRAFT: "✎",
    EventState.WAITING: "…",
    EventState.PUBLISHED: "✓",
    EventState.OVER: "■",
    EventState.CANCELLED: "✗",
    EventState.ARCHIVED: "▽",
}

_as = click.option("--as", "email", default="", help="Act as the account with this address.")


event_command = group(
    "event",
    'eventdesk event create "Harbour Summit" --from "2026-06-01 09:00" --until "2026-06-02 18:00"',
)


def _most_minor(typed: str) -> int | None:
    """An amount as people type it, in hundredths of a currency's unit."""
    return read_money(typed, "EUR", 2).minor if typed.strip() else None


@event_command.command(
    "create", '"Harbour Summit" --from "2026-06-01 09:00" --until "2026-06-02 18:00"'
)
@click.argument("name")
@click.option("--from", "starts", required=True, help='Such as "2026-06-01 09:00".')
@click.option("--until", "ends", required=True, help='Such as "2026-06-02 18:00".')
@click.option("--zone", default="", help="Time zone of the event; without it, this machine's.")
@click.option("--currency", default="EUR", help="Three letters, such as EUR.")
@click.option("--owner", default="", help="E-mail address of the account it is for.")
@on_store
def create_command(
    store: Store, name: str, starts: str, ends: str, zone: str, currency: str, owner: str
) -> Lines:
    """Make a draft and print its code."""
    zone = typed_text.time_zone(zone or machine_zone())
    new = NewEvent(
        name, read_moment(starts, zone), read_moment(ends, zone), zone, currency, owner=owner
    )
    yield create_event(store, SYSTEM, new).code
    click.echo(_("Its times are those of {zone}.", zone=zone), err=True)


@event_command.command("browse", 'harbour --category Conference --from "2026-05-01 09:00"')
@click.argument("words", nargs=-1)
@click.option("--category", default="", help="Only this category.")
@click.option("--place", default="", help="Words of the venue or its address, or online.")
@click.option("--from", "begin", default="", help='Still going on then: "2026-05-01 09:00".')
@click.option("--until", "end", default="", help="Begun by then.")
@click.option("--zone", default="", help="Time zone of both; without it, this machine's.")
@click.option("--price", default="", help="Only with a ticket of at most this amount, all told.")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, help="Most lines to print.")
@_as
@on_store
def browse_command(store: Store, /, words: tuple[str, ...], email: str, **given: Any) -> Lines:
    """Find published events by WORDS, as people who look for one do; the next first."""
    zone = given["zone"] or machine_zone()
    begin, end = (
        read_moment(each, zone) if each else None for each in (given["begin"], given["end"])
    )
    cards, total = browse(
        store,
        acting(store, email) if email else VISITOR,
        text=" ".join(words),
        category=given["category"],
        place=given["place"],
        date_from=begin,
        date_until=end,
        most_minor=_most_minor(given["price"]),
        limit=given["limit"],
    )
    for card in cards:
        price = "" if card.cheapest is None else _("from {price}", price=card.cheapest)
        parts = (spoken(card.starts_at, card.time_zone), card.category, card.place, price)
        told = "  ".join(plain(part, limit=60) for part in parts if part)
        yield f"{card.code}  {plain(card.name)}  {told}"
    if not cards:
        yield _("No events. Search for other words, or in another time.")
    elif total > len(cards):
        yield _("… and {total} more; see --limit.", total=total - len(cards))


@event_command.command("show", '"Harbour Summit"')
@on_this_event
@as_json()
def show_command(store: Store, event: EventView) -> Told:
    """Show an event: its ticket types, sessions and speakers, and what it still needs."""
    detail = event_detail(store, SYSTEM, event.id)
    lacking = [one for one in event_checklist(store, SYSTEM, event.id) if not one.done]
    facts = _facts(detail)
    state = _state_word(detail.state)
    lines = [f"{SIGNS[detail.state]} {detail.code}  {plain(detail.name)}  ({state})"]
    for _key, word, value in facts:
        if word and value not in ("", None):
            lines.append(f"  {word:<12} {plain(str(value))}")
    types, programme = list_ticket_types(store, SYSTEM, event.id), programme_of(store, event)
    for title, part in (
        (_("Ticket types:"), type_lines(store, event)),
        (_("Sessions:"), list(sessions_by_day(programme))),
        (_("Speakers:"), speaker_lines(programme)),
    ):
        if part:
            lines += ["", title, *(f"  {line}" for line in part)]
    lacks = [
        _("  ✗ needed: {what}", what=one.text)
        if one.needed
        else _("  ! missing: {what}", what=one.text)
        for one in lacking
    ]
    loose = event_loose_ends(store, SYSTEM, event.id)
    for end in loose:
        lacks += [f"  {'✗' if end.stops else '!'} {end.text}", f"    → {end.advice}"]
    lines += ["", *lacks] if lacks else []
    known = {key: value for key, _word, value in facts}
    needs = {"lacking": [one.text for one in lacking], "loose_ends": [end.text for end in loose]}
    offers = {
        "ticket_types": [
            {
                "type": str(one.id),
                "name": one.about.name,
                "price": str(one.money(one.price.total_minor)),
                "quota": one.about.quota,
                "sold": one.sold,
                "left": one.left,
            }
            for one in types
        ],
        "sessions": session_facts(programme),
        "speakers": [
            {"name": one.name, "organization": one.organization, "sessions": one.sessions}
            for one in programme.speakers
        ],
    }
    return Told(lines, lambda: {**known, **offers, **needs})


_CHANGED: Final = tuple(one for one in EVENT if one.option is not None)
"""The fields that `event change` takes."""


class _ChangeCommand(Exampled):
    """Lists the fields below its options."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each field with what it is."""
        with formatter.section(_("Fields")):
            formatter.write_dl([(_word(one), _told(one)) for one in _CHANGED])


def _word(one: Field) -> str:
    """What a field is called on the command line."""
    return one.flag.removeprefix("--")


def _told(one: Field) -> str:
    """What a field is, in the reader's language, and how it is typed."""
    said = [translated(one.help) if one.help else f"{translated(one.label)}."]
    if one.kind is Kind.SHARE:
        said.append(_("Percent."))
    elif one.kind is Kind.YES:
        said.append(_("Yes or no."))
    elif one.choices:
        said.append("{}.".format(", ".join(map(str, one.choices))))
    return " ".join(filter(None, (*said, one.hint and translated(one.hint))))


@event_command.command(
    "change",
    'HARBOR starts "2027-06-01 10:00" ends "2027-06-02 17:00"',
    "HARBOR visibility invited commission 7.5%",
    cls=_ChangeCommand,
)
@on_this_event
@click.argument("pairs", nargs=-1, required=True, metavar="FIELD VALUE...")
def change_command(store: Store, event: EventView, pairs: tuple[str, ...]) -> Iterator[str]:
    """Change fields of an event; they stand below.

    Fields that are named together are changed together, and guests are told once.
    """
    before = event_detail(store, SYSTEM, event.id)
    if len(pairs) % 2:
        raise click.UsageError(_("The field {name!r} has no value.", name=plain(pairs[-1])))
    changes: dict[str, Any] = {}
    named = zip(pairs[::2], pairs[1::2], strict=True)
    # The zone first, for times are typed in it.
    for field, value in sorted(named, key=lambda pair: not pair[0].endswith("zone")):
        changes |= _change(field, value, before, changes.get("time_zone", before.time_zone))
    after = change_event(store, SYSTEM, event.id, changes_of(changes))
    fields = ", ".join(plain(field) for field in pairs[::2])
    yield _("{name}: {field} changed.", name=plain(event.name), field=fields)
    times = [(one.starts_at, one.ends_at, one.time_zone) for one in (before, after)]
    if after.state is EventState.PUBLISHED and times[0] != times[1]:
        yield _("Everybody who booked is told of other times.")


def _step(
    name: str, take: Callable[..., EventDetail], more: str = "", *, help: str, reason: str = ""
) -> None:
    """Add the command that takes an event one step on its way and says where it is now."""

    def step(store: Store, event: EventView, /, email: str, **given: str) -> str:
        after = take(store, acting(store, email), event.id, **given)
        return f"{SIGNS[after.state]} {plain(after.name)}: {_state_word(after.state)}"

    if reason:
        step = click.option("--reason", required=True, help=reason)(step)
    event_command.command(name, f"HARBOR{more}", help=help)(on_this_event(_as(step)))


_step(
    "submit",
    submit_event,
    " --as olga@example.org",
    help="Hand a draft in: public ones wait for an admin, others are published at once.",
)
_step("approve", approve_event, help="Publish an event that waits for approval.")
_step(
    "refuse",
    refuse_event,
    ' --reason "The address is missing."',
    help="Send an event that waits back to its organizer.",
    reason="What its organizer is told.",
)
_step("publish", publish_event, help="Publish a draft without anybody's approval.")
_step("withdraw", withdraw_event, help="Make a draft again of an event that nobody booked.")
_step(
    "cancel",
    cancel_event,
    ' --reason "Storm warning."',
    help="Call an event off.",
    reason="What everybody who booked is told.",
)
_step(
    "archive",
    archive_event,
    help="Take an event that is over or cancelled off the lists; everything of it is "
    "kept.\n\nFor one file with the whole event see `eventdesk archive write`.",
)
_step("unarchive", unarchive_event, help="Put an archived event back on the lists.")


@event_command.command("delete", "HARBOR")
@on_this_event
@_as
@YES
def delete_command(store: Store, event: EventView, email: str) -> str:
    """Delete a draft that nobody booked, with everything that was set up for it."""
    ask_first(_("Delete {name} ({code}) for ever?", name=plain(event.name), code=event.code))
    name = delete_event(store, acting(store, email), event.id)
    return _("{name} is deleted.", name=plain(name))


@event_command.command("duplicate", 'HARBOR --from "2027-06-01 09:00" --name "Harbour Summit 2027"')
@on_this_event
@click.option("--from", "starts", required=True, help="When the copy begins.")
@click.option("--name", default="", help="What it is called.")
@_as
def duplicate_command(store: Store, event: EventView, starts: str, name: str, email: str) -> str:
    """Make a draft like an event, without anybody's bookings, and print its code."""
    starts_at = read_moment(starts, event.time_zone)
    actor = acting(store, email)
    copy = duplicate_event(store, actor, event.id, starts_at=starts_at, name=name)
    return copy.code


@event_command.command("invite", "HARBOR ada@example.org grace@example.org")
@on_this_event
@click.argument("emails", nargs=-1, required=True)
@click.option("--vip", is_flag=True, help="They go before others on the waitlist.")
def invite_command(store: Store, event: EventView, emails: tuple[str, ...], vip: bool) -> str:
    """Put e-mail addresses on the list of an event that is by invitation."""
    done = invite(store, SYSTEM, event.id, emails, vip=vip)
    said = _("{added} added, {known} were on the list.", added=done.added, known=done.known)
    return f"{said} {TOLD_LATER}" if done.told_later else said


def _state_word(state: EventState) -> str:
    # An event is called off; a booking or a ticket is cancelled.
    return _p("event", "cancelled") if state is EventState.CANCELLED else state_word(state)


def _facts(event: EventDetail) -> list[tuple[str, str, Any]]:
    """What is known of an event: the key for programs, the word for people, the value."""
    zone = event.time_zone
    return [
        ("event", _p("a fact", "event"), str(event.id)),
        ("code", "", event.code),
        ("name", "", event.name),
        ("state", "", event.state.value),
        ("from", _p("a fact", "from"), typed_moment(event.starts_at, zone)),
        ("until", _p("a fact", "until"), typed_moment(event.ends_at, zone)),
        ("time_zone", _p("a fact", "time zone"), zone),
        ("category", _p("a fact", "category"), event.category),
        ("language", _p("a fact", "language"), event.language),
        ("venue", _p("a fact", "venue"), event.venue.name if event.venue is not None else ""),
        ("online", _p("a fact", "online"), event.online_url),
        ("currency", _p("a fact", "currency"), event.currency),
        ("capacity", _p("a fact", "capacity"), event.capacity),
        ("taken", _p("a fact", "taken"), event.taken),
        ("visibility", _p("a fact", "visibility"), event.visibility.value),
        ("access_code", _p("a fact", "access code"), event.access_code),
        ("reverse_charge", "", event.rules.reverse_charge),
        ("owner", _p("a fact", "owner"), event.owner_name),
        ("reason", _p("a fact", "reason"), event.reason),
    ]


def _change(name: str, typed: str, event: EventDetail, zone: str) -> dict[str, Any]:
    """A field and its value as they are typed; some fields have a short name.

    Args:
        name: The field.
        typed: Its value.
        event: As it is before the change.
        zone: The time zone of what is typed.

    Raises:
        InvalidInputError: There is no such field, or the value cannot be read.
    """
    for one in _CHANGED:
        if name.replace("_", "-") in (one.name.replace("_", "-"), _word(one)):
            nothing = Money(0, event.currency, event.currency_exponent)
            return {one.name: Typed(zone, nothing).read(one, typed)}
    names = ", ".join(sorted(map(_word, _CHANGED)))
    raise InvalidInputError(
        msg("An event has no field {name!r}.", name=name[:40]),
        hint=msg("Fields: {names}.", names=names),
    )
