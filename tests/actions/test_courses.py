"""Courses, articles and advice: kept by admins, read by members goal by goal."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests import make
from tests.ladders import SALES, TRAINING, Ladder
from tests.pictures import picture
from webapp.actions import courses as actions
from webapp.actions import images
from webapp.domain.errors import Invalid, NotFound, Refused
from webapp.domain.people import Role
from webapp.domain.profile_drafts import MOST_COURSES, MOST_STEPS, AdviceDraft, CourseDraft, CourseKind
from webapp.extensions import db
from webapp.models import AdviceStep, AuditEvent, Course, Image, Profile, Target
from webapp.models.engine import begin_writing
from webapp.queries import courses as queries


@pytest.fixture
def they(session: Session) -> Ladder:
    return Ladder(session, people=("Ada",))


def draft(title: str = "Closing well", kind: CourseKind = CourseKind.COURSE, **more: Any) -> CourseDraft:
    given = {"summary": "How to end a talk.", "address": "https://example.org/closing", "minutes": 45, **more}
    return CourseDraft(kind, title, **given)


def course(they: Ladder, title: str = "Closing well", **more: Any) -> Course:
    return actions.create(they.session, they.ines, they.home.id, draft(title, **more))


def sales_of(they: Ladder) -> Target:
    return next(one for one in they.targets(they.bronze) if one.keyword_id == they.sales.id)


def problems(call: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        call()
    return {one.field: one.code for one in caught.value.problems}


def titles(they: Ladder, keyword_id: int | None) -> list[str]:
    return [one.title for one in queries.courses_for(they.session, they.home.id, keyword_id)]


def test_a_goal_has_its_own_courses_first_and_then_those_of_every_goal(they: Ladder) -> None:
    course(they, "A word for all")
    course(they, "Zero to sales", keyword=SALES)
    course(they, "Training alone", keyword=TRAINING)
    assert titles(they, they.sales.id) == ["Zero to sales", "A word for all"]
    assert titles(they, they.training.id) == ["Training alone", "A word for all"]
    assert titles(they, None) == ["A word for all"]
    (row,) = queries.courses_for(they.session, they.home.id, None)
    assert (row.kind, row.summary, row.minutes, row.image) == (CourseKind.COURSE, "How to end a talk.", 45, "")


def test_another_organisation_reads_none_of_them(they: Ladder) -> None:
    course(they)
    elsewhere = make.organisation(they.session, "Elsewhere")
    assert queries.courses_for(they.session, elsewhere.id, None) == []
    assert queries.kept(they.session, elsewhere.id) == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org", "//example.org", "https://a@b.org"])
def test_an_address_leads_to_the_web_and_nowhere_else(they: Ladder, address: str) -> None:
    assert problems(lambda: course(they, address=address)) == {"address": "not_an_address"}


def test_what_is_wrong_is_said_at_its_field(they: Ladder) -> None:
    found = problems(lambda: course(they, "", minutes=-1, address="", keyword="nowhere"))
    assert found == {
        "title": "required",
        "minutes": "out_of_range",
        "address": "required",
        "keyword": "unknown_keyword",
    }


def test_it_changes_and_its_picture_with_it(they: Ladder) -> None:
    drawn = images.draw(picture())
    made = actions.create(they.session, they.ines, they.home.id, draft(), drawn)
    first = made.image_id
    assert first is not None
    actions.change(they.session, they.ines, made, draft("Opening well"))
    assert (made.title, made.image_id) == ("Opening well", first)
    actions.change(they.session, they.ines, made, draft(), images.draw(picture(size=(10, 10))))
    assert made.image_id != first
    assert they.session.scalar(select(func.count()).select_from(Image)) == 1
    (row,) = queries.courses_for(they.session, they.home.id, None)
    assert row.image == they.session.get_one(Image, made.image_id).public_id
    actions.change(they.session, they.ines, made, draft(), without_picture=True)
    assert made.image_id is None
    assert they.session.scalar(select(func.count()).select_from(Image)) == 0


def test_a_deleted_one_is_shown_to_nobody_and_comes_back(they: Ladder) -> None:
    made = course(they)
    actions.delete(they.session, they.ines, made)
    assert titles(they, None) == []
    with pytest.raises(NotFound):
        queries.find(they.session, they.ines, made.public_id)
    actions.delete(they.session, they.ines, made)
    actions.restore(they.session, they.ines, queries.find(they.session, they.ines, made.public_id, deleted=True))
    actions.restore(they.session, they.ines, made)
    assert titles(they, None) == ["Closing well"]
    logged = they.session.scalars(select(AuditEvent.tag).where(AuditEvent.tag.startswith("course:")))
    assert sorted(logged) == ["course:create", "course:delete", "course:restore"]


def test_there_are_so_many_and_no_more(they: Ladder) -> None:
    made = course(they)
    actions.delete(they.session, they.ines, made)
    for number in range(MOST_COURSES):
        row = Course(organisation_id=they.home.id, kind=CourseKind.COURSE, title=f"{number}", created_at=make.NOW)
        row.address = "https://example.org"
        they.session.add(row)
    they.session.flush()
    assert problems(lambda: course(they)) == {"title": "too_many"}
    assert problems(lambda: actions.restore(they.session, they.ines, made)) == {"title": "too_many"}
    assert len(queries.courses_for(they.session, they.home.id, None)) == queries.MOST_SHOWN


def test_advice_is_read_by_how_far_somebody_is(they: Ladder) -> None:
    target = sales_of(they)
    talk = course(they, "Talk")
    essay = course(they, "Essay", kind=CourseKind.ARTICLE)
    for step, percent in (("Ask for more", 50), ("Begin", 0)):
        actions.advise(
            they.session,
            they.ines,
            they.bronze,
            target,
            AdviceDraft(step, Decimal(percent), "https://example.org", talk.public_id, essay.public_id),
        )
    found = queries.advice_for(they.session, target.id)
    assert [(one.step, one.from_percentage) for one in found] == [("Begin", 0), ("Ask for more", 50)]
    assert found[0].course is not None
    assert found[0].article is not None
    assert (found[0].course.title, found[0].article.title) == ("Talk", "Essay")
    actions.delete(they.session, they.ines, talk)
    assert queries.advice_for(they.session, target.id)[0].course is None


def test_advice_recommends_what_there_is_of_its_kind_and_house(they: Ladder) -> None:
    target = sales_of(they)
    talk = course(they)
    elsewhere = make.organisation(they.session, "Elsewhere")
    theirs = Course(organisation_id=elsewhere.id, kind=CourseKind.COURSE, title="Theirs", created_at=make.NOW)
    theirs.address = "https://example.org"
    they.session.add(theirs)
    they.session.flush()

    def saying(**more: str) -> dict[str, str]:
        said = AdviceDraft("Begin", Decimal(0), **more)
        return problems(lambda: actions.advise(they.session, they.ines, they.bronze, target, said))

    assert saying(article=talk.public_id) == {"article": "unknown_choice"}
    assert saying(course=theirs.public_id) == {"course": "unknown_choice"}
    assert saying(course="\x00") == {"course": "unknown_choice"}
    assert saying(address="data:text/html,x") == {"address": "not_an_address"}


def test_advice_changes_and_goes(they: Ladder) -> None:
    target = sales_of(they)
    made = actions.advise(they.session, they.ines, they.bronze, target, AdviceDraft("Begin", Decimal(0)))
    actions.advise(they.session, they.ines, they.bronze, target, AdviceDraft("Go on", Decimal("12.5")), made)
    (found,) = queries.advice_for(they.session, target.id)
    assert (found.step, found.from_percentage) == ("Go on", Decimal("12.5"))
    actions.withdraw(they.session, they.ines, they.bronze, made)
    assert queries.advice_for(they.session, target.id) == []
    for number in range(MOST_STEPS):
        actions.advise(they.session, they.ines, they.bronze, target, AdviceDraft(f"{number}", Decimal(number)))
    one_more = AdviceDraft("One more", Decimal(0))
    found_wrong = problems(lambda: actions.advise(they.session, they.ines, they.bronze, target, one_more))
    assert found_wrong == {"step": "too_many"}


def meanwhile(they: Ladder, statement: Any) -> None:
    """Somebody else's change, of which what is loaded here knows nothing."""
    they.session.execute(statement, execution_options={"synchronize_session": False})


def test_no_advice_for_what_was_taken_away_meanwhile(they: Ladder) -> None:
    target, other = sales_of(they), they.targets(they.silver)[0]
    said = AdviceDraft("Begin", Decimal(0))

    def advise(profile: Profile = they.bronze, step: AdviceStep | None = None) -> AdviceStep:
        return actions.advise(they.session, they.ines, profile, target, said, step)

    made = advise()
    with pytest.raises(NotFound):
        actions.advise(they.session, they.ines, they.bronze, other, said)
    meanwhile(they, delete(AdviceStep).where(AdviceStep.id == made.id))
    with pytest.raises(NotFound):
        advise(step=made)
    meanwhile(they, update(Profile).where(Profile.id == they.bronze.id).values(deleted_at=make.NOW))
    with pytest.raises(NotFound):
        advise()
    meanwhile(they, update(Profile).where(Profile.id == they.bronze.id).values(deleted_at=None))
    meanwhile(they, delete(Target).where(Target.id == target.id))
    with pytest.raises(NotFound):
        advise()
    assert they.session.scalar(select(func.count()).select_from(AdviceStep)) == 0


def test_advice_changed_meanwhile_says_what_was_said_last(they: Ladder) -> None:
    target, said = sales_of(they), AdviceDraft("Begin", Decimal(0))
    made = actions.advise(they.session, they.ines, they.bronze, target, said)
    meanwhile(they, update(AdviceStep).where(AdviceStep.id == made.id).values(step="Wait"))
    actions.advise(they.session, they.ines, they.bronze, target, said, made)
    assert [one.step for one in queries.advice_for(they.session, target.id)] == ["Begin"]


@pytest.mark.filterwarnings("error")
def test_advice_goes_once(they: Ladder) -> None:
    made = actions.advise(they.session, they.ines, they.bronze, sales_of(they), AdviceDraft("Begin", Decimal(0)))
    meanwhile(they, delete(AdviceStep).where(AdviceStep.id == made.id))
    with pytest.raises(NotFound):
        actions.withdraw(they.session, they.ines, they.bronze, made)
    they.session.flush()
    logged = select(AuditEvent.tag).where(AuditEvent.tag == "advice:remove")
    assert they.session.scalars(logged).all() == []


def test_of_two_pictures_at_once_one_is_left(app: Flask, they: Ladder) -> None:
    made = actions.create(they.session, they.ines, they.home.id, draft(), images.draw(picture()))
    they.session.commit()
    number = made.id
    with app.app_context():
        engine = db.engine
    with Session(engine, expire_on_commit=False) as other:
        theirs = other.get_one(Course, number)
        other.commit()
        actions.change(they.session, they.ines, made, draft(), images.draw(picture(size=(10, 10))))
        they.session.commit()
        begin_writing(other)
        actions.change(other, they.ines, theirs, draft(), images.draw(picture(size=(20, 20))))
        other.commit()
    shown = they.session.scalar(select(Course.image_id).where(Course.id == number))
    assert they.session.scalars(select(Image.id)).all() == [shown]


def test_a_course_deleted_meanwhile_is_not_changed(they: Ladder) -> None:
    made = course(they)
    meanwhile(they, update(Course).where(Course.id == made.id).values(deleted_at=make.NOW))
    with pytest.raises(NotFound):
        actions.change(they.session, they.ines, made, draft("Opening well"))
    made.deleted_at = None
    they.session.flush()
    meanwhile(they, update(Course).where(Course.id == made.id).values(deleted_at=make.NOW))
    actions.delete(they.session, they.ines, made)
    assert they.session.scalars(select(AuditEvent.tag).where(AuditEvent.tag == "course:delete")).all() == []


@pytest.mark.parametrize(("where", "expected"), [("here", Refused), ("elsewhere", NotFound)])
def test_nobody_but_its_admins_keeps_courses(they: Ladder, where: str, expected: type[Exception]) -> None:
    made, target = course(they), sales_of(they)
    person = make.person(they.session, "Max")
    house = they.home if where == "here" else make.organisation(they.session, "Elsewhere")
    make.member(they.session, person, house, Role.MEMBER if where == "here" else Role.ADMIN)
    viewer = make.viewer(they.session, person)
    for call in (
        lambda: actions.create(they.session, viewer, they.home.id, draft()),
        lambda: actions.change(they.session, viewer, made, draft("Mine")),
        lambda: actions.delete(they.session, viewer, made),
        lambda: actions.restore(they.session, viewer, made),
        lambda: actions.advise(they.session, viewer, they.bronze, target, AdviceDraft("Mine", Decimal(0))),
    ):
        with pytest.raises(expected):
            call()
    assert titles(they, None) == ["Closing well"]
