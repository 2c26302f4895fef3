"""What `make up` tells people to type."""

import json
import shlex
from pathlib import Path

from deploy.local.addresses import how_to_see_a_reply
from deploy.local.environment import Ports
from deploy.local.running import Home


def commands(home: Home) -> list[list[str]]:
    text = "\n".join(how_to_see_a_reply(Ports(), home)).replace("\\\n", " ")
    return [shlex.split(line) for line in text.splitlines() if line.startswith("  curl")]


def test_each_command_is_one_that_a_shell_reads(tmp_path: Path) -> None:
    typed = commands(Home.under(tmp_path / "a folder"))
    assert [words[0] for words in typed] == ["curl"] * 4
    bodies = [json.loads(words[words.index("-d") + 1]) for words in typed if "-d" in words]
    assert [body.get("channel") for body in bodies] == ["whatsapp", None]


def test_no_key_is_printed(tmp_path: Path) -> None:
    typed = commands(Home.under(tmp_path))
    keys = [word for words in typed for word in words if word.startswith("Authorization")]
    assert len(keys) == 2
    assert all("$(cat " in key for key in keys)


def test_the_two_messages_are_of_two_clients_so_that_both_are_answered(tmp_path: Path) -> None:
    bodies = [
        json.loads(words[words.index("-d") + 1]) for words in commands(Home.under(tmp_path)) if "-d" in words
    ]
    posted, written = bodies
    assert posted["client"]["phone"] != written["phone"]
