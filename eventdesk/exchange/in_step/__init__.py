"""Events that are kept in step with what services outside have of them."""
