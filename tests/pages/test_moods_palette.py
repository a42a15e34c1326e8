"""A person's own words: labels and reasons renamed, added, put away and offered again."""

import pytest
from sqlalchemy.orm import Session

from tests import make
from tests.page import Browser
from webapp.actions import palette
from webapp.domain.people import Viewer
from webapp.queries import moods
from webapp.queries.moods import Label, Reason

PALETTE = "/moods/palette"


def labels(session: Session, her: Viewer) -> dict[int | None, list[tuple[str, bool]]]:
    """Names by level, and whether each is put away."""
    session.rollback()
    found: dict[int | None, list[tuple[str, bool]]] = {}
    for label in moods.labels_of(session, her, hidden=True):
        found.setdefault(label.level, []).append((label.name, label.hidden))
    return found


def label(session: Session, her: Viewer, level: int) -> Label:
    return next(one for one in moods.labels_of(session, her) if one.level == level)


def reasons(session: Session, her: Viewer) -> list[Reason]:
    session.rollback()
    return list(moods.reasons_of(session, her, hidden=True))


@pytest.fixture
def rain(session: Session, her: Viewer) -> Reason:
    palette.add_reason(session, her, "rain")
    session.commit()
    return reasons(session, her)[0]


def test_a_label_is_renamed_everywhere_and_back(session: Session, visit: Browser, her: Viewer) -> None:
    make.mood(session, her, 4)
    session.commit()
    one = label(session, her, 4)
    page = visit.get(PALETTE).press("Save: good", **{f"{one.id}-name": "  quite   fine "})
    assert labels(session, her)[4] == [("quite fine", False)]
    for address in ("/", "/moods", "/moods/statistics"):
        assert "quite fine" in visit.get(address).words(), address
    assert "quite fine" not in str(visit.client.get_cookie("sid")), "a cookie can be read"
    page.press("Save: quite fine", **{f"{one.id}-name": ""})
    assert labels(session, her)[4] == [("", False)]


def test_another_level_moves_all_its_moods(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 4)
    session.commit()
    one = label(session, her, 4)
    page = visit.get(PALETTE).press("Save: good", **{f"{one.id}-name": "calm", f"{one.id}-level": "3"})
    session.rollback()
    session.refresh(mood)
    assert mood.level == 3
    page.press("Save: calm", **{f"{one.id}-level": "4"})
    session.rollback()
    session.refresh(mood)
    assert mood.level == 4


def test_a_label_without_a_level_is_given_one(session: Session, visit: Browser, her: Viewer) -> None:
    palette.label_ids(session, her, {"numb": None})
    session.commit()
    page = visit.get(PALETTE)
    assert "no level yet" in page.words()
    (one,) = [each for each in moods.labels_of(session, her) if each.level is None]
    page.press("Save: numb", **{f"{one.id}-level": "2"})
    assert ("numb", False) in labels(session, her)[2]
    refused = visit.post(f"{PALETTE}/labels/{one.id}", **{f"{one.id}-name": "", f"{one.id}-level": ""})
    assert (refused.status, ("numb", False) in labels(session, her)[2]) == (422, True)


def test_a_word_is_added_put_away_and_offered_again(session: Session, visit: Browser, her: Viewer) -> None:
    form = {"label-name": "wistful", "label-level": "3"}
    page = visit.get(PALETTE).press("Add the word", **form)
    assert labels(session, her)[3] == [("", False), ("wistful", False)]
    assert "wistful" in visit.get("/moods").words()
    page.press("Put away: wistful")
    assert labels(session, her)[3] == [("", False), ("wistful", True)]
    assert "wistful" not in visit.get("/moods").words()
    visit.get(PALETTE).press("Offer again: wistful")
    assert labels(session, her)[3] == [("", False), ("wistful", False)]


def test_what_cannot_be_kept_stands_at_its_field(session: Session, visit: Browser, her: Viewer, rain: Reason) -> None:
    before = make.everything(session)
    for address, field, typed, words in (
        ("/labels", "label-name", "", "Please fill this in."),
        ("/labels", "label-name", "x" * 61, "At most 60 characters."),
        ("/labels", "label-name", "Good", "There is one of this name already."),
        ("/reasons", "reason-name", "", "Please fill this in."),
        ("/reasons", "reason-name", "RAIN", "There is one of this name already."),
        (f"/reasons/{rain.id}", f"{rain.id}-name", "", "Please fill this in."),
    ):
        fields = {field: typed, "label-level": "4"}
        page = visit.post(f"{PALETTE}{address}", **fields)
        assert (page.status, page.errors().get(field), page.value(field)) == (422, words, typed), address
    assert make.everything(session) == before


def test_the_last_word_stays(session: Session, visit: Browser, her: Viewer) -> None:
    shown = moods.labels_of(session, her)
    for one in shown[:-1]:
        assert visit.post(f"{PALETTE}/labels/{one.id}/hide").status == 303
    page = visit.post(f"{PALETTE}/labels/{shown[-1].id}/hide")
    assert (page.status, "One word has to stay" in page.words()) == (422, True)
    session.rollback()
    assert len(moods.labels_of(session, her)) == 1


def test_a_reason_is_renamed_put_away_and_joined(session: Session, visit: Browser, her: Viewer, rain: Reason) -> None:
    mood = make.mood(session, her, 4, reasons=["wet"])
    session.commit()
    page = visit.get(PALETTE).press("Save: rain", **{f"{rain.id}-name": "weather"})
    assert [one.name for one in reasons(session, her)] == ["weather", "wet"]
    page = page.press("Save: weather", **{f"{rain.id}-name": "rain"})
    page = page.press("Put away: rain")
    assert [(one.name, one.hidden) for one in reasons(session, her)] == [("rain", True), ("wet", False)]
    page = page.press("Offer again: rain")
    wet = reasons(session, her)[1]
    page = page.press("Save: wet", **{f"{wet.id}-name": "Rain"})
    assert [one.name for one in reasons(session, her)] == ["rain"]
    assert "the two are one" in page.words()
    assert [one for one in page.all("button") if page.words(one) == "Undo"] == []
    session.rollback()
    assert [one.name for one in moods.opened(session, her, mood).reasons] == ["rain"]


def test_a_put_away_word_stays_with_its_moods(session: Session, visit: Browser, her: Viewer) -> None:
    mood = make.mood(session, her, 2, reasons=["work"])
    session.commit()
    for one in (*moods.labels_of(session, her), *moods.reasons_of(session, her)):
        if isinstance(one, Reason) or one.level == 2:
            kind = "reasons" if isinstance(one, Reason) else "labels"
            visit.post(f"{PALETTE}/{kind}/{one.id}/hide")
    page = visit.get(f"/moods/{mood.public_id}/edit").press("Save", within="mood-form", note="Still bad.")
    session.rollback()
    stands = moods.opened(session, her, mood)
    assert (stands.label.level, [one.name for one in stands.reasons], stands.note) == (2, ["work"], "Still bad.")
    assert page.status == 200
