"""The demo film: guests of an event and some strangers, holding tickets up to a camera."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from data.store import Store
from eventdesk.acts import SYSTEM
from eventdesk.booking import some_tokens
from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import msg
from eventdesk.core.output_files import drafted
from eventdesk.door import ListView
from eventdesk.exercises.false_tickets import foreign, forged
from eventdesk.exercises.scenes.clips import Presentation, write_clip
from eventdesk.exercises.scenes.conditions import Condition, Medium

MAX_SCENES = 500
CONDITIONS = (
    Condition("plain"),
    Condition("tilted", tilt_deg=35),
    Condition("blurred", size=0.28, defocus_px=2.0),
    Condition("glare", glare=0.6),
    Condition("dim", light=0.3, noise=5),
    Condition("turned", roll_deg=160),
)
"""How tickets are held up, in turn; each is readable by a patient camera."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One ticket held up.

    Attributes:
        kind: genuine, used (held up before), forged, or foreign (for another event).
        from_frame: First frame in which the code is wholly in the picture.
        until_frame: First frame in which it no longer is.
    """

    kind: str
    token: str
    condition: str
    medium: str
    from_frame: int
    until_frame: int

    def describe(self) -> dict[str, object]:
        """Plain values for JSON."""
        return {
            "kind": self.kind,
            "condition": self.condition,
            "medium": self.medium,
            "from_frame": self.from_frame,
            "until_frame": self.until_frame,
        }


def film(
    store: Store,
    door: ListView,
    path: Path,
    *,
    scenes: int,
    seed: int,
    overwrite: bool = False,
    on_progress: Callable[[int, int], None] | None = None,
) -> list[Shot]:
    """Render the film; about every fourth ticket is one that must stay out.

    Raises:
        InvalidInputError: The number of scenes is out of range, or the event has no tickets.
    """
    if not 1 <= scenes <= MAX_SCENES:
        raise InvalidInputError(
            msg("A film has 1 to {most} scenes, not {scenes}.", most=MAX_SCENES, scenes=scenes)
        )
    random = Random(f"film {seed}")
    genuine = some_tokens(store, SYSTEM, door.event_id, limit=scenes, skip=seed * 7)
    if not genuine:
        raise InvalidInputError(
            msg("This event has no tickets to film."),
            hint=msg("Make some: eventdesk demo --size 500"),
        )
    cast = _cast(store, genuine, scenes, random)
    presentations = [
        Presentation(
            token,
            CONDITIONS[index % len(CONDITIONS)],
            random.choice(list(Medium)),
            empty_s=0.5,
            hold_s=1.0,
        )
        for index, (_kind, token) in enumerate(cast)
    ]
    with drafted(path, overwrite=overwrite) as draft:
        shown = write_clip(draft, presentations, seed=seed, on_progress=on_progress)
    return [
        Shot(
            kind,
            token,
            presentation.condition.name,
            str(presentation.medium),
            view.in_view_from,
            view.in_view_until,
        )
        for (kind, token), presentation, view in zip(cast, presentations, shown, strict=True)
    ]


def _cast(store: Store, genuine: list[str], scenes: int, random: Random) -> list[tuple[str, str]]:
    """Choose who comes: each fourth scene in turn a used, a forged and a foreign ticket."""
    strangers = {"forged": lambda: forged(genuine[0], random), "foreign": lambda: foreign(store)}
    cast: list[tuple[str, str]] = []
    fresh = iter(genuine)
    for scene in range(scenes):
        kind = ("used", "forged", "foreign")[scene // 4 % 3] if scene % 4 == 3 else "genuine"
        if kind == "genuine":
            token = next(fresh, None)
            kind = "genuine" if token else "used"
        if kind == "used":
            token = random.choice([token for was, token in cast if was == "genuine"])
        elif kind != "genuine":
            token = strangers[kind]()
        assert token is not None
        cast.append((kind, token))
    return cast
