"""`eventdesk doctor`: is everything here that the door needs?"""

import sys
from dataclasses import asdict

import click

from eventdesk.cli.command import Lines, as_json, command, wants_json
from eventdesk.cli.group import EXIT_COULD_NOT, EXIT_REFUSED, settings_of
from eventdesk.core.json_text import json_text
from eventdesk.core.plain_text import plain
from eventdesk.door import Tone
from eventdesk.keeping import SUBJECT_NAMES, examine, worst


@command("doctor", "", "--print-test --strict")
@click.option("--camera", default=None, help="Camera to try; default as in the settings.")
@click.option("--event", default="", help="Event that is to be ready; default: the next one.")
@click.option("--print-test", is_flag=True, help="Let every printer print a test badge.")
@click.option("--strict", is_flag=True, help="Exit 3 when something wants a hand.")
@as_json()
def doctor_command(camera: str | None, event: str, print_test: bool, strict: bool) -> Lines:
    """Look at everything the door needs and say what to do.

    Exits 0 when the doors can open and 1 when something must be mended first; with --strict
    also 3 when something wants a hand (!).
    """
    settings = settings_of(camera=camera)
    findings = []
    for finding in examine(settings, event=event, print_test=print_test):
        findings.append(finding)
        if not wants_json():
            name = str(SUBJECT_NAMES[finding.subject])
            yield f"{finding.tone.sign} {name:<10} {plain(finding.text, limit=300)}"
            if finding.advice:
                yield f"  {'':<10} → {plain(finding.advice, limit=300)}"
    if wants_json():
        yield json_text([asdict(finding) for finding in findings], default=str)
    tone = worst(findings)
    if tone is Tone.STOP:
        sys.exit(EXIT_COULD_NOT)
    if tone is Tone.CARE and strict:
        sys.exit(EXIT_REFUSED)
