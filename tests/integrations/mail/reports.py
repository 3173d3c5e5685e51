"""Reports of mail servers about a letter, as they really come."""

from uuid import UUID

FAILED = """\
Final-Recipient: rfc822; nobody@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <nobody@example.org>: No such user here
"""


def report(letter_id: UUID | str, block: str = FAILED, *, head: str = "message/rfc822") -> bytes:
    """A report by RFC 3464 about a letter of ours.

    Args:
        letter_id: What the Message-ID of the letter that came back begins with.
        block: What it says of the recipient.
        head: How the letter that came back lies in it.
    """
    return f"""\
From: MAILER-DAEMON@mx.example.org
To: desk@example.org
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--=b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org
Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0000

{block}
--=b
Content-Type: {head}

From: desk@example.org
To: nobody@example.org
Message-ID: <{letter_id}@example.org>
Subject: Your ticket

Hello,
--=b--
""".encode()


EXIM = """\
From: Mail Delivery System <Mailer-Daemon@mx.example.org>
To: desk@example.org
X-Failed-Recipients: nobody@example.org
Subject: Mail delivery failed: returning message to sender
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=b"

--=b
Content-Type: text/plain

This message was created automatically by mail delivery software.

--=b
Content-Type: message/rfc822

Message-ID: <{letter_id}@example.org>

Hello,
--=b--
"""
"""One for people only, as older servers write it."""
