"""What can go wrong with the local stack, each as one sentence and the log lines that show it."""

from shared.errors import UserError


class StackError(UserError):
    """One sentence: what happened, where, what to do. `log_tail` holds the process's last lines."""

    def __init__(self, sentence: str, log_tail: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.log_tail = log_tail

    def __str__(self) -> str:
        if not self.log_tail:
            return self.sentence
        lines = "\n".join(f"    {line}" for line in self.log_tail.splitlines())
        return f"{self.sentence}\n  Last lines of its log:\n{lines}"


class BadValue(StackError):
    """An option or a variable of the environment holds what it cannot."""


class PartsMissing(StackError):
    """Nothing is there to start: no address, no usable Docker, no `local` extra."""


class DownloadFailed(StackError):
    """The jars could not be fetched, or are not the ones that the lock file names."""


class PortTaken(StackError):
    """A port that was asked for, or that the stack's clients know, belongs to another process."""


class DiskFull(StackError):
    """The folder that the stack writes to has no room, or a limit on file sizes was hit."""


class StartFailed(StackError):
    """A part ended, or stayed silent, before it answered its first real request."""


class NotControllable(StackError):
    """A fault was asked of a part that this stack did not start, or that is not running."""


class StackBusy(StackError):
    """Another command holds the lock of the stack of this name."""


class StateUnreadable(StackError):
    """The stack's state file is not one that this version wrote."""
