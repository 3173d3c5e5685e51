"""Browsing the pages of a house as one person, in a few words."""

from dataclasses import dataclass
from typing import Any

from eventdesk.accounts import start_web_session
from eventdesk.acts import VISITOR
from tests.people import PASSWORD
from tests.web.pages.reading_pages import Page
from tests.web.serving import Served

OWN = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """A browser, signed in as somebody or not.

    Attributes:
        language: Of its pages.
    """

    house: Served
    language: str = "en"

    def sign_in(self, name: str, secret: str = PASSWORD) -> "Browser":
        """Be somebody from now on."""
        email = f"{name.lower()}@example.org"
        made = start_web_session(self.house.store, VISITOR, email, secret, browser="a test")
        self.house.http.cookies.clear()
        self.house.http.cookies.set("session", made.secret)
        return self

    def leave(self) -> "Browser":
        """Be a visitor."""
        self.house.http.cookies.clear()
        return self

    def ask(self, path: str) -> Any:
        """The answer at an address."""
        return self.house.http.get(path, headers=OWN | {"accept-language": self.language})

    def open(self, path: str, status: int = 200) -> Page:
        """The page at an address, which is good."""
        return self._read(self.ask(path), status)

    def send(self, path: str, **values: str) -> Any:
        """The answer to a form."""
        headers = OWN | {"accept-language": self.language}
        return self.house.http.post(path, data=values, headers=headers)

    def refused(self, path: str, values: dict[str, str], status: int = 422) -> Page:
        """The page that says what is wrong in a form."""
        return self._read(self.send(path, **values), status)

    def led(self, path: str, **values: str) -> str:
        """Where a form leads that is taken."""
        answer = self.send(path, **values)
        assert answer.status_code == 303, answer.text
        where: str = answer.headers["location"]
        return where

    def _read(self, answer: Any, status: int) -> Page:
        assert answer.status_code == status, answer.text
        page = Page(answer.text)
        page.need_good(self.language)
        return page
