"""Who calls: by a token, as an app or a paired device, by the cookie of a session, or nobody."""

from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from data.store import Store
from eventdesk.accounts import (
    DEVICE_SECRET,
    bearer,
    who_has_app_session,
    who_has_session,
    who_is_device,
)
from eventdesk.acts import SYSTEM, VISITOR, Actor, ActorKind
from eventdesk.core.app_keys import looks_like_access
from eventdesk.core.errors import NotAllowedError, SignInError
from eventdesk.core.messages import msg
from eventdesk.web.access_tokens import session_of

COOKIE: Final = "__Host-session"
COOKIE_PLAIN: Final = "session"
"""Where there is no HTTPS, as on loopback, a browser keeps no cookie of the other name."""

KNOWN: Final = "eventdesk.known"
"""In the scope of a request: whether the store knew the token or session that it shows."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of who sends it.

    Attributes:
        token: Of the header `Authorization: Bearer …`; "" without one.
        cookie: The secret of a browser's session; "" without one.
    """

    token: str
    cookie: str

    @classmethod
    def by(cls, request: Request) -> "Shown":
        """Read it from the headers.

        Raises:
            SignInError: There is a header that is none of ours.
            NotAllowedError: A browser sends it from a page of somebody else.
        """
        header = request.headers.get("authorization", "")
        kind, _, token = header.partition(" ")
        if header and (kind.lower() != "bearer" or not token.strip()):
            raise SignInError(
                msg("This header says nothing that is understood here: Authorization."),
                hint=msg("Send: Authorization: Bearer, and a token."),
            )
        if token:
            return cls(token.strip(), "")
        cookie = request.cookies.get(cookie_name(request), "")
        if cookie and request.method not in SAFE_METHODS:
            need_own_page(request)
        return cls("", cookie)

    def actor(self, store: Store) -> Actor:
        """Say who it is now: each call asks the store, so that a ban holds at once.

        Raises:
            SignInError: The token or session is none of this house, or is over.
        """
        if self.token.startswith(DEVICE_SECRET):
            return who_is_device(store, SYSTEM, self.token)
        if looks_like_access(self.token):
            return who_has_app_session(store, SYSTEM, session_of(store, self.token))
        if self.token:
            return bearer(store, SYSTEM, self.token)
        return who_has_session(store, SYSTEM, self.cookie) if self.cookie else VISITOR

    def note_known(self, request: Request) -> None:
        """Note in a request that the store knew who sent it, for the edge around it."""
        if self.key:
            request.scope[KNOWN] = True

    @property
    def is_personal(self) -> bool:
        """Whether it is a token that a person made for a program."""
        is_other = self.token.startswith(DEVICE_SECRET) or looks_like_access(self.token)
        return bool(self.token) and not is_other

    @property
    def key(self) -> str:
        """What counts the calls of one caller; "" where only the address tells."""
        return self.token or self.cookie


def cookie_name(request: Request) -> str:
    """The name of a session's cookie: with HTTPS one that only this host itself can set.

    The other name is not read there, for who is between could have set it over HTTP.
    """
    return COOKIE if request.url.scheme == "https" else COOKIE_PLAIN


def need_signed_in(actor: Actor) -> None:
    """Ask who shows nothing to sign in.

    Raises:
        SignInError: Nobody says who calls.
    """
    if actor.kind is ActorKind.VISITOR:
        raise SignInError(
            msg("This needs somebody who is signed in."),
            hint=msg("Send: Authorization: Bearer, and a token."),
        )


def need_no_other_page(request: Request) -> None:
    """Refuse what a page of somebody else has a browser send; programs are no pages.

    Raises:
        NotAllowedError: It is from a page of another site.
    """
    if "sec-fetch-site" in request.headers or "origin" in request.headers:
        need_own_page(request)


def need_own_page(request: Request) -> None:
    """Refuse what a page of somebody else has a browser send, cookie and all.

    Browsers say where a request is from (Fetch Metadata, `Sec-Fetch-Site`); older ones name the
    page's origin. https://www.w3.org/TR/fetch-metadata/

    Raises:
        NotAllowedError: It is not from a page of this server.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site in ("same-origin", "none"):
            return
    elif request.headers.get("origin", "").partition("://")[2] == request.headers.get("host", "?"):
        return
    raise NotAllowedError(
        msg("This was sent by a page of another site."),
        hint=msg("Open the page of this house, and do it there."),
    )
