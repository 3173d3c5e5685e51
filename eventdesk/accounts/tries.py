"""Wrong tries, as accounts count them; `wrong_tries` says how."""
