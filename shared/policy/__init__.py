"""Policies as data: load, compile, evaluate and put into words. Pure, but for reading files."""

from shared.policy.compile import compile_pack, enforced, from_document, load_pack, variant
from shared.policy.conditions import Subject
from shared.policy.evaluate import Considered, Judgement, evaluate
from shared.policy.pack import CompiledPack, Rule
from shared.policy.packs import PackShelf, Reloaded
from shared.policy.problems import PolicyErrors, Problem
from shared.policy.render import render

__all__ = [
    "CompiledPack",
    "Considered",
    "Judgement",
    "PackShelf",
    "PolicyErrors",
    "Problem",
    "Reloaded",
    "Rule",
    "Subject",
    "compile_pack",
    "enforced",
    "evaluate",
    "from_document",
    "load_pack",
    "render",
    "variant",
]
