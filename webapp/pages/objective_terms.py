"""What revisions of an objective bind to, and how they differ, in words."""

from dataclasses import dataclass

from flask_babel import gettext as _

from webapp.domain.objective_terms import KeyResultDifference, KeyResultTerms, ObjectiveTerms, differences
from webapp.pages.objective_words import measure, target_words
from webapp.queries.objective_names import Named
from webapp.web.formats import amount, day

ASKED = ("operator", "baseline", "target", "unit")


@dataclass(frozen=True, slots=True)
class Change:
    """One term as it was and as it is to be, both in words."""

    term: str
    before: str
    after: str


def objective_lines(terms: ObjectiveTerms, named: Named) -> list[tuple[str, str]]:
    """All that a revision binds its owner to, as pairs of term and value."""
    lines = [(_("Objective"), terms.title)]
    if terms.description:
        lines.append((_("Description"), terms.description))
    lines += [(_term(field), _value(terms, field, named)) for field in ("owner", "team", "cycle") if _has(terms, field)]
    lines.append((_("Time"), _("%(first)s to %(last)s", first=day(terms.starts), last=day(terms.ends))))
    lines += [(_("Key result: %(name)s", name=one.name), key_result_words(one, named)) for one in terms.key_results]
    return lines


def objective_changes(before: ObjectiveTerms, after: ObjectiveTerms, named: Named) -> list[Change]:
    """What is new in a revision: the objective's own terms, then its key results one by one."""
    found = differences(before, after)
    changes = [
        Change(_term(one.field), _value(before, one.field, named), _value(after, one.field, named))
        for one in found.terms
    ]
    for one in found.key_results:
        changes += _changes_of(one, named)
    return changes


def key_result_words(terms: KeyResultTerms, named: Named | None = None) -> str:
    """What one key result asks: "at least 10 shops, from 0; weight 2; until 31 Mar 2026; Paul"."""
    said = [_asked(terms)]
    if terms.weight != 1:
        said.append(_("weight %(number)s", number=amount(terms.weight)))
    if terms.due:
        said.append(_("until %(day)s", day=day(terms.due)))
    if terms.owner and named:
        said.append(_name(named.people.get(terms.owner)))
    return "; ".join(said)


def _changes_of(difference: KeyResultDifference, named: Named) -> list[Change]:
    before, after = difference.before, difference.after
    if before is None and after is not None:
        return [Change(_("New key result: %(name)s", name=after.name), _("none"), key_result_words(after, named))]
    if after is None and before is not None:
        return [Change(_("Key result: %(name)s", name=before.name), key_result_words(before, named), _("removed"))]
    assert before is not None
    assert after is not None
    found = []
    if set(difference.fields) & set(ASKED):
        found.append(Change(_("%(name)s: what is asked", name=after.name), _asked(before), _asked(after)))
    if "weight" in difference.fields:
        weights = amount(before.weight), amount(after.weight)
        found.append(Change(_("%(name)s: weight", name=after.name), *weights))
    if "due" in difference.fields:
        found.append(Change(_("%(name)s: due", name=after.name), _until(before), _until(after)))
    return found


def _asked(terms: KeyResultTerms) -> str:
    asked = target_words(terms.operator, terms.baseline, terms.target, terms.unit)
    return _("%(asked)s, from %(baseline)s", asked=asked, baseline=measure(terms.baseline, terms.unit))


def _until(terms: KeyResultTerms) -> str:
    return day(terms.due) if terms.due else _("with the objective")


def _has(terms: ObjectiveTerms, field: str) -> bool:
    return getattr(terms, field) is not None


def _term(field: str) -> str:
    return {
        "owner": _("Owner"),
        "team": _("Team"),
        "cycle": _("Cycle"),
        "starts": _("Starts"),
        "ends": _("Ends"),
    }[field]


def _value(terms: ObjectiveTerms, field: str, named: Named) -> str:
    return {
        "owner": lambda: _name(named.people.get(terms.owner)),
        "team": lambda: named.teams.get(terms.team, _("a team that is gone")) if terms.team else _("none"),
        "cycle": lambda: named.cycles.get(terms.cycle, ""),
        "starts": lambda: day(terms.starts),
        "ends": lambda: day(terms.ends),
    }[field]()


def _name(name: str | None) -> str:
    return name or _("Somebody who is no longer here")
