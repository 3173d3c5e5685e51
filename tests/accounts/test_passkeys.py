"""Passkeys: made, used, and what is refused of those who would like to be somebody else."""

from base64 import b32decode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from sqlalchemy import select

from data.rows import count_rows
from data.schema import AuditRow, PasskeyRow, SpentChallengeRow
from data.store import Store
from eventdesk.accounts import (
    ANSWERED_WITHIN,
    Challenge,
    add_passkey,
    ask_passkey,
    ban,
    begin_passkey,
    begin_second_step,
    confirm_second_step,
    end_passkey,
    has_passkey,
    my_passkeys,
    person,
    remove_passkeys,
    sign_in,
    start_passkey_session,
    who_has_session,
)
from eventdesk.accounts.passkeys import MOST
from eventdesk.accounts.totp import code_at, step_at
from eventdesk.acts import SYSTEM, VISITOR, Actor, Role, my_notices
from eventdesk.core.errors import CodeNeededError, InvalidInputError, NotAllowedError, SignInError
from eventdesk.core.ids import new_id
from tests.accounts.soft_device import ORIGIN, PRESENT, VERIFIED, Device, content, text
from tests.build import NOON, Fair
from tests.people import PASSWORD, PIN, make_another_admin, make_guest, make_staff

LATER = NOON + timedelta(minutes=10)


@pytest.fixture
def sam(fair: Fair) -> Actor:
    return make_staff(fair)


@pytest.fixture
def device(fair: Fair, sam: Actor) -> Device:
    """What knows the passkey of somebody who made one."""
    return made(fair.store, sam)


def begun(store: Store, who: Actor, secret: str = PASSWORD, *, code: str = "") -> Challenge:
    return begin_passkey(store, who.at(NOON), secret, name="phone", origin=ORIGIN, code=code)


def made(store: Store, who: Actor, device: Device | None = None, *, code: str = "") -> Device:
    device = device or Device()
    asked = begun(store, who, code=code)
    add_passkey(store, who.at(NOON), asked.note, device.make(asked))
    return device


def signs_in(store: Store, device: Device) -> Actor:
    asked = ask_passkey(store, VISITOR.at(LATER), origin=ORIGIN)
    return start_passkey_session(store, VISITOR.at(LATER), asked.note, device.use(asked)).actor


def test_a_passkey_signs_in_and_is_told_of(fair: Fair, sam: Actor, device: Device) -> None:
    asked = ask_passkey(fair.store, VISITOR.at(LATER), origin=ORIGIN)
    assert (asked.host, asked.known) == ("desk.example.org", ())
    new = start_passkey_session(
        fair.store, VISITOR.at(LATER), asked.note, device.use(asked), browser="Firefox"
    )
    assert who_has_session(fair.store, SYSTEM.at(LATER), new.secret).id == sam.id
    [passkey] = my_passkeys(fair.store, sam)
    assert (passkey.name, passkey.host) == ("phone", "desk.example.org")
    assert (passkey.made_at, passkey.used_at) == (NOON, LATER)
    assert "with the passkey phone" in my_notices(fair.store, sam)[0][0].title
    with fair.store.read() as connection:
        verbs = connection.execute(select(AuditRow.verb)).scalars().all()
    assert {"add_passkey", "sign_in_with_passkey"} <= set(verbs)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(ed25519.Ed25519PrivateKey.generate, id="EdDSA"),
        pytest.param(lambda: rsa.generate_private_key(65537, 2048), id="RS256"),
    ],
)
def test_keys_of_all_kinds_that_are_asked_for_sign_in(
    fair: Fair, sam: Actor, key: Callable[[], ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey]
) -> None:
    assert signs_in(fair.store, made(fair.store, sam, Device(key()))).id == sam.id


def test_a_device_that_does_not_count_signs_in_again(fair: Fair, sam: Actor) -> None:
    device = made(fair.store, sam, Device(step=0))
    assert [signs_in(fair.store, device).id for _ in range(2)] == [sam.id, sam.id]


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "another page": ({"origin": "https://desk.example.org.evil"}, "by another page"),
    "another port": ({"origin": f"{ORIGIN}:8443"}, "by another page"),
    "without TLS": ({"origin": ORIGIN.replace("https", "http")}, "by another page"),
    "in a frame": ({"said": {"crossOrigin": True}}, "by another page"),
    "another host": ({"host": "example.org"}, "for another page"),
    "not verified": ({"flags": PRESENT}, "made sure that it is you"),
    "not present": ({"flags": VERIFIED}, "made sure that it is you"),
    "impossible flags": ({"flags": PRESENT | VERIFIED | 0x10}, "cannot be read"),
    "another question": ({"said": {"challenge": text(bytes(32))}}, "another question"),
    "no question": ({"said": {"challenge": None}}, "another question"),
    "another act": ({"said": {"type": "payment.get"}}, "something else"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_a_browser_or_device_says_otherwise_is_refused(
    fair: Fair, sam: Actor, device: Device, kind: str
) -> None:
    values, words = REFUSED[kind]
    with pytest.raises(SignInError, match=words):
        signs_in(fair.store, replace(device, **values))  # type: ignore[arg-type]
    with pytest.raises(SignInError, match=words):
        made(fair.store, sam, Device(**values))  # type: ignore[arg-type]
    assert len(my_passkeys(fair.store, sam)) == 1


def test_another_key_signs_nobody_in(fair: Fair, device: Device) -> None:
    with pytest.raises(SignInError, match="signature"):
        signs_in(fair.store, replace(device, key=ec.generate_private_key(ec.SECP256R1())))


@pytest.mark.parametrize("part", ["client_data", "device_data"])
def test_what_was_changed_after_it_was_signed_is_refused(
    fair: Fair, device: Device, part: str
) -> None:
    asked = ask_passkey(fair.store, VISITOR.at(LATER), origin=ORIGIN)
    proof = device.use(asked)
    before = content(getattr(proof, part))
    after = before[:-1] + bytes([before[-1] ^ 1]) if part == "device_data" else before + b" "
    with pytest.raises(SignInError, match="signature"):
        start_passkey_session(
            fair.store, VISITOR.at(LATER), asked.note, replace(proof, **{part: text(after)})
        )


@pytest.mark.parametrize("sent", ["", "=", "é", "x" * 10_001, text(b"[" * 5_000), text(b"[]")])
@pytest.mark.parametrize(
    "part", ["credential_id", "user", "client_data", "device_data", "signature"]
)
def test_what_cannot_be_read_is_refused(fair: Fair, device: Device, part: str, sent: str) -> None:
    asked = ask_passkey(fair.store, VISITOR.at(LATER), origin=ORIGIN)
    proof = replace(device.use(asked), **{part: sent})
    with pytest.raises(SignInError):
        start_passkey_session(fair.store, VISITOR.at(LATER), asked.note, proof)


def test_an_answer_is_taken_once(fair: Fair, sam: Actor) -> None:
    device = made(fair.store, sam, Device(step=0))
    asked = ask_passkey(fair.store, VISITOR.at(LATER), origin=ORIGIN)
    proof = device.use(asked)

    def enter(_: int) -> str:
        try:
            start_passkey_session(fair.store, VISITOR.at(LATER), asked.note, proof)
        except SignInError as error:
            return str(error)
        return "in"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(enter, range(4)))
    assert told == ["This took too long, or was done before."] * 3 + ["in"]


def test_a_question_is_over_after_five_minutes(fair: Fair, sam: Actor, device: Device) -> None:
    asked = ask_passkey(fair.store, VISITOR.at(LATER), origin=ORIGIN)
    late = LATER + ANSWERED_WITHIN
    with pytest.raises(SignInError, match="too long"):
        start_passkey_session(fair.store, VISITOR.at(late), asked.note, device.use(asked))
    new = begun(fair.store, sam)
    with pytest.raises(SignInError, match="too long"):
        add_passkey(fair.store, sam.at(NOON + ANSWERED_WITHIN), new.note, Device().make(new))


def test_what_was_answered_is_forgotten_once_it_would_be_over(fair: Fair, sam: Actor) -> None:
    made(fair.store, sam)
    asked = ask_passkey(fair.store, VISITOR.at(LATER), origin=ORIGIN)
    device = made(fair.store, sam)
    start_passkey_session(fair.store, VISITOR.at(LATER), asked.note, device.use(asked))
    with fair.store.read() as connection:
        assert count_rows(connection, SpentChallengeRow.challenge.is_not(None)) == 1


def test_a_note_of_one_kind_is_none_of_the_other(fair: Fair, sam: Actor, device: Device) -> None:
    asked, new = ask_passkey(fair.store, VISITOR.at(NOON), origin=ORIGIN), begun(fair.store, sam)
    with pytest.raises(SignInError, match="too long"):
        add_passkey(fair.store, sam.at(NOON), asked.note, Device().make(asked))
    with pytest.raises(SignInError, match="too long"):
        start_passkey_session(fair.store, VISITOR.at(NOON), new.note, device.use(new))


def test_a_counter_that_goes_back_refuses_and_tells_its_person(
    fair: Fair, sam: Actor, device: Device
) -> None:
    copy = replace(device)
    signs_in(fair.store, device)
    signs_in(fair.store, device)
    with pytest.raises(SignInError, match="copied"):
        signs_in(fair.store, copy)
    assert "copied" in my_notices(fair.store, sam)[0][0].title
    assert signs_in(fair.store, device).id == sam.id


def test_a_passkey_made_at_another_host_signs_in_there_alone(fair: Fair, sam: Actor) -> None:
    elsewhere = "https://other.example.org"
    asked = begin_passkey(fair.store, sam.at(NOON), PASSWORD, name="p", origin=elsewhere)
    device = Device(origin=elsewhere)
    add_passkey(fair.store, sam.at(NOON), asked.note, device.make(asked))
    device.origin = ORIGIN
    with pytest.raises(SignInError, match="not known here"):
        signs_in(fair.store, device)


def test_a_device_that_names_another_account_is_refused(
    fair: Fair, sam: Actor, device: Device
) -> None:
    other = make_staff(fair, name="Olga")
    theirs = made(fair.store, other)
    for user in (theirs.user, ""):
        with pytest.raises(SignInError, match="not known here"):
            signs_in(fair.store, replace(device, user=user))
    assert signs_in(fair.store, theirs).id == other.id != sam.id


def test_nobody_keeps_a_passkey_that_somebody_else_began(fair: Fair, sam: Actor) -> None:
    asked, other = begun(fair.store, sam), make_staff(fair, name="Olga")
    with pytest.raises(SignInError, match="too long"):
        add_passkey(fair.store, other.at(NOON), asked.note, Device().make(asked))


def test_nobody_takes_the_passkey_of_somebody_else(fair: Fair, sam: Actor, device: Device) -> None:
    other = make_staff(fair, name="Olga")
    with pytest.raises(InvalidInputError, match="there already"):
        made(fair.store, other, replace(device))
    with pytest.raises(NotAllowedError):
        end_passkey(fair.store, other, my_passkeys(fair.store, sam)[0].id)
    assert signs_in(fair.store, device).id == sam.id


def test_a_new_one_says_which_the_device_may_have(fair: Fair, sam: Actor, device: Device) -> None:
    asked = begun(fair.store, sam)
    assert asked.known == (text(device.credential_id),)
    assert (asked.email, content(asked.user)) == ("sam@example.org", sam.id and sam.id.bytes)


def test_a_new_one_takes_the_password_and_the_code(fair: Fair, sam: Actor) -> None:
    with pytest.raises(SignInError, match="wrong"):
        begun(fair.store, sam, "not it at all")
    secret = b32decode(begin_second_step(fair.store, sam.at(NOON), PASSWORD).key)
    code, later = code_at(secret, step_at(NOON)), code_at(secret, step_at(NOON) + 1)
    confirm_second_step(fair.store, sam.at(NOON), code)
    with pytest.raises(CodeNeededError):
        begun(fair.store, sam)
    with pytest.raises(SignInError, match="used before"):
        begun(fair.store, sam, code=code)
    assert signs_in(fair.store, made(fair.store, sam, code=later)).id == sam.id


def test_it_stands_in_for_the_code_of_its_own_account_alone(fair: Fair, sam: Actor) -> None:
    device, other = made(fair.store, sam), made(fair.store, make_staff(fair, name="Olga"))
    secret = b32decode(begin_second_step(fair.store, sam.at(NOON), PASSWORD).key)
    confirm_second_step(fair.store, sam.at(NOON), code_at(secret, step_at(NOON)))
    with pytest.raises(CodeNeededError) as needed:
        sign_in(fair.store, VISITOR.at(LATER), "sam@example.org", PASSWORD)
    waits = needed.value.begun
    assert has_passkey(fair.store, VISITOR.at(LATER), waits, origin=ORIGIN)
    assert not has_passkey(fair.store, VISITOR.at(LATER), waits, origin="https://b.example")
    asked = ask_passkey(fair.store, VISITOR.at(LATER), origin=ORIGIN, begun=waits)
    assert asked.known == (text(device.credential_id),)
    with pytest.raises(SignInError, match="not known here"):
        start_passkey_session(fair.store, VISITOR.at(LATER), asked.note, other.use(asked))
    proof = replace(device.use(asked), user="")  # as devices answer that were named a passkey
    new = start_passkey_session(fair.store, VISITOR.at(LATER), asked.note, proof)
    assert new.actor.id == sam.id


def test_wrong_signatures_lock_the_account_and_a_right_one_forgets_them(
    fair: Fair, device: Device
) -> None:
    forged = replace(device, key=ec.generate_private_key(ec.SECP256R1()))
    for _ in range(3):
        with pytest.raises(SignInError, match="signature"):
            signs_in(fair.store, forged)
    with pytest.raises(SignInError, match="Too many"):
        signs_in(fair.store, device)
    with pytest.raises(SignInError, match="Too many"):
        sign_in(fair.store, VISITOR.at(LATER), "sam@example.org", PASSWORD)


def test_a_removed_passkey_signs_nobody_in(fair: Fair, sam: Actor, device: Device) -> None:
    end_passkey(fair.store, sam, my_passkeys(fair.store, sam)[0].id)
    with pytest.raises(SignInError, match="not known here"):
        signs_in(fair.store, device)
    assert "any more" in my_notices(fair.store, sam)[0][0].title


def test_an_admin_removes_all_of_a_person_who_is_told(
    fair: Fair, sam: Actor, device: Device
) -> None:
    assert sam.id is not None
    other, admin = make_staff(fair, name="Olga"), make_another_admin(fair.store)
    kept, another = made(fair.store, other), made(fair.store, sam)
    assert person(fair.store, admin, sam.id).passkeys == 2
    assert remove_passkeys(fair.store, admin.at(LATER), sam.id) == 2
    for each in (device, another):
        with pytest.raises(SignInError, match="not known here"):
            signs_in(fair.store, each)
    assert signs_in(fair.store, kept).id == other.id
    assert person(fair.store, admin, sam.id).passkeys == 0
    assert "An admin removed your passkeys" in my_notices(fair.store, sam)[0][0].title
    with fair.store.read() as connection:
        wanted = select(AuditRow.actor_name, AuditRow.subject_id)
        entry = connection.execute(wanted.where(AuditRow.verb == "remove_passkeys")).one()
    assert entry.subject_id == sam.id
    with pytest.raises(InvalidInputError, match="no passkey"):
        remove_passkeys(fair.store, admin.at(LATER), sam.id)


def test_nobody_but_an_admin_removes_those_of_others(
    fair: Fair, sam: Actor, device: Device
) -> None:
    assert sam.id is not None
    for who in (sam, make_staff(fair, Role.ORGANIZER, "Oda")):
        with pytest.raises(NotAllowedError):
            remove_passkeys(fair.store, who.at(LATER), sam.id)
    assert signs_in(fair.store, device).id == sam.id


def test_a_banned_person_is_not_let_in(fair: Fair, sam: Actor, device: Device) -> None:
    assert sam.id is not None
    ban(fair.store, make_another_admin(fair.store), sam.id, reason="Lent it out.")
    with pytest.raises(SignInError, match="closed"):
        signs_in(fair.store, device)


def test_who_signs_in_with_a_pin_may_have_one(fair: Fair) -> None:
    gus = make_guest(fair.store)
    asked = begun(fair.store, gus, PIN)
    device = Device()
    add_passkey(fair.store, gus.at(NOON), asked.note, device.make(asked))
    assert signs_in(fair.store, device).id == gus.id


@pytest.mark.parametrize("key", ["P-384", "RSA 1024", "none"])
def test_keys_that_were_not_asked_for_are_not_kept(fair: Fair, sam: Actor, key: str) -> None:
    asked, device = begun(fair.store, sam), Device()
    if key == "P-384":
        device.key = ec.generate_private_key(ec.SECP384R1())
    elif key == "RSA 1024":
        device.key = rsa.generate_private_key(65537, 1024)
    new = device.make(asked)
    new = replace(new, public_key=text(b"no key")) if key == "none" else new
    with pytest.raises(SignInError, match="key of the passkey"):
        add_passkey(fair.store, sam.at(NOON), asked.note, new)


def test_a_passkey_that_the_device_did_not_name_is_not_kept(fair: Fair, sam: Actor) -> None:
    asked = begun(fair.store, sam)
    new = replace(Device().make(asked), credential_id=text(bytes(32)))
    with pytest.raises(SignInError, match="not the one"):
        add_passkey(fair.store, sam.at(NOON), asked.note, new)


@pytest.mark.parametrize("origin", ["https://192.0.2.7", "http://127.0.0.1:8080", "http://[::1]"])
def test_a_house_without_a_name_says_so(fair: Fair, sam: Actor, origin: str) -> None:
    with pytest.raises(InvalidInputError, match="a name"):
        begin_passkey(fair.store, sam.at(NOON), PASSWORD, name="p", origin=origin)
    with pytest.raises(InvalidInputError, match="a name"):
        ask_passkey(fair.store, VISITOR, origin=origin)


def test_a_passkey_has_a_name_and_there_are_not_too_many(fair: Fair, sam: Actor) -> None:
    with pytest.raises(InvalidInputError, match="needs a name"):
        begin_passkey(fair.store, sam.at(NOON), PASSWORD, name=" \u202e", origin=ORIGIN)
    made(fair.store, sam)
    with fair.store.write() as connection:
        row = connection.execute(select(PasskeyRow.__table__)).one()
        for _ in range(MOST - 1):
            values = {**row._mapping, "id": new_id()}
            values["credential_id"] = values["id"].bytes
            connection.execute(PasskeyRow.__table__.insert().values(values))
    with pytest.raises(InvalidInputError, match="no more are kept"):
        begun(fair.store, sam)


def test_asking_says_nothing_of_who_has_one(fair: Fair, sam: Actor) -> None:
    before = ask_passkey(fair.store, VISITOR.at(NOON), origin=ORIGIN)
    made(fair.store, sam)
    after = ask_passkey(fair.store, VISITOR.at(NOON), origin=ORIGIN)
    assert (before.known, before.host) == (after.known, after.host) == ((), "desk.example.org")
    assert before.challenge != after.challenge
