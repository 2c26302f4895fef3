"""Any text gets an answer, in time that grows no faster than its length."""

import time

import pytest

from services.classifier.tagging.samples import CallSample, ChatSample, EmailSample, Sample
from services.classifier.tagging.tagger import load_tagger
from shared.events.messages import Turn

LONG = 100_000
TEXTS = {
    "words": "vocês são " * (LONG // 10),
    "one letter": "a" * LONG,
    "signs": "?!" * (LONG // 2),
    "brackets": "⟦" * LONG,
    "zero width": "i\u200bd\u200bi\u200bo\u200bt\u200ba " * (LONG // 12),
    "lone surrogates": "\ud83d " * (LONG // 2),
    "dots": "i." * (LONG // 2),
    "leet": "1d10t4" * (LONG // 6),
    "emoji": "😀" * (1 << 20),
    "blanks": " " * LONG,
    "new lines": "\n" * LONG,
    "capitals": "A" * 50 + "b " * (LONG // 2),
    "placeholders": "⟦health⟧" * (LONG // 8),
    "empty": "",
    "nul": "\0\0",
    "mixed scripts": "привет مرحبا 你好 " * (LONG // 16),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TEXTS)
def test_a_monstrous_chat_message_is_answered_soon(name: str) -> None:
    load_tagger().tag([ChatSample("oi")])
    started = time.process_time()
    tags = load_tagger().tag([ChatSample(TEXTS[name])])[0]
    assert time.process_time() - started < 3
    assert tags.intent is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in TEXTS if name != "emoji"])
def test_monstrous_emails_and_calls_are_answered_soon(name: str) -> None:
    text = TEXTS[name]
    samples: list[Sample] = [
        EmailSample(text[:500], text),
        CallSample([Turn(speaker="agent", start=0, end=1, text=text)]),
        CallSample([]),
    ]
    started = time.process_time()
    for tags in load_tagger().tag(samples):
        assert tags.findings is not None
    assert time.process_time() - started < 6


def test_the_same_samples_get_the_same_tags_in_any_company() -> None:
    texts = ["oi", "vocês são uns imbecis", "¿ya llegó la guía 5?", "", "the server is down"]
    alone = [load_tagger().tag([ChatSample(text)])[0] for text in texts]
    together = load_tagger().tag([ChatSample(text) for text in texts])
    assert [tags.flags for tags in alone] == [tags.flags for tags in together]
    assert [tags.intent for tags in alone] == [tags.intent for tags in together]
