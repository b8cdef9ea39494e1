"""The one exception of the package, apart so that the compiled half can raise it."""


class Error(Exception):
    """What the engine found, what it expected and what to do, in one sentence.

    `code` is one of usage, unreadable, contradiction, unwritable, memory, cancelled, internal.
    """

    code = "internal"


Error.__module__ = "urbiome"
