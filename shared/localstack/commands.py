"""What the stack's commands do, without a word about terminals; each call is one command."""

from dataclasses import dataclass

from shared.localstack import faster_starts
from shared.localstack.errors import StateUnreadable
from shared.localstack.layout import StackFolder
from shared.localstack.reap import reap
from shared.localstack.settings import StackSettings
from shared.localstack.stack import Addresses, LocalStack, StackStatus


@dataclass(frozen=True, slots=True)
class BroughtUp:
    """A stack that answers, and the line that says why it is this one."""

    line: str
    addresses: Addresses


def up(name: str) -> BroughtUp:
    stack = LocalStack.choose(name=name)
    addresses = stack.up()
    return BroughtUp(stack.line, addresses)


def down(name: str, *, remove: bool) -> bool:
    """Stop the stack; tells whether there was one. One whose state cannot be read is only removed."""
    settings = StackSettings.read()
    try:
        stack = LocalStack.existing(settings, name=name)
    except StateUnreadable:
        if not remove:
            raise
        reap(StackFolder.named(settings.local_dir, name))
        return True
    if stack is None:
        return False
    stack.down(remove=remove)
    return True


def status(name: str) -> StackStatus | None:
    stack = LocalStack.existing(name=name)
    return None if stack is None else stack.status()


def prepare() -> bool:
    """Fetch everything; tells whether later starts will be the faster ones."""
    return faster_starts.prepare(StackSettings.read())
