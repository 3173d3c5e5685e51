"""Links that the house signs with its keys, so that the store keeps no secret.

A link is a word that says its kind and, in base64url, the number of a key, 16 bytes that name what
it opens, 4 bytes that count how often it was made anew, and 16 bytes of proof: the beginning of
HMAC-SHA256(secret of the key, label of the kind and what stands before). The same thing has the
same link until it is made anew, so that it can be shown again.
"""

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from eventdesk.core.token import TokenKey

PROOF_BYTES: Final = 16
_HEAD: Final = 21


@dataclass(frozen=True, slots=True)
class LinkKind:
    """A kind of link.

    Attributes:
        prefix: What its links begin with, so that scanners of leaked secrets know them.
        label: What is signed with each, so that no link is taken for one of another kind.
    """

    prefix: str
    label: bytes

    def write(self, key: TokenKey, of_id: UUID, issue: int) -> str:
        """The link of a thing."""
        head = _head(key.key_id, of_id, issue)
        spelled = urlsafe_b64encode(head + self.proof(key, head))
        return self.prefix + spelled.decode().rstrip("=")

    def read(self, text: str) -> "ReadLink | None":
        """Read what somebody sent as a link; None where it has not its shape."""
        try:
            spelled = text.removeprefix(self.prefix)
            said = urlsafe_b64decode(spelled + "=" * (-len(spelled) % 4))
        except (Error, ValueError):
            return None
        if len(said) != _HEAD + PROOF_BYTES or not text.startswith(self.prefix):
            return None
        of_id, issue = UUID(bytes=said[1:17]), int.from_bytes(said[17:_HEAD], "big")
        return ReadLink(self, said[0], of_id, issue, said[_HEAD:])

    def proof(self, key: TokenKey, head: bytes) -> bytes:
        """What shows that the house made a link."""
        return hmac.digest(key.secret, self.label + head, hashlib.sha256)[:PROOF_BYTES]


@dataclass(frozen=True, slots=True)
class ReadLink:
    """What a link says; whether it is one of ours is still to be seen.

    Attributes:
        key_id: The key that made it.
        of_id: What it opens.
        issue: How often its link had been made anew.
        proof: That the house made it.
    """

    kind: LinkKind
    key_id: int
    of_id: UUID
    issue: int
    proof: bytes

    def is_by(self, key: TokenKey) -> bool:
        """Whether this key made it; keys that came with an event of another house make none."""
        made = self.kind.proof(key, _head(self.key_id, self.of_id, self.issue))
        return key.events is None and hmac.compare_digest(self.proof, made)


def _head(key_id: int, of_id: UUID, issue: int) -> bytes:
    return bytes((key_id,)) + of_id.bytes + issue.to_bytes(4, "big")
