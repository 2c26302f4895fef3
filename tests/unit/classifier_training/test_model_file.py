"""Model files: the same arrays give the same bytes, and a file is there whole or as it was."""

from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

from services.classifier.training.model_file import write


def test_the_same_arrays_give_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.npz", "other.npz")]
    for file in files:
        write(file, {"weights": np.arange(9, dtype=np.int8), "bias": np.ones(3, np.float32)})
    assert files[0].read_bytes() == files[1].read_bytes()
    with ZipFile(files[0]) as archive:
        assert {one.date_time for one in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}  # no hour of writing


def test_a_model_that_cannot_be_written_leaves_the_one_that_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "model.npz"
    write(file, {"bias": np.ones(3)})
    before = file.read_bytes()

    def full(path: Path, data: bytes) -> int:
        with path.open("wb") as part:
            part.write(data[:5])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write(file, {"bias": np.zeros(3)})
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
