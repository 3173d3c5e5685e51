"""Pages for browsers: plain HTML with forms, without a script."""
