"""The filter language under atheris, which looks for the input that nobody thought of."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.serving import ROOT

RUNS = 100_000
SECONDS_FOR_ONE = 2
SEEDS = [
    "{}",
    '{name: {$in: ["sales", "marketing"]}}',
    '{"name":{$regex:".*Sales.*"},tags:{$not:{$regex:"(?i)^[a-c]+$"}}}',
    "{$or: [{amount: {$gte: -1.5e3, $lt: 1e30}}, {$not: {status: 'active'}}], parentId: \"\"}",
    "{day: '2026-03-01', at: {$lte: '2026-03-01T09:00:00.5+01:00'}, open: true, count: null}",
    '{name: {$nin: ["\\u00e9\\ud83d\\ude00", null]}, ratio: {$exists: false}}',
    "name,metrics{name},id",
    "-name,id",
    ">0.5",
]
WORDS = ["$eq", "$ne", "$in", "$nin", "$gt", "$gte", "$lt", "$lte", "$regex", "$exists", "$and", "$or", "$not"]
WORDS += ["name", "parentId", "amount", "count", "ratio", "day", "at", "status", "open", "tags", "active"]
WORDS += ["null", "true", "2026-03-01", "T09:00:00Z", "1e30", "{$", ":{", ":[", "}}", "]}", "(?i)", ".*", "(?:", "[^"]


@pytest.mark.nightly
@pytest.mark.skipif(importlib.util.find_spec("atheris") is None, reason="atheris is made for Linux on x86-64")
def test_a_hundred_thousand_inputs_are_read_or_refused(tmp_path: Path) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for number, seed in enumerate(SEEDS):
        (seeds / str(number)).write_text(seed, encoding="utf-8")
    words = tmp_path / "words"
    words.write_text("".join(f'"{word}"\n' for word in WORDS), encoding="utf-8")
    limits = [f"-runs={RUNS}", f"-timeout={SECONDS_FOR_ONE}", "-max_len=4200", "-max_total_time=600", "-seed=1"]
    command = [sys.executable, "-m", "tests.faults.fuzz_filters", *limits, f"-dict={words}"]
    command += [f"-artifact_prefix={tmp_path}/", str(seeds)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr[-4_000:]
    assert "Done " in done.stderr, done.stderr[-4_000:]
