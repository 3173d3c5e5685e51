"""The test of a provider: its discovery document and keys, and whether it knows the client."""

from eventdesk.core.errors import ServiceRefusedError
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.oidc.github import HOME
from eventdesk.integrations.oidc.kind import provider_of
from eventdesk.integrations.oidc.known import ask, discovered, forget, keys_of
from eventdesk.integrations.service import Values


def probe(values: Values) -> Message:
    """Read what the provider says of itself.

    Raises:
        ServiceError: It does not answer, or what it says does not fit what was typed.
    """
    forget()
    issuer = str(values.get("issuer") or "")
    if values.get("provider") == "github":
        home = (issuer or HOME).rstrip("/")
        api = "https://api.github.com" if home == HOME else f"{home}/api/v3"
        ask("GET", f"{api}/meta")
        return msg("GitHub answers. Whether it knows this house shows at the first sign-in.")
    if not issuer:
        raise ServiceRefusedError(
            msg("The issuer is missing."), hint=msg("Such as https://accounts.google.com.")
        )
    there = discovered(issuer)
    if not any(each.get("kty") != "oct" for each in keys_of(there.keys, needs="")):
        raise ServiceRefusedError(
            msg("The provider shows no keys to check its signatures with."),
            hint=msg("It has to sign ID tokens with a key pair, such as RS256."),
        )
    name = plain(issuer, limit=100)
    if not there.device:
        return msg("{issuer} answers; it knows no sign-in with another device.", issuer=name)
    provider_of(values).device_code()
    return msg("{issuer} answers and knows this house.", issuer=name)
