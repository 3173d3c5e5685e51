"""Addresses of what is sold: events to book, ticket types, codes and questions."""

from typing import Final

ADDRESSES: Final = {
    "browse": "GET /events",
    "categories": "GET /categories",
    "event_by_code": "POST /event-look-ups",
    "offers": "GET /events/{event}/offers",
    "quote": "POST /events/{event}/quotes",
    "sales_summary": "GET /events/{event}/sales",
    "sale_terms": "GET /events/{event}/sale-terms",
    "sale_setup": "GET /events/{event}/sale-setup",
    "list_ticket_types": "GET /events/{event}/ticket-types",
    "add_ticket_type": "POST /events/{event}/ticket-types = kind",
    "change_ticket_type": "PUT /ticket-types/{type} = kind",
    "remove_ticket_type": "DELETE /ticket-types/{type}",
    "switch_ticket_type": "PUT /ticket-types/{type}/active",
    "order_ticket_types": "PUT /events/{event}/ticket-type-order",
    "asked_questions": "GET /events/{event}/asked-questions",
    "list_questions": "GET /events/{event}/questions",
    "add_question": "POST /events/{event}/questions = new",
    "change_question": "PUT /questions/{question} = new",
    "remove_question": "DELETE /questions/{question}",
    "ask_again": "POST /questions/{question}/return",
    "move_question": "POST /questions/{question}/moves",
    "list_discounts": "GET /events/{event}/discounts",
    "add_discount": "POST /events/{event}/discounts = new",
    "add_discounts": "POST /events/{event}/discount-batches",
    "change_discount": "PUT /discounts/{discount} = new",
    "end_discount": "PUT /discounts/{discount}/active",
}
