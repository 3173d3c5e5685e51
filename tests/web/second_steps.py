"""Second steps of people in tests."""

from base64 import b32decode

from data.store import Store
from eventdesk.accounts import begin_second_step, confirm_second_step
from eventdesk.accounts.totp import code_at, step_at
from eventdesk.acts import Actor
from eventdesk.core.clock import utc_now
from tests.people import PASSWORD


def second_step_of(store: Store, actor: Actor) -> str:
    """Set one up; a recovery code."""
    key = begin_second_step(store, actor, PASSWORD).key.replace(" ", "")
    secret = b32decode(key + "=" * (-len(key) % 8))
    return confirm_second_step(store, actor, code_at(secret, step_at(utc_now())))[0]
