"""Each printer that is set up: how it says it is, its labels, and a test badge if asked."""

from collections.abc import Iterator

from badges.paper import Printer
from badges.printers import open_printer
from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.core.errors import EventDeskError
from eventdesk.core.printing import Health, Status
from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop
from eventdesk.printing.printer import PrinterView, health_words
from eventdesk.printing.printers import list_printers, open_set_up, print_test, try_printer


def look(patient: Patient) -> Iterator[Finding]:
    """Ask each printer; with none set up, the one of the settings."""
    store = patient.store
    printers = list_printers(store, SYSTEM.at(patient.now)) if store is not None else []
    if store is None or not printers:
        yield from _of_the_settings(patient)
        return
    working = 0
    for view in printers:
        for finding in _set_up(patient, store, view):
            working += finding.tone == "good"
            yield finding
    if not working:
        yield stop("printers", "none can print now", "Mend one of them, or set another one up.")


def _set_up(patient: Patient, store: Store, view: PrinterView) -> Iterator[Finding]:
    name = f"{view.name} ({view.spec})"
    if not view.enabled:
        yield care("printers", f"{name} is switched off", f"eventdesk printer on {view.name!r}")
        return
    if view.device_id not in (None, store.device_id):
        yield good("printers", f"{name} is at {view.device}; examine it there")
        return
    printer = open_set_up(store.home, view.spec, view.layout)
    yield _status(name, printer.status() if printer is not None else Status(Health.OFFLINE))
    if view.labels_low:
        left = f"{name} has {view.labels_left} labels left"
        yield care("printers", left, "Have a new roll at hand, and count it when it is in.")
    if view.failed:
        yield care(
            "printers",
            f"{name} would not print {view.failed} badges",
            "See Administer, Failed; then try them again.",
        )
    if patient.print_test:
        trial = print_test(store, SYSTEM.at(patient.now), view.id)
        yield _tried(name, trial.out, trial.words, trial.hint)


def _of_the_settings(patient: Patient) -> Iterator[Finding]:
    spec = patient.settings.printer
    printer: Printer | None = open_printer(spec, badges_folder=patient.settings.home / "badges")
    if printer is None:
        yield care(
            "printers",
            "none; badges wait for another desk's printer",
            "Set one up: Administer, Printers; or write one into settings.toml.",
        )
        return
    yield _status(printer.name, printer.status())
    if patient.print_test and patient.store is not None:
        try:
            trial = try_printer(patient.store, SYSTEM, spec)
        except EventDeskError as error:
            yield stop("printers", f"{printer.name}: {error}", error.hint)
        else:
            yield _tried(printer.name, trial.out, trial.words, trial.hint)


def _status(name: str, status: Status) -> Finding:
    if status.health in (Health.READY, Health.UNKNOWN):
        said = "ready" if status.health is Health.READY else "cannot say how it is"
        return good("printers", f"{name}: {said}")
    words, _, advice = health_words(status).partition(". ")
    make = care if status.health.prints else stop
    return make("printers", f"{name}: {words}", advice or "Look at its display.")


def _tried(name: str, out: bool, words: str, hint: str) -> Finding:
    if out:
        return good("printers", f"{name}, test badge: {words}. {hint}".strip())
    return stop("printers", f"{name}, test badge: {words}", hint or "Look at the printer.")
