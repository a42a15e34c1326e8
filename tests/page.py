"""A browser without JavaScript that judges every page it is shown: valid, labelled, private, and only of this site."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import make
from webapp.models import Person
from webapp.web.headers import ALWAYS, SANDBOX

CONTROLS = ("input", "select", "textarea")
SILENT_INPUTS = ("hidden", "submit", "button", "reset")
POINTING = ("href", "src", "action", "formaction", "hx-get", "hx-post", "xlink:href")
REFERRING = ("aria-describedby", "aria-labelledby", "for", "aria-controls")


class Page:
    """One answer: its status, headers and, when it is HTML, its tree."""

    def __init__(self, browser: "Browser", answer: TestResponse) -> None:
        self.browser, self.answer = browser, answer
        self.status, self.headers = answer.status_code, answer.headers
        self.text = answer.data.decode(errors="replace")  # a download need not be text
        self.address = answer.request.full_path.rstrip("?")
        redirect = 300 <= self.status < 400
        self.whole = not redirect and self.text.lstrip().startswith("<!doctype html>")
        self.html = answer.mimetype == "text/html" and not redirect

    @cached_property
    def root(self) -> Element:
        return _parse(self.text, self.whole) if self.html else Element("none")

    @cached_property
    def _above(self) -> dict[Element, Element]:
        return {child: parent for parent in self.root.iter() for child in parent}

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Every element of this tag with these attributes (`class_` and `data_x` as in templates)."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [one for one in self.root.iter(tag) if wanted.items() <= one.attrib.items()]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = self.all(tag, **attributes)
        return found

    def by_id(self, identifier: str) -> Element | None:
        return next((one for one in self.root.iter() if one.get("id") == identifier), None)

    def words(self, element: Element | None = None) -> str:
        """What can be read in the element, or on the whole page."""
        body = next(self.root.iter("body"), self.root)
        return " ".join("".join((element if element is not None else body).itertext()).split())

    def form_of(self, element: Element) -> Element:
        """The form a control belongs to."""
        if named := element.get("form"):
            found = self.by_id(named)
            assert found is not None
            return found
        while element.tag != "form":
            element = self._above[element]
        return element

    def inside(self, element: Element, outer: Element) -> bool:
        return any(one is outer for one in self.above(element))

    def above(self, element: Element) -> Iterator[Element]:
        """The element and everything it stands in."""
        yield element
        while element in self._above:
            element = self._above[element]
            yield element

    def button(self, words: str, *, within: str | None = None) -> Element:
        """The one button that is called this, within the element of that id."""
        outer = self.by_id(within) if within else self.root
        assert outer is not None, f"there is no #{within} here"
        found = [one for one in outer.iter("button") if (one.get("aria-label") or self.words(one)) == words]
        assert len(found) == 1, f"{len(found)} buttons {words!r} among {[self.words(b) for b in outer.iter('button')]}"
        return found[0]

    def fields(self, form: Element) -> list[tuple[str, str]]:
        """What the form would send as it stands, without a button."""
        sent = []
        for one in self.root.iter():
            if one.tag not in CONTROLS or "name" not in one.attrib or "disabled" in one.attrib:
                continue
            if not (one.get("form") == form.get("id") if "form" in one.attrib else self.inside(one, form)):
                continue
            kind = one.get("type", "text") if one.tag == "input" else one.tag
            if kind in ("submit", "button", "file") or (kind in ("radio", "checkbox") and "checked" not in one.attrib):
                continue
            sent.append((one.get("name", ""), _value_of(one, kind)))
        return sent

    def press(self, words: str, /, *, within: str | None = None, htmx: bool = False, **typed: Any) -> "Page":
        """Type into the button's form and press it; a list stands for several values, None for an unticked box."""
        button = self.button(words, within=within)
        form = self.form_of(button)
        elsewhere = [one for one in self.root.iter() if one.get("form", "") == form.get("id", "none")]
        names = {one.get("name") for one in (*form.iter(), *elsewhere) if one.tag in CONTROLS}
        assert typed.keys() <= names, f"the form has no {typed.keys() - names}"
        sent = [(name, value) for name, value in self.fields(form) if name not in typed]
        for name, value in typed.items():
            sent += [(name, str(each)) for each in (value if isinstance(value, list) else [value]) if value is not None]
        if button.get("name"):
            sent.append((button.get("name", ""), button.get("value", "")))
        address = button.get("formaction") or form.get("action") or self.address
        headers = {"HX-Current-URL": f"http://localhost{self.address}"} if htmx else {}
        if htmx:
            address = form.get("hx-post") or address
        if form.get("method", "get") == "get":
            return self.browser.get(address, query_string=sent, htmx=htmx)
        return self.browser.send(address, sent, htmx=htmx, headers=headers)

    def errors(self) -> dict[str, str]:
        """The words that stand at each field that is wrong, by the field's name."""
        found = {}
        for one in self.root.iter():
            for identifier in one.get("aria-describedby", "").split():
                target = self.by_id(identifier)
                if target is not None and "error" in target.get("class", ""):
                    name = one.get("name") or next((c.get("name") for c in one.iter() if c.get("name")), "")
                    found[name or ""] = self.words(target)
        return found

    def value(self, name: str) -> str:
        """What stands in the only field of this name."""
        one = next(e for e in self.root.iter() if e.tag in CONTROLS and e.get("name") == name)
        return _value_of(one, one.get("type", "text") if one.tag == "input" else one.tag)


class Browser:
    """Follows links and sends forms as a browser without JavaScript would, or (`htmx=True`) as htmx would."""

    def __init__(self, app: Flask, secret: str | None = None) -> None:
        self.client = app.test_client()
        self._token = ""
        self._judged: set[tuple[int, str]] = set()
        if secret is not None:
            with self.client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = secret, True
                session.permanent = True

    def get(self, address: str, *, htmx: bool = False, follow: bool = True, **options: Any) -> Page:
        return self.ask("GET", address, htmx=htmx, follow=follow, **options)

    def post(self, address: str, *, htmx: bool = False, follow: bool = False, **fields: Any) -> Page:
        """Send fields with a valid token, as a form of ours would; a list stands for several values."""
        sent: list[tuple[str, str]] = [("csrf_token", self.token())]
        for name, value in fields.items():
            sent += [(name, str(each)) for each in (value if isinstance(value, list) else [value])]
        return self.send(address, sent, htmx=htmx, follow=follow)

    def send(self, address: str, sent: list[tuple[str, str]], *, follow: bool = True, **options: Any) -> Page:
        data: dict[str, list[str]] = {}
        for name, value in sent:
            data.setdefault(name, []).append(value)
        return self.ask("POST", address, data=data, follow=follow, **options)

    def token(self) -> str:
        """A token for a form, as every page of ours carries it."""
        if not self._token:
            page = self.client.get("/nowhere")
            found = re.search(r'"X-CSRFToken": "([^"]+)"', page.text)
            assert found, page.text
            self._token = found[1]
        return self._token

    def ask(self, method: str, address: str, *, htmx: bool = False, follow: bool = False, **options: Any) -> Page:
        """One request, every answer on its way judged."""
        headers = {**options.pop("headers", {}), **({"HX-Request": "true"} if htmx else {})}
        answer = self.client.open(address, method=method, headers=headers, follow_redirects=follow, **options)
        for one in (*answer.history, answer):
            judge_headers(one)
        page = Page(self, answer)
        shown = page.status, page.text.replace(page.headers["X-Request-Id"], "number")
        if shown not in self._judged:  # the same page again, as who is denied sees, is as good as it was
            judge(page)
            self._judged.add(shown)
        return page


def signed_in(app: Flask, session: Session, person: Person, now: datetime = make.NOW) -> Browser:
    """The person's browser; commits the session."""
    secret = make.sign_in(session, person, now)
    session.commit()
    return Browser(app, secret)


def judge_headers(answer: TestResponse) -> None:
    """Every answer says what a browser may do with it; what is personal is kept by nobody."""
    wanted = ALWAYS | ({"Content-Security-Policy": SANDBOX} if answer.mimetype.startswith("image/") else {})
    wrong = {name: answer.headers.get(name) for name, value in wanted.items() if answer.headers.get(name) != value}
    assert not wrong, f"{answer.request.path}: {wrong}"
    assert answer.headers["Cache-Control"] == "no-store", answer.request.path
    assert {"Cookie", "HX-Request"} <= set(answer.headers["Vary"].split(", "))
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])
    kind = answer.headers.get("Content-Type", "")
    assert "charset=utf-8" in kind.lower() or not kind.startswith("text/")


def judge(page: Page) -> None:
    """The HTML is valid, says what its controls are, sends tokens, and touches no other site."""
    found = [*_doubles(page), *_unlabelled(page), *_unsafe(page), *_elsewhere(page), *_dangling(page)]
    found += [f"no token in {form.attrib}" for form in page.all("form") if not _has_token(page, form)]
    if page.whole and not 300 <= page.status < 400:
        headings = len(page.all("h1"))
        found += [] if headings == 1 else [f"{headings} h1"]
        html = page.root
        found += [f"html has no {name}" for name in ("lang", "dir") if not html.get(name)]
        found += [] if len(page.all("title")) >= 1 else ["no title"]
    assert not found, f"{page.status} {page.address}: {found}"


def _parse(text: str, whole: bool) -> Element:
    text = text.replace("\x00", "\ufffd")  # typed into a form it comes back, and browsers show it so
    parser = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    if whole:
        return parser.parse(text)
    loose = html5lib.HTMLParser(html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    return loose.parseFragment(text)


def _value_of(one: Element, kind: str) -> str:
    if kind == "textarea":
        return (one.text or "").removeprefix("\n")
    if kind == "select":
        options = list(one.iter("option"))
        chosen = next((option for option in options if "selected" in option.attrib), options[0] if options else None)
        return "" if chosen is None else chosen.get("value", chosen.text or "")
    return one.get("value", "on" if kind in ("checkbox", "radio") else "")


def _doubles(page: Page) -> list[str]:
    counted = Counter(one.get("id") for one in page.root.iter() if one.get("id"))
    return [f"id {identifier} stands {number} times" for identifier, number in counted.items() if number > 1]


def _unlabelled(page: Page) -> list[str]:
    labelled = {one.get("for") for one in page.all("label")}
    found = []
    for one in page.root.iter():
        named = one.get("aria-label") or one.get("aria-labelledby") or one.get("id") in labelled - {None}
        if one.tag in ("button", "a", "summary") and not (page.words(one) or named):
            found.append(f"nameless {one.tag} {one.attrib}")
        if one.tag not in CONTROLS or one.get("type") in SILENT_INPUTS or "hidden" in one.attrib:
            continue
        if not named and not any(outer.tag == "label" and page.words(outer) for outer in page.above(one)):
            found.append(f"unlabelled {one.attrib}")
    return found


def _unsafe(page: Page) -> list[str]:
    found = [f"inline {one.tag}" for one in page.root.iter() if one.tag == "style"]
    found += ["inline script" for one in page.all("script") if not one.get("src")]
    for one in page.root.iter():
        found += [f"{name} on {one.tag}" for name in one.attrib if str(name) == "style" or str(name)[:2] == "on"]
    return found


def _elsewhere(page: Page) -> list[str]:
    found = []
    for one in page.root.iter():
        for name, value in one.attrib.items():
            if name in POINTING and not re.match(r"(/(?!/)|#|\?)[^\\]*$", value) and not _leaves(one, value):
                found.append(f"{name}={value}")
    return found


def _leaves(one: Element, value: str) -> bool:
    """A link that a person follows knowingly: a call, a message, their app, or a page elsewhere that learns nothing."""
    if one.tag != "a":
        return False
    return re.match(r"(tel|sms):[+*0-9]+$|otpauth://totp/|webcal://localhost(:\d+)?/", value) is not None or (
        value.startswith("https://") and one.get("rel") == "noopener noreferrer"
    )


def _dangling(page: Page) -> list[str]:
    """References to ids that are not there; a fragment may refer to the page around it."""
    if not page.whole:
        return []
    there = {one.get("id") for one in page.root.iter()}
    return [
        f"{name}={identifier} of {one.tag}"
        for one in page.root.iter()
        for name in REFERRING
        for identifier in one.get(name, "").split()
        if identifier not in there
    ]


def _has_token(page: Page, form: Element) -> bool:
    if form.get("method", "get") == "get":
        return True
    return any(one.get("name") == "csrf_token" and one.get("value") for one in form.iter("input"))
