"""The programme and the sponsors of an event as lines to read."""

from collections.abc import Iterable
from itertools import groupby
from zoneinfo import ZoneInfo

from textual.content import Content

from eventdesk.core.formats import when
from eventdesk.core.plain_text import plain
from eventdesk.programme import Session, Speaker, Sponsor


def programme_lines(sessions: Iterable[Session], time_zone: str) -> Content:
    """Sessions by day: their times, titles, rooms and speakers."""
    zone = ZoneInfo(time_zone)
    on = [each for each in sessions if each.cancelled_at is None]
    lines: list[Content] = []
    for day, that_day in groupby(on, key=lambda each: each.starts_at.astimezone(zone).date()):
        lines.append(Content.assemble((when(day, "%A, %d %B"), "bold")))
        lines.extend(_session(each, zone) for each in that_day)
    return Content("\n").join(lines)


def speaker_lines(speakers: Iterable[Speaker]) -> Content:
    """Speakers, with their organizations and biographies."""
    lines = []
    for each in speakers:
        whose = f", {plain(each.organization)}" if each.organization else ""
        line = Content.assemble((plain(each.name), "bold"), whose)
        if each.biography:
            about = plain(" ".join(each.biography.split()), limit=400)
            line = Content.assemble(line, "\n  ", (about, "$faint"))
        lines.append(line)
    return Content("\n").join(lines)


def sponsor_lines(sponsors: Iterable[Sponsor]) -> Content:
    """Sponsors, the highest level first."""
    return Content("\n").join(
        Content.assemble(
            (f"{plain(each.level)} " if each.level else "", "$faint"),
            (plain(each.name), "bold"),
            f"  {plain(each.line)}" if each.line else "",
            (f"  {plain(each.link)}" if each.link else "", "$faint"),
        )
        for each in sponsors
    )


def _session(session: Session, zone: ZoneInfo) -> Content:
    begin, end = session.starts_at.astimezone(zone), session.ends_at.astimezone(zone)
    who = ", ".join(plain(name) for _id, name in session.speakers)
    details = " · ".join(part for part in (plain(session.room), who) if part)
    return Content.assemble(
        (f"  {begin:%H:%M}–{end:%H:%M}  ", "$faint"),
        plain(session.title),
        (f"\n                 {details}" if details else "", "$faint"),
    )
