"""`labwright archive`, against a bench that runs and against its folder while none does."""

from __future__ import annotations

import json
import uuid
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.archive.records import FileQuery
from app.archive.scrubbing import scrub
from app.bench import Bench
from app.bench_file import BenchSpec, ThingSpec
from app.cli import main
from app.cli_commands.file_words import size_of
from app.instance_lock import InstanceLock
from app.program import Program
from app.server.settings import ServerSettings
from app.server.thread import ServerThread
from app.settings import Settings, read_settings

Typed = Callable[..., tuple[int, str, str]]
UNKNOWN = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(params=["of a bench that runs", "in a folder", "in the folder of one that runs"])
def typed(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Typed]:
    """Type a command; gives its code, what it said, and its words on stderr."""
    monkeypatch.setenv("LABWRIGHT_SETTINGS_FILE", str(tmp_path / "settings.toml"))
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data" / "benches" / "demo-1"
    spec = BenchSpec("Demo", (ThingSpec("demo", "things.simulated.everything:Everything"),))
    where = ["--data-folder", str(tmp_path / "data")]
    with ExitStack() as stack:
        if request.param == "in a folder":
            with Bench(spec, data_folder=folder):
                pass
        else:
            lock = InstanceLock(folder, "Demo")
            stack.callback(lock.release)
            bench = Bench(spec, data_folder=folder)
            bench.open()
            stack.callback(bench.close)
            server = ServerThread(bench, ServerSettings(port=0))
            server.start()
            stack.callback(server.stop)
            lock.announce(server.url)
            if request.param == "of a bench that runs":
                where = ["--url", server.url]

        def type_it(*words: str) -> tuple[int, str, str]:
            code = main(["archive", *words, *where])
            said = capsys.readouterr()
            return code, said.out, said.err

        yield type_it


@pytest.mark.parametrize("running", [True, False], ids=["of one that runs", "in a folder"])
def test_contents_are_kept_where_the_settings_say_whoever_keeps_them(
    running: bool,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LABWRIGHT_SETTINGS_FILE", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("LABWRIGHT_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("LABWRIGHT_LOCK_FOLDER", str(tmp_path / "locks"))
    monkeypatch.setenv("LABWRIGHT_ARCHIVE_FOLDER", str(tmp_path / "big disk"))
    monkeypatch.setenv("LABWRIGHT_ARCHIVE_MAX_MB", "1")
    settings = read_settings(port=0)
    spec = BenchSpec("Demo", (ThingSpec("demo", "things.simulated.everything:Everything"),))
    with running_program(spec, settings) as program:
        program.bench.opened_archive.keep(b"by the bench", "one")
        if running:
            program.serve()
            kept_and_scrubbed(tmp_path, capsys)
    if not running:
        kept_and_scrubbed(tmp_path, capsys, "--data-folder", str(tmp_path / "data"))
    with running_program(spec, settings) as program:
        archive = program.bench.opened_archive
        assert archive.find(FileQuery(total=True)).total == 2
        assert scrub(archive).missing == []
    assert len([f for f in (tmp_path / "big disk").rglob("objects/*/*/*") if f.is_file()]) == 2


@contextmanager
def running_program(spec: BenchSpec, settings: Settings) -> Iterator[Program]:
    program = Program(spec, settings)
    try:
        program.open()
        yield program
    finally:
        program.close()


def kept_and_scrubbed(folder: Path, capsys: pytest.CaptureFixture[str], *where: str) -> None:
    """A file of the size of the quota is refused, a small one is kept, all are sound."""
    (folder / "small.txt").write_bytes(b"by a command")
    (folder / "large.bin").write_bytes(bytes(2**20))
    assert main(["archive", "put", str(folder / "large.bin"), *where]) == 1
    assert "1 MB" in capsys.readouterr().err
    assert main(["archive", "put", str(folder / "small.txt"), *where]) == 0
    assert main(["archive", "gc", *where]) == 0
    assert main(["archive", "scrub", *where]) == 0
    assert capsys.readouterr().out.count("2 contents") == 1


def parsed(typed: Typed, *words: str) -> Any:
    code, said, why = typed(*words, "--json")
    assert code == 0, why
    return json.loads(said)


def test_a_file_is_kept_found_shown_and_given_back(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "cells.ome.tif").write_bytes(b"many cells")
    code, said, _ = typed(
        "put",
        "cells.ome.tif",
        "--tag",
        "Onion",
        "--meta",
        "lens=10x",
        "--meta",
        "z=3",
        "--notes",
        "n",
    )
    assert code == 0
    id = said.strip()

    [listed] = parsed(typed, "ls", "cells", "--tag", "onion", "--meta", "z=3", "--since", "1h")
    assert listed["id"] == id
    assert parsed(typed, "ls", "--meta", "z=4") == []
    assert f"{id}  cells.ome.tif  #Onion" in typed("ls")[1]
    shown = parsed(typed, "show", id)
    assert (shown["name"], shown["extension"], shown["meta"]) == (
        "cells",
        "ome.tif",
        {"lens": "10x", "z": 3},
    )
    assert shown["sha256"] in typed("show", id)[1]
    assert typed("get", id)[:2] == (0, "cells-2.ome.tif\n")
    assert (tmp_path / "cells-2.ome.tif").read_bytes() == b"many cells"
    assert typed("get", id, "other")[:2] == (0, "other\n")
    assert (tmp_path / "other").read_bytes() == b"many cells"


def test_several_files_are_exported_as_a_zip_and_one_by_a_name(
    typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("first")
    (tmp_path / "b.txt").write_text("second")
    ids = [file["id"] for file in parsed(typed, "put", "a.txt", "b.txt")]

    assert typed("export", *ids, "--to", "all.zip")[:2] == (0, "all.zip\n")
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert packed.namelist() == ["a.txt", "b.txt", "ro-crate-metadata.json"]
    assert typed("export", ids[0], "--to", "c.txt")[0] == 0
    assert (tmp_path / "c.txt").read_text() == "first"
    code, _, why = typed("export", *ids, "--to", "d.txt")
    assert (code, "should be a zip" in why) == (2, True)
    assert typed("export", ids[0], UNKNOWN, "--to", "e.zip")[0] == 2
    assert not (tmp_path / "e.zip").exists()


def test_readable_names_are_made_anew(typed: Typed, tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(name)
        typed("put", name)

    assert "2 files" in typed("views")[1]
    assert parsed(typed, "views", "--links") == {"files": 2}

    assert {path.name for path in (tmp_path / "data").rglob("views/*/*")} == {"a.txt", "b.txt"}


def test_what_is_thrown_away_comes_back_or_goes_for_good(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("first")
    id = typed("put", "a.txt")[1].strip()

    code, _, why = typed("delete", id)
    assert (code, "not in the trash" in why) == (2, True)
    assert typed("trash", id)[0] == 0
    assert typed("ls")[1] == ""
    assert id in typed("ls", "--state", "trashed")[1]
    assert parsed(typed, "restore", id)[0]["state"] == "linked"
    typed("trash", id)
    assert typed("delete", id)[0] == 0
    assert typed("show", id)[0] == 2
    assert parsed(typed, "gc", "--dry-run")["dry_run"] is True
    assert "contents went" in typed("gc")[1]


def test_a_content_that_was_changed_is_found_by_a_scrub(typed: Typed, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("first")
    sha256 = parsed(typed, "put", "a.txt")[0]["sha256"]
    assert "1 contents, 5 bytes, were read" in typed("scrub")[1]
    [content] = (tmp_path / "data").glob(f"benches/*/files/objects/*/*/{sha256}")
    content.chmod(0o600)
    content.write_text("FIRST")

    code, said, _ = typed("scrub")

    assert code == 1
    assert f"DAMAGED {sha256}" in said


REFUSED = [
    (("show", "12"), "'12' is not the id of a file"),
    (("show", UNKNOWN), f"no file is kept under the id {UNKNOWN}"),
    (("get", UNKNOWN), f"no file is kept under the id {UNKNOWN}"),
    (("put", "nowhere.txt"), "nowhere.txt"),
    (("put", "."), ""),
    (("ls", "--state", "lost"), "linked"),
    (("ls", "--type", "png"), "image/png"),
    (("ls", "--meta", "lens"), "key=value"),
    (("ls", "--meta", "lens=[1]"), "a search asks for"),
    (("ls", "--run", "12"), "run"),
]


def test_what_is_refused_ends_with_2_and_a_line_of_why(typed: Typed) -> None:
    for words, why in REFUSED:
        code, said, told = typed(*words)

        assert (code, said) == (2, ""), told
        assert why in told
        assert told.count("\n") == 1


def test_a_value_that_does_not_fit_is_named_and_nothing_is_kept(
    typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("first")

    code, _, why = typed("put", "a.txt", "--tag", "t" * 101)

    assert (code, "a tag has at most 100 characters" in why) == (2, True)
    assert typed("ls", "--state", "any")[1] == ""


def test_nobody_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("LABWRIGHT_LOCK_FOLDER", str(tmp_path))

    assert main(["archive", "ls"]) == 3
    assert "--bench FILE uses what is kept" in capsys.readouterr().err
    assert main(["archive", "ls", "--url", "http://127.0.0.1:1"]) == 3
    assert main(["archive", "ls", "--data-folder", str(tmp_path / "none")]) == 1
    assert main(["archive", "ls", "--data-folder", str(tmp_path), "--url", "http://x"]) == 2


def test_sizes_are_said_in_a_unit_that_fits() -> None:
    sizes = [None, 0, 999, 1500, 2**40]

    assert [size_of(size) for size in sizes] == ["-", "0 bytes", "999 bytes", "1.5 kB", "1.1 TB"]


def test_an_id_is_read_in_every_form() -> None:
    from app.cli_commands.archive import id_of

    id = uuid.uuid4()

    assert id_of(str(id)) == id_of(id.hex) == id
