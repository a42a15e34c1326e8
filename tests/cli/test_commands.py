"""Commands of the operator: what they print, what they change, and that any doubt ends with a status other than 0."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tests import exports, make
from tests.domain.imports.daylio_files import Felt, daylio_csv
from webapp.actions import erasure
from webapp.domain.tracking import DayState
from webapp.models import AuditEvent, DataKey, Mood, Occurrence, Person
from webapp.web.health import head_revision

Run = Callable[..., Result]
NO_AUDIT = frozenset({"audit_event"})
only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def run(app: Flask) -> Run:
    """Run a command as from a shell."""

    def run(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=words, catch_exceptions=False)

    return run


@pytest.fixture
def ada(session: Session) -> Person:
    made = make.person(session, email="ada@example.org")
    session.commit()
    return made


@pytest.fixture
def export_file(tmp_path: Path) -> Path:
    path = tmp_path / "Loop Habits CSV.zip"
    path.write_bytes(exports.SAMPLE_TODAY)
    return path


@only_sqlite
def test_every_command_says_what_it_is_for(app: Flask, run: Run) -> None:
    for name in ("demo", "worker", "import", "export", "doctor", "purge", "rotate-keys", "token"):
        command = app.cli.commands[name]
        assert command.help
        assert run(name, "--help").exit_code == 0


def test_import_brings_a_file_once(run: Run, session: Session, ada: Person, export_file: Path) -> None:
    first = run("import", str(export_file), "--person", "Ada@Example.org")
    assert (first.exit_code, first.stderr) == (0, "")
    assert "Goals: 3 new" in first.stdout
    assert "Entries: 6 new" in first.stdout
    before = make.everything(session, but=NO_AUDIT)
    second = run("import", str(export_file), "--person", "ada@example.org")
    assert second.exit_code == 0
    assert "Entries: 0 new, 6 already here" in second.stdout
    assert make.everything(session, but=NO_AUDIT) == before


def test_import_for_nobody_is_an_error(run: Run, session: Session, ada: Person, export_file: Path) -> None:
    before = make.everything(session)
    answer = run("import", str(export_file), "--person", "eve@example.org")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "nobody" in answer.stderr
    assert run("import", str(export_file)).exit_code == 2
    assert run("import", str(export_file) + ".no", "--person", "ada@example.org").exit_code == 2
    assert make.everything(session) == before


@only_sqlite
@pytest.mark.parametrize("wrong", sorted(exports.unusable()))
def test_import_of_an_unusable_file_changes_nothing(
    run: Run, session: Session, ada: Person, tmp_path: Path, wrong: str
) -> None:
    file = tmp_path / "export.zip"
    file.write_bytes(exports.unusable()[wrong])
    before = make.everything(session)
    answer = run("import", str(file), "--person", "ada@example.org")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr.startswith("Error: ")
    assert make.everything(session) == before


@only_sqlite
def test_import_says_which_rows_were_left_out(run: Run, session: Session, ada: Person, tmp_path: Path) -> None:
    file = tmp_path / "export.zip"
    file.write_bytes(exports.new_export(exports.Habit("Walk", checkmarks=[("soon", "YES_MANUAL", "")])))
    answer = run("import", str(file), "--person", "ada@example.org")
    assert answer.exit_code == 0
    assert "001 Walk/Checkmarks.csv, row 2: “soon” is no date; left out." in answer.stderr


def test_export_prints_lists_by_kind(run: Run, session: Session, ada: Person, export_file: Path) -> None:
    run("import", str(export_file), "--person", "ada@example.org")
    answer = run("export", "--person", "ada@example.org")
    assert (answer.exit_code, answer.stderr) == (0, "")
    export = json.loads(answer.stdout)
    assert sorted(goal["title"] for goal in export["goals"]) == ["bool habit", "someone", "value habit"]
    assert sorted(entry["value"] for entry in export["entries"] if entry["value"] is not None) == [3, 12, 30]
    assert run("export", "--person", "eve@example.org").exit_code == 1
    assert session.scalar(select(AuditEvent.tag).order_by(AuditEvent.id.desc())) == "person:export"


def test_commands_refuse_a_database_that_is_not_up_to_date(run: Run, session: Session) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    session.commit()
    try:
        for command in (("demo",), ("doctor",), ("worker", "--once"), ("export", "--person", "a@b"), ("rotate-keys",)):
            answer = run(*command)
            assert answer.exit_code == 1
            assert "db upgrade" in answer.stderr
    finally:
        session.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head_revision()})
        session.commit()


def test_worker_once_ends(run: Run) -> None:
    assert run("worker", "--once").exit_code == 0


def test_rotated_keys_open_what_the_old_ones_sealed(
    app_factory: Callable[..., Flask], database_url: str, run: Run, session: Session, ada: Person
) -> None:
    her = make.viewer(session, ada)
    goal = make.goal(session, her, "Walk")
    session.commit()
    new = "next:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
    both = f"{new} test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    runner = app_factory(database_url, FIELD_KEYS=both).test_cli_runner()
    assert "1 keys and messages" in runner.invoke(args=("rotate-keys",)).stdout
    assert "0 keys and messages" in runner.invoke(args=("rotate-keys",)).stdout
    only_new = app_factory(database_url, FIELD_KEYS=new)
    session.expire_all()
    assert session.scalars(select(DataKey.wrapped_by)).all() == ["next"]
    assert make.viewer(session, ada).words.open("goal.title", goal.title) == "Walk"
    assert only_new.test_cli_runner().invoke(args=("doctor",)).exit_code == 0


def test_doctor_passes_on_what_was_imported(run: Run, ada: Person, export_file: Path) -> None:
    run("import", str(export_file), "--person", "ada@example.org")
    answer = run("doctor")
    assert (answer.exit_code, answer.stdout) == (0, "Everything is as it should be.\n")


def test_doctor_names_what_is_wrong_and_fails(run: Run, session: Session, ada: Person, export_file: Path) -> None:
    run("import", str(export_file), "--person", "ada@example.org")
    row = session.scalars(select(Occurrence).where(Occurrence.state == DayState.DONE).limit(1)).one()
    row.state = DayState.SKIPPED
    session.commit()
    answer = run("doctor")
    assert answer.exit_code == 1
    assert "shows skipped, the ledger says" in answer.stdout
    assert "has a month" in answer.stdout
    assert answer.stderr == "Error: 2 findings.\n"


def test_a_journal_is_brought_with_what_its_words_stand_for(
    run: Run, session: Session, ada: Person, tmp_path: Path
) -> None:
    file = tmp_path / "daylio_export.csv"
    file.write_bytes(daylio_csv(Felt("2026-03-01T10:00", "dreamy"), Felt("2026-03-01T12:00", "rad")))
    told = run("import", str(file), "--person", ada.email, "--mood", "dreamy=4")
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "Moods: 2 new, 0 already here, 0 left out.")
    assert sorted(session.scalars(select(Mood.level))) == [4, 5]
    wrong = run("import", str(file), "--person", ada.email, "--mood", "dreamy=9")
    assert (wrong.exit_code, "from 1 to 5" in wrong.stderr) == (1, True)


def test_what_one_takes_out_the_command_brings_back(run: Run, session: Session, ada: Person, tmp_path: Path) -> None:
    make.goal(session, make.viewer(session, ada), "Walk")
    make.person(session, "Ben", email="ben@example.org")
    session.commit()
    file = tmp_path / "aimline.json"
    file.write_text(run("export", "--person", ada.email).stdout, encoding="utf-8")
    assert run("import", str(file), "--person", "ben@example.org").stdout.startswith("New: 1 goals, 0 entries")
    assert run("import", str(file), "--person", "ben@example.org").stdout.startswith("New: 0 goals, 0 entries")


def test_purge_erases_who_asked_for_it_two_weeks_ago(run: Run, session: Session, ada: Person) -> None:
    her = make.viewer(session, ada, datetime.now(UTC) - erasure.GRACE)
    erasure.ask(session, her)
    session.commit()
    session.close()
    told = run("purge")
    assert (told.exit_code, "1 accounts are erased" in told.stdout) == (0, True)
    gone = session.get_one(Person, her.id)
    assert (gone.name, gone.deleted_at is not None) == ("", True)
    session.close()
    assert run("doctor").exit_code == 0
    assert "0 accounts are erased" in run("purge").stdout
