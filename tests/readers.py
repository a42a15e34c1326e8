"""A life with everything in it that is kept of reading."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from tests.make import days_ago
from webapp.actions import api_tokens, reading_clients, reading_goals, reading_log, works
from webapp.domain.days import shifted
from webapp.domain.people import Viewer
from webapp.domain.quran import WHOLE
from webapp.domain.reading import Asks, Category
from webapp.domain.reading_drafts import PlanChanges, PlanDraft, ReadingDraft, WorkDraft
from webapp.domain.tokens import SCOPES, Contract, TokenDraft
from webapp.domain.tracking import Source
from webapp.models import Goal

KHATM = PlanDraft(Category.QURAN, Asks.RANGE, span=WHOLE, duration=30)
TITLE = "Middlemarch"


def on(viewer: Viewer, ago: int) -> Viewer:
    """The same person some days before."""
    return replace(viewer, today=days_ago(ago), now=viewer.now - timedelta(days=ago))


def read(session: Session, her: Viewer, title: str = TITLE) -> str:
    """She reads the Quran, a third of a khatm with a day missed, one taken back and one told late, which a program of
    hers told; and a book, of which one goal is reached and another ended. The public id of the book."""
    begun = reading_goals.start(session, on(her, 10), KHATM)
    for ago in (10, 9, 7, 6, 5):
        at = (10 - ago) * 200 + 1
        draft = ReadingDraft(seconds=600, verses=((at, at + 220),), source_uid=f"program {ago}")
        reading_log.log(session, on(her, ago), draft, Category.QURAN, source=Source.API)
    later = ReadingDraft(seconds=60, amount=Decimal("1.5"), verses=((100, 420),), day=days_ago(9), mushaf=7)
    wrong = reading_log.log(session, on(her, 2), later, Category.QURAN)
    reading_log.take_back(session, on(her, 1), wrong.entry_id)
    reading_log.log(session, her, ReadingDraft(verses=((1500, 1520),), day=days_ago(8)), Category.QURAN)
    reading_goals.change(session, on(her, 3), begun.public_id, PlanChanges(duration=20))
    book = session.get_one(Goal, works.add(session, on(her, 12), WorkDraft(title, size=40)).goal_id).public_id
    first = PlanDraft(Category.BOOK, Asks.AMOUNT, amount=40, duration=4)
    reading_goals.start(session, on(her, 12), first, book)
    for ago in (12, 11):
        pages = ReadingDraft(amount=Decimal(20))
        reading_log.log(session, on(her, ago), pages, Category.BOOK, work_id=book)
    daily = reading_goals.start(session, on(her, 4), PlanDraft(Category.BOOK, Asks.TIME, amount=600), book)
    reading_log.log(session, her, ReadingDraft(seconds=700), Category.BOOK, work_id=book)
    reading_goals.end(session, her, daily.public_id)
    client = reading_clients.make(session, "Reader", her.now)
    draft = TokenDraft("Mine", Contract.READING, SCOPES[Contract.READING], client=client.client_id)
    api_tokens.create(session, her, draft)
    return book


def read_long(session: Session, her: Viewer, number: int) -> dict[str, str]:
    """She reads so many weeks of a khatm with a day missed in each, and so many books with a goal; the public ids of
    the Quran, its goal and the last book."""
    first = 7 * number
    begun = replace(her, today=shifted(her.today, -first), now=her.now - timedelta(days=first))
    khatm = reading_goals.start(session, begun, replace(KHATM, duration=90))
    for back in (one for one in range(first) if one % 7):
        at = 60 * (first - back)
        verses = ReadingDraft(seconds=600, verses=((at, at + 59),), day=shifted(her.today, -back))
        reading_log.log(session, her, verses, Category.QURAN)
    for place in range(number):
        made = works.add(session, begun, WorkDraft(f"Book {place}", size=300))
        book = session.get_one(Goal, made.goal_id).public_id
        reading_goals.start(session, begun, PlanDraft(Category.BOOK, Asks.AMOUNT, amount=5), book)
        pages = ReadingDraft(amount=Decimal(5), day=shifted(her.today, -1))
        reading_log.log(session, her, pages, Category.BOOK, work_id=book)
    quran = session.get_one(Goal, khatm.goal_id).public_id
    return {"quran": quran, "khatm": khatm.public_id, "book": book}
