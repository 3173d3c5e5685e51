"""Calls of Google's interfaces, proven by a service account.

with GoogleCalls(SHEETS_AT, account, scope=SCOPE, api="Google Sheets API", …) as calls:
    answer = calls.call("GET", f"/v4/spreadsheets/{book}")
"""

import re
from typing import Final

from eventdesk.core.errors import ServiceRefusedError, ServiceSilentError
from eventdesk.core.messages import msg
from eventdesk.core.plain_text import plain
from eventdesk.integrations.calls import MAX_BYTES, Answer, Caller
from eventdesk.integrations.google_account import TOKENS, Account

LIBRARY: Final = "https://console.cloud.google.com/apis/library"
"""Where interfaces are switched on, for who gets no better link."""

_LINK: Final = re.compile(r"https://console\.[a-z.]*google\.com/\S{1,200}")


class GoogleCalls:
    """A line to one interface of Google's; whoever makes it closes it.

    Args:
        origin: Where it is.
        account: Who calls.
        scope: What of the account's rights the calls need.
        service: What it is called in errors.
        api: What Google calls it where it is switched on.
        timeout_s: How long a call may take in all.
        max_bytes: The longest answer.
    """

    def __init__(
        self,
        origin: str,
        account: Account,
        *,
        scope: str,
        service: str,
        api: str,
        timeout_s: float,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._account, self._scope, self._service, self._api = account, scope, service, api
        self._caller = Caller(origin, service=service, timeout_s=timeout_s, max_bytes=max_bytes)

    def close(self) -> None:
        """Hang up."""
        self._caller.close()

    def call(self, method: str, path: str, *, json: object = None) -> Answer:
        """Ask, once more with a new token where the old one is not taken.

        Returns:
            An answer of 200, or of 400, 401, 403 or 404, which says what is wrong.

        Raises:
            ServiceSilentError: Google does not answer, or wants fewer calls.
            ServiceRefusedError: It does not take the account, or the interface is switched off.
        """
        answer = self._asked(method, path, json)
        if answer.status == 401:
            TOKENS.forget(self._account, self._scope)
            answer = self._asked(method, path, json)
        if answer.status != 200:
            self._look_at(answer)
        return answer

    def _asked(self, method: str, path: str, json: object) -> Answer:
        headers = {"Authorization": f"Bearer {TOKENS.token(self._account, self._scope)}"}
        return self._caller.call(
            method, path, json=json, headers=headers, also=(400, 401, 403, 404)
        )

    def _look_at(self, answer: Answer) -> None:
        """Raise what is wrong with the account, whatever was asked."""
        status, words = said_by(answer)
        if "has not been used" in words or "SERVICE_DISABLED" in status:
            link = _LINK.search(words)
            raise ServiceRefusedError(
                msg("The {api} is not switched on in the project of the account.", api=self._api),
                status=answer.status,
                hint=msg("Switch it on: {address}", address=plain(link[0]) if link else LIBRARY),
            )
        if "RATE_LIMIT" in status or "RESOURCE_EXHAUSTED" in status:
            raise ServiceSilentError(
                msg(
                    "{service} wants fewer calls for a while ({status}).",
                    service=self._service,
                    status=answer.status,
                )
            )


def said_by(answer: Answer) -> tuple[str, str]:
    """The status and reasons of an error, and its words (google.rpc.Status and ErrorInfo)."""
    try:
        error = answer.members()["error"]
        assert isinstance(error, dict)
        reasons = [each.get("reason", "") for each in error.get("details", ())]
        return " ".join([str(error.get("status")), *map(str, reasons)]), str(error.get("message"))
    except (ServiceSilentError, KeyError, AssertionError, AttributeError, TypeError):
        return "", ""
