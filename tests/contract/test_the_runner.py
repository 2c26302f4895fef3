"""The runner of the contract cases itself notices what is wrong with a case or a folder."""

import json
from pathlib import Path

import pytest

from tests.contract.cases import counts_of, differences, read_folder


def test_a_value_that_differs_is_named_by_its_place() -> None:
    expected = {"sender": {"phone": "+1", "bsuid": None}, "attachments": [{"id": "a"}]}
    actual = {"sender": {"phone": "+2"}, "attachments": [{"id": "a", "mime": "image/png"}], "text": "x"}
    assert differences(expected, actual) == [".sender.phone: expected '+1', got '+2'"]


@pytest.mark.parametrize("actual", [[], [{"id": "a"}, {"id": "b"}], None, {"id": "a"}])
def test_a_list_of_another_length_or_sort_differs(actual: object) -> None:
    assert len(differences([{"id": "a"}], actual)) == 1


def test_a_number_is_not_its_text() -> None:
    assert differences({"error_code": 131047}, {"error_code": "131047"}) != []


def test_every_kind_that_is_counted_has_its_own_counter() -> None:
    events = [{"kind": "message"}, {"kind": "echo"}, {"kind": "echo"}, {"kind": "own_echo"}]
    counts = counts_of(events)
    assert (counts["client_messages"], counts["staff_messages"], sum(counts.values())) == (1, 2, 3)


def test_a_folder_without_cases_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"expected\.json"):
        read_folder(tmp_path)


def test_a_broken_file_is_told_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "expected.json").write_text('{\n"items": [', encoding="utf-8")
    with pytest.raises(ValueError, match=r"expected\.json is not JSON \(line 2\)"):
        read_folder(tmp_path)


def test_a_sequence_finds_its_files_beside_it_and_from_the_folder(tmp_path: Path) -> None:
    (tmp_path / "expected.json").write_text('{"items": []}', encoding="utf-8")
    (tmp_path / "whatsapp").mkdir()
    (tmp_path / "whatsapp" / "a.json").write_bytes(b"{}")
    steps = ["a.json", {"file": "whatsapp/a.json"}]
    listed = {"sequences": [{"case": "both", "deliveries": steps, "expect": {"distinct": 0}}]}
    (tmp_path / "whatsapp" / "sequences.json").write_text(json.dumps(listed), encoding="utf-8")
    (sequence,) = read_folder(tmp_path).sequences
    assert sequence.provider == "whatsapp"
    assert sequence.bodies == (b"{}", b"{}")
