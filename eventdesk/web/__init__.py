"""The server: the catalogue of use cases over HTTP, for programs, phones and browsers.

It is a thin edge. Who calls is found, a request becomes the arguments of a use case, and its answer
or its error goes back; every rule is the use case's own.
"""
