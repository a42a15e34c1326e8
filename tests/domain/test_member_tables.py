"""Tables of reporting lines and teams: what a row says, what it changes, and everything wrong at its place."""

import pytest

from webapp.domain.member_tables import Changes, MemberTable, Present, compare, read
from webapp.domain.organisations import makes_a_ring, ring_in
from webapp.domain.spreadsheets import table

ADA, BEN, CEM, DORA = 1, 2, 3, 4
NUMBERS = {"ada": ADA, "ben": BEN, "cem": CEM, "dora": DORA}
EVERYBODY = frozenset(NUMBERS.values())
HEADER = "Person,Manager,Team,Lead\n"


def comparing(text: str, present: Present | None = None) -> Changes:
    return compare(read(text), NUMBERS, present or Present(active=EVERYBODY))


def wrong(changes: Changes | MemberTable) -> list[tuple[int, str, str]]:
    return [(one.row, one.column, one.problem.code) for one in changes.troubles]


def test_columns_stand_in_any_order_by_any_of_their_names() -> None:
    found = read("Team;E-mail;Floor;Reports to\nBakery;ada;3;ben\n")
    assert found.unknown == ("Floor",)
    assert found.troubles == ()
    (line,) = found.lines
    assert (line.row, line.person, line.manager, line.team, line.leads) == (2, "ada", "ben", "Bakery", False)


def test_a_mark_tabs_and_formulas_are_read_as_they_were_written() -> None:
    written = table(("Person", "Team"), [("ada", "=Bakery"), ("ben", "@Shop")]).decode()
    assert [line.team for line in read(written).lines] == ["=Bakery", "@Shop"]
    assert [line.manager for line in read("Person\tManager\nada\tben\n").lines] == ["ben"]


def test_rows_of_one_person_add_up_and_take_the_place_of_what_was_so() -> None:
    present = Present(
        active=EVERYBODY,
        managers={ADA: frozenset({DORA}), BEN: frozenset({DORA})},
        members={"bakery": frozenset({ADA, BEN}), "shop": frozenset()},
        leads={"bakery": None, "shop": None},
    )
    changes = comparing(f"{HEADER}ada,ben,shop,\nada,cem,Night shift,no\n", present)
    assert wrong(changes) == []
    assert changes.added == [(ADA, BEN), (ADA, CEM)]
    assert changes.ended == [(ADA, DORA)]
    assert changes.joined == [(ADA, "night shift"), (ADA, "shop")]
    assert changes.left == [(ADA, "bakery")]
    assert changes.made == {"night shift": "Night shift"}
    assert changes.leads == {}


def test_a_column_that_is_not_there_changes_nothing_of_its_kind() -> None:
    present = Present(
        active=EVERYBODY,
        managers={ADA: frozenset({BEN})},
        members={"bakery": frozenset({ADA})},
        leads={"bakery": ADA},
    )
    only_teams = comparing("Person,Team\nada,Bakery\n", present)
    assert not only_teams.any()
    only_managers = comparing("Person,Manager\nada,\n", present)
    assert (only_managers.ended, only_managers.left, only_managers.leads) == ([(ADA, BEN)], [], {})
    everything = comparing(f"{HEADER}ada,,,\n", present)
    assert (everything.ended, everything.left) == ([(ADA, BEN)], [(ADA, "bakery")])
    assert everything.leads == {"bakery": None}


def test_a_row_with_yes_leads_the_team_and_is_not_in_it_by_that() -> None:
    present = Present(active=EVERYBODY, members={"bakery": frozenset()}, leads={"bakery": BEN})
    changes = comparing(f"{HEADER}ada,,BAKERY,yes\n", present)
    assert (changes.leads, changes.joined, changes.made) == ({"bakery": ADA}, [], {})
    both = comparing(f"{HEADER}ada,,Bakery,YES\nada,,Bakery,no\n", present)
    assert (both.leads, both.joined) == ({"bakery": ADA}, [(ADA, "bakery")])


def test_what_is_no_active_member_stays_as_it_is() -> None:
    gone = 9
    present = Present(
        active=EVERYBODY,
        managers={ADA: frozenset({gone})},
        members={"bakery": frozenset()},
        leads={"bakery": gone},
    )
    assert not comparing(f"{HEADER}ada,,,\n", present).any()


@pytest.mark.parametrize(
    ("rows", "troubles"),
    [
        ("zoe,ada,,\n", [(2, "Person", "not_a_member")]),
        ("ada,zoe,,\n", [(2, "Manager", "not_a_member")]),
        (",ada,,\n", [(2, "Person", "required")]),
        ("ada,ada,,\n", [(2, "Manager", "own_manager")]),
        ("ada,ben,,\nada,ben,,\n", [(3, "", "said_in_row")]),
        ("ada,,Bakery,no\nada,,bakery,\n", [(3, "", "said_in_row")]),
        ("ada,,Bakery,perhaps\n", [(2, "Lead", "not_yes_or_no")]),
        ("ada,,,yes\n", [(2, "Team", "required")]),
        ("ada,,Bakery,yes\nben,,Bakery,yes\n", [(3, "Lead", "two_leads")]),
        (f"ada,,{'x' * 101},\n", [(2, "Team", "too_long")]),
        ("dora,,,\nada,ben,,\nben,ada,,\n", [(3, "Manager", "ring"), (4, "Manager", "ring")]),
    ],
)
def test_what_is_wrong_stands_at_its_row(rows: str, troubles: list[tuple[int, str, str]]) -> None:
    assert wrong(comparing(HEADER + rows)) == troubles


def test_a_ring_with_lines_that_stay_is_found_and_one_that_ends_is_none() -> None:
    present = Present(active=EVERYBODY, managers={BEN: frozenset({CEM}), CEM: frozenset({ADA})})
    assert wrong(comparing(f"{HEADER}ada,ben,,\n", present)) == [(2, "Manager", "ring")]
    assert wrong(comparing(f"{HEADER}ada,ben,,\ncem,,,\n", present)) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "required"),
        ("Person,Manager\n", "required"),
        ("Manager,Team\nada,x\n", "columns_missing"),
        ("Person,Lead\nada,yes\n", "columns_missing"),
    ],
)
def test_what_is_no_such_table_is_said_at_its_first_row(text: str, code: str) -> None:
    assert wrong(read(text)) == [(1, "", code)]


def test_too_long_a_table_is_not_read() -> None:
    text = "Person,Manager\nada,ben\nben,cem\n"
    assert wrong(read(text, most_rows=1)) == [(1, "", "too_many")]
    assert wrong(read(text, most_bytes=10)) == [(1, "", "table_too_large")]
    assert len(read(text, most_rows=2).lines) == 2


def test_a_ring_names_who_is_in_it() -> None:
    managers = {1: {2}, 2: {3}, 3: {1}, 4: {1}}
    assert (makes_a_ring(managers), ring_in(managers)) == (True, frozenset({1, 2, 3}))
    straight = {1: {2, 3}, 2: {3}}
    assert (makes_a_ring(straight), ring_in(straight)) == (False, frozenset())
