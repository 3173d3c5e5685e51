"""The badge layout as a 1-bit picture."""

from badges import qr
from badges.badge import Badge

__all__ = ["badge_png"]


def badge_png(badge: Badge) -> bytes:
    """Return the badge as a PNG."""
    return qr.png(badge.token)
