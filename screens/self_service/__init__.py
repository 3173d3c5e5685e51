"""The kiosk: guests check themselves in, with nobody from the staff beside it."""
