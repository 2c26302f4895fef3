"""How the files of the models are written."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a model file: the same arrays give the same bytes. A file is there whole or as it was."""
    buffer = BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    whole = path.with_suffix(".part")
    try:
        whole.write_bytes(buffer.getvalue())
        whole.replace(path)
    finally:
        whole.unlink(missing_ok=True)
