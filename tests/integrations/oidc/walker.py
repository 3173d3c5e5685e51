"""A person with a browser at npm oidc-provider: follows it, and clicks what it asks for."""

import json
import re
from urllib.parse import urljoin

import httpx2


class Walker:
    """Keeps the provider's cookies.

    Args:
        issuer: The provider.
        login: Who the person says they are there.
    """

    def __init__(self, issuer: str, login: str = "ada") -> None:
        self.issuer = issuer
        headers = {"X-Login": login}
        self.browser = httpx2.Client(headers=headers, timeout=10)

    def tell(self, login: str, **claims: object) -> None:
        """Let the provider know what is told about a person."""
        self.browser.post(
            f"{self.issuer}/people/{login}", content=json.dumps(claims)
        ).raise_for_status()

    def walk(self, address: str) -> str:
        """Sign in at the provider; the address it leads back to, which is not opened."""
        for _step in range(12):
            answer = self.browser.get(address)
            assert answer.is_redirect, answer.text
            address = urljoin(address, answer.headers["location"])
            if not address.startswith(self.issuer):
                return address
        raise AssertionError("the provider leads round and round")

    def confirm_device(self, address: str) -> None:
        """Open what a QR code said, confirm the code, and sign in."""
        answer = self.browser.get(address)
        form = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer.text))
        answer = self.browser.post(f"{self.issuer}/device", data={**form, "confirm": "yes"})
        while answer.is_redirect:
            answer = self.browser.get(urljoin(str(answer.url), answer.headers["location"]))
        if "form" in answer.text and "confirm" in answer.text:
            form = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', answer.text))
            answer = self.browser.post(f"{self.issuer}/device", data={**form, "confirm": "yes"})
            while answer.is_redirect:
                answer = self.browser.get(urljoin(str(answer.url), answer.headers["location"]))
        assert answer.status_code == 200, answer.text
