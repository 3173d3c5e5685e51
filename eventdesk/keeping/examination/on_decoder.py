"""The libraries that read codes, tried on a code."""

from collections.abc import Iterator

from eventdesk.keeping.examination.finding import Finding, Patient, care, good, stop


def look(patient: Patient) -> Iterator[Finding]:
    """Name them, and have a ticket read."""
    from kiosk.decoder import available_decoders

    found = available_decoders()
    working = [one for one in found if not one.missing]
    for one in found:
        if one.missing and one.optional:
            yield good("decoder", one.missing)
        elif one.missing:
            advice = "Install it: pip install zxing-cpp pyzbar (and the package libzbar0)"
            yield (care if working else stop)("decoder", one.missing, advice)
    if not working:
        return
    from kiosk.self_test import read_a_ticket

    names = ", ".join(f"{one.name} {one.version}" for one in working)
    took_ms = read_a_ticket()
    if took_ms is None:
        yield stop("decoder", f"{names} do not read a plain ticket", "Install them again.")
    else:
        yield good("decoder", f"{names}; a ticket read in {took_ms:.0f} ms")
