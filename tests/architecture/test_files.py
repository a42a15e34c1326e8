"""Files stay small enough to read at once, and know nothing of the machine they were written on."""

import re

from tests.architecture.source import FOLDERS, ROOT, WRITTEN, files, name

MOST_LINES = 400
COMPANIONS = [path for path in ROOT.iterdir() if path.is_file() and path.suffix in WRITTEN - {".txt"}]
VAGUE = re.compile("util|helper|manager|misc")
FOREIGN = re.compile(
    "|".join(
        [
            "shared" + "/",  # folders beside the project
            r"(?<![\w.<])/(?:work|root|home|Users)" + r"/\w",
            "/tmp" + r"/\w",
            r"\b(?:TO" + "DO|FIX" + "ME|XX" + r"X)\b",
        ]
    )
)


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    kept = files(*FOLDERS, suffixes={".css", ".html", ".js", ".py"})
    assert kept
    long = {name(path): lines for path in kept if (lines := path.read_text(encoding="utf-8").count("\n")) > MOST_LINES}
    assert not long, f"split by what changes together: {long}"


def test_no_file_speaks_of_the_machine_or_of_unfinished_work() -> None:
    found = [
        f"{name(path)}:{number} {line.strip()[:100]}"
        for path in [*files(*FOLDERS), *COMPANIONS]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if FOREIGN.search(line)
    ]
    assert not found, found


def test_no_file_is_named_for_nothing() -> None:
    vague = [name(path) for path in files("webapp", suffixes={".py"}) if VAGUE.search(path.stem)]
    assert not vague, f"say what it is: {vague}"
