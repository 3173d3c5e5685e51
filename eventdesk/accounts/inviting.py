"""Making an account for somebody else, who chooses the secret with a one-time code."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from data.store import Store
from eventdesk.accounts.credential import hash_secret
from eventdesk.accounts.making import account_with, insert_account, name_of
from eventdesk.accounts.resets import CODE_LENGTH, insert_code
from eventdesk.accounts.wrong_tries import address_of
from eventdesk.acts.actor import Actor, Permission
from eventdesk.acts.audit import record
from eventdesk.acts.permission import allowed, need_here
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.ids import new_code


@dataclass(frozen=True, slots=True)
class Added:
    """An account and how its person gets in.

    Attributes:
        code: With it they choose their PIN or password, within an hour; "" for who had an
            account.
    """

    account_id: UUID
    name: str
    code: str


@allowed(Permission.INSTALLATION)
def make_account(
    store: Store, actor: Actor, *, email: str, name: str, is_admin: bool = False, now: datetime
) -> Added:
    """Make an account without a secret, and the code its person chooses one with.

    Raises:
        NotAllowedError: The actor is no admin.
        InvalidInputError: The address is taken, or something typed cannot be used.
    """
    address, called, code = address_of(email), name_of(name), new_code(CODE_LENGTH)
    kept_hash = hash_secret(code)
    with store.write() as connection:
        need_here(connection, actor, None, Permission.INSTALLATION)
        if account_with(connection, address) is not None:
            raise InvalidInputError(
                "There is an account with this e-mail address already.",
                hint="Make a new code for it instead.",
            )
        account_id = insert_account(
            connection, address, called, "password", "", now, is_admin=is_admin
        )
        insert_code(connection, account_id, kept_hash, actor, now)
        subject = ("account", account_id)
        record(connection, actor, "make_account", subject, now=now, is_admin=is_admin)
    return Added(account_id, called, code)
