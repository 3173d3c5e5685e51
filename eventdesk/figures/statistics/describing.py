"""A standing as plain values, for programs."""

from typing import Any

from eventdesk.figures.panel_values import Figures, Group, Quantiles, Standing


def described(standing: Standing) -> dict[str, Any]:
    """All figures of a standing as JSON can hold them; instants are ISO 8601 in UTC."""
    waits = standing.waits
    return {
        "event": standing.event_name,
        "at": standing.at.isoformat(),
        "time_zone": standing.time_zone,
        "shown": standing.choice_words,
        "scans": standing.scans,
        **_figures(standing.total),
        "a_minute": round(standing.served_lately, 2),
        "by_type": [_group(each) for each in standing.types],
        "by_list": [_group(each) for each in standing.lists],
        "by_gate": [_group(each) for each in standing.gates],
        "by_operator": [_group(each) for each in standing.operators],
        "lanes": [
            {
                "gate": each.gate,
                "operator": each.operator,
                "entries": each.entries,
                "a_minute": round(each.a_minute, 2),
            }
            for each in standing.lanes
        ],
        "rooms": [
            {"room": each.name, "inside": each.inside, "capacity": each.capacity}
            for each in standing.rooms
        ],
        "refused": {str(outcome): count for outcome, count in standing.refused},
        "scan_to_verdict_ms": _quantiles(waits.verdict),
        "verdict_to_paper_ms": _quantiles(waits.paper),
        "badges_waiting": waits.waiting,
        "badges_failed": waits.failed,
        "seconds_each": standing.seconds_each,
        "arrivals": {
            "from": standing.arrivals.starts_at.isoformat(),
            "a_minute": list(standing.arrivals.counts),
        },
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "expected": figures.expected,
        "in": figures.came,
        "inside": figures.inside,
        "out": figures.out,
        "to_come": None if figures.expected is None else figures.to_come,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "name": group.name,
        **_figures(group.figures),
        "entries": group.entries,
        "exits": group.exits,
        "refused": group.refused,
        "a_minute": round(group.a_minute, 2),
    }


def _quantiles(times: Quantiles | None) -> dict[str, int] | None:
    if times is None:
        return None
    return {"count": times.count, "median": times.median_ms, "p95": times.p95_ms}
