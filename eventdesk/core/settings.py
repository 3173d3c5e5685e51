"""Settings: from the settings file, then the environment, then the command line."""

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from eventdesk.core.errors import InvalidInputError
from eventdesk.core.messages import SPOKEN, is_spoken, msg
from eventdesk.core.remedies import Remedy, advise

FILE_NAME = "settings.toml"
MAX_BYTES = 64 * 1024

MAX_DAYS = 36_500

Theme = Literal["dark", "light", "contrast"]
Graphics = Literal["auto", "kitty", "none"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What one run of the program needs to know.

    Each field but `home` may stand in `settings.toml` in the home folder, in the environment as
    EVENTDESK_… in capitals, and for the most part on the command line; the later wins.

    Attributes:
        home: Folder of the store, keys, backups, badges and exports.
        camera: Device number, video file, folder of pictures, or http/rtsp address.
        printer: Where badges go: folder, folder:PATH, file:PATH, device:PATH, tcp://HOST:PORT or
            none.
        theme: Colours of the screens.
        graphics: Whether the terminal itself draws pictures: kitty, by the protocol of that name;
            none, they are made of half blocks; auto asks the environment.
        sounds: Whether outcomes are heard.
        sound_command: Command that is given good, care or stop; "" rings the terminal's bell.
        quiet_s: Seconds for which a code that came back is not read again.
        badge_days: Days after an event, and after printing, until files of badges are deleted; 0
            keeps them.
        gate: Name of the gate this machine stands at; "" is none.
        language: Language of screens and messages, such as de or de-AT; "" asks the system.
    """

    home: Path
    camera: str = "0"
    printer: str = "folder"
    theme: Theme = "dark"
    graphics: Graphics = "auto"
    sounds: bool = True
    sound_command: str = ""
    quiet_s: float = 3.0
    badge_days: int = 30
    gate: str = ""
    language: str = ""

    @classmethod
    def load(cls, home: Path | None = None) -> Self:
        """Read the settings of a home folder.

        Args:
            home: The folder named on the command line; None asks EVENTDESK_HOME, then the
                platform's folder for data.

        Raises:
            InvalidInputError: The file or a variable cannot be understood.
        """
        try:
            settings = cls((home or _default_home()).expanduser().absolute())
        except RuntimeError as error:  # ~somebody who is not there
            raise InvalidInputError(
                msg("There is no folder {home}.", home=home), hint=advise(Remedy.CHECK_HOME)
            ) from error
        return settings._with(settings._file(), FILE_NAME)._with(_environment(), "environment")

    def with_options(self, **given: Any) -> Self:
        """Put what the command line gave over the rest; None was not given.

        Raises:
            InvalidInputError: A value cannot be used.
        """
        return self._with(
            {key: value for key, value in given.items() if value is not None}, "option"
        )

    def _file(self) -> dict[str, Any]:
        path = self.home / FILE_NAME
        try:
            if path.exists() and not path.is_file():
                raise ValueError("it is no file")
            with path.open("rb") as file:
                content = file.read(MAX_BYTES + 1)
            if len(content) > MAX_BYTES:
                raise ValueError(f"it has more than {MAX_BYTES:,} bytes")
            import tomllib  # most homes have no such file

            return tomllib.loads(content.decode())
        except FileNotFoundError:
            return {}
        except (ValueError, RecursionError, OSError) as error:
            raise InvalidInputError(
                msg("{path} cannot be read: {error}.", path=path, error=error),
                hint=msg("Correct it, or move it away."),
            ) from error

    def _with(self, given: dict[str, Any], where: str) -> Self:
        known = {field.name: field.type for field in fields(self) if field.name != "home"}
        values: dict[str, Any] = {}
        for key, value in given.items():
            if key not in known:
                raise InvalidInputError(
                    msg("There is no setting {key!r} ({where}).", key=key, where=where),
                    hint=msg("Known: {settings}", settings=", ".join(known)),
                )
            values[key] = _read(key, value, getattr(self, key), where)
        return replace(self, **values)


def _default_home() -> Path:
    named = os.environ.get("EVENTDESK_HOME")
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("eventdesk", appauthor=False)


def _environment() -> dict[str, Any]:
    prefix = "EVENTDESK_"
    names = {field.name for field in fields(Settings)} - {"home"}
    return {
        name: os.environ[prefix + name.upper()]
        for name in names
        if os.environ.get(prefix + name.upper())
    }


def _read(key: str, value: Any, current: object, where: str) -> object:
    """Turn one given value into the type of the setting."""
    text = str(value).strip()
    if key == "theme" and text not in get_args(Theme):
        raise InvalidInputError(
            msg("There is no theme {text!r} ({where}).", text=text, where=where),
            hint=msg("Choose {choices}", choices=", ".join(get_args(Theme))),
        )
    if key == "graphics" and text not in get_args(Graphics):
        raise InvalidInputError(
            msg("There are no graphics {text!r} ({where}).", text=text, where=where),
            hint=msg("Choose {choices}", choices=", ".join(get_args(Graphics))),
        )
    if key == "language" and text and not is_spoken(text):
        raise InvalidInputError(
            msg("There is no language {text!r} ({where}).", text=text, where=where),
            hint=msg("Choose {choices}.", choices=", ".join(SPOKEN)),
        )
    if isinstance(current, bool):
        if text.casefold() in {"true", "yes", "on", "1"}:
            return True
        if text.casefold() in {"false", "no", "off", "0"}:
            return False
        raise InvalidInputError(
            msg("{key} is on or off, not {text!r} ({where}).", key=key, text=text, where=where)
        )
    if isinstance(current, int):
        if not (text.isascii() and text.isdigit() and int(text) <= MAX_DAYS):
            raise InvalidInputError(
                msg(
                    "{key} is a number of days, not {text!r} ({where}).",
                    key=key,
                    text=text,
                    where=where,
                )
            )
        return int(text)
    if isinstance(current, float):
        try:
            number = float(text)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 3600:
            raise InvalidInputError(
                msg(
                    "{key} is a number of seconds, not {text!r} ({where}).",
                    key=key,
                    text=text,
                    where=where,
                )
            )
        return number
    return text
