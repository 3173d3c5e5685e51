"""Badges as rows of dots, and as PDF, for drivers that load the drawing library late."""

from typing import TYPE_CHECKING

from badges.badge import LINK, Badge

if TYPE_CHECKING:
    from PIL.Image import Image

    from badges.layout_parts import Layout


def the_layout(badge: Badge, layout: "Layout | None") -> "Layout":
    """Return the layout to draw with: the printer's, else the event's, else that of labels.

    The slip with a booking's link has one of its own.
    """
    from badges.layout_file import layout_for, ready_layout

    return ready_layout(LINK) if badge.is_link else layout or layout_for(badge)


def drawn(
    badge: Badge, layout: "Layout | None", *, dpi: int, widest: int | None = None
) -> "list[Image]":
    """Draw a badge, one picture a side.

    Args:
        badge: What to say.
        layout: How it looks; None is as the badge's event chose.
        dpi: Dots per inch of the printer.
        widest: Dots the printer has across; a wider badge is drawn smaller, its code in whole dots.
    """
    from badges.drawing import dots, pages

    chosen = the_layout(badge, layout)
    if widest is not None and dots(chosen.width_mm, dpi) > widest:
        dpi = max(1, int(widest * 25.4 / chosen.width_mm))
        while dpi > 1 and dots(chosen.width_mm, dpi) > widest:
            dpi -= 1
    return pages(badge, chosen, dpi=dpi)


def on_width(page: "Image", width: int) -> "Image":
    """Return `page` in the middle of paper `width` dots wide."""
    from PIL import Image

    paper = Image.new("1", (width, page.height), 1)
    paper.paste(page, ((width - page.width) // 2, 0))
    return paper


def ink(page: "Image") -> bytes:
    """Return the rows of a picture as bits, 1 where it is black, each row in whole bytes."""
    from PIL import Image

    width = (page.width + 7) // 8 * 8
    inked = Image.new("1", (width, page.height), 0)
    inked.paste(page.point(lambda white: 0 if white else 255, mode="1"), (0, 0))
    return inked.tobytes()


def badge_pdf(badge: Badge, layout: "Layout", *, dpi: int) -> bytes:
    """Return a badge as a PDF, a page a side, of exactly the layout's size."""
    import io

    (first, *others), written = drawn(badge, layout, dpi=dpi), io.BytesIO()
    exact = (first.width * 25.4 / layout.width_mm, first.height * 25.4 / layout.height_mm)
    first.save(written, "PDF", dpi=exact, save_all=True, append_images=others)
    return written.getvalue()
