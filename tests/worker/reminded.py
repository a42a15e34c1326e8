"""Somebody who is reminded: their goals, their wishes, and what they got."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.worker.conftest import Mailbox
from webapp.actions import planning, reminder_settings, reminders
from webapp.domain.people import Viewer
from webapp.domain.reminder_settings import OF_THE_PERSON, WishesDraft
from webapp.domain.reminders import About, Channel, ReminderDraft
from webapp.models import Delivery, Goal, OutboxMessage, Person, Reminder

MAIL = (Channel.MAIL,)


class Reminded:
    """A person who lives in Berlin, unless told otherwise, and is reminded by mail alone."""

    def __init__(self, session: Session, name: str = "Ada", **columns: Any) -> None:
        self.session = session
        columns = {"email": f"{name.casefold()}@example.org", **columns}
        self.person = make.person(session, name, at=datetime.now(UTC), **columns)
        self.wish()

    @property
    def viewer(self) -> Viewer:
        return make.viewer(self.session, self.session.get_one(Person, self.person.id), datetime.now(UTC))

    def wish(
        self,
        *,
        detail: bool = False,
        quiet: tuple[time | None, time | None] = (None, None),
        channels: Sequence[Channel] = MAIL,
        **walls: time,
    ) -> None:
        """Nothing else is wished: what is not said has no time."""
        times: Mapping[About, time | None] = {about: walls.get(about.value) for about in OF_THE_PERSON}
        draft = WishesDraft(dict.fromkeys(About, channels), detail, *quiet, times)
        reminder_settings.change(self.session, self.viewer, draft)
        self.session.commit()

    def goal(self, title: str = "Walk", wall: time = time(8, 30), when: Any = None, **more: Any) -> Goal:
        """A goal that reminds on its due date, or so many `days` after it; daily unless told otherwise."""
        anyway, days = more.pop("anyway", False), more.pop("days", 0)
        made = make.goal(self.session, self.viewer, title, when, **more)
        reminders.set_all(self.session, self.viewer, made, [ReminderDraft(wall, days)], anyway=anyway)
        self.session.commit()
        return made

    def held(self, goal: Goal) -> Goal:
        return make.find(self.session, self.viewer, goal.public_id, lock=True)

    def mails(self, mailbox: Mailbox) -> list[str]:
        """What they got, each as its subject and text."""
        return [f"{mail['Subject']}\n{plain(mail)}" for mail in mailbox.mails if mail["To"] == self.person.email]

    def deliveries(self) -> list[Delivery]:
        statement = select(Delivery).join(Reminder, Reminder.id == Delivery.reminder_id)
        self.session.rollback()
        mine = statement.where(Reminder.person_id == self.person.id).execution_options(populate_existing=True)
        return list(self.session.scalars(mine.order_by(Delivery.local_date, Delivery.reminder_id)))

    def messages(self) -> list[OutboxMessage]:
        self.session.rollback()
        mine = select(OutboxMessage).where(OutboxMessage.person_id == self.person.id)
        return list(self.session.scalars(mine.order_by(OutboxMessage.id).execution_options(populate_existing=True)))


def plain(mail: Any) -> str:
    """The text of a mail."""
    text: str = mail.get_body(("plain",)).get_content()
    return text.replace("\r\n", "\n")


def plan(session: Session) -> None:
    """What is due is planned, and its mail not sent yet."""
    session.rollback()
    planning.plan_due(session, datetime.now(UTC))
    session.commit()
