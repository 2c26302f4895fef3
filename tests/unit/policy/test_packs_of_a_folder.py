"""A folder of packs: only what compiles becomes active, what is active stays until then."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from shared.ids import TenantId
from shared.policy import PackShelf
from shared.policy.cli import app
from tests.unit.policy.small_pack import SMALL, changed, line_of, pack

ACME = TenantId("acme")
run = CliRunner()


@pytest.mark.slow
def test_every_pack_of_the_folder_becomes_active(tmp_path: Path) -> None:
    (tmp_path / "acme.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "other.yaml").write_text(changed(("tenant: acme", "tenant: other")), encoding="utf-8")
    (tmp_path / "acme.rehearsal.yaml").write_text("policy: acme", encoding="utf-8")
    shelf = PackShelf(tmp_path)
    reloaded = shelf.reload()
    assert {pack.tenant for pack in reloaded.activated} == {"acme", "other"}
    assert reloaded.problems == ()
    assert shelf.active(ACME) == pack()
    assert len(shelf.actives()) == 2


@pytest.mark.slow
def test_a_pack_with_an_error_leaves_the_old_one_active(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(SMALL, encoding="utf-8")
    shelf = PackShelf(tmp_path)
    shelf.reload()
    file.write_text(changed(("limit: 3", "limit: three")), encoding="utf-8")
    reloaded = shelf.reload()
    assert [(problem.line, problem.file) for problem in reloaded.problems] == [
        (line_of("limit: 3"), str(file))
    ]
    assert reloaded.activated == ()
    assert shelf.active(ACME) == pack()


def test_a_pack_with_an_error_keeps_no_other_from_becoming_active(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "b.yaml").write_text("tenant: other\n", encoding="utf-8")
    shelf = PackShelf(tmp_path)
    reloaded = shelf.reload()
    assert reloaded.problems
    assert reloaded.activated == (pack(),)


def test_a_change_becomes_active_and_the_old_version_is_still_known(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(SMALL, encoding="utf-8")
    shelf = PackShelf(tmp_path)
    shelf.reload()
    assert shelf.reload().activated == ()
    file.write_text(changed(("limit: 3", "limit: 4")), encoding="utf-8")
    (new,) = shelf.reload().activated
    assert new.limit == 4
    assert shelf.active(ACME) == new
    assert shelf.version(pack().hash) == pack()
    assert shelf.version(new.hash) == new


def test_a_pack_whose_file_is_gone_stays_active(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(SMALL, encoding="utf-8")
    shelf = PackShelf(tmp_path)
    shelf.reload()
    file.unlink()
    assert shelf.reload().problems == ()
    assert shelf.active(ACME) == pack()


def test_two_packs_of_one_tenant_are_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(changed(("limit: 3", "limit: 4")), encoding="utf-8")
    shelf = PackShelf(tmp_path)
    (problem,) = shelf.reload().problems
    assert "has a pack already" in problem.what
    assert shelf.active(ACME) == pack()


def test_an_empty_folder_is_a_problem(tmp_path: Path) -> None:
    (problem,) = PackShelf(tmp_path).reload().problems
    assert problem.what == "this folder holds no pack"


def test_an_older_version_can_be_made_active_again(tmp_path: Path) -> None:
    shelf = PackShelf(tmp_path)
    older, newer = pack(), pack(("limit: 3", "limit: 4"))
    assert shelf.activate(older)
    assert shelf.activate(newer)
    assert not shelf.activate(newer)
    found = shelf.version(older.hash)
    assert found is not None
    assert shelf.activate(found)
    assert shelf.active(ACME) == older


def test_checking_a_right_pack_exits_0_and_shows_its_hash(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(SMALL, encoding="utf-8")
    result = run.invoke(app, ["check", str(file)])
    assert result.exit_code == 0
    assert pack().hash[:12] in result.stdout


@pytest.mark.slow
def test_checking_a_wrong_pack_exits_1_and_says_every_mistake(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right.yaml", tmp_path / "wrong.yaml"
    right.write_text(SMALL, encoding="utf-8")
    wrong.write_text(changed(("limit: 3", "limit: three"), ("zone: ", "zon: ")), encoding="utf-8")
    result = run.invoke(app, ["check", str(right), str(wrong)])
    assert result.exit_code == 1
    assert f"error: {wrong}:{line_of('limit: 3')}: `limit` should be a whole number" in result.stdout
    assert "unknown key `zon`" in result.stdout
    assert f"{right}: acme is right" in result.stdout


def test_checking_speaks_json(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(changed(("reply: ask", "reply: asc")), encoding="utf-8")
    result = run.invoke(app, ["check", "--json", str(wrong)])
    assert result.exit_code == 1
    (file,) = json.loads(result.stdout)["files"]
    assert file["errors"][0]["rule"] == "K1.hello"
    assert file["errors"][0]["line"] == line_of("reply: ask")


def test_a_warning_is_shown_and_does_not_fail(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    spare = "  spare: {matter: standard, text: {es: Hola, en: Hi}}\n  ask:"
    file.write_text(changed(("  ask:", spare)), encoding="utf-8")
    result = run.invoke(app, ["check", str(file)])
    assert result.exit_code == 0
    assert "warning:" in result.stdout


def test_a_file_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    assert run.invoke(app, ["check", str(tmp_path / "missing.yaml")]).exit_code == 2
