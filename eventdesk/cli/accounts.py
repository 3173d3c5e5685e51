"""Commands on people: accounts, how somebody gets in again, and guests without an account."""

import sys

import click

from data.store import Store
from eventdesk.accounts import (
    TEAM_ROLES,
    Person,
    add_member,
    ban,
    end_admin,
    find_people,
    make_account,
    make_admin,
    make_code,
    person,
    reset_second_step,
    restore_account,
    set_desk_pin,
    sign_up,
)
from eventdesk.acts import GRANTABLE, SYSTEM, Permission, Role
from eventdesk.cli.command import ADD_YES, YES, Lines, ask_first, group, on_store, says_yes
from eventdesk.cli.group import can_ask, event_named
from eventdesk.core.errors import InvalidInputError, NotFoundError
from eventdesk.core.messages import _, _n, msg
from eventdesk.core.plain_text import plain
from eventdesk.keeping import Erased, erase_account, erase_guest, export_guest, export_personal_data

_EVENT = click.option("--event", "named", default="", help="Only at this event; else at all.")


person_command = group("person", "eventdesk person erase wally@example.org --preview")


@person_command.command("export", "K7QM2X")
@click.argument("who")
@_EVENT
@on_store
def export(store: Store, who: str, named: str) -> str:
    """Write everything held about WHO into one file of the home.

    WHO is an e-mail address, or the code of a ticket or a booking.
    """
    return str(export_guest(store, SYSTEM, event_named(store, named), who))


@person_command.command("erase", "wally@example.org --preview")
@click.argument("who")
@_EVENT
@click.option("--preview", is_flag=True, help="Only say what would go, and what would stay.")
@YES
@on_store
def erase(store: Store, who: str, named: str, preview: bool) -> Lines:
    """Erase WHO for ever; bookings stay as figures without a name.

    WHO is an e-mail address, or the code of a ticket or a booking.
    """
    event_id = event_named(store, named)
    if preview or not says_yes():
        yield from _told(erase_guest(store, SYSTEM, event_id, who, preview=True), preview=True)
    if preview:
        return
    ask_first(_("Erase {who} for ever?", who=plain(who)), unasked=_ERASING_ASKS)
    yield from _told(erase_guest(store, SYSTEM, event_id, who))


def _told(erased: Erased, *, preview: bool = False) -> Lines:
    """What an erasure goes through, and what stays with the reason."""
    counts = {
        "bookings": _n("{count} booking", "{count} bookings", erased.bookings),
        "tickets": _n("{count} ticket", "{count} tickets", erased.tickets),
        "files": _n("{count} file is", "{count} files are", erased.files),
    }
    if preview:
        yield _(
            "Would erase; {bookings} and {tickets} stay without a name, {files} deleted.", **counts
        )
    else:
        yield _("Erased; {bookings} and {tickets} stay without a name, {files} deleted.", **counts)
    for kept in erased.kept:
        yield plain(str(kept), limit=400)


_PAGE = 500
_ERASING_ASKS = msg("Erasing asks first.")


account_command = group(
    "account", 'eventdesk account add ada@example.org --name "Ada Lovelace" --admin'
)


@account_command.command(
    "add",
    'ada@example.org --name "Ada Lovelace" --role attendee --pin -',
    'sam@example.org --name Sam --event "Demo Days" --role staff',
)
@click.argument("address")
@click.option("--name", default="", help="Needed for a new account.")
@click.option("--admin", "is_admin", is_flag=True, help="May do everything.")
@click.option("--event", "named", default="", help="Event to work for, by code, id or name.")
@click.option(
    "--role",
    type=click.Choice([*map(str, TEAM_ROLES), "attendee"]),
    help="What they are at the event; an attendee is one everywhere.",
)
@click.option("--pin", default="", help="PIN of a new attendee; - reads it from standard input.")
@click.option(
    "--may",
    multiple=True,
    type=click.Choice(list(map(str, GRANTABLE))),
    help="What a co-host may do; repeat it.",
)
@on_store
def add(
    store: Store,
    address: str,
    name: str,
    is_admin: bool,
    named: str,
    role: str | None,
    pin: str,
    may: tuple[str, ...],
) -> Lines:
    """Make an account, or take ADDRESS into the team of an event.

    A new person chooses PIN or password with the one-time code that is printed; with --pin an
    attendee signs in at once. What is typed as --pin may be seen by others of this machine.
    """
    if role == Role.ATTENDEE:
        if named or is_admin or may:
            raise InvalidInputError(
                msg("An attendee has no event and no rights."), hint=msg("See --help.")
            )
        role = None
    elif pin:
        raise InvalidInputError(msg("Only attendees have a PIN."), hint=msg("Say --role attendee."))
    if bool(named) != bool(role):
        raise InvalidInputError(
            msg("A role needs an event, and an event a role."), hint=msg("See --help.")
        )
    if is_admin and role:
        raise InvalidInputError(
            msg("An admin needs no role."), hint=msg("Leave out --role and --event.")
        )
    if pin:
        _with_pin(store, address, name, pin)
        yield f"{plain(name)} <{plain(address.strip())}>"
        return
    if role is None:
        added = make_account(store, SYSTEM, email=address, name=name, is_admin=is_admin)
    else:
        event_id = event_named(store, named)
        assert event_id is not None
        rights = [Permission(each) for each in may]
        given = {"email": address, "name": name}
        added = add_member(store, SYSTEM, event_id, **given, role=Role(role), permissions=rights)
    yield f"{plain(added.name)} <{plain(address.strip())}>"
    if added.code:
        yield from _code_lines(added.code)


def _with_pin(store: Store, address: str, name: str, pin: str) -> None:
    """Make an attendee who signs in with a PIN, as signing up on the screen does."""
    if pin == "-":
        pin = sys.stdin.readline().strip()
    try:
        there = person(store, SYSTEM, address)
    except NotFoundError:
        sign_up(store, SYSTEM, email=address, name=name, secret=pin)
        return
    raise InvalidInputError(
        msg("{name} has an account with this address.", name=plain(there.name)),
        hint=msg(
            "Let them choose a new PIN: eventdesk account reset {address}", address=plain(address)
        ),
    )


@account_command.command("list", "ada")
@click.argument("search", default="")
@on_store
def list_accounts(store: Store, search: str) -> Lines:
    """List people, or those whose name or address begins with SEARCH."""
    offset, total = 0, 1
    while offset < total:
        people, total = find_people(store, SYSTEM, search=search, offset=offset, limit=_PAGE)
        for one in people:
            yield _line(one)
        offset += _PAGE
    if not total:
        yield _("Nobody. Make an account: eventdesk account add ADDRESS --name NAME")


@account_command.command("reset", "ada@example.org")
@click.argument("address")
@on_store
def reset(store: Store, address: str) -> Lines:
    """Make a one-time code, with which ADDRESS chooses a new PIN or password."""
    return _code_lines(make_code(store, SYSTEM, person(store, SYSTEM, address).id))


@account_command.command("ban", 'eve@example.org --reason "sold copies of tickets"')
@click.argument("address")
@click.option("--reason", required=True, help="They are told it when they sign in.")
@on_store
def ban_account(store: Store, address: str, reason: str) -> str:
    """Close the account of ADDRESS: it is out at once, everywhere."""
    who = person(store, SYSTEM, address)
    ban(store, SYSTEM, who.id, reason=reason)
    return _("The account of {name} is closed.", name=plain(who.name))


@account_command.command("restore", "eve@example.org")
@click.argument("address")
@on_store
def restore_banned(store: Store, address: str) -> str:
    """Open the closed account of ADDRESS again."""
    who = person(store, SYSTEM, address)
    restore_account(store, SYSTEM, who.id)
    return _("The account of {name} is open again.", name=plain(who.name))


@account_command.command("admin", "ada@example.org")
@click.argument("address")
@click.option("--end", is_flag=True, help="Make them a person like others again.")
@on_store
def admin(store: Store, address: str, end: bool) -> str:
    """Let ADDRESS do everything in this installation."""
    who = person(store, SYSTEM, address)
    (end_admin if end else make_admin)(store, SYSTEM, who.id)
    if end:
        return _("{name} is no longer an admin.", name=plain(who.name))
    return _("{name} is now an admin.", name=plain(who.name))


@account_command.command("end-second-step", "ada@example.org")
@click.argument("address")
@on_store
def end_second_step(store: Store, address: str) -> str:
    """Let ADDRESS sign in without a code again, who has lost app and recovery codes."""
    who = person(store, SYSTEM, address)
    reset_second_step(store, SYSTEM, who.id)
    return _("{name} signs in without a code again.", name=plain(who.name))


@account_command.command("desk-pin", "ada@example.org")
@click.argument("address")
@click.option("--pin", default="", help="The new PIN; asked for when left out.")
@click.option("--clear", is_flag=True, help="Take the PIN away.")
@on_store
def desk_pin(store: Store, address: str, pin: str, clear: bool) -> str:
    """Set the PIN with which the supervisor ADDRESS approves at others' desks: six digits or more."""  # noqa: E501
    if pin and clear:
        raise InvalidInputError(msg("Choose one: --pin or --clear."))
    who = person(store, SYSTEM, address)
    if not pin and not clear:
        pin = click.prompt(_("New desk PIN"), hide_input=True, confirmation_prompt=True)
    set_desk_pin(store, SYSTEM, pin, account_id=who.id)
    if clear:
        return _("The desk PIN of {name} is taken away.", name=plain(who.name))
    return _("The desk PIN of {name} is set.", name=plain(who.name))


@account_command.command("export", "ada@example.org")
@click.argument("address")
@on_store
def export_account_command(store: Store, address: str) -> str:
    """Write everything held about ADDRESS into a JSON file in the folder exports."""
    return str(export_personal_data(store, SYSTEM, person(store, SYSTEM, address).id))


@account_command.command("erase", "ada@example.org")
@click.argument("address")
@click.option("--preview", is_flag=True, help="Only say what would go, and what would stay.")
@YES
@on_store
def erase_account_command(store: Store, address: str, preview: bool) -> Lines:
    """Erase ADDRESS for ever; bookings stay as figures without a name.

    Who has no account is erased by `eventdesk person erase`.
    """
    who = person(store, SYSTEM, address)
    if preview or not says_yes():
        yield from _told(erase_account(store, SYSTEM, who.id, preview=True), preview=True)
    if preview:
        return
    if not says_yes():
        if not can_ask():
            raise InvalidInputError(_ERASING_ASKS, hint=ADD_YES)
        question = _("Erase {name} for ever? Type the address again", name=plain(who.name))
        if click.prompt(question).strip().casefold() != address.strip().casefold():
            raise NotFoundError(msg("That was another address; nothing was changed."))
    yield from _told(erase_account(store, SYSTEM, who.id))


def _code_lines(code: str) -> Lines:
    yield _("One-time code: {code}", code=f"{code[:4]} {code[4:]}")
    yield _("They choose “Forgot PIN or password” at the sign-in and type it within an hour.")


def _line(one: Person) -> str:
    notes = [_("admin")] if one.is_admin else []
    if one.banned_at is not None:
        notes.append(_("closed: {reason}", reason=plain(one.ban_reason)))
    return f"{plain(one.email):<36} {plain(one.name):<28} {', '.join(notes)}".rstrip()
