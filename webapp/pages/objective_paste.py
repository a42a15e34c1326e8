"""Creating many objectives from a table: seen as a tree with everything wrong with it first, then made all at once."""

from dataclasses import dataclass, field, replace
from typing import Any

from flask import Blueprint, g, request
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.actions import objectives as actions
from webapp.domain import objective_tables as tables
from webapp.domain.errors import Problem
from webapp.domain.objective_drafts import KeyResultDraft, ObjectiveDraft, placed
from webapp.domain.objective_tables import Line, Pasted
from webapp.domain.pasted import Trouble
from webapp.domain.people import Role
from webapp.extensions import db
from webapp.pages.forms.objective_tables import PasteForm
from webapp.pages.objective_editor import offered
from webapp.pages.objective_words import target_words
from webapp.pages.respond import onward, page, say
from webapp.queries.objective_choices import Choices
from webapp.web.formats import day, problem_text
from webapp.web.idempotency import answered, keep
from webapp.web.policies import signed_in

bp = Blueprint("objective_paste", __name__, url_prefix="/objectives")
SHOWN_TROUBLES = 100
EXAMPLE = (
    "Objective\tOwner\tParent\tKey result\tFrom\tTo\tUnit",
    "Win the city\t\t\tShops won\t0\t10\tshops",
    "\t\t\tDays to a first answer\t9\t3\tdays",
)


@dataclass(slots=True)
class Branch:
    """One objective of the tree that would be made."""

    name: str
    row: int
    facts: str
    serves: str
    key_results: list[tuple[str, str]]
    children: list["Branch"] = field(default_factory=list)


@bp.get("/paste")
@signed_in
def start() -> Any:
    """Where a table is pasted."""
    if (choices := offered()) is None:
        return page("objectives/none.html", admin=g.viewer.has(Role.ADMIN), member=bool(g.viewer.roles))
    return paste_page(PasteForm(choices, empty=True), choices)


@bp.post("/paste")
@signed_in
def paste() -> Any:
    """What the table would make, or, with a yes, everything of it made at once."""
    if (choices := offered()) is None:
        return page("objectives/none.html", admin=g.viewer.has(Role.ADMIN), member=bool(g.viewer.roles))
    form = PasteForm(choices)
    found = tables.read(form.text())
    drafts, troubles = drafts_of(found, choices)
    if troubles:
        return paste_page(form, choices, found, troubles), 422
    if "save" not in request.form:
        return paste_page(form, choices, found)
    return onward(create(form, choices, found, drafts))


def create(form: PasteForm, choices: Choices, found: Pasted, drafts: list[ObjectiveDraft]) -> str:
    """Everything the table says is made, once; where it can be seen."""
    if there := answered(form.nonce.data):
        return there
    actions.create_all(db.session, g.viewer, choices.organisation_id, drafts, above=found.above())
    keep(form.nonce.data, address := f"/objectives?cycle={choices.cycle.public_id}")
    say(ngettext("%(num)d objective is made.", "%(num)d objectives are made.", len(drafts)))
    return address


def drafts_of(found: Pasted, choices: Choices) -> tuple[list[ObjectiveDraft], list[Trouble]]:
    """The drafts that the table comes to, and everything that keeps them from being made, by row."""
    drafts, problems = [], []
    for number, line in enumerate(found.lines):
        draft, amiss = draft_of(line, choices, within=found.above()[number] is not None)
        drafts.append(draft)
        problems += placed(str(number), amiss)
    if drafts and not any(trouble.problem.code == "too_many" for trouble in found.troubles):
        known = {problem.field for problem in problems}
        checked = actions.problems_of(db.session, g.viewer, choices.organisation_id, drafts)
        problems += [problem for problem in checked if problem.field not in known]
    troubles = [*found.troubles, *map(found.trouble, problems)]
    return drafts, sorted(troubles, key=lambda one: one.row)


def draft_of(line: Line, choices: Choices, *, within: bool) -> tuple[ObjectiveDraft, list[Problem]]:
    """The draft of one objective, with the people, team and parent it names; `within` is whether its parent is in the
    table."""
    problems = []
    people = {one.email.casefold(): one.id for one in choices.members}
    teams = {tables.key(one.name): one.id for one in choices.teams}
    parents = {tables.key(one.name): one.id for one in reversed(choices.parents)}
    here = {tables.key(one.name): one.id for one in choices.parents if one.cycle == choices.cycle.title}
    owner = people.get(line.owner.casefold()) if line.owner else g.viewer.public_id
    team = teams.get(tables.key(line.team)) if line.team else None
    parent = None if within or not line.parent else (parents | here).get(tables.key(line.parent))
    if owner is None:
        problems.append(Problem("owner", "nobody_of_that_name"))
    if line.team and team is None:
        problems.append(Problem("team", "no_team_of_that_name"))
    if line.parent and not within and parent is None:
        problems.append(Problem("parent", "no_objective_of_that_name"))
    for number, one in enumerate(line.draft.key_results):
        if one.owner and one.owner.casefold() not in people:
            problems.append(Problem(f"key_results.{number}.owner", "nobody_of_that_name"))
    owner = owner or g.viewer.public_id
    return replace(line.draft, cycle=choices.cycle.public_id, owner=owner, team=team, parent=parent), problems


def paste_page(
    form: PasteForm, choices: Choices, found: Pasted | None = None, troubles: list[Trouble] | None = None
) -> str:
    """The table as it was pasted, below what it would make and what is wrong with it."""
    listed = troubles or []
    return page(
        "objectives/paste.html",
        form=form,
        cycle=choices.cycle,
        found=found,
        tree=tree_of(found, choices) if found else [],
        troubles=[trouble_line(one) for one in listed[:SHOWN_TROUBLES]],
        more=max(len(listed) - SHOWN_TROUBLES, 0),
        columns=", ".join(tables.Column),
        example="\n".join(EXAMPLE),
    )


def trouble_line(trouble: Trouble) -> tuple[int, str, str]:
    """Row, column, and what is wrong, in words."""
    return trouble.row, trouble.column, problem_text(trouble.problem.code, trouble.problem.params)


def tree_of(found: Pasted, choices: Choices) -> list[Branch]:
    """The objectives as they would stand above each other; those in a ring stand at the top."""
    names = {one.email.casefold(): one.name for one in choices.members}
    amiss = {one.row for one in found.troubles}
    branches = [branch_of(line, names, amiss) for line in found.lines]
    above = found.above()
    ringed = {one.row for one in found.troubles if one.problem.code == "serves_itself"}
    roots = []
    for branch, parent in zip(branches, above, strict=True):
        if parent is None or branch.row in ringed:
            roots.append(branch)
        else:
            branches[parent].children.append(branch)
    return roots


def branch_of(line: Line, names: dict[str, str], amiss: set[int]) -> Branch:
    """One objective in words; what a row that is `amiss` asks for is not guessed at."""
    owner = names.get(line.owner.casefold(), line.owner) if line.owner else g.viewer.name
    facts = [line.team, owner]
    if line.draft.starts or line.draft.ends:
        until = [day(one) if one else "…" for one in (line.draft.starts, line.draft.ends)]
        facts.append(_("%(first)s to %(last)s", first=until[0], last=until[1]))
    asked = [
        (one.name, "" if row in amiss else asked_words(one))
        for one, row in zip(line.draft.key_results, line.rows, strict=True)
    ]
    return Branch(line.draft.name, line.row, " · ".join(fact for fact in facts if fact), line.parent, asked)


def asked_words(one: KeyResultDraft) -> str:
    """What a key result of the table asks."""
    assert one.operator is not None
    assert one.baseline is not None
    assert one.target is not None
    return target_words(one.operator, one.baseline, one.target, one.unit)
