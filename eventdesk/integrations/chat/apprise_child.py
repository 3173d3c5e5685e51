"""What a child process does with one message: hands it to apprise, through lines of ours.

Whatever apprise calls by HTTP goes through `Caller`: looked at, bounded, never led elsewhere, with
the trust of the house. Services that speak something else open sockets of their own, so a hook
looks at each; another one keeps files of the house shut, which an address may name as a template
or a key. An address is a secret from its beginning: no error says it or a part of it.
"""

import json
import re
import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from eventdesk.core.errors import (
    EventDeskError,
    ServiceError,
    ServiceRefusedError,
    ServiceSilentError,
)
from eventdesk.core.kept_in import OF_THE_SYSTEM, PYTHON, hook
from eventdesk.core.messages import Message, msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import ALLOW, Answer, Caller, error_of
from eventdesk.integrations.webhook.inside import Address, may_reach, read_networks

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase
    from requests import PreparedRequest, Response

HERE: Final = frozenset(
    {"blink1", "dbus", "gio", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"}
)
"""Schemes of apprise that stay on this machine."""

OURS: Final = frozenset({"host", "accept-encoding", "connection", "content-length"})
"""Headers that are a matter of `Caller`."""

MIN_SECRET: Final = 5
"""A shorter part of an address says nothing."""

LEFT_OUT: Final = "…"


def sent(
    address: str, title: str, text: str, *, key: str, networks: Collection[str], timeout_s: float
) -> bytes:
    """Send a message; once a process, for what keeps it in stays.

    Args:
        address: Of apprise, for one room.
        title: The first line.
        text: The rest.
        key: Names the message in each call of HTTP.
        networks: Networks inside that may be reached.
        timeout_s: How long a call may take.

    Returns:
        JSON: `where` and `status`, or why not: `refused`, or `silent` with `wait_s`.
    """
    try:
        where, status = _sent(address, title, text, _Lines(address, key, networks, timeout_s))
    except ServiceSilentError as error:
        return json.dumps({"silent": _as_json(error), "wait_s": error.wait_s}).encode()
    except EventDeskError as error:
        return json.dumps({"refused": _as_json(error)}).encode()
    except Exception as error:  # what it says may hold the address
        kind = type(error).__name__
        said = ServiceRefusedError(msg("apprise met an unexpected error: {kind}.", kind=kind))
        return json.dumps({"refused": _as_json(said)}).encode()
    return json.dumps({"where": where, "status": status}).encode()


def _as_json(error: EventDeskError) -> list[dict[str, Any]]:
    return [error.message.as_json(), error.advice.as_json()]


def _sent(address: str, title: str, text: str, lines: "_Lines") -> tuple[str, str]:
    """Send it; where it went, and the status of the answer.

    Raises:
        ServiceError: It was not taken.
    """
    from apprise import Apprise, AppriseAsset, NotifyFormat, NotifyType

    asset = AppriseAsset(
        app_id="eventdesk",
        app_desc="eventdesk",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        storage_mode="memory",
        http_redirects=False,
        async_mode=False,
        service_timeout=0,
        pgp_autogen=False,
        pem_autogen=False,
    )
    lines.keep_in()
    room = _room(address, asset)
    lines.service = str(room.service_name)
    rooms = Apprise(asset=asset)
    rooms.add(room)
    is_taken = bool(
        rooms.notify(
            body=text, title=title, notify_type=NotifyType.INFO, body_format=NotifyFormat.TEXT
        )
    )
    if not is_taken:
        raise lines.trouble()
    if lines.answer is None:
        return lines.service, ""
    lines.answer.need_no_page()
    return lines.answer.service, str(lines.answer.status)


def _room(address: str, asset: "AppriseAsset") -> "NotifyBase":
    """The room that an address names.

    Raises:
        ServiceRefusedError: None, several, one on this machine, or one that proves itself to
            nobody.
    """
    from apprise import Apprise, NotificationManager

    known = NotificationManager()  # type: ignore[no-untyped-call]
    scheme = address.partition("://")[0].lower()
    if scheme in HERE:
        raise _refused(msg("{scheme}:// stays on this machine.", scheme=scheme))
    if scheme not in known and scheme not in {"http", "https"}:
        raise _refused(
            msg("apprise knows no {scheme}://", scheme=scheme),
            msg("Its documentation lists what it knows."),
        )
    if scheme in known and not known[scheme].enabled:
        needs = known[scheme].requirements.get("packages_required") or ()
        packages = [needs] if isinstance(needs, str) else needs
        raise _refused(
            msg("{scheme}:// needs a package more.", scheme=scheme),
            msg("Install it: {command}", command=f"pip install {' '.join(packages)}"),
        )
    room = Apprise.instantiate(address, asset=asset)
    if room is None:
        raise _refused(
            msg("apprise can make nothing of what follows {scheme}://", scheme=scheme),
            msg("Compare it with its documentation: something is missing or odd."),
        )
    room.retry, room.optional = 0, False
    if len(room) > 1:
        raise _refused(
            msg("The address names several rooms."),
            msg("Set up one service for each: then none is told twice because another fails."),
        )
    if not room.verify_certificate:
        raise _refused(msg("The address takes any certificate."), msg("Leave verify=no out of it."))
    return room


def _refused(message: Message, hint: Message | str = "") -> ServiceRefusedError:
    return ServiceRefusedError(message, hint=hint)


class _Lines:
    """The lines out of this process, and what came over them.

    Attributes:
        service: What apprise calls the service.
        answer: The last answer of HTTP.
        error: Why the last call had none.
    """

    def __init__(self, address: str, key: str, networks: Collection[str], timeout_s: float) -> None:
        self.service = ""
        self.answer: Answer | None = None
        self.error: ServiceError | None = None
        self._address, self._key, self._timeout_s = address, key, timeout_s
        self._networks = read_networks(networks)
        self._calls = 0
        self._is_blocked = False

    def keep_in(self) -> None:
        """Let nothing of this process out by another way, until it ends."""
        import apprise
        from requests.adapters import HTTPAdapter

        def through(_adapter: HTTPAdapter, request: "PreparedRequest", **_: Any) -> "Response":
            return self._asked(request)

        HTTPAdapter.send = through  # type: ignore[assignment,method-assign]
        packages = Path(apprise.__file__).parents[1]
        sys.addaudithook(hook((packages, *map(Path, PYTHON), *map(Path, OF_THE_SYSTEM))))
        sys.addaudithook(self._hook(may_reach(self._networks, only_allowed=False)))

    def trouble(self) -> ServiceError:
        """Why a message was not taken."""
        if self.error is not None:
            return self.error
        if self._is_blocked:
            return ServiceRefusedError(
                msg("{service} is at an address that must not be called.", service=self.service),
                hint=msg(
                    "It lies inside the network. An admin allows it under Services or by {command}",
                    command=ALLOW,
                ),
            )
        if self.answer is None:
            return ServiceSilentError(msg("{service} did not take it.", service=self.service))
        if not 200 <= self.answer.status < 300:
            return error_of(self.answer)
        said = self.answer.said()
        return ServiceRefusedError(
            msg("{service} did not take it: {said}", service=self.answer.service, said=said)
        )

    def _hook(self, may: Callable[[Address], bool]) -> Callable[[str, tuple[Any, ...]], None]:
        """Make what refuses sockets to other addresses than may be called."""

        def look(event: str, told: tuple[Any, ...]) -> None:
            if event in {"socket.connect", "socket.sendto", "socket.sendmsg"} and told[1]:
                try:
                    allowed = may(ip_address(str(told[1][0]).partition("%")[0]))
                except ValueError:  # a name that was not looked up, or a path
                    allowed = False
                if not allowed:
                    self._is_blocked = True
                    raise PermissionError("an address that must not be called")

        return look

    def _asked(self, request: "PreparedRequest") -> "Response":
        """Call what requests was to call.

        Raises:
            requests.ConnectionError: There is no answer that counts; `error` says why.
        """
        from requests import ConnectionError as NoAnswerError

        self._calls += 1
        try:
            answer = self._called(request)
        except ServiceError as error:
            is_open = (request.url or "").startswith("http://")
            self.error = _advised(error) if is_open else error
            raise NoAnswerError from None
        self.answer, self.error = replace(answer, body=self._without(answer.body)), None
        return _response(request, answer)

    def _called(self, request: "PreparedRequest") -> Answer:
        parts = urlsplit(request.url or "")
        host = plain(parts.hostname or "")
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        body = request.body
        headers = {str(name): _text(said) for name, said in request.headers.items()}
        with Caller(
            f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}",
            service=f"{self.service} ({host})",
            timeout_s=self._timeout_s,
            may_reach=may_reach(self._networks, only_allowed=parts.scheme != "https"),
        ) as caller:
            answer = caller.call(
                request.method or "GET",
                target,
                content=body.encode() if isinstance(body, str) else body,  # type: ignore[arg-type]
                headers={
                    **{name: said for name, said in headers.items() if name.lower() not in OURS},
                    "Idempotency-Key": f"{self._key}-{self._calls}",
                },
                also=range(100, 600),
            )
        if 300 <= answer.status < 400:
            raise error_of(answer)
        return answer

    def _without(self, body: bytes) -> bytes:
        """A body without what it repeats of the address."""
        said = body.decode(errors="replace")
        parts = re.split(r"[/:@?&=#,+]", self._address.partition("://")[2])
        secret = {each for part in parts for each in (part, unquote(part))}
        for each in sorted(secret, key=len, reverse=True):
            if len(each) >= MIN_SECRET:
                said = said.replace(each, LEFT_OUT)
        return said.encode()


def _advised(error: ServiceError) -> ServiceError:
    """Say what to do about an address that must not be called without TLS."""
    if not isinstance(error, ServiceRefusedError) or error.status is not None:
        return error
    hint = msg(
        "Without https:// only addresses that an admin allowed are called: {command}", command=ALLOW
    )
    return ServiceRefusedError(error.message, hint=hint)


def _text(said: str | bytes) -> str:
    return said.decode("latin-1") if isinstance(said, bytes) else said


def _response(request: "PreparedRequest", answer: Answer) -> "Response":
    """An answer as requests gives it."""
    from requests import Response
    from requests.structures import CaseInsensitiveDict
    from requests.utils import get_encoding_from_headers

    response = Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    response.url, response.request = request.url or "", request
    response._content = answer.body  # the only way there is
    response._content_consumed = True
    try:
        response.reason = HTTPStatus(answer.status).phrase
    except ValueError:
        response.reason = ""
    return response
