"""The screens of accounts: sign-in, home, profile and notices."""
