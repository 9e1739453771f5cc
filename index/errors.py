"""The whole error tree. Each message says what was wrong, what was expected and what to do."""

from __future__ import annotations


class PinciteError(Exception):
    """The root: everything Pincite raises on purpose, with a message meant to be read."""


# What a person asked for cannot be done as asked.
class UsageError(PinciteError):
    """An argument, a setting or a name is not one that Pincite knows."""


class SettingsError(UsageError):
    """A setting has an unknown name or an unusable value."""


class QuestionError(UsageError):
    """The question is empty or too long."""


class UnknownDocument(UsageError):
    """No document has this id, id prefix or source."""


class UnknownConversation(UsageError):
    """No stored conversation has this id or id prefix."""


class SourceNotFound(UsageError):
    """A path given to be added does not exist or cannot be read, or nothing fits a pattern."""


class RateLimited(UsageError):
    """A visitor of a server asked for more than a fair share; `seconds` says how long to wait."""

    def __init__(self, message: str, *, seconds: float = 1.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class DatasetError(UsageError):
    """An evaluation set cannot be read; names the file, the row and the field."""


# The library's directory.
class LibraryError(PinciteError):
    """The library cannot be opened or written."""


class LibraryNotFound(LibraryError):
    """There is no library at this path."""


class LibraryLocked(LibraryError):
    """Another process owns the library."""


class LibraryUnwritable(LibraryError):
    """The directory cannot be created, read or written, or its disk is full."""


class LibraryDamaged(LibraryError):
    """The catalog, the file of stored conversations or a backup cannot be read."""


class ModelMismatch(LibraryError):
    """The library was embedded with another model than the settings name."""


class LibraryClosed(LibraryError):
    """The library was used after it was closed."""


# One file; an ingest turns these into a row of its report and goes on.
class DocumentError(PinciteError):
    """A file cannot become a document."""


class EmptyDocument(DocumentError):
    """The file holds no text."""


class UnsupportedFormat(DocumentError):
    """The file's content is of a type that Pincite does not read."""


class BrokenDocument(DocumentError):
    """The file claims a type whose reader cannot make sense of it."""


class ProtectedDocument(DocumentError):
    """The file is encrypted."""


class OversizedDocument(DocumentError):
    """The file, or the time or memory that reading it takes, is larger than the limit."""


class FetchFailed(DocumentError):
    """A web address cannot be fetched, or may not be."""


# Models.
class ModelError(PinciteError):
    """A model cannot be loaded or does not answer."""


class WeightsMissing(ModelError):
    """The weights of an offline model are not installed."""


class WeightsAltered(ModelError):
    """The weights on disk are not the ones that were pinned."""


class EndpointError(ModelError):
    """A language model endpoint failed."""


class EndpointUnreachable(EndpointError):
    """Nothing answers at the endpoint's address, or not in time."""


class EndpointRefused(EndpointError):
    """The endpoint answered with an error: a wrong key, an unknown model, a rate limit."""
