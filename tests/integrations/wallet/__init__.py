"""Passes for wallets, checked by OpenSSL, by other libraries and by reading their codes."""
