"""How mails leave: into a folder, or to a relay that has to prove who it is."""

import asyncio
import smtplib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from tests.worker.conftest import Mailbox
from webapp.worker import channels
from webapp.worker.channels import Undelivered, channel_for


@pytest.fixture
def mail() -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = "Aimline <no-reply@localhost>"
    message["To"] = "ada/../x@example.org"
    message["Subject"] = "Confirm your address / now"
    message["Date"] = "Fri, 01 May 2026 12:00:00 +0000"
    message["Message-ID"] = "<0123456789abcdef@localhost>"
    message.set_content("http://localhost:8000/x\n")
    return message


def test_folder_gets_one_readable_file_for_each_mail(tmp_path: Path, mail: EmailMessage) -> None:
    folder = tmp_path / "deep" / "mail"
    channel_for(f"folder:{folder}", strict=False).deliver(mail)
    channel_for(f"folder:{folder}", strict=False).deliver(mail)
    assert [path.name for path in folder.iterdir()] == [
        "20260501-120000 Confirm-your-address-now to ada-..-x@example.org 01234567.eml"
    ]
    assert "\r\nhttp://localhost:8000/x\r\n" in next(folder.iterdir()).read_bytes().decode()
    assert folder.stat().st_mode & 0o077 == 0


def test_folder_that_cannot_be_written_is_a_failure_like_any_other(tmp_path: Path, mail: EmailMessage) -> None:
    (tmp_path / "mail").write_text("a file")
    with pytest.raises(Undelivered, match="folder"):
        channel_for(f"folder:{tmp_path / 'mail'}", strict=False).deliver(mail)


@pytest.mark.parametrize("url", ["", "http://mail.test", "smtp://", "mail.test:25", "file:x"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="SMTP_URL"):
        channel_for(url, strict=False)


def test_relay_takes_the_mail(smtp: str, mailbox: Mailbox, mail: EmailMessage) -> None:
    with closing(channel_for(smtp, strict=True)) as relay:
        relay.deliver(mail)
    assert mailbox.mails[0]["Message-ID"] == "<0123456789abcdef@localhost>"


@pytest.mark.parametrize(("answer", "for_good"), [("451 later", False), ("552 too large", True)])
def test_refusals_are_for_now_or_for_good(
    smtp: str, mailbox: Mailbox, mail: EmailMessage, answer: str, for_good: bool
) -> None:
    mailbox.answers = [answer]
    with pytest.raises(Undelivered) as caught:
        channel_for(smtp, strict=False).deliver(mail)
    assert (caught.value.reason, caught.value.for_good) == (f"data {answer[:3]}", for_good)


def test_password_is_never_sent_in_the_clear(smtp: str, mail: EmailMessage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server elsewhere that offers no encryption gets neither password nor, from production, any mail."""
    monkeypatch.setattr(channels, "LOOPBACK", frozenset())
    monkeypatch.setattr(smtplib.SMTP, "login", lambda *_: pytest.fail("the password left"))
    with pytest.raises(Undelivered, match="no encryption"):
        channel_for(smtp.replace("//", "//user:secret@"), strict=False).deliver(mail)
    with pytest.raises(Undelivered, match="no encryption"):
        channel_for(smtp, strict=True).deliver(mail)
    with closing(channel_for(smtp, strict=False)) as relay:
        relay.deliver(mail)


@pytest.fixture
def silent() -> Iterator[str]:
    """A server that greets, then answers each line with nothing but time."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            connection.sendall(b"220 hello\r\n")
            time.sleep(2)

    thread = threading.Thread(target=serve)
    thread.start()
    yield f"smtp://127.0.0.1:{server.getsockname()[1]}"
    thread.join()
    server.close()


def test_silent_server_is_left_in_time(silent: str, mail: EmailMessage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "TOTAL_SECONDS", 0.3)
    began = time.monotonic()
    with pytest.raises(Undelivered):
        channel_for(silent, strict=False).deliver(mail)
    assert time.monotonic() - began < 1.5


def test_one_connection_carries_many_mails_and_ends_after_its_share(
    smtp: str, mailbox: Mailbox, mail: EmailMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channels, "MOST_MESSAGES", 3)
    connected = count_connections(monkeypatch)
    with closing(channel_for(smtp, strict=False)) as relay:
        for _ in range(3):
            relay.deliver(mail)
        assert len(connected) == 1
        relay.deliver(mail)
        assert len(connected) == 2
        monkeypatch.setattr(channels, "IDLE_SECONDS", -1.0)
        relay.deliver(mail)
    assert len(connected) == 3
    assert len(mailbox.mails) == 5


def test_connection_that_the_server_has_closed_is_opened_anew(
    smtp: str, mailbox: Mailbox, mail: EmailMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = count_connections(monkeypatch)
    with closing(channel_for(smtp, strict=False)) as relay:
        relay.deliver(mail)
        connected[0].sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        relay.deliver(mail)
        assert len(connected) == 2
        mailbox.answers = ["451 later"]
        with pytest.raises(Undelivered):
            relay.deliver(mail)
        relay.deliver(mail)
    assert len(connected) == 3
    assert len(mailbox.mails) == 3


def test_nothing_is_handed_over_when_the_lease_is_nearly_over(smtp: str, mailbox: Mailbox, mail: EmailMessage) -> None:
    with closing(channel_for(smtp, strict=False)) as relay:
        with pytest.raises(Undelivered, match="lease nearly over"):
            relay.deliver(mail, time.monotonic() + channels.TOTAL_SECONDS - 1)
        assert mailbox.mails == []
        relay.deliver(mail, time.monotonic() + channels.TOTAL_SECONDS + 20)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("answer", "relay", "domain"),
    [
        ("421 4.3.2 closing", True, False),
        ("450 4.7.1 too many from you", False, True),
        ("451 busy", False, True),
        ("452 4.2.2 mailbox full", False, False),
        ("550 5.1.1 unknown", False, False),
    ],
)
def test_answers_about_a_recipient_say_whose_trouble_it_is(
    smtp: str, mailbox: Mailbox, mail: EmailMessage, answer: str, relay: bool, domain: bool
) -> None:
    mailbox.refused = {"ada/../x@example.org": answer}
    with closing(channel_for(smtp, strict=False)) as channel, pytest.raises(Undelivered) as caught:
        channel.deliver(mail)
    failure = caught.value
    assert (failure.reason, failure.for_good) == (f"recipient {answer[:3]}", answer.startswith("5"))
    assert (failure.relay, failure.domain) == (relay, domain)


def test_relay_that_is_away_or_refuses_the_sender_is_the_relays_trouble(
    smtp: str, mailbox: Mailbox, mail: EmailMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Undelivered) as caught:
        channel_for("smtp://127.0.0.1:9", strict=False).deliver(mail)
    assert (caught.value.reason, caught.value.relay) == ("ConnectionRefusedError", True)

    async def refuse(*_: object) -> str:
        return "451 not now"

    monkeypatch.setattr(Mailbox, "handle_MAIL", refuse, raising=False)
    with pytest.raises(Undelivered) as caught:
        channel_for(smtp, strict=False).deliver(mail)
    assert (caught.value.reason, caught.value.relay, caught.value.for_good) == ("sender 451", True, False)


def test_silence_after_the_words_is_not_tried_again_here(
    smtp: str, mailbox: Mailbox, mail: EmailMessage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody knows whether it arrived: its message is counted as tried, and the connection is not used again."""
    monkeypatch.setattr(channels, "TOTAL_SECONDS", 0.5)
    heard: list[int] = []

    async def hang(*_: object) -> str:
        heard.append(1)
        await asyncio.sleep(1)
        return "250 too late"

    monkeypatch.setattr(Mailbox, "handle_DATA", hang)
    connected = count_connections(monkeypatch)
    with closing(channel_for(smtp, strict=False)) as relay, pytest.raises(Undelivered) as caught:
        relay.deliver(mail)
    assert (caught.value.reason, caught.value.relay, caught.value.domain) == ("SMTPServerDisconnected", False, True)
    assert (len(heard), len(connected)) == (1, 1)


def count_connections(monkeypatch: pytest.MonkeyPatch) -> list[smtplib.SMTP]:
    """Every connection to a server that is opened from now on."""
    opened: list[smtplib.SMTP] = []
    original = channels.Relay._connect

    def connect(self: channels.Relay) -> smtplib.SMTP:
        opened.append(original(self))
        return opened[-1]

    monkeypatch.setattr(channels.Relay, "_connect", connect)
    return opened
