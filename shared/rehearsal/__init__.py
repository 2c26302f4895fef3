"""Rehearsals: written conversations that test a policy, played against it and compared."""

from shared.rehearsal.document import Rehearsal
from shared.rehearsal.line import Happened, Line, Order, Utterance
from shared.rehearsal.load import Document, fit_pack, load_rehearsals, read_rehearsals
from shared.rehearsal.play import rehearse
from shared.rehearsal.result import Difference, Played

__all__ = [
    "Difference",
    "Document",
    "Happened",
    "Line",
    "Order",
    "Played",
    "Rehearsal",
    "Utterance",
    "fit_pack",
    "load_rehearsals",
    "read_rehearsals",
    "rehearse",
]
