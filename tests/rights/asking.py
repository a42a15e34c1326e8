"""The matrix as it is read, and one person's browser and program that ask what it names."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.page import Browser
from tests.pages.crowd import UNKNOWN
from tests.rights.cast import OUTSIDE, World
from webapp.domain.tokens import Contract

FILE = Path(__file__).with_name("matrix.toml")
TRACKING = "/api/v1/tracking/"
OBJECTIVES = "/api/v1/goals"
PROFILES = "/api/v1/profiles/"
READING = "/auth/v1/"
PLAN = f"{READING}goals/get-todays-plan?type=QURAN_RANGE&mushafId=4"
VERSIONS = ("v1", "v2")
ACCOUNT = "gtmhub-accountId"
KEY = "apikey"
NEVER = 2**40
"""The number of nothing."""
_HOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Case:
    """One request, and what it comes to for whom."""

    route: str
    policy: str
    said: Mapping[str, Any]
    ok: frozenset[str]
    refused: frozenset[str]
    apart: frozenset[str]

    def __str__(self) -> str:
        return f"{self.method} {self.at} {self.said.get('form') or self.said.get('json') or ''}".strip()

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def at(self) -> str:
        named: str = self.said.get("at", self.route.partition(" ")[2])
        return named

    @property
    def by_program(self) -> bool:
        return self.policy == "token"

    @property
    def speaks_for_an_account(self) -> bool:
        """Whether a program says with it which organisation it speaks for."""
        return self.by_program and not self.at.startswith((TRACKING, PROFILES, READING)) and "bare" not in self.said

    @property
    def comes_with_a_key(self) -> bool:
        """Whether a program needs a key of the organisation beside its token."""
        return self.at.startswith(PROFILES)

    @property
    def comes_with_a_client(self) -> bool:
        """Whether a program says with its token which client it is, both in headers of their own."""
        return self.at.startswith(READING)

    @cached_property
    def holders(self) -> frozenset[str]:
        """What stands in braces, anywhere."""
        return frozenset(_HOLDER.findall(str([self.at, self.said.get("form"), self.said.get("json")])))

    def is_about(self, world: World) -> bool:
        """Whether it names something of Ada's."""
        return not self.holders.isdisjoint(world.named)

    @property
    def looks(self) -> bool:
        """Whether it changes nothing: a page, a list asked for by a form, a file to take out."""
        return self.method == "GET" or "looks" in self.said or self.route.startswith("POST /export")

    @property
    def unknown(self) -> int | None:
        """What everybody else gets, where something is said or named."""
        stated: int | None = self.said.get("unknown")
        return stated

    def shuts_out(self, who: str) -> int:
        """What a program is told that nobody's token comes with, or one that opens nothing."""
        return 400 if self.comes_with_a_client and who == "anonymous" else 401

    def refuses(self, who: str) -> int:
        """What somebody gets who may not."""
        if who in OUTSIDE and self.speaks_for_an_account:
            return 403
        if who in OUTSIDE and self.comes_with_a_key:
            return 401
        refusal: int = self.said.get("refusal", 403)
        return refusal if who in self.refused else self.unknown or 404


class Matrix:
    """Everything the file says."""

    def __init__(self) -> None:
        said = tomllib.loads(FILE.read_text(encoding="utf-8"))
        self.groups: dict[str, list[str]] = said.pop("groups")
        self.knows = {mark: self._people(names) for mark, names in said.pop("knows").items()}
        every = {route: one for name, one in said.items() for route in _versions(name)}
        self.policies = {route: entry["policy"] for route, entry in every.items()}
        self.cases = [self._case(route, one["policy"], case) for route, one in every.items() for case in one["cases"]]

    def _case(self, route: str, policy: str, said: Mapping[str, Any]) -> Case:
        if "at" in said:
            version = next((one for one in VERSIONS if f"/{one}/" in route), "")
            said = {**said, "at": said["at"].replace("/v*/", f"/{version}/")}
        people = (self._people(said.get(name, [])) for name in ("ok", "refused", "but"))
        return Case(route, policy, said, *people)

    def _people(self, names: list[str]) -> frozenset[str]:
        return frozenset(one for name in names for one in self.groups.get(name, [name]))


def _versions(route: str) -> list[str]:
    """The routes that a name in the file stands for: `/v*/` is every version."""
    return [route.replace("/v*/", f"/{version}/") for version in (VERSIONS if "/v*/" in route else VERSIONS[:1])]


@dataclass(frozen=True)
class Filler:
    """What stands for the names in braces; of something that never was, where `exists` is not so."""

    world: World
    who: str
    exists: bool = True

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.fill(name): self.fill(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.fill(inner) for inner in value]
        if not isinstance(value, str):
            return value
        if value == "null":
            return None
        if whole := _HOLDER.fullmatch(value):
            return self.one(whole[1])
        return _HOLDER.sub(lambda found: str(self.one(found[1])), value)

    def one(self, name: str) -> Any:
        if name in self.world.named:
            there = self.world.named[name]
            return there if self.exists else NEVER if isinstance(there, int) else UNKNOWN
        own = self.world.own.get(self.who, {})
        return own[name] if name in own else self.world.facts[name]


class Visitor:
    """One person's browser and program; nobody's, without a name."""

    def __init__(self, app: Flask, world: World, who: str) -> None:
        self.world, self.who = world, who
        self.browser = Browser(app, world.secrets.get(who))
        self.client = app.test_client()

    def begin(self) -> None:
        """Their programs were there before: that a token was used is kept once."""
        own = self.world.own[self.who]
        for at in (f"{TRACKING}goals", OBJECTIVES, f"{PROFILES}overview", PLAN):
            self.program("GET", at, said={ACCOUNT: own["account"], KEY: own["key"]})

    def ask(
        self, case: Case, *, exists: bool = True, htmx: bool = False, account: str = "{account}", key: str = "{key}"
    ) -> TestResponse:
        """The answer to the case, or to the same for something that never was; a program speaks for its person's
        organisation, with a key of it."""
        filler = Filler(self.world, self.who, exists)
        at = filler.fill(case.at)
        if case.by_program:
            said = {ACCOUNT: filler.fill(account)} if case.speaks_for_an_account else {}
            said |= {KEY: filler.fill(key)} if case.comes_with_a_key else {}
            return self.program(case.method, at, filler.fill(case.said.get("json")), said)
        headers = asked_by(htmx)
        if case.method == "GET":
            return self.browser.client.get(at, headers=headers)
        token = self.browser.token()
        if "file" in case.said:
            body, kind = multipart(token, self.world.facts["file"])
            return self.browser.client.open(at, method=case.method, data=body, content_type=kind, headers=headers)
        form = {name: str(value) for name, value in filler.fill(case.said.get("form", {})).items()}
        return self.browser.client.open(at, method=case.method, data={"csrf_token": token, **form}, headers=headers)

    def program(self, method: str, at: str, body: Any = None, said: Mapping[str, str] | None = None) -> TestResponse:
        """The answer to a program with the token of the contract whose address this is."""
        contracts = {TRACKING: Contract.TRACKING, PROFILES: Contract.PROFILES, READING: Contract.READING}
        contract = next((one for start, one in contracts.items() if at.startswith(start)), Contract.OBJECTIVES)
        token = self.world.programs.get((self.who, contract))
        headers = proof(contract, token, self.world.facts["client"]) if token else {}
        return self.client.open(at, method=method, json=body, headers={**headers, **(said or {})})


def proof(contract: Contract, token: str, client: str) -> dict[str, str]:
    """The headers by which a program comes in."""
    if contract is Contract.READING:
        return {"x-auth-token": token, "x-client-id": client}
    return {"Authorization": f"Bearer {token}"}


def asked_by(htmx: bool) -> dict[str, str]:
    """The headers of a browser with JavaScript, or of one without."""
    return {"HX-Request": "true"} if htmx else {}


def told(answer: TestResponse) -> tuple[int, str, list[tuple[str, str]]]:
    """What an answer tells: status, body and headers, without the numbers of the request and of the form."""
    number = answer.headers["X-Request-Id"]
    text = answer.data.decode(errors="replace").replace(number, "number")
    text = re.sub(r'(name="nonce"[^>]*value=)"[0-9a-f]+"', r'\1""', text)
    return answer.status_code, text, [pair for pair in answer.headers if pair[0] not in ("X-Request-Id", "Set-Cookie")]


def marks_in(answer: TestResponse, marks: Mapping[str, str]) -> Iterator[str]:
    """Names of the marks that stand in an answer, whatever their case."""
    text = f"{answer.data.decode(errors='replace')} {answer.headers}".casefold()
    return (name for name, mark in marks.items() if mark.casefold() in text)


def leads_to_sign_in(answer: TestResponse) -> bool:
    place = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or ""
    return answer.status_code in (204, 303) and place.startswith("/login")


def asks_for_the_password(answer: TestResponse) -> bool:
    place = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or ""
    return answer.status_code in (204, 303) and place.startswith("/password-again")


def multipart(token: str, data: bytes) -> tuple[bytes, str]:
    """The body and content type of a form with a file (the test client would leave a temporary file open)."""
    part = "--edge\r\nContent-Disposition: form-data; name="
    head = f'{part}"csrf_token"\r\n\r\n{token}\r\n{part}"file"; filename="habits.zip"\r\n\r\n'
    return head.encode() + data + b"\r\n--edge--\r\n", "multipart/form-data; boundary=edge"
