"""Clients as browsers are: one connection kept open, a cookie, a form's token; no library between them and the wire."""

import http.client
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlencode

from tests.benchmarks.browser import Browser


class Visitor:
    """Sends forms to one server; any connection that breaks raises OSError or HTTPException."""

    def __init__(self, port: int, browser: Browser) -> None:
        self.browser = browser
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def post(self, path: str, fields: dict[str, str]) -> int:
        """The status of the answer, once the whole of it is here."""
        body = urlencode({"csrf_token": self.browser.csrf_token} | fields)
        headers = {
            "Cookie": self.browser.cookie,
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
        }
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status

    def close(self) -> None:
        """The connection is closed; the next form opens another."""
        self.connection.close()


def together(*acts: Any) -> list[Any]:
    """Every act begins at the same moment, in a thread of its own; returns what each came to, exceptions included."""
    gate, results = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Any) -> None:
        gate.wait(10)
        try:
            results[place] = act()
        except Exception as error:
            results[place] = error

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
