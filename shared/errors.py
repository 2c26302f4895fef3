"""The three kinds of failure, told apart here and nowhere else.

*Unreadable*: the bytes cannot be understood; quarantined at once. *Defect*: an exception out of
the pure core, so the same input gives the same exception; quarantined, with an alert. *Transient*:
the moment's fault, raised by adapters only; the batch is rewound and tried again.
"""

from collections.abc import Sequence

from pydantic import ValidationError


class EtiquetaError(Exception):
    """Any failure that this project names itself; its text never holds a message's content."""


class UserError(EtiquetaError):
    """Something a person can put right: a file, an option, a value of the environment."""


class Unreadable(EtiquetaError):
    """These bytes will never be understood. `reason` says where, never what they held."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Transient(EtiquetaError):
    """A store, broker or provider is away or lost a race; the same work may succeed later."""


def locations(error: ValidationError) -> Sequence[str]:
    """Say where and how a validation failed, without a word of the input (its `str` prints it)."""
    return [
        f"{'.'.join(str(part) for part in problem['loc']) or 'body'}: {problem['type']}"
        for problem in error.errors(include_input=False, include_url=False, include_context=False)
    ]
