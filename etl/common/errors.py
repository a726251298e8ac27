"""The one kind of error that a person is told about in a line.

Here: the base class. Each module has its own errors, of this kind where the reader of the message can do
something; any other exception is a mistake of this program.
"""


class EtlError(Exception):
    """Something that a person can act on: the message says what happened, where, and what to do."""


class BuildFailedError(EtlError):
    """The build failed and nothing was published; the message says at what."""
