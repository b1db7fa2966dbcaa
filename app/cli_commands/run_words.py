"""Runs in words, for a terminal."""

from __future__ import annotations

from datetime import datetime

from app.cli_commands.telling import in_words
from app.run_records import RecordedBlob, RunRecord, Values


def line_of(run: RunRecord) -> str:
    """A run in a line: when, how it ended, how long it took, what, by whom, its id, its note."""
    took = "" if run.elapsed_s is None else f"{run.elapsed_s:.1f} s"
    what = f"{run.thing}.{run.action}"
    words = f"{_local(run.requested_at)}  {run.state.value:11}  {took:>9}  {what:32}  {run.id}"
    first_line = run.note.partition("\n")[0]
    return f"{words}  {run.origin}" + (f"  {first_line}" if first_line else "")


def block_of(run: RunRecord) -> str:
    """All that is known of a run, in lines."""
    lines = [
        f"{run.title} ({run.thing}.{run.action})",
        f"  id         {run.id}",
        f"  state      {run.state.value}" + (", ran on after it was to stop" if run.stuck else ""),
        f"  asked by   {run.origin}",
        f"  requested  {_local(run.requested_at)}",
    ]
    if run.started_at is not None:
        lines.append(f"  started    {_local(run.started_at)}")
    if run.ended_at is not None:
        took = "" if run.elapsed_s is None else f", after {run.elapsed_s:.3f} s"
        lines.append(f"  ended      {_local(run.ended_at)}{took}")
    if run.parent is not None:
        lines.append(f"  part of    {run.parent}, of {run.root}")
    lines += [
        f"  {name:9}  {text}"
        for name, text in (
            ("operator", run.stamp.operator),
            ("sample", run.stamp.sample),
            ("session", run.stamp.session),
        )
        if text
    ]
    lines.append(f"  input      {in_words(dict(run.input))}")
    lines += [f"  took in    {_blob(blob)}" for blob in run.input_blobs]
    if run.error is not None:
        lines.append(f"  error      {run.error.title}: {run.error.detail}")
    else:
        lines.append(f"  output     {in_words(run.output)}")
    lines += [f"  data       {_blob(blob)}" for blob in run.blobs]
    if run.note:
        lines += ["  note", *(f"    {line}" for line in run.note.splitlines())]
    lines += _changes(run.before, run.after)
    if run.log:
        lines += ["  log", *(f"    {_local(each.at)}  {each.message}" for each in run.log)]
    return "\n".join(lines)


def _changes(before: Values, after: Values) -> list[str]:
    """The values before, and after where that is another."""
    lines = []
    for thing in dict.fromkeys([*before, *after]):
        old, new = before.get(thing, {}), after.get(thing, {})
        for name in dict.fromkeys([*old, *new]):
            was = in_words(old[name].value) if name in old else "?"
            now = in_words(new[name].value) if name in new else was
            lines.append(f"    {thing}.{name} = {was}" + (f" -> {now}" if now != was else ""))
    return ["  values", *lines] if lines else []


def _blob(blob: RecordedBlob) -> str:
    size = "" if blob.size is None else f", {blob.size} bytes"
    digest = blob.sha256 or blob.pixels_sha256
    return f"{blob.name}, {blob.media_type}{size}" + (f", sha256 {digest}" if digest else "")


def _local(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}"
