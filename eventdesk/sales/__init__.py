"""Ticket types, prices, discounts, questions and what is left."""

from typing import TYPE_CHECKING

from eventdesk.core.doors import opened

if TYPE_CHECKING:
    from eventdesk.sales.discount import DISCOUNT, DiscountView, NewDiscount, fold_code
    from eventdesk.sales.discounts import (
        add_discount,
        add_discounts,
        change_discount,
        end_discount,
        list_discounts,
        usable_code,
    )
    from eventdesk.sales.event_browse import browse, categories, event_by_code
    from eventdesk.sales.offer_words import OfferTone, in_full, left_in_words, total_in_words
    from eventdesk.sales.places_left import (
        GATHERED_UNTIL,
        PARTY,
        Availability,
        Held,
        availability,
        held_places,
        need_places,
    )
    from eventdesk.sales.price import (
        DiscountKind,
        Terms,
        TicketPrice,
        half_up,
        price_of,
        reverse_charged,
        share,
    )
    from eventdesk.sales.pricing import (
        COMMISSION_SETTING,
        EventTerms,
        Offer,
        Quote,
        QuoteLine,
        Wish,
        event_terms,
        offers,
        price_wishes,
        quote,
        sale_terms,
        team_prices,
        usual_share,
    )
    from eventdesk.sales.question import (
        MAX_CHOICES,
        NO,
        YES,
        Question,
        QuestionKind,
        asked,
        check_answers,
    )
    from eventdesk.sales.questions import (
        NewQuestion,
        QuestionView,
        add_question,
        all_questions,
        ask_again,
        asked_questions,
        change_question,
        list_questions,
        move_question,
        questions_for,
        remove_question,
    )
    from eventdesk.sales.summary import SalesSummary, TypeSales, sales_summary
    from eventdesk.sales.ticket_type import MAX_ADMITS, TICKET_TYPE, NewTicketType, TicketTypeView
    from eventdesk.sales.ticket_types import (
        MAX_TYPES,
        SaleSetup,
        add_ticket_type,
        change_ticket_type,
        list_ticket_types,
        order_ticket_types,
        read_ticket_types,
        remove_ticket_type,
        sale_setup,
        switch_ticket_type,
    )
else:
    __getattr__ = opened(__name__)
