"""Commands on what an event asks of those who come."""

from uuid import UUID

import click

from data.store import Store
from eventdesk.acts.actor import SYSTEM
from eventdesk.acts.naming import the_one_named
from eventdesk.cli.command import group, on_event
from eventdesk.core.plain_text import plain
from eventdesk.events.event import EventView
from eventdesk.sales.question import QuestionKind
from eventdesk.sales.questions import (
    NewQuestion,
    QuestionView,
    add_question,
    list_questions,
    move_question,
    remove_question,
)
from eventdesk.sales.ticket_types import list_ticket_types

question_command = group("question", "eventdesk question list")


@question_command.command("list")
@on_event
def list_command(store: Store, event: EventView) -> None:
    """List the questions of an event in the order in which they are asked.

    Example: eventdesk question list --event "Demo Days"
    """
    views = list_questions(store, SYSTEM, event.id)
    for number, view in enumerate(views, start=1):
        question = view.question
        marks = [
            question.kind.value.replace("_", "/"),
            "required" if question.required else "",
            "" if question.active else "not asked",
            f"after {view.depends_text!r} is {question.depends_value}" if view.depends_text else "",
            "/".join(question.choices),
        ]
        words = ", ".join(filter(None, marks))
        click.echo(f"{number}. {plain(question.text)}  ({plain(words)}; {view.answers} answers)")
    if not views:
        click.echo('Nothing is asked. Ask: eventdesk question add "Any allergies?"')


@question_command.command("add")
@click.argument("text")
@on_event
@click.option(
    "--kind",
    type=click.Choice([each.value for each in QuestionKind]),
    default="text",
    show_default=True,
    help="What an answer is.",
)
@click.option("--choice", "choices", multiple=True, help="May be chosen; repeat it.")
@click.option("--required", is_flag=True, help="Must be answered.")
@click.option("--after", default="", help="Only after this question, by its beginning …")
@click.option("--is", "value", default="", help="… was answered with this.")
@click.option("--type", "kinds", multiple=True, help="Only for this ticket type; may be repeated.")
def add_command(
    store: Store,
    event: EventView,
    text: str,
    kind: str,
    choices: tuple[str, ...],
    required: bool,
    after: str,
    value: str,
    kinds: tuple[str, ...],
) -> str:
    """Ask TEXT, after the other questions.

    Example: eventdesk question add "Which menu?" --kind choice --choice Meat --choice Vegan
    """
    earlier = _named(store, event.id, after).question.id if after else None
    types = list_ticket_types(store, SYSTEM, event.id)
    chosen = frozenset(
        the_one_named("ticket type", typed, types, lambda each: plain(each.about.name)).id
        for typed in kinds
    )
    new = NewQuestion(text, QuestionKind(kind), required, choices, earlier, value, chosen)
    add_question(store, SYSTEM, event.id, new)
    return f"Asked: {plain(text)}"


@question_command.command("remove")
@click.argument("text")
@on_event
def remove_command(store: Store, event: EventView, text: str) -> str:
    """Ask the question that begins with TEXT no longer; answers that were given are kept.

    Example: eventdesk question remove "Which menu"
    """
    question = _named(store, event.id, text).question
    gone = remove_question(store, SYSTEM, question.id)
    return "Removed." if gone else "No longer asked; its answers are kept."


@question_command.command("move")
@click.argument("text")
@click.option("--by", "places", type=int, required=True, help="Places; negative is earlier.")
@on_event
def move_command(store: Store, event: EventView, text: str, places: int) -> str:
    """Ask the question that begins with TEXT so many places later, or earlier.

    Example: eventdesk question move "Which menu" --by -1
    """
    question = _named(store, event.id, text).question
    move_question(store, SYSTEM, question.id, places)
    return "Moved."


def _named(store: Store, event_id: UUID, typed: str) -> QuestionView:
    views = list_questions(store, SYSTEM, event_id)
    return the_one_named(
        "question",
        typed,
        views,
        lambda each: plain(each.question.text),
        id_of=lambda e: e.question.id,
    )
