"""Whether the rules of a bench file speak of what the classes of its Things have."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from app.bench_file import BenchSpec
from app.bench_rules import place_of_rule
from app.bench_things import import_thing_class
from app.errors import BenchFileError
from app.interlocks.errors import CannotJudgeError
from app.interlocks.language import Condition
from app.interlocks.places import place_on_bench, require_place
from app.interlocks.rules import Rule, can_be_guarded, matches
from app.keep_rules import KeepRule
from things.actions import ActionDescriptor
from things.affordance import Affordance
from things.errors import NotAvailableError
from things.thing import affordances_of

Known = Mapping[str, Mapping[str, Affordance] | None]
"""What each Thing of the bench has; None where its class cannot be imported."""


def refuse_unknown_names(spec: BenchSpec) -> None:
    """Say of the first rule that names what no class has, where it stands.

    Raises:
        BenchFileError: There is such a rule.
    """
    if not spec.interlocks and not spec.keep:
        return
    known = {thing.name: _affordances(thing.name, thing.class_path) for thing in spec.things}
    text = spec.file.read_text(encoding="utf-8-sig") if spec.file is not None else ""
    for number, rule in enumerate(spec.interlocks):
        for key, refuse in (("for", _refuse_idle_targets), ("requires", _refuse_unknown_values)):
            try:
                refuse(rule, known)
            except CannotJudgeError as error:
                place = place_of_rule(text, number, key)
                raise BenchFileError(spec.file or spec.title, place, str(error)) from None
    for number, kept in enumerate(spec.keep):
        reason = _keeps_nothing(kept, known)
        if reason:
            place = place_of_rule(text, number, "action", "keep")
            raise BenchFileError(spec.file or spec.title, place, reason)


def _affordances(name: str, class_path: str) -> Mapping[str, Affordance] | None:
    try:
        return affordances_of(import_thing_class(name, class_path))
    except NotAvailableError:
        return None  # it is shown as failed, and what needs it is refused


def _keeps_nothing(rule: KeepRule, known: Known) -> str:
    """Why a rule would keep nothing, by a slip, so that pictures are gone; '' where it may."""
    meant = [has for name, has in known.items() if fnmatchcase(name, rule.thing)]
    actions = [
        key
        for has in meant
        for key, affordance in (has or {}).items()
        if isinstance(affordance, ActionDescriptor)
    ]
    if None in meant or rule.action == "*" or any(fnmatchcase(k, rule.action) for k in actions):
        return ""
    there = ", ".join(sorted(set(actions))) or "none"
    return f"it is for action {rule.action!r}, but there is no such action; there is {there}"


def _refuse_idle_targets(rule: Rule, known: Known) -> None:
    """A rule that guards nothing, by a slip, would be a danger."""
    for target in rule.targets:
        of_thing, _, of_name = target.partition(".")
        if any(has is None and matches(target, name, of_name) for name, has in known.items()):
            continue
        found = [
            affordance
            for name, has in known.items()
            for key, affordance in (has or {}).items()
            if matches(target, name, key)
        ]
        if any(can_be_guarded(affordance) for affordance in found):
            continue
        if found:
            raise CannotJudgeError(f"{target!r} can only be read, so there is nothing to refuse")
        has = known.get(of_thing)
        there = [] if has is None else [key for key, each in has.items() if can_be_guarded(each)]
        hint = f"; there is {', '.join(there)}" if there else ""
        raise CannotJudgeError(f"{target!r} is no action and no property{hint}")


def _refuse_unknown_values(rule: Rule, known: Known) -> None:
    if not isinstance(rule.check, Condition):
        return
    for own, has in known.items():
        if has is None or not any(rule.guards(own, name) for name in has):
            continue
        for reference in rule.check.references:
            place = place_on_bench(reference, own, known)
            named = known.get(place.thing)
            if named is not None:
                require_place(place, named)
