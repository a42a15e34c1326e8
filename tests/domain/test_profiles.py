"""Periods, percentages, what is missing, and when the next rung is open (domain rules §10)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.days import EARLIEST_DAY
from webapp.domain.profile_drafts import AdviceDraft, CourseDraft, CourseKind, TargetDraft, address_problems
from webapp.domain.profiles import Period, Span, Terms, eligible, overall, percentage, shown, span_of, span_of_all

DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
AMOUNTS = st.decimals(-(10**9), 10**9, places=2)


def number(text: str) -> Decimal:
    return Decimal(text)


def terms(maximum: str = "1000", minimum: str = "0") -> Terms:
    return Terms("personal_sales", Period.MONTHLY, number(minimum), number(maximum), "Sales", "EUR")


class TestPeriods:
    @pytest.mark.parametrize(
        ("period", "day", "starts", "ends"),
        [
            (Period.DAILY, "2026-03-29", "2026-03-29", "2026-03-29"),
            (Period.WEEKLY, "2026-03-29", "2026-03-23", "2026-03-29"),
            (Period.WEEKLY, "2027-01-01", "2026-12-28", "2027-01-03"),
            (Period.MONTHLY, "2028-02-29", "2028-02-01", "2028-02-29"),
            (Period.MONTHLY, "2026-12-31", "2026-12-01", "2026-12-31"),
            (Period.QUARTERLY, "2026-05-17", "2026-04-01", "2026-06-30"),
            (Period.QUARTERLY, "2026-12-31", "2026-10-01", "2026-12-31"),
            (Period.YEARLY, "2026-07-01", "2026-01-01", "2026-12-31"),
        ],
    )
    def test_days_of_a_period(self, period: Period, day: str, starts: str, ends: str) -> None:
        expected = Span(date.fromisoformat(starts), date.fromisoformat(ends))
        assert span_of(period, date.fromisoformat(day)) == expected

    def test_a_lifetime_never_ends(self) -> None:
        assert span_of(Period.LIFETIME, date(2026, 3, 1)) == Span(EARLIEST_DAY, None)
        assert not span_of(Period.LIFETIME, date(2026, 3, 1)).is_over(date(2199, 12, 31))

    @given(DAYS, st.sampled_from([period for period in Period if period is not Period.LIFETIME]))
    def test_periods_follow_each_other_without_a_gap(self, day: date, period: Period) -> None:
        span = span_of(period, day)
        assert span.holds(day)
        assert span.ends is not None
        assert span_of(period, span.starts) == span_of(period, span.ends) == span
        after = span_of(period, span.ends + timedelta(days=1))
        assert after.starts == span.ends + timedelta(days=1)
        assert span.is_over(after.starts)
        assert not span.is_over(span.ends)

    @given(DAYS, st.lists(st.sampled_from(list(Period)), min_size=1, max_size=6))
    def test_what_holds_for_all_lasts_as_long_as_none_begins_anew(self, day: date, periods: list[Period]) -> None:
        span = span_of_all(periods, day)
        assert span.holds(day)
        ends = span.ends or day
        assert all(span_of(one, span.starts) == span_of(one, day) == span_of(one, ends) for one in periods)

    def test_nothing_asked_holds_for_ever(self) -> None:
        assert span_of_all([], date(2026, 3, 1)) == Span(EARLIEST_DAY, None)


class TestPercentages:
    @pytest.mark.parametrize(
        ("value", "minimum", "maximum", "exact", "gauge"),
        [
            ("0", "0", "1000", "0", "0.00"),
            ("250", "0", "1000", "25", "25.00"),
            ("333.33", "0", "1000", "33.333", "33.33"),
            ("666.665", "0", "1000", "66.6665", "66.67"),
            ("1500", "0", "1000", "150", "100.00"),
            ("-50", "0", "1000", "-5", "0.00"),
            ("150", "100", "300", "25", "25.00"),
            ("50", "100", "300", "-25", "0.00"),
        ],
    )
    def test_percentage_is_exact_and_the_gauge_clamped(
        self, value: str, minimum: str, maximum: str, exact: str, gauge: str
    ) -> None:
        found = percentage(number(value), number(minimum), number(maximum))
        assert found == number(exact)
        assert shown(found) == number(gauge)

    def test_difference_is_what_is_missing_and_never_less_than_nothing(self) -> None:
        assert terms().difference(number("400")) == 600
        assert terms().difference(number("-400")) == 1400
        assert terms().difference(number("1200")) == 0

    def test_overall_is_the_mean_of_what_is_not_clamped(self) -> None:
        assert overall([number("150"), number("20"), number("-10")]) == number("53.33")
        assert overall([number("0.005"), number("0.005")]) == number("0.01")
        assert overall([number("-0.005")]) == number("-0.01")
        assert overall([]) == 0

    def test_a_span_however_narrow_fits_its_column(self) -> None:
        assert percentage(number("999999999999"), number("0"), number("0.000001")) == number("999999999.99")
        assert percentage(number("-999999999999"), number("0"), number("0.000001")) == number("-999999999.99")

    @given(AMOUNTS, AMOUNTS, AMOUNTS, st.decimals("0.01", 10**6, places=2))
    def test_more_is_never_less(self, one: Decimal, other: Decimal, minimum: Decimal, width: Decimal) -> None:
        low, high = sorted((one, other))
        assert percentage(low, minimum, minimum + width) <= percentage(high, minimum, minimum + width)


class TestEligible:
    def test_every_maximum_is_met_and_there_is_a_next_rung(self) -> None:
        both = [(terms("1000"), number("1000")), (terms("10"), number("12"))]
        assert eligible(both, has_next=True)
        assert not eligible(both, has_next=False)
        assert not eligible([*both, (terms("5"), number("4.999999"))], has_next=True)

    def test_a_profile_that_asks_for_nothing_opens_nothing(self) -> None:
        assert not eligible([], has_next=True)


class TestDrafts:
    def draft(self, **said: object) -> list[tuple[str, str]]:
        given_ = {"keyword": "personal_sales", "display_name": "Sales", "period": Period.MONTHLY}
        amounts = {"minimum": number("0"), "maximum": number("10"), "currency": "EUR"}
        return [(one.field, one.code) for one in TargetDraft(**(given_ | amounts | said)).check()]  # type: ignore[arg-type]

    def test_a_target_says_everything_that_is_wrong_with_it(self) -> None:
        assert self.draft() == []
        assert self.draft(maximum=number("0")) == [("maximum", "not_above_minimum")]
        assert self.draft(keyword="Personal sales") == [("keyword", "not_a_keyword")]
        assert self.draft(keyword="", display_name=" ", period=None, minimum=None) == [
            ("keyword", "required"),
            ("display_name", "required"),
            ("period", "required"),
            ("minimum", "required"),
        ]
        assert self.draft(currency="ZZZ") == [("currency", "unknown_currency")]
        assert self.draft(maximum=number("1e12")) == [("maximum", "too_large")]

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "//evil.test/x",
            "http:///x",
            "https://user@evil.test",
            "ftp://a.test",
            "https://a b.test",
            'https://a.test/"x',
            "https://[::1",
            "data:text/html,x",
            "https:evil.test",
        ],
    )
    def test_only_web_addresses_are_followed(self, address: str) -> None:
        assert [one.code for one in address_problems("address", address)] == ["not_an_address"]
        assert CourseDraft(CourseKind.COURSE, "Selling", "", address).check()
        assert AdviceDraft("Call", number("0"), address).check()

    def test_a_plain_address_is_fine(self) -> None:
        assert not CourseDraft(CourseKind.COURSE, "Selling", "", "https://learn.test/a?b=c#d", 90).check()
        assert not AdviceDraft("Call", number("100")).check()
        assert AdviceDraft("Call", number("100.5")).check()
