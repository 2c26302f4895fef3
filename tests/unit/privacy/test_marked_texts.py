"""Hand-written messages with marks: everything marked is masked as its kind, nothing else is."""

from pathlib import Path

import pytest

from shared.privacy import mask
from shared.privacy.marked import Sample, read_marked
from shared.privacy.masker import by_rules, find

SAMPLES = list(read_marked(Path(__file__).parent / "texts" / "marked.txt"))
SENSITIVE = [sample for sample in SAMPLES if sample.spans]
LEFT_BY_RULES = [sample for sample in SAMPLES if sample.block == "mixed|left by the rules alone"]
"""What the learned detector takes for a value and should not: known, and not worth a rule."""
HARMLESS = [sample for sample in SAMPLES if not sample.spans and sample not in LEFT_BY_RULES]


def name(sample: Sample) -> str:
    return sample.text[:40]


@pytest.mark.parametrize("sample", SENSITIVE, ids=name)
def test_every_marked_value_is_found_as_its_kind(sample: Sample) -> None:
    found = find(sample.text)
    for span in sample.spans:
        overlapping = {other.kind for other in found if other.start < span.end and span.start < other.end}
        assert span.kind in overlapping


@pytest.mark.parametrize("sample", SENSITIVE, ids=name)
def test_no_digit_of_a_marked_value_stays(sample: Sample) -> None:
    masked = mask(sample.text).text
    for span in sample.spans:
        value = sample.text[span.start : span.end]
        assert not any(part in masked for part in value.split() if any(map(str.isdigit, part)))


@pytest.mark.parametrize("sample", HARMLESS, ids=name)
def test_what_is_nobodys_secret_stays_as_it_is(sample: Sample) -> None:
    assert mask(sample.text).text == sample.text


@pytest.mark.parametrize("sample", LEFT_BY_RULES, ids=name)
def test_the_rules_leave_what_only_the_learned_detector_takes(sample: Sample) -> None:
    assert by_rules(sample.text) == ()


def test_both_sorts_of_messages_are_there() -> None:
    assert len(SENSITIVE) > 150
    assert len(HARMLESS) > 90
