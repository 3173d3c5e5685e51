"""Counts as people say them."""


def how_many(count: int, one: str, many: str = "") -> str:
    """Say a count with its noun.

    Args:
        count: How many.
        one: The noun of one, with what depends on it: "ticket is".
        many: The same of several; `one` with an s, where it is left out.

    >>> how_many(1, "ticket"), how_many(1200, "ticket"), how_many(2, "badge is", "badges are")
    ('1 ticket', '1,200 tickets', '2 badges are')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
