"""Commands on tickets: show, export, reissue."""

from pathlib import Path

import click

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import (
    TicketView,
    all_tokens,
    block,
    booking_detail,
    calendar_file,
    find_booking,
    reissue,
    set_companion,
    ticket_by_code,
    token_of,
    unblock,
)
from eventdesk.cli.badge_now import BadgePrinting, print_now, print_options
from eventdesk.cli.calendar_files import given_out, to_file
from eventdesk.cli.command import Lines, acting, group, on_event, on_store
from eventdesk.cli.group import A_FILE, A_FOLDER, OVERWRITE, progress
from eventdesk.cli.state_words import ticket_state
from eventdesk.core.messages import _, _n
from eventdesk.core.output_files import need_place, write_file
from eventdesk.core.plain_text import file_name, plain
from eventdesk.door import print_own_badge
from eventdesk.events import EventView, event_detail
from eventdesk.printing import ticket_badge

ticket_command = group("ticket", "eventdesk ticket show K7QM2X9P")


@ticket_command.command("show", "K7QM2X9P --png ticket.png")
@click.argument("code")
@click.option("--png", type=A_FILE, help="Write it as PNG.")
@click.option("--svg", type=A_FILE, help="Write it as SVG.")
@click.option("--receipt", is_flag=True, help="As on a 58 mm receipt.")
@click.option("--token", is_flag=True, help="Print only the text of the QR code.")
@OVERWRITE
@on_store
def show(
    store: Store,
    code: str,
    png: Path | None,
    svg: Path | None,
    receipt: bool,
    token: bool,
    overwrite: bool,
) -> Lines:
    """Show a ticket with its QR code in the terminal, or write it as a picture."""
    from badges import ticket as pictures
    from badges.qr import half_blocks

    found = ticket_by_code(store, SYSTEM, code)
    badge = ticket_badge(store, SYSTEM, found.id)
    if token:
        yield token_of(store, SYSTEM, found.id)
        return
    for file in (png, svg):
        if file is not None:
            need_place(file, overwrite=overwrite)
    if png is not None:
        write_file(png, pictures.picture_png(badge), overwrite=overwrite)
        yield str(png)
    if svg is not None:
        write_file(svg, pictures.svg(badge).encode(), overwrite=overwrite)
        yield str(svg)
    if receipt:
        yield "\n".join(pictures.receipt(badge))
    elif png is None and svg is None:
        yield from half_blocks(badge.token)
        let_in = _("✓ was let in") if _was_let_in(store, found) else ""
        state = ticket_state(found)
        parts = (found.name, found.ticket_type, found.seat, found.code, state, let_in)
        yield " · ".join(filter(None, map(plain, parts)))


def _was_let_in(store: Store, ticket: TicketView) -> bool:
    booking_id = find_booking(store, SYSTEM, ticket.booking_code)
    tickets = booking_detail(store, SYSTEM, booking_id).tickets
    return any(each.admitted for each in tickets if each.id == ticket.id)


@ticket_command.command("export", '--event "Demo Days" --to tickets/')
@on_event
@click.option(
    "--to",
    "folder",
    required=True,
    type=A_FOLDER,
    help="Folder for the pictures; made when missing.",
)
@OVERWRITE
def export(store: Store, event: EventView, folder: Path, overwrite: bool) -> str:
    """Write one PNG a ticket of an event, named by its code."""
    from badges.qr import png

    taken = event_detail(store, SYSTEM, event.id).taken
    with progress(_("Writing tickets"), taken) as done:
        written = 0
        for code, token in all_tokens(store, SYSTEM, event.id):
            path = folder / f"{file_name(code, fallback='ticket')}.png"
            write_file(path, png(token), overwrite=overwrite)
            written += 1
            done(written)
    return _n(
        "{count} ticket of {name} went into {folder}.",
        "{count} tickets of {name} went into {folder}.",
        written,
        name=plain(event.name),
        folder=folder,
    )


@ticket_command.command("calendar", "K7QM2X9P --to summit.ics")
@click.argument("code")
@to_file
@on_store
def calendar_of_ticket(store: Store, code: str, to: Path | None, overwrite: bool) -> str:
    """Give out the calendar file of a ticket: its event, with a reminder before it.

    The file of a later day replaces in a calendar what this one put there.
    """
    found = ticket_by_code(store, SYSTEM, code)
    return given_out(calendar_file(store, SYSTEM, found.id), to, overwrite=overwrite)


@ticket_command.command("badge", "K7QM2X9P --as ada@example.org")
@click.argument("code")
@click.option("--as", "account", default="", help="E-mail of the account whose ticket it is.")
@print_options
@on_store
def own_badge(store: Store, code: str, account: str, printer: str | None, no_print: bool) -> Lines:
    """Print the badge of a ticket once, as its holder may where the event lets guests print.

    Another copy is made at the desk.
    """
    printing = BadgePrinting.of(printer, no_print=no_print)
    found = ticket_by_code(store, SYSTEM, code)
    delivery_id = print_own_badge(store, acting(store, account), found.id)
    yield _("The badge of {name} is queued.", name=plain(found.name))
    print_now(store, delivery_id, printing)


@ticket_command.command("reissue", 'K7QM2X9P --reason "phone lost"')
@click.argument("code")
@click.option("--reason", required=True, help="Why; the old code answers with it.")
@on_store
def reissue_ticket(store: Store, code: str, reason: str) -> str:
    """Issue a ticket's QR code anew; the old one is revoked."""
    found = ticket_by_code(store, SYSTEM, code)
    return reissue(store, SYSTEM, found.id, reason=reason)


@ticket_command.command("block", 'K7QM2X9P --note "card reported stolen"', "K7QM2X9P --lift")
@click.argument("code")
@click.option("--note", default="", help="Why; staff see it when the ticket is refused.")
@click.option("--lift", is_flag=True, help="Take the ticket again.")
@on_store
def block_ticket(store: Store, code: str, note: str, lift: bool) -> str:
    """Refuse a ticket at every door from now on, or take it again."""
    if lift == bool(note):
        raise click.UsageError(_("Say either --note or --lift."))
    found = ticket_by_code(store, SYSTEM, code)
    if lift:
        unblock(store, SYSTEM, found.id)
        return _("Ticket {code} is taken again.", code=found.code)
    block(store, SYSTEM, found.id, note=note)
    return _("Ticket {code} is blocked.", code=found.code)


@ticket_command.command("companion", "K7QM2X9P --of 4HTN8RWC")
@click.argument("code")
@click.option("--of", "lead", default="", help="Ticket code of whom the holder accompanies.")
@on_store
def companion(store: Store, code: str, lead: str) -> Lines:
    """Make the ticket CODE one for a companion, who enters with or behind another holder.

    Without --of the ticket is nobody's companion any more.
    """
    found = ticket_by_code(store, SYSTEM, code)
    lead_id = ticket_by_code(store, SYSTEM, lead).id if lead.strip() else None
    made = set_companion(store, SYSTEM, found.id, lead_id)
    if made.of_ticket_id is None:
        yield _("{name} accompanies nobody.", name=plain(made.name))
    else:
        yield _("{name} accompanies {other}.", name=plain(made.name), other=plain(made.of_name))
