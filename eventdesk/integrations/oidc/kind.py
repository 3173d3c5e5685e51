"""The kind of service with which people sign in elsewhere; imports no library."""

from typing import Final

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.fields import LINE, ONE, PAGE, YES, Field
from eventdesk.core.messages import msg
from eventdesk.integrations.oidc.identity import Provider
from eventdesk.integrations.oidc.known import is_safe
from eventdesk.integrations.oidc.roles import check_roles
from eventdesk.integrations.service import ServiceKind, Values


def check_issuer(text: str) -> str:
    """Check the address of a provider; GitHub needs none.

    Raises:
        InvalidInputError: It is none, or others could read along.
    """
    address = (text or "").strip()
    if address and not is_safe(address):
        raise InvalidInputError(
            msg("A provider's address begins with https://."),
            hint=msg("Such as https://accounts.google.com."),
        )
    return address


OIDC: Final = ServiceKind(
    name="oidc",
    title=msg("Sign-in elsewhere"),
    what=msg("People sign in with what they have: Google, Microsoft, Keycloak, GitHub."),
    fields=(
        Field(
            "provider",
            ONE,
            "Kind",
            needed=True,
            empty="openid",
            choices={"openid": "OpenID Connect", "github": "GitHub"},
        ),
        Field(
            "issuer",
            LINE,
            "Issuer",
            hint="Such as https://accounts.google.com; empty for GitHub itself.",
            check=check_issuer,
        ),
        Field(
            "client_id",
            LINE,
            "Client id",
            hint="Register ADDRESS-OF-THE-HOUSE/sign-in/back at the provider as redirect address.",
            needed=True,
        ),
        Field("client_secret", LINE, "Client secret", secret=True, most=2000),
        Field("scopes", LINE, "More scopes", hint="Such as groups, where groups need one."),
        Field("groups_claim", LINE, "Claim with the groups", empty="groups"),
        Field(
            "roles",
            PAGE,
            "Roles of groups",
            hint="A line each, such as: door-crew = staff at K7QM2X",
            check=check_roles,
        ),
        Field(
            "sign_up",
            YES,
            "New people get an account",
            empty=True,
            hint="As attendees; without it only who has one signs in.",
        ),
    ),
    probe="eventdesk.integrations.oidc.probe:probe",
    needs="joserfc",
    extra="login",
    several=True,
)


def provider_of(values: Values) -> Provider:
    """The provider that is set up so."""
    client_id, secret = str(values["client_id"]), str(values.get("client_secret") or "")
    issuer = str(values.get("issuer") or "")
    if values.get("provider") == "github":
        from eventdesk.integrations.oidc.github import GitHub

        return GitHub(client_id, secret, home=issuer, reads_groups=bool(values.get("roles")))
    from eventdesk.integrations.oidc.openid import OpenId

    return OpenId(
        issuer,
        client_id,
        secret,
        scopes=str(values.get("scopes") or ""),
        groups_claim=str(values.get("groups_claim") or "groups"),
    )
