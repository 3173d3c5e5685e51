"""The second step at sign-in: codes of an app, recovery codes, and what neither gives away."""

from base64 import b32decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from data.schema import AuditRow, RecoveryCodeRow, SecondStepRow
from data.store import Store
from eventdesk.accounts import (
    ban,
    begin_second_step,
    change_secret,
    confirm_second_step,
    end_second_step,
    go_on_web_session,
    make_code,
    my_second_step,
    person,
    reset_second_step,
    restore_account,
    second_step,
    set_secret,
    sign_in,
    start_app_session,
    start_web_session,
    verify,
)
from eventdesk.accounts.begun_sign_in import BEGUN_FOR
from eventdesk.accounts.totp import STEP_S, code_at, step_at
from eventdesk.acts import SYSTEM, VISITOR, Actor, Steps, my_notices
from eventdesk.core.errors import CodeNeededError, InvalidInputError, NotAllowedError, SignInError
from tests.build import NOON, Fair
from tests.people import PASSWORD, make_another_admin, make_guest, make_staff

SAM = "sam@example.org"
STEP = timedelta(seconds=STEP_S)
LATER = NOON + timedelta(minutes=10)


class App:
    """The app of a person, which knows the key."""

    def __init__(self, key: str) -> None:
        self.secret = b32decode(key)

    def code(self, at: datetime) -> str:
        return code_at(self.secret, step_at(at))


@pytest.fixture
def sam(fair: Fair) -> Actor:
    return make_staff(fair)


@pytest.fixture
def app(fair: Fair, sam: Actor) -> App:
    return set_up(fair.store, sam)[0]


def set_up(store: Store, whose: Actor, secret: str = PASSWORD) -> tuple[App, list[str]]:
    app = App(begin_second_step(store, whose.at(NOON), secret).key)
    return app, confirm_second_step(store, whose.at(NOON), app.code(NOON))


def enter(store: Store, code: str, at: datetime = LATER, secret: str = PASSWORD) -> Actor:
    return sign_in(store, SYSTEM.at(at), SAM, secret, code=code)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, which has eight digits; six are the last of them."""
    assert code_at(b"12345678901234567890", seconds // STEP_S) == code[-6:]


def test_the_code_is_needed_beside_the_password(fair: Fair, sam: Actor, app: App) -> None:
    with pytest.raises(CodeNeededError):
        enter(fair.store, "")
    with pytest.raises(SignInError, match="wrong, or was used"):
        enter(fair.store, "000000")
    assert enter(fair.store, app.code(LATER)).id == sam.id


def test_nothing_is_asked_for_before_a_first_code_was_right(fair: Fair, sam: Actor) -> None:
    begin_second_step(fair.store, sam.at(NOON), PASSWORD)
    with pytest.raises(SignInError, match="not the code"):
        confirm_second_step(fair.store, sam.at(NOON), "nonsense")
    assert enter(fair.store, "").id == sam.id
    assert my_second_step(fair.store, sam).since is None


def test_each_way_in_asks_for_it(fair: Fair, app: App) -> None:
    for start in (start_web_session, start_app_session):
        with pytest.raises(CodeNeededError):
            start(fair.store, VISITOR.at(LATER), SAM, PASSWORD)
    code = app.code(LATER)
    start_app_session(fair.store, VISITOR.at(LATER), SAM, PASSWORD, code=code)
    with pytest.raises(SignInError):
        start_web_session(fair.store, VISITOR.at(LATER), SAM, PASSWORD, code=code)
    code = app.code(LATER + STEP)
    start_web_session(fair.store, VISITOR.at(LATER + STEP), SAM, PASSWORD, code=code)


def test_a_code_is_taken_once_and_none_of_before_it(fair: Fair, app: App) -> None:
    enter(fair.store, app.code(LATER))
    for used in (app.code(LATER), app.code(LATER - STEP)):
        with pytest.raises(SignInError, match="used before"):
            enter(fair.store, used)
    enter(fair.store, app.code(LATER + STEP), LATER + STEP)


def test_the_code_that_set_it_up_signs_nobody_in(fair: Fair, app: App) -> None:
    with pytest.raises(SignInError, match="used before"):
        enter(fair.store, app.code(NOON), NOON)


def test_two_at_once_use_a_code_once(fair: Fair, app: App) -> None:
    code = app.code(LATER)

    def attempt(_number: int) -> bool:
        try:
            enter(fair.store, code)
        except SignInError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(attempt, range(2))) == 1


@pytest.mark.parametrize(("steps", "enters"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_clocks_may_be_off_by_half_a_minute(fair: Fair, app: App, steps: int, enters: bool) -> None:
    code = app.code(LATER + steps * STEP)
    if enters:
        enter(fair.store, code)
        return
    with pytest.raises(SignInError):
        enter(fair.store, code)


@pytest.mark.parametrize(("minutes", "said"), [(10, "10 minutes ahead"), (-7, "7 minutes behind")])
def test_a_wrong_clock_is_named_when_it_is_set_up(
    fair: Fair, sam: Actor, minutes: int, said: str
) -> None:
    app = App(begin_second_step(fair.store, sam.at(NOON), PASSWORD).key)
    with pytest.raises(SignInError, match=said):
        confirm_second_step(fair.store, sam.at(NOON), app.code(NOON + timedelta(minutes=minutes)))


def test_a_clock_that_was_ahead_locks_nobody_out(fair: Fair, app: App) -> None:
    next_year = LATER + timedelta(days=365)
    enter(fair.store, app.code(next_year), next_year)
    enter(fair.store, app.code(LATER))
    with pytest.raises(SignInError, match="used before"):
        enter(fair.store, app.code(LATER))


def test_wrong_codes_lock_as_wrong_passwords_do(fair: Fair, app: App) -> None:
    for wrong in ("000000", "000001"):
        with pytest.raises(SignInError, match="wrong"):
            enter(fair.store, wrong)
    with pytest.raises(SignInError, match="wrong"):
        enter(fair.store, "000000", secret="another password")
    with pytest.raises(SignInError, match="Too many"):
        enter(fair.store, app.code(LATER))


def test_the_password_alone_forgets_no_wrong_codes(fair: Fair, app: App) -> None:
    for wrong in ("000000", "000001", "000002"):
        with pytest.raises(CodeNeededError):
            enter(fair.store, "")
        verify(Steps(fair.store, SYSTEM.at(LATER)), SAM, PASSWORD)
        with pytest.raises(SignInError, match="wrong, or"):
            enter(fair.store, wrong)
    with pytest.raises(SignInError, match="Too many"):
        enter(fair.store, app.code(LATER))


def test_asking_for_the_code_is_no_wrong_try(fair: Fair, app: App) -> None:
    for _ in range(9):
        with pytest.raises(CodeNeededError):
            enter(fair.store, "")
    enter(fair.store, app.code(LATER))


def test_a_recovery_code_stands_in_once_and_is_told_of(fair: Fair, sam: Actor) -> None:
    _app, codes = set_up(fair.store, sam)
    assert len(set(codes)) == 10
    typed = f" {codes[0][:5]}-{codes[0][5:]}".lower()
    assert enter(fair.store, typed).id == sam.id
    with pytest.raises(SignInError, match="used before"):
        enter(fair.store, codes[0])
    assert my_second_step(fair.store, sam).codes_left == 9
    assert "9 are left" in my_notices(fair.store, sam)[0][0].title


def test_recovery_codes_of_another_open_nothing(fair: Fair, app: App) -> None:
    _app, codes = set_up(fair.store, make_staff(fair, name="Tom"))
    with pytest.raises(SignInError):
        enter(fair.store, codes[0])


def test_the_store_alone_gives_neither_secret_nor_codes_away(fair: Fair, sam: Actor) -> None:
    app, codes = set_up(fair.store, sam)
    with fair.store.read() as connection:
        kept = connection.execute(select(SecondStepRow.sealed)).scalar_one()
        hashes = set(connection.execute(select(RecoveryCodeRow.code_hash)).scalars())
    assert app.secret not in kept
    assert not hashes & set(codes)
    fair.store.keys = fair.store.keys.rotate(NOON)
    enter(fair.store, app.code(LATER))
    enter(fair.store, codes[0])


def test_a_secret_sealed_for_one_account_is_none_of_another(fair: Fair, app: App) -> None:
    other, _codes = set_up(fair.store, make_staff(fair, name="Tom"))
    tom = person(fair.store, SYSTEM, "tom@example.org").id
    with fair.store.write() as connection:
        its = select(SecondStepRow.sealed).where(SecondStepRow.account_id == tom)
        moved = connection.execute(its).scalar_one()
        connection.execute(update(SecondStepRow).values(sealed=moved))
    with pytest.raises(SignInError, match="cannot be read"):
        enter(fair.store, other.code(LATER))


def test_it_is_switched_off_with_password_and_code(fair: Fair, sam: Actor, app: App) -> None:
    with pytest.raises(SignInError, match="password"):
        end_second_step(fair.store, sam.at(LATER), secret="not it at all", code=app.code(LATER))
    with pytest.raises(SignInError, match="code"):
        end_second_step(fair.store, sam.at(LATER), secret=PASSWORD, code="000000")
    end_second_step(fair.store, sam.at(LATER), secret=PASSWORD, code=app.code(LATER))
    assert enter(fair.store, "").id == sam.id
    assert my_second_step(fair.store, sam).codes_left == 0


def test_wrong_tries_to_switch_it_off_lock_the_sign_in(fair: Fair, sam: Actor, app: App) -> None:
    for _ in range(3):
        with pytest.raises(SignInError):
            end_second_step(fair.store, sam.at(LATER), secret=PASSWORD, code="000000")
    with pytest.raises(SignInError, match="Too many"):
        enter(fair.store, app.code(LATER))


def test_setting_it_up_takes_the_password(fair: Fair, sam: Actor) -> None:
    for _ in range(3):
        with pytest.raises(SignInError, match="password"):
            begin_second_step(fair.store, sam.at(NOON), "not it at all")
    with pytest.raises(SignInError, match="Too many"):
        begin_second_step(fair.store, sam.at(NOON), PASSWORD)


def test_what_is_on_is_not_set_up_over_it(fair: Fair, sam: Actor, app: App) -> None:
    with pytest.raises(InvalidInputError, match="set up already"):
        begin_second_step(fair.store, sam.at(LATER), PASSWORD)
    with pytest.raises(InvalidInputError, match="set up already"):
        confirm_second_step(fair.store, sam.at(LATER), app.code(LATER))


def test_it_goes_with_a_password_not_with_a_pin(fair: Fair) -> None:
    gus = make_guest(fair.store)
    with pytest.raises(InvalidInputError, match="PIN"):
        begin_second_step(fair.store, gus.at(NOON), "271828")


def test_an_admin_switches_it_off_for_who_lost_the_app(fair: Fair, sam: Actor, app: App) -> None:
    admin = make_another_admin(fair.store)
    assert sam.id is not None
    assert person(fair.store, admin, sam.id).has_second_step
    with pytest.raises(NotAllowedError):
        reset_second_step(fair.store, sam.at(LATER), sam.id)
    reset_second_step(fair.store, admin.at(LATER), sam.id)
    assert enter(fair.store, "").id == sam.id
    assert not person(fair.store, admin, sam.id).has_second_step
    with fair.store.read() as connection:
        mine = AuditRow.subject_id == sam.id
        verbs = connection.execute(select(AuditRow.verb).where(mine)).scalars().all()
    assert {"confirm_second_step", "reset_second_step"} <= set(verbs)
    assert "no code any more" in my_notices(fair.store, sam)[0][0].title
    with pytest.raises(InvalidInputError):
        reset_second_step(fair.store, admin.at(LATER), sam.id)


def test_a_new_password_by_a_one_time_code_does_not_go_round_it(
    fair: Fair, sam: Actor, app: App
) -> None:
    assert sam.id is not None
    code = make_code(fair.store, SYSTEM.at(NOON), sam.id)
    set_secret(fair.store, SYSTEM.at(NOON), email=SAM, code=code, secret="a new password")
    with pytest.raises(CodeNeededError):
        enter(fair.store, "", secret="a new password")
    enter(fair.store, app.code(LATER), secret="a new password")


def note_of(store: Store) -> str:
    with pytest.raises(CodeNeededError) as needed:
        start_web_session(store, VISITOR.at(LATER), SAM, PASSWORD)
    return needed.value.begun


def test_a_begun_sign_in_goes_on_with_the_code_alone(fair: Fair, sam: Actor, app: App) -> None:
    note = note_of(fair.store)
    with pytest.raises(SignInError, match="wrong, or"):
        go_on_web_session(fair.store, VISITOR.at(LATER), note, "000000")
    with pytest.raises(CodeNeededError):
        go_on_web_session(fair.store, VISITOR.at(LATER), note, " ")
    new = go_on_web_session(fair.store, VISITOR.at(LATER), note, app.code(LATER))
    assert new.actor.id == sam.id


def test_a_begun_sign_in_is_over_in_time_and_with_the_password(
    fair: Fair, sam: Actor, app: App
) -> None:
    note, after = note_of(fair.store), LATER + BEGUN_FOR
    with pytest.raises(SignInError, match="over"):
        go_on_web_session(fair.store, VISITOR.at(after), note, app.code(after))
    for foreign in ("", "nonsense", "ü", note[:-8] + "AAAAAAA="):
        with pytest.raises(SignInError, match="over"):
            go_on_web_session(fair.store, VISITOR.at(LATER), foreign, app.code(LATER))
    change_secret(fair.store, sam.at(LATER), old=PASSWORD, new="a new password")
    with pytest.raises(SignInError, match="over"):
        go_on_web_session(fair.store, VISITOR.at(LATER), note, app.code(LATER))


def test_wrong_codes_of_a_begun_sign_in_lock_it(fair: Fair, app: App) -> None:
    note = note_of(fair.store)
    for _ in range(3):
        with pytest.raises(SignInError, match="wrong"):
            go_on_web_session(fair.store, VISITOR.at(LATER), note, "000000")
    with pytest.raises(SignInError, match="Too many"):
        go_on_web_session(fair.store, VISITOR.at(LATER), note, app.code(LATER))


def test_who_is_banned_meanwhile_changes_nothing(fair: Fair, sam: Actor) -> None:
    """Between the password and the transaction that writes, for each of the three."""
    store, who = fair.store, sam.at(LATER)
    assert sam.id is not None
    sam_id = sam.id

    def banning(name: str) -> pytest.MonkeyPatch:
        restore = getattr(second_step, name)

        def checks(*given: object) -> object:
            ban(store, SYSTEM.at(LATER), sam_id, reason="meanwhile")
            return restore(*given)

        patch = pytest.MonkeyPatch()
        patch.setattr(second_step, name, checks)
        return patch

    def refused(name: str, act: Callable[[], object]) -> None:
        patch = banning(name)
        with pytest.raises(NotAllowedError):
            act()
        patch.undo()
        restore_account(store, SYSTEM.at(LATER), sam_id)

    refused("verify_secret", lambda: begin_second_step(store, who, PASSWORD))
    app = App(begin_second_step(store, who, PASSWORD).key)
    refused("step_of", lambda: confirm_second_step(store, who, app.code(LATER)))
    codes = confirm_second_step(store, who, app.code(LATER))
    refused("verify_secret", lambda: end_second_step(store, who, secret=PASSWORD, code=codes[0]))
    assert my_second_step(store, sam).codes_left == 10
