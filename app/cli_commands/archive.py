"""`labwright archive`: the files that are kept, of a bench that runs or from its folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from app.archive.readable import readable_name, unlike
from app.archive.records import DEFAULT_PAGE, ArchivedFile, FileState
from app.archiving import rules_of
from app.cli_commands.connection import AsJson, Url, asked_of, id_typed
from app.cli_commands.file_words import block_of, line_of, scrubbed_words, swept_words
from app.cli_commands.records import moment_of
from app.cli_commands.telling import FAILED, UsageError, note, say, say_json, telling
from app.client.archive import ArchiveClient, query_of
from app.file_wire import ANY_STATE, file_fields, file_json
from app.settings import read_settings

if TYPE_CHECKING:
    from app.cli_commands.kept_archive import KeptArchive

Bench = Annotated[
    Path | None,
    typer.Option("--bench", help="Use the archive of this bench file; it need not run."),
]
DataFolder = Annotated[
    Path | None, typer.Option("--data-folder", help="Use the archive in there; none need run.")
]
Id = Annotated[str, typer.Argument(metavar="ID", help="Of the file, as the list has it.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID...", help="Of the files.")]

archive_app = typer.Typer(
    name="archive",
    help="Keep files, find them, give them back.",
    add_completion=False,
    no_args_is_help=True,
)


@archive_app.command()
def put(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Which files.")],
    name: Annotated[str, typer.Option(help="What to call it; its own name without.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="May be repeated.")] = None,
    notes: Annotated[str, typer.Option(help="What to write about it.")] = "",
    meta: Annotated[
        list[str] | None, typer.Option("--meta", metavar="KEY=VALUE", help="May be repeated.")
    ] = None,
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Keep copies of files and print their ids."""
    with telling():
        if name and len(files) > 1:
            raise UsageError("--name goes with one file")
        said: dict[str, Any] = {"name": name, "tags": tag or (), "notes": notes}
        said["meta"] = dict(_pair(each) for each in meta or ())
        with asked(url, bench, data_folder) as archive:
            kept = []
            for file in files:
                kept.append(archive.put(file, **said))
                if not as_json:
                    say(str(kept[-1].id))
        if as_json:
            say_json([file_fields(file) for file in kept])


@archive_app.command()
def get(
    id: Id,
    target: Annotated[
        Path | None, typer.Argument(help="File, or folder; its own name, here, without.")
    ] = None,
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write the content of a file, exactly as it was kept, and print where it is."""
    with telling(), asked(url, bench, data_folder) as archive:
        file = archive.get(id_of(id))
        path = place_of(file, target)
        archive.download(file.id, path)
        if as_json:
            say_json({"file": str(path), "sha256": file.sha256, "size": file.size})
        else:
            say(str(path))


@archive_app.command()
def ls(
    text: Annotated[str, typer.Argument(help="All of these words, or their beginnings.")] = "",
    tag: Annotated[list[str] | None, typer.Option("--tag", help="May be repeated.")] = None,
    meta: Annotated[
        list[str] | None, typer.Option("--meta", metavar="KEY=VALUE", help="May be repeated.")
    ] = None,
    setting: Annotated[
        list[str] | None,
        typer.Option(
            "--setting", metavar="THING.PROPERTY=VALUE", help="Made with it; may be repeated."
        ),
    ] = None,
    thing: Annotated[str | None, typer.Option(help="Only by this Thing.")] = None,
    action: Annotated[str | None, typer.Option(help="Only by this action.")] = None,
    sample: Annotated[str | None, typer.Option(help="Only of this sample.")] = None,
    session: Annotated[str | None, typer.Option(help="Only of this session.")] = None,
    media_type: Annotated[
        str | None, typer.Option("--type", help="Such as image/png, or 'image/*'.")
    ] = None,
    run: Annotated[str | None, typer.Option(help="Only what this run returned.")] = None,
    sha256: Annotated[str | None, typer.Option(help="Only with this content.")] = None,
    state: Annotated[str, typer.Option(help="linked, draft, trashed or any.")] = "linked",
    since: Annotated[
        str | None, typer.Option(help="Kept then or later: 2h, 3d, or 2026-03-01 18:00.")
    ] = None,
    until: Annotated[str | None, typer.Option(help="Kept before; as --since.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 20,
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """List files, newest first."""
    with telling():
        given: dict[str, Any] = {
            "thing": thing,
            "action": action,
            "sample": sample,
            "session": session,
            "media_type": media_type,
            "run": run,
            "sha256": sha256,
        }
        query = query_of({key: value for key, value in given.items() if value is not None})
        query = replace(
            query,
            text=text,
            tags=tuple(tag or ()),
            meta=dict(_single(each) for each in meta or ()),
            settings=dict(_pair(each) for each in setting or ()),
            state=_state(state),
            since=None if since is None else moment_of("--since", since),
            until=None if until is None else moment_of("--until", until),
            limit=min(limit, DEFAULT_PAGE),
        )
        with asked(url, bench, data_folder) as archive:
            if as_json:
                say_json([file_fields(file) for file in archive.all(query, limit)])
                return
            for file in archive.all(query, limit):
                say(line_of(file))


@archive_app.command()
def show(
    id: Id,
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Tell all that is known of a file, and how it was made."""
    with telling(), asked(url, bench, data_folder) as archive:
        file = archive.get(id_of(id))
        if as_json:
            say_json(json.loads(file_json(file)))
        else:
            say(block_of(file, archive.versions(file.id)))


@archive_app.command()
def export(
    ids: Ids,
    target: Annotated[
        Path, typer.Option("--to", help="A zip of all; or where one file goes, by another name.")
    ],
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write files to a zip with a manifest, or one file with how it was made in it."""
    with telling(), asked(url, bench, data_folder) as archive:
        wanted = [id_of(each) for each in ids]
        if target.suffix.lower() == ".zip":
            archive.export(wanted, target)
        elif len(wanted) == 1:
            target = place_of(archive.get(wanted[0]), target)
            archive.save(wanted[0], target)
        else:
            raise UsageError("--to should be a zip where there are several files")
        if as_json:
            say_json({"file": str(target)})
        else:
            say(str(target))


@archive_app.command()
def trash(
    ids: Ids,
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Put files into the trash."""
    with telling(), asked(url, bench, data_folder) as archive:
        _tell_all([archive.trash(id) for id in map(id_of, ids)], as_json)


@archive_app.command()
def restore(
    ids: Ids,
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring files back from the trash."""
    with telling(), asked(url, bench, data_folder) as archive:
        _tell_all([archive.restore(id) for id in map(id_of, ids)], as_json)


@archive_app.command()
def delete(ids: Ids, url: Url = None, bench: Bench = None, data_folder: DataFolder = None) -> None:
    """Delete files that are in the trash, for good."""
    with telling(), asked(url, bench, data_folder) as archive:
        for id in map(id_of, ids):
            archive.delete(id)


@archive_app.command()
def gc(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Remove contents that no file names for a day, and records that never got one."""
    with telling(), asked(url, bench, data_folder) as archive:
        report = archive.sweep(dry_run=dry_run)
        if as_json:
            say_json(report)
        else:
            for line in swept_words(report):
                say(line)
        if report["missing"]:
            raise typer.Exit(FAILED)


@archive_app.command()
def views(
    links: Annotated[
        bool, typer.Option("--links", help="Relative links instead of copies.")
    ] = False,
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make the folder views/ anew, in which kept files have readable names."""
    with telling(), asked(url, bench, data_folder) as archive:
        made = archive.rebuild_views(links=links)
        if as_json:
            say_json(made)
        else:
            say(f"{made['files']} files are in views/ now")


@archive_app.command()
def scrub(
    url: Url = None,
    bench: Bench = None,
    data_folder: DataFolder = None,
    as_json: AsJson = False,
) -> None:
    """Read every content again and compare it with its hash. Ends with 1 where one is damaged."""
    with telling(), asked(url, bench, data_folder) as archive:
        report = archive.scrub()
        if as_json:
            say_json(report)
        else:
            for line in scrubbed_words(report):
                say(line)
        if any(report[found] for found in ("damaged", "missing", "unreadable", "known")):
            raise typer.Exit(FAILED)


def asked(
    url: str | None, bench: Path | None, data_folder: Path | None
) -> AbstractContextManager[ArchiveClient | KeptArchive]:
    """The archive of a bench that runs, or of a folder; as `asked_of`."""
    return asked_of(
        url,
        bench,
        data_folder,
        hint="--bench FILE uses what is kept of one",
        served=ArchiveClient,
        kept=_kept,
    )


def _kept(
    bench: Path | None, data_folder: Path | None
) -> AbstractContextManager[ArchiveClient | KeptArchive]:
    # Imported here: SQLAlchemy takes 0.16 s, and a bench that runs is asked without it.
    from app.cli_commands.kept_archive import kept_archive
    from app.cli_commands.kept_ledger import ledger_place

    folder, address = ledger_place(bench, data_folder)
    rules = rules_of(read_settings(data_folder=data_folder), folder)
    return kept_archive(folder, address, rules)


def id_of(text: str) -> UUID:
    """The id of a file that was typed; as `id_typed`."""
    return id_typed(text, "a file")


def place_of(file: ArchivedFile, target: Path | None) -> Path:
    """Where a file goes: a name of its own that is not taken, where a folder is meant."""
    folder = Path() if target is None else target
    if target is not None and not target.is_dir():
        return target
    taken = {each.name.casefold() for each in folder.iterdir()}
    return folder / unlike(readable_name(file.name, file.extension), taken)


def _tell_all(files: Sequence[ArchivedFile], as_json: bool) -> None:
    if as_json:
        say_json([file_fields(file) for file in files])
        return
    for file in files:
        note(f"{file.file_name} is {file.state.value}")


def _state(text: str) -> FileState | None:
    if text == ANY_STATE:
        return None
    try:
        return FileState(text)
    except ValueError:
        known = ", ".join(state.value for state in FileState)
        raise UsageError(f"--state {text!r}: one of {known}, {ANY_STATE} was expected") from None


def _single(text: str) -> tuple[str, str | int | float | bool | None]:
    """A key and a single value, as a search asks for them."""
    key, value = _pair(text)
    if value is None or isinstance(value, (str, int, float)):
        return key, value
    raise UsageError(f"{text!r}: a search asks for a number, a text, true, false or null")


def _pair(text: str) -> tuple[str, Any]:
    """A key and its value: JSON where it reads like it, else text.

    Raises:
        UsageError: There is no key.
    """
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise UsageError(f"{text!r}: key=value was expected")
    try:
        return key, json.loads(value)
    except ValueError:
        return key, value
