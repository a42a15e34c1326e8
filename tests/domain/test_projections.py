"""Names chosen, sorted and compared with: each must be known, and each limit holds."""

import contextlib
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.domain.filters import Operator
from webapp.domain.projections import comparison, fields, sort

ALLOWED = {
    "id": None,
    "accountId": None,
    "name": None,
    "sessionId": None,
    "metrics": {"id": None, "name": None, "confidence": {"value": None, "reason": None}},
    "links": {"parent": None, "expanded": {"goals": None, "tasks": None}},
}
DEEP = {"a": None}
for _ in range(8):
    DEEP = {"a": DEEP}
ALWAYS = {"id": None, "accountId": None}


def refusal_of(read, *given_to_it):
    with pytest.raises(Invalid) as refused:
        read(*given_to_it)
    (problem,) = refused.value.problems
    return problem.field, problem.code, problem.params.get("name")


@pytest.mark.parametrize(
    ("text", "chosen"),
    [
        ("name", {"name": None}),
        ("id", {}),
        (
            "name,sessionId,metrics{name,confidence},links{expanded}",
            {
                "name": None,
                "sessionId": None,
                "metrics": {"id": None, "name": None, "confidence": None},
                "links": {"expanded": None},
            },
        ),
        (" name ,\tmetrics { name } ", {"name": None, "metrics": {"id": None, "name": None}}),
        ("metrics", {"metrics": None}),
        ("metrics{name},metrics{confidence{value}}",
         {"metrics": {"id": None, "name": None, "confidence": {"value": None}}}),
        ("metrics{confidence{value},confidence{reason}}",
         {"metrics": {"id": None, "confidence": {"value": None, "reason": None}}}),
        ("metrics{name},metrics", {"metrics": None}),
        ("metrics,metrics{name}", {"metrics": None}),
        ("name,name", {"name": None}),
    ],
)  # fmt: skip
def test_names_are_chosen_with_id_and_account(text, chosen):
    assert fields(text, ALLOWED) == ALWAYS | chosen


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("", "not_readable", ""),
        (",", "not_readable", ","),
        ("name,", "not_readable", ""),
        ("name}", "not_readable", "}"),
        ("{name}", "not_readable", "{"),
        ("metrics{}", "not_readable", "}"),
        ("metrics{name", "not_readable", ""),
        ("metrics{name}}", "not_readable", "}"),
        ("metrics{name}name", "not_readable", "name"),
        ("name sessionId", "not_readable", "sessionId"),
        ("metrics.name", "not_readable", ".name"),
        ("é", "not_readable", "é"),
        ("*", "not_readable", "*"),
        ("password", "unknown_name", "password"),
        ("Name", "unknown_name", "Name"),
        ("__class__", "unknown_name", "__class__"),
        ("name{length}", "unknown_name", "name.length"),
        ("metrics{sessionId}", "unknown_name", "metrics.sessionId"),
        ("links{expanded{secrets}}", "unknown_name", "links.expanded.secrets"),
        ("name\x00", "unusable_characters", None),
        ("name," * 1_000, "too_long", None),
    ],
)
def test_other_names_are_refused(text, code, name):
    assert refusal_of(fields, text, ALLOWED) == ("fields", code, name)


def test_names_are_limited_in_depth_and_number():
    assert fields("a{" * 5 + "a" + "}" * 5, DEEP)
    assert refusal_of(fields, "a{" * 6 + "a" + "}" * 6, DEEP)[1] == "too_deep"
    assert refusal_of(fields, "a{" * 2_000, DEEP)[1] == "too_deep"
    assert fields(",".join(["name"] * 100), ALLOWED)
    assert refusal_of(fields, ",".join(["name"] * 101), ALLOWED)[1] == "too_many_names"


@given(st.text(alphabet="aid{},é \x00name", max_size=60))
def test_what_is_chosen_is_allowed(text):
    try:
        chosen = fields(text, ALLOWED)
    except Invalid:
        return
    assert_within(chosen, ALLOWED)


def assert_within(chosen, allowed):
    for name, inner in chosen.items():
        assert name in allowed
        if inner is not None:
            assert_within(inner, allowed[name])


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("name", (("name", False),)),
        ("-name,dateCreated", (("name", True), ("dateCreated", False))),
        (" -name , dateCreated", (("name", True), ("dateCreated", False))),
    ],
)
def test_sort_keys_keep_their_order(text, keys):
    assert sort(text, {"name", "dateCreated"}) == keys


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("", "unknown_name", ""),
        ("-", "unknown_name", ""),
        ("--name", "unknown_name", "-name"),
        ("name,", "unknown_name", ""),
        ("name;drop", "unknown_name", "name;drop"),
        ("name desc", "unknown_name", "name desc"),
        ("password", "unknown_name", "password"),
        ("name,-name", "twice", "name"),
    ],
)
def test_other_sort_keys_are_refused(text, code, name):
    assert refusal_of(sort, text, {"name", "dateCreated"}) == ("sort", code, name)


@pytest.mark.parametrize(
    ("text", "operator", "value"),
    [
        (">0.5", Operator.GT, "0.5"),
        ("<1", Operator.LT, "1"),
        (" > -1.50 ", Operator.GT, "-1.50"),
        (">007", Operator.GT, "7"),
    ],
)
def test_comparisons_are_strict(text, operator, value):
    assert comparison(text, "attainment") == (operator, Decimal(value))


@pytest.mark.parametrize(
    "text", ["", "1", ">", "> ", ">=1", "=1", ">.5", ">1.", ">1e3", ">NaN", ">١", "><1", ">1<2", ">0x1"]
)
def test_other_comparisons_are_refused(text):
    assert refusal_of(comparison, text, "attainment")[:2] == ("attainment", "not_a_comparison")


def test_a_comparison_has_limits():
    assert refusal_of(comparison, ">" + "1" * 41, "attainment")[1] == "number_too_large"
    assert refusal_of(comparison, ">" + "1" * 5_000, "attainment")[1] == "too_long"


@settings(max_examples=200)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    for read in (lambda: fields(text, ALLOWED), lambda: sort(text, ALLOWED), lambda: comparison(text, "attainment")):
        with contextlib.suppress(Invalid):
            assert read()
