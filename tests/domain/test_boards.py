"""Who shares a rank, and under which name somebody stands on a board (domain rules §10)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.boards import Display, Scored, board_name, ranked

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)
ROWS = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 3), st.sampled_from("abc")), max_size=30)


def scored(participant: int, score: object, minutes: int = 0, name: str = "") -> Scored:
    return Scored(participant, Decimal(str(score)), NOON + timedelta(minutes=minutes), name)


class TestRanks:
    def test_equal_scores_share_the_best_of_their_places(self) -> None:
        found = ranked([scored(1, 500), scored(2, 300), scored(3, 300), scored(4, 100)])
        assert [(one.participant, one.rank, one.tied) for one in found] == [
            (1, 1, False),
            (2, 2, True),
            (3, 2, True),
            (4, 4, False),
        ]

    def test_who_got_there_first_then_the_name_only_orders_the_list(self) -> None:
        rows = [scored(1, 5, 9, "a"), scored(2, 5, 1, "z"), scored(3, 5, 9, "A"), scored(4, "5.000", 1, "b")]
        found = ranked(rows)
        assert [one.participant for one in found] == [4, 2, 1, 3]
        assert {one.rank for one in found} == {1}

    def test_a_millionth_is_a_difference(self) -> None:
        assert [one.rank for one in ranked([scored(1, "0.000001"), scored(2, 0)])] == [1, 2]

    @given(ROWS, st.randoms())
    def test_rank_is_one_more_than_how_many_are_better_whatever_the_order_they_came_in(
        self, rows: list[tuple[int, int, str]], chance: object
    ) -> None:
        given_ = [scored(number, *row) for number, row in enumerate(rows)]
        found = {one.participant: (one.rank, one.tied) for one in ranked(given_)}
        scores = [one.score for one in given_]
        for one in given_:
            better = sum(score > one.score for score in scores)
            assert found[one.participant] == (better + 1, scores.count(one.score) > 1)
        chance.shuffle(given_)  # type: ignore[attr-defined]
        assert {one.participant: (one.rank, one.tied) for one in ranked(given_)} == found


class TestNames:
    @pytest.mark.parametrize(
        ("name", "display", "read"),
        [
            ("Ada Maria Lovelace", Display.FULL, "Ada Maria Lovelace"),
            ("Ada Maria Lovelace", Display.FIRST_NAME, "Ada M."),
            ("Ada", Display.FIRST_NAME, "Ada"),
            ("Ada Maria Lovelace", Display.INITIALS, "A.M.L."),
            ("Ada Lovelace", Display.ALIAS, "Countess"),
            ("", Display.FULL, ""),
            ("", Display.INITIALS, ""),
        ],
    )
    def test_others_read_what_one_chose(self, name: str, display: Display, read: str) -> None:
        assert str(board_name(name, display, "Countess")) == read

    def test_nothing_of_the_name_shows_through_a_word_of_ones_own(self) -> None:
        found = board_name("Ada Lovelace", Display.ALIAS, "Countess")
        assert (found.first, found.last) == ("Countess", "")
