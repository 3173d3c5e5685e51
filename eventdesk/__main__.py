"""`python -m eventdesk` is `eventdesk`."""

from eventdesk.cli import main

main()
