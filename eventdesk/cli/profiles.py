"""`eventdesk profile`: what people tell about themselves."""

from dataclasses import asdict, replace
from typing import Any, Final

import click

from data.store import Store
from eventdesk.accounts import (
    PAYMENT_METHODS,
    PROFILE_FACTS,
    SILENCEABLE,
    ProfileView,
    change_profile,
    profile,
)
from eventdesk.cli.command import Lines, Told, acting, as_json, group, on_store
from eventdesk.cli.field_options import NONE, is_none
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import _, msg
from eventdesk.core.plain_text import plain

profile_command = group("profile", "eventdesk profile show ada@example.org")

_TEXTS: Final = (
    "pronouns",
    "organization",
    "badge_line",
    "language",
    "dietary",
    "access_needs",
    "payment_reference",
)
"""Fields that "none" empties."""


@profile_command.command("show", "ada@example.org")
@click.argument("address")
@as_json()
@on_store
def show_profile(store: Store, address: str) -> Told:
    """Show the profile of the account ADDRESS."""
    view = profile(store, acting(store, address))
    return Told(_lines(view), lambda: _facts(view))


@profile_command.command(
    "change",
    'ada@example.org --dietary vegan --interest "local history" --interest sailing',
    'ada@example.org --language de --pay transfer --pay-by "company account"',
)
@click.argument("address")
@click.option("--name", help="As it stands on badges and bookings.")
@click.option("--pronouns", help="Such as she/her.")
@click.option("--organization", help="A company, a school, a club.")
@click.option("--badge-line", help="Below the name on a badge, where the booking gives none.")
@click.option("--interest", "interests", multiple=True, help="May be repeated; replaces all.")
@click.option("--language", help="Such as en, de or pt-BR.")
@click.option("--dietary", help="What they eat.")
@click.option("--needs", "access_needs", help="Such as a seat without stairs.")
@click.option(
    "--pay",
    "payment_method",
    type=click.Choice([*PAYMENT_METHODS, NONE]),
    help="What is offered first.",
)
@click.option(
    "--pay-by",
    "payment_reference",
    help="A name they know it by, such as: company account. Never a card's number.",
)
@click.option(
    "--silence",
    "silenced",
    type=click.Choice([*SILENCEABLE, NONE]),
    multiple=True,
    help="What they are not told about; may be repeated, replaces all.",
)
@as_json()
@on_store
def change_one_profile(store: Store, /, address: str, **typed: Any) -> Told:
    """Change the profile of the account ADDRESS, as its owner; the rest stays.

    "none" takes away what was told.
    """
    given = {name: value for name, value in typed.items() if value not in (None, ())}
    if not given:
        raise InvalidInputError(
            msg("Nothing is to be changed."),
            hint=msg("Such as: eventdesk profile change ADDRESS --dietary vegan"),
        )
    for name in (*_TEXTS, "payment_method"):
        if name in given and is_none(given[name]):
            given[name] = ""
    for name, kept in (("interests", tuple), ("silenced", frozenset)):
        if name in given:
            given[name] = kept(each for each in given[name] if not is_none(each))
    actor = acting(store, address)
    old = profile(store, actor).profile
    view = change_profile(store, actor, replace(old, **given))
    return Told(_lines(view), lambda: _facts(view))


def _lines(view: ProfileView) -> Lines:
    """Each fact in a line, and what was not told."""
    width = max(len(str(name)) for name, _value in PROFILE_FACTS)
    for name, value in PROFILE_FACTS:
        said = plain(value(view), limit=400) or _("not told")
        yield f"{name!s:<{width}}  {said}"


def _facts(view: ProfileView) -> dict[str, object]:
    told = asdict(view.profile)
    sets = {"silenced": sorted(view.profile.silenced), "interests": list(view.profile.interests)}
    return {"email": view.email, "signs_in_with": view.secret_kind} | told | sets
