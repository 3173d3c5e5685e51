"""Accounts on the command line."""

import json
import re
from base64 import b32decode
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from data.schema import AuditRow
from data.store import Store
from eventdesk.accounts import begin_second_step, confirm_second_step, set_secret, sign_in
from eventdesk.accounts.totp import code_at, step_at
from eventdesk.acts import SYSTEM, Permission, Role
from eventdesk.core.clock import utc_now
from tests.build import empty_store, make_fair
from tests.cli.conftest import Call

PASSWORD = "battery staple"


def code_in(shown: str) -> str:
    found = re.search(r"One-time code: (\w{4} \w{4})", shown)
    assert found, shown
    return found[1]


def choose(home: Path, email: str, shown: str) -> Role:
    """Choose a password with the code, and sign in with it."""
    with Store(home) as store:
        now = utc_now() + timedelta(seconds=1)
        set_secret(store, SYSTEM.at(now), email=email, code=code_in(shown), secret=PASSWORD)
        return sign_in(store, SYSTEM.at(now), email, PASSWORD).role


def test_the_first_admin_gets_in_with_a_code(call: Call, home: Path) -> None:
    call("init")
    added = call("account", "add", "ada@example.org", "--name", "Ada [red]L[/]", "--admin")
    assert added.exit_code == 0, added.output
    assert choose(home, "ada@example.org", added.stdout) is Role.ADMIN
    again = call("account", "add", "ADA@example.org", "--name", "Ada")
    assert again.exit_code == 2
    assert "already" in again.stderr


def test_a_cohost_is_added_with_what_is_granted(call: Call, home: Path) -> None:
    with empty_store(home) as store:
        event = make_fair(store).event
    given = ("--event", "Demo", "--role", "co-host", "--may", "door", "--may", "money")
    added = call("account", "add", "cora@example.org", "--name", "Cora", *given)
    assert added.exit_code == 0, added.output
    assert choose(home, "cora@example.org", added.stdout) is Role.COHOST
    with Store(home) as store:
        now = utc_now()
        cora = sign_in(store, SYSTEM.at(now), "cora@example.org", PASSWORD, event_id=event.id)
    assert cora.granted == frozenset({Permission.DOOR, Permission.MONEY})


def test_what_makes_no_sense_together_is_a_usage_error(call: Call) -> None:
    call("init")
    for given in (("--role", "staff"), ("--admin", "--role", "staff", "--event", "x"), ()):
        assert call("account", "add", "x@example.org", *given).exit_code == 2


def test_people_are_found_closed_and_opened_again(call: Call) -> None:
    call("init")
    for name in ("Ada", "Eve"):
        call("account", "add", f"{name.lower()}@example.org", "--name", name)
    assert call("account", "list", "ev").stdout.split()[:2] == ["eve@example.org", "Eve"]
    assert call("account", "ban", "eve@example.org", "--reason", "copies").exit_code == 0
    assert "closed: copies" in call("account", "list").stdout
    assert call("account", "restore", "eve@example.org").exit_code == 0
    assert "closed" not in call("account", "list").stdout
    assert call("account", "ban", "nobody@example.org", "--reason", "x").exit_code == 2
    assert call("account", "list", "zz").stdout.startswith("Nobody")


def test_the_last_admin_stays_one(call: Call, home: Path) -> None:
    call("init")
    for name in ("Ada", "Bob"):
        call("account", "add", f"{name.lower()}@example.org", "--name", name)
    assert call("account", "admin", "ada@example.org").exit_code == 0
    assert call("account", "admin", "ada@example.org", "--end").exit_code == 2
    assert "admin" in call("account", "list", "ada").stdout


def test_a_reset_prints_a_code_that_works(call: Call, home: Path) -> None:
    call("init")
    call("account", "add", "ada@example.org", "--name", "Ada")
    shown = call("account", "reset", "ada@example.org")
    assert choose(home, "ada@example.org", shown.stdout) is Role.ATTENDEE


def test_a_second_step_is_switched_off(call: Call, home: Path) -> None:
    call("init")
    call("account", "add", "ada@example.org", "--name", "Ada")
    choose(home, "ada@example.org", call("account", "reset", "ada@example.org").stdout)
    refused = call("account", "end-second-step", "ada@example.org")
    assert (refused.exit_code, "has no second step" in refused.stderr) == (2, True)
    with Store(home) as store:
        ada = sign_in(store, SYSTEM, "ada@example.org", PASSWORD)
        key = begin_second_step(store, ada, PASSWORD).key
        confirm_second_step(store, ada, code_at(b32decode(key), step_at(store.clock())))
    said = call("account", "end-second-step", "ada@example.org")
    assert said.stdout == "Ada signs in without a code again.\n"


def test_data_is_exported_and_then_erased_after_a_question(call: Call) -> None:
    call("init")
    call("account", "add", "ada@example.org", "--name", "Ada")
    path = Path(call("account", "export", "ada@example.org").stdout.strip())
    assert json.loads(path.read_text(encoding="utf-8"))["accounts"][0]["name"] == "Ada"
    assert call("account", "erase", "ada@example.org").exit_code == 2
    assert call("account", "erase", "ada@example.org", "--yes").exit_code == 0
    assert call("account", "list").stdout.startswith("Nobody")


def test_a_guest_without_an_account_is_exported_and_erased(call: Call, home: Path) -> None:
    with empty_store(home) as store:
        code = make_fair(store).sell("Wally Walker", email="wally@example.org").code
    assert "eventdesk person" in call("account", "export", "wally@example.org").stderr
    shown = call("person", "export", "wally@example.org")
    assert shown.exit_code == 0, shown.output
    assert json.loads(Path(shown.stdout.strip()).read_text())["bookings"][0]["code"] == code
    preview = call("person", "erase", code, "--preview")
    assert preview.stdout.startswith("Would erase; 1 booking and 1 ticket"), preview.output
    assert "Add --yes" in call("person", "erase", code).stderr
    assert call("person", "erase", code, "--yes").stdout.startswith("Erased; 1 booking and")
    assert call("person", "erase", "wally@example.org", "--yes").exit_code == 2
    assert call("audit", "verify").exit_code == 0


def _guest(call: Call) -> None:
    call("init")
    given = ("--name", "Ada", "--role", "attendee", "--pin", "735214")
    added = call("account", "add", "ada@example.org", *given)
    assert added.exit_code == 0, added.output


def test_a_profile_is_shown_and_changed_and_the_rest_stays(call: Call) -> None:
    _guest(call)
    bare = call("profile", "show", "ADA@example.org")
    assert bare.exit_code == 0, bare.output
    assert re.search(r"^Interests +not told$", bare.stdout, re.MULTILINE)
    given = (
        "--interest", "sailing", "--interest", "local history", "--language", "German",
        "--dietary", "vegan", "--needs", "no stairs", "--pay", "transfer", "--pay-by", "company",
        "--silence", "reminder",
    )  # fmt: skip
    changed = call("profile", "change", "ada@example.org", *given)
    assert changed.exit_code == 0, changed.output
    for words in ("sailing, local history", "vegan", "no stairs", "bank transfer (company)"):
        assert words in changed.stdout
    call("profile", "change", "ada@example.org", "--dietary", "none", "--name", "Ada L.")
    told = json.loads(call("profile", "show", "ada@example.org", "--json").stdout)
    assert told["name"] == "Ada L."
    assert (told["dietary"], told["language"], told["access_needs"]) == ("", "de", "no stairs")
    assert told["interests"] == ["sailing", "local history"]
    assert (told["payment_method"], told["silenced"]) == ("transfer", ["reminder"])
    call("profile", "change", "ada@example.org", "--interest", "none", "--pay", "none")
    told = json.loads(call("profile", "show", "ada@example.org", "--json").stdout)
    assert (told["interests"], told["payment_method"]) == ([], "")


def test_a_profile_takes_no_card_number_and_needs_somebody_and_something(call: Call) -> None:
    _guest(call)
    card = call("profile", "change", "ada@example.org", "--pay-by", "4111 1111 1111 1111")
    assert (card.exit_code, "card" in card.stderr) == (2, True)
    nothing = call("profile", "change", "ada@example.org")
    assert (nothing.exit_code, "--dietary" in nothing.stderr) == (2, True)
    assert call("profile", "show", "nobody@example.org").exit_code == 2


def test_the_owner_changes_a_profile_by_command_and_the_log_says_so(call: Call, home: Path) -> None:
    _guest(call)
    call("profile", "change", "ada@example.org", "--pronouns", "she/her")
    with Store(home) as store, store.read() as connection:
        wanted = select(AuditRow.actor_name).where(AuditRow.verb == "change_profile")
        assert connection.execute(wanted).scalars().all() == ["Ada"]
