"""The filter language: what it says, what it refuses by name, and that nothing makes it stumble."""

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.errors import Invalid
from webapp.domain.filters import LISTS, MOST_PATTERNS, All, Any, Compare, Not, Operator, parse

EQ, NE, IN, NIN, GT, GTE, LT, LTE, REGEX, EXISTS = Operator
ONE = Decimal(1)
MOST_SECONDS = 0.1


def refusal_of(text):
    """The code and the parameters of the one problem, found in less than a tenth of a second."""
    began = time.perf_counter()
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert time.perf_counter() - began < MOST_SECONDS
    (problem,) = refused.value.problems
    assert problem.field == "filter"
    return problem.code, dict(problem.params)


# What it says.


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("{}", All(())),
        (" \t\r\n{ } ", All(())),
        ('{name: "a"}', Compare("name", EQ, "a")),
        ('{"name":"a"}', Compare("name", EQ, "a")),
        ("{'name': 'a'}", Compare("name", EQ, "a")),
        ("{name: 'it\\'s \"so\"'}", Compare("name", EQ, "it's \"so\"")),
        ('{name: "\\u00e9\\n\\/\\ud83d\\ude00"}', Compare("name", EQ, "é\n/😀")),
        ("{n: -1.50e2}", Compare("n", EQ, Decimal("-1.50e2"))),
        ("{n: 0e999999999}", Compare("n", EQ, Decimal(0))),
        ("{n: 1e30}", Compare("n", EQ, Decimal("1e30"))),
        ("{a: true, b: false}", All((Compare("a", EQ, True), Compare("b", EQ, False)))),
        ("{a: null}", Compare("a", EQ, None)),
        ('{name: {$in: ["sales", "marketing"]}}', Compare("name", IN, ("sales", "marketing"))),
        ("{n: {$nin: []}}", Compare("n", NIN, ())),
        ("{n: {$in: [1, null, 'a', true]}}", Compare("n", IN, (ONE, None, "a", True))),
        ('{"name":{$regex:".*Sales.*"}}', Compare("name", REGEX, ".*Sales.*")),
        ("{n: {$exists: false}}", Compare("n", EXISTS, False)),
        ("{n: {$gt: 0.2, $lt: 0.8}}", All((Compare("n", GT, Decimal("0.2")), Compare("n", LT, Decimal("0.8"))))),
        ("{n: {$gte: 1}, d: {$lte: '2026-01-01'}}", All((Compare("n", GTE, ONE), Compare("d", LTE, "2026-01-01")))),
        ("{n: {$ne: null}}", Compare("n", NE, None)),
        ("{n: {$eq: 1}}", Compare("n", EQ, ONE)),
        ("{$or: [{a: 1}, {b: 1}]}", Any((Compare("a", EQ, ONE), Compare("b", EQ, ONE)))),
        ("{$and: [{a: 1}, {}]}", All((Compare("a", EQ, ONE), All(())))),
        ("{$or: [{a: 1}]}", Compare("a", EQ, ONE)),
        ("{$not: {a: 1}}", Not(Compare("a", EQ, ONE))),
        ('{name: {$not: {$regex: "x"}}}', Not(Compare("name", REGEX, "x"))),
        ("{a: 1, $or: [{b: 1}, {c: 1}]}",
         All((Compare("a", EQ, ONE), Any((Compare("b", EQ, ONE), Compare("c", EQ, ONE)))))),
        ("{closedStatus.status: 'active'}", Compare("closedStatus.status", EQ, "active")),
        ("{__class__: 1}", Compare("__class__", EQ, ONE)),  # a name like any other: the fields decide
    ],
)  # fmt: skip
def test_grammar(text, condition):
    assert repr(parse(text)) == repr(condition)  # True is not 1 here


# What it refuses.


@pytest.mark.parametrize(
    ("text", "code", "name"),
    [
        ("", "not_readable", ""),
        ("   ", "not_readable", ""),
        ("null", "not_readable", "null"),
        ("[]", "not_readable", "[]"),
        ('"name"', "not_readable", '"name"'),
        ("{a: 1", "not_readable", ""),
        ("{a: 1}}", "not_readable", "}"),
        ("{a: 1} b", "not_readable", "b"),
        ("{a: 1,}", "not_readable", "}"),
        ("{a 1}", "not_readable", "1"),
        ("{a: 1 b: 2}", "not_readable", "b"),
        ("{1: 1}", "not_readable", "1"),
        ("{a: b}", "not_readable", "b"),
        ("{a: 01}", "not_readable", "01"),
        ("{a: +1}", "not_readable", "+1"),
        ("{a: .5}", "not_readable", ".5"),
        ("{a: 1_000}", "not_readable", "1_000"),
        ("{a: ١}", "not_readable", "١"),
        ("{a: NaN}", "not_readable", "NaN"),
        ("{a: -Infinity}", "not_readable", "-Infinity"),
        ("{a: True}", "not_readable", "True"),
        ("{a: undefined}", "not_readable", "undefined"),
        ("{a: /x/}", "not_readable", "/x/"),
        ("{a: new Date()}", "not_readable", "new"),
        ("{a: 'x}", "not_readable", "'"),
        ('{a: "\\d"}', "not_readable", "\\d"),
        ('{a: "x\ny"}', "not_readable", '"'),
        ("{a\u00a0: 1}", "not_readable", "\u00a0"),
        ("{a: {$in: [[1]]}}", "not_readable", "["),
        ("{a: /**/ 1}", "not_readable", "/**/"),
        ("{a: 1e400}", "number_too_large", "1e400"),
        ("{a: 1e-400}", "number_too_large", "1e-400"),
        ("{a: 1e99999999999999999999999}", "number_too_large", "1e99999999999999999999999"),
        ("{a: 1, 'a': 2}", "twice", "a"),
        ("{a: {$gt: 1, $gt: 2}}", "twice", "$gt"),
        ('{$where: "sleep(1)"}', "unknown_operator", "$where"),
        ('{$expr: {$gt: ["$a", 1]}}', "unknown_operator", "$expr"),
        ("{$eq: 1}", "unknown_operator", "$eq"),
        ("{$nor: [{a: 1}]}", "unknown_operator", "$nor"),
        ("{a: {$function: 'x'}}", "unknown_operator", "$function"),
        ("{a: {$or: [{$gt: 1}]}}", "unknown_operator", "$or"),
        ("{a: {$regex: 'x', $options: 'i'}}", "unknown_operator", "$options"),
        ("{a: {$GT: 1}}", "unknown_operator", "$GT"),
        ("{a: {b: 1}}", "unknown_operator", "b"),
        ("{a: {}}", "wrong_value", "a"),
        ("{a: [1]}", "wrong_value", "a"),
        ("{a: {$eq: {$gt: 1}}}", "wrong_value", "a"),
        ("{a: {$eq: [1]}}", "wrong_value", "a"),
        ("{a: {$ne: [1]}}", "wrong_value", "a"),
        ("{a: {$in: 1}}", "wrong_value", "a"),
        ("{a: {$in: {}}}", "wrong_value", "a"),
        ("{a: {$in: [{$gt: 1}]}}", "wrong_value", "a"),
        ("{a: {$nin: null}}", "wrong_value", "a"),
        ("{a: {$gt: null}}", "wrong_value", "a"),
        ("{a: {$gt: true}}", "wrong_value", "a"),
        ("{a: {$lt: [1]}}", "wrong_value", "a"),
        ("{a: {$regex: 1}}", "wrong_value", "a"),
        ("{a: {$regex: null}}", "wrong_value", "a"),
        ("{a: {$exists: 1}}", "wrong_value", "a"),
        ("{a: {$exists: 'true'}}", "wrong_value", "a"),
        ("{a: {$not: 'x'}}", "wrong_value", "a"),
        ("{a: {$not: {}}}", "wrong_value", "a"),
        ("{$not: [{a: 1}]}", "wrong_value", "$not"),
        ("{$and: {a: 1}}", "wrong_value", "$and"),
        ("{$or: []}", "wrong_value", "$or"),
        ("{$or: [1]}", "wrong_value", "$or"),
    ],
)
def test_anything_else_is_refused_by_name(text, code, name):
    found, params = refusal_of(text)
    assert (found, params["name"]) == (code, name)


@pytest.mark.parametrize(
    "text",
    ['{a: "\x00"}', '{a: "\\u0000"}', '{a: "\ud800"}', '{a: "\\ud800"}', '{a: "\\ude00\\ud83d"}', "{'\udfff': 1}"],
)
def test_what_cannot_be_stored_is_refused(text):
    assert refusal_of(text) == ("unusable_characters", {})


def test_a_replacement_character_hides_no_half_of_a_pair():
    assert parse('{a: "\ufffd"}') == Compare("a", EQ, "\ufffd")
    assert refusal_of('{a: "\ufffd\\ud800"}')[0] == "unusable_characters"


def test_a_problem_repeats_little_of_what_was_said():
    assert len(refusal_of("{$" + "x" * 4_000 + ": 1}")[1]["name"]) == 60


# Limits: the last that is allowed, and the first that is not.


def test_at_most_four_kilobytes():
    assert parse("{}" + " " * 4_094) == All(())
    assert refusal_of("{}" + " " * 4_095) == ("too_long", {"longest": 4_096})
    assert refusal_of("{'a': '" + "é" * 2_045 + "'}")[0] == "too_long"
    assert parse("{'a': '" + "é" * 2_043 + "'}")
    assert refusal_of("{" * 50_000_000)[0] == "too_long"


def test_at_most_five_deep():
    def nested(times):
        return '{"$not":' * (times - 1) + "{a: 1}" + "}" * (times - 1)

    assert parse(nested(5)) == Not(Not(Not(Not(Compare("a", EQ, ONE)))))
    assert refusal_of(nested(6)) == ("too_deep", {"name": "{", "most": 5})
    assert refusal_of('{"$and":[' * 6 + "{}" + "]}" * 6)[0] == "too_deep"


@pytest.mark.parametrize(
    "bomb", ["[" * 10_000, "{a:" * 10_000, '{"$or":[' * 10_000, "[" * 4_000, "{a:" * 1_300, "{" * 4_000]
)
def test_ten_thousand_brackets_are_a_problem_like_any_other(bomb):
    assert refusal_of(bomb)[0] in ("too_long", "too_deep", "not_readable")


def test_at_most_thirty_comparisons():
    def many(times):
        return "{$or: [" + ",".join(f"{{a: {{$gt: {number}}}}}" for number in range(times)) + "]}"

    assert len(parse(many(30)).parts) == 30
    assert refusal_of(many(31)) == ("too_many_clauses", {"name": "a", "most": 30})
    assert refusal_of("{" + ",".join(f"a{number}: 1" for number in range(31)) + "}")[0] == "too_many_clauses"


def test_at_most_a_hundred_in_a_list():
    assert len(parse("{a: {$in: [" + ",".join("1" * 100) + "]}}").value) == 100
    assert refusal_of("{a: {$in: [" + ",".join("1" * 101) + "]}}") == ("too_many_items", {"name": "[", "most": 100})
    assert refusal_of("{$or: [" + ",".join(["{}"] * 101) + "]}")[0] == "too_many_items"


def test_at_most_three_patterns_of_128_characters():
    assert parse("{a: {$regex: '" + "x" * 128 + "'}}").value == "x" * 128
    assert refusal_of("{a: {$regex: '" + "x" * 129 + "'}}") == ("pattern_too_long", {"name": "a", "longest": 128})
    three = "{$or: [" + "{a: {$regex: 'x'}}," * 3 + "{b: {$not: {$regex: 'x'}}}]}"
    assert refusal_of(three) == ("too_many_patterns", {"name": "b", "most": 3})


def test_a_number_has_at_most_forty_characters():
    assert parse("{a: " + "1" * 40 + "}") == Compare("a", EQ, Decimal("1" * 40))
    assert refusal_of("{a: " + "1" * 41 + "}")[0] == "number_too_large"


# Properties.

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
numbers = st.decimals(-(10**15), 10**15, places=3).map(lambda number: number or Decimal(0)) | st.integers(
    -(10**20), 10**20
).map(Decimal)
scalars = texts | numbers | st.booleans() | st.none()
names = st.from_regex(r"[a-z][A-Za-z0-9_.]{0,8}", fullmatch=True) | texts.filter(lambda text: not text.startswith("$"))
compares = st.one_of(
    st.builds(Compare, names, st.sampled_from([EQ, NE]), scalars),
    st.builds(Compare, names, st.sampled_from([GT, GTE, LT, LTE]), texts | numbers),
    st.builds(Compare, names, st.sampled_from(sorted(LISTS)), st.lists(scalars, max_size=4).map(tuple)),
    st.builds(Compare, names, st.just(REGEX), texts),
    st.builds(Compare, names, st.just(EXISTS), st.booleans()),
)


def conditions(levels):
    if not levels:
        return compares
    inner = conditions(levels - 1)
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return inner | st.builds(All, several) | st.builds(Any, several) | st.builds(Not, inner)


def patterns_in(condition):
    match condition:
        case All(parts) | Any(parts):
            return sum(map(patterns_in, parts))
        case Not(part):
            return patterns_in(part)
        case Compare(_, operator, _):
            return operator is REGEX


class Writer:
    """Writes a condition as somebody might: keys bare or quoted, spaces anywhere, one of the forms that mean it."""

    def __init__(self, chance):
        self.chance = chance

    def space(self):
        return self.chance.choice(["", "", " ", "\n\t "])

    def text(self, text):
        if self.chance.random() < 0.3 and text.isascii() and text.isprintable():
            return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
        return json.dumps(text, ensure_ascii=self.chance.random() < 0.5)

    def key(self, key):
        bare = key.replace("_", "").replace(".", "").removeprefix("$").isalnum() and key.isascii()
        return key if bare and not key[0].isdigit() and key[0] != "." and self.chance.random() < 0.6 else self.text(key)

    def value(self, value):
        if isinstance(value, tuple):
            return self.listing([self.value(item) for item in value])
        if isinstance(value, str):
            return self.text(value)
        return str(value) if isinstance(value, Decimal) else json.dumps(value)

    def listing(self, items):
        return f"[{self.space()}" + f"{self.space()},{self.space()}".join(items) + f"{self.space()}]"

    def members(self, pairs):
        written = [f"{self.key(key)}{self.space()}:{self.space()}{value}" for key, value in pairs]
        return f"{{{self.space()}" + f"{self.space()},{self.space()}".join(written) + f"{self.space()}}}"

    def operators(self, *compares):
        return self.members([(compare.operator.value, self.value(compare.value)) for compare in compares])

    def condition(self, condition):
        match condition:
            case Compare(name, operator, value):
                plain = operator is EQ and self.chance.random() < 0.7
                return self.members([(name, self.value(value) if plain else self.operators(condition))])
            case Not(Compare(name, _, _) as part) if self.chance.random() < 0.5:
                return self.members([(name, self.members([("$not", self.operators(part))]))])
            case Not(part):
                return self.members([("$not", self.condition(part))])
            case Any(parts):
                return self.members([("$or", self.listing([self.condition(part) for part in parts]))])
            case All(parts) if self.chance.random() < 0.7 and all(isinstance(part, Compare) for part in parts):
                if len({part.field for part in parts}) == len(parts):
                    return self.members([(part.field, self.operators(part)) for part in parts])
                if len({part.field for part in parts}) == 1 and len({part.operator for part in parts}) == len(parts):
                    return self.members([(parts[0].field, self.operators(*parts))])
        return self.members([("$and", self.listing([self.condition(part) for part in condition.parts]))])


# A Not around one comparison takes three objects, so two levels above stay within five.
@given(conditions(2).filter(lambda tree: patterns_in(tree) <= MOST_PATTERNS), st.randoms(use_true_random=False))
def test_what_is_written_is_read(condition, chance):
    assert repr(parse(Writer(chance).condition(condition))) == repr(condition)


PIECES = ["{", "}", "[", "]", ":", ",", " ", '"', "'", "\\", "a", "name", "$", "$or", "$and", "$not", "$in", "$regex"]
PIECES += [
    "1",
    "-",
    "1e9",
    "1e999",
    "null",
    "true",
    "NaN",
    '"a"',
    "'b'",
    "\\u0000",
    "\\ud800",
    "\x00",
    "\ud800",
    "é",
    "$gt:1",
]


@settings(max_examples=150)
@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=80).map("".join))
def test_any_text_is_read_or_refused_and_soon(text):
    began = time.perf_counter()
    try:
        condition = parse(text)
    except Invalid as refused:
        condition = refused.problems[0].field
    assert condition == "filter" or isinstance(condition, All | Any | Not | Compare)
    assert time.perf_counter() - began < MOST_SECONDS
