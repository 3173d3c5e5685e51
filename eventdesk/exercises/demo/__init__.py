"""A believable event to try things on: people, programme, pictures."""
