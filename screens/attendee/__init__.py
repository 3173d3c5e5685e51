"""The screens of people who come: find events, book, and what is theirs."""
