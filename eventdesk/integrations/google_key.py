"""The field that takes the key file of a service account at Google."""

from typing import Final

from eventdesk.core.errors import InvalidInputError, ServiceRefusedError
from eventdesk.core.fields import PAGE, Field
from eventdesk.core.messages import msg

MAX_JSON: Final = 20_000
"""Most characters of a service account's key file."""


def _checked_key(typed: str) -> str:
    from eventdesk.integrations.google_account import account_of

    text = typed.strip()
    if not text:
        return ""
    if len(text) > MAX_JSON:
        raise InvalidInputError(msg("The key is not that of a service account."))
    try:
        account_of(text)
    except ServiceRefusedError as error:
        raise InvalidInputError(error.message, hint=error.advice) from error
    return text


KEY_FIELD: Final = Field(
    "account",
    PAGE,
    "Key of the service account",
    hint="The whole JSON file that Google Cloud gave.",
    needed=True,
    most=MAX_JSON,
    secret=True,
    check=_checked_key,
)
