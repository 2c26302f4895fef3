"""Installing shows how far it is, on a terminal and in a log, and what went wrong."""

import io
import subprocess
import sys
from pathlib import Path

from deploy.local.install import packages, show, steps

ROOT = Path(__file__).parents[3]
SAID = [
    "Collecting one==1.0 (from -r lock (line 1))\n",
    "  Downloading one-1.0-py3-none-any.whl (11 kB)\n",
    "Requirement already satisfied: two==2.0 in /somewhere (2.0)\n",
    "Installing collected packages: one\n",
    "Successfully installed one-1.0\n",
]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_each_package_that_is_at_hand_is_a_step() -> None:
    assert list(steps(SAID, 2)) == [(1, 2, "fetching"), (2, 2, "fetching"), (2, 2, "installing")]


def test_more_than_was_expected_is_still_all_of_it() -> None:
    assert [done for done, _, _ in steps(SAID[:1] * 3, 2)] == [1, 2, 2]


def test_a_terminal_sees_one_line_that_grows() -> None:
    out = Terminal()
    show(steps(SAID, 2), out)
    drawn = out.getvalue().split("\r")
    assert "█" * 15 + "░" * 15 in drawn[1]
    assert "2 of 2 packages, installing" in drawn[-2]
    assert drawn[-1].strip().startswith("done in")
    assert out.getvalue().count("\n") == 1


def test_a_log_gets_a_line_for_each_fifth_and_no_more() -> None:
    out = io.StringIO()
    show(((done, 100, "fetching") for done in range(1, 101)), out)
    assert len(out.getvalue().splitlines()) == 7
    assert "\r" not in out.getvalue()


def test_only_what_this_python_installs_is_counted(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "one==1.0 \\\n    --hash=sha256:aa\ntwo==2.0 ; python_full_version < '3' \\\n    --hash=sha256:bb\n"
        "    # via one\nthree[extra]==3 ; python_full_version >= '3'\n",
        encoding="utf-8",
    )
    assert packages(lock) == 2
    assert packages(ROOT / "requirements.lock") > 40


def test_what_cannot_be_installed_ends_with_pips_own_words(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("no-such-package @ file:///nowhere/at/all.whl\n", encoding="utf-8")
    script = ROOT / "deploy" / "local" / "install.py"
    ended = subprocess.run(
        [sys.executable, str(script), str(lock)], capture_output=True, text=True, check=False
    )
    assert ended.returncode
    assert "ERROR" in ended.stderr
    assert "could not be installed" in ended.stderr
