"""The way out for mail: SMTP by a setting; nothing when there is none."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from urllib.parse import unquote, urlsplit

TIMEOUT = 20


class Postbox:
    """Sends plain mails through one server: ``smtp://[user:password@]host[:port]`` (STARTTLS) or ``smtps://``.

    Towards the machine itself STARTTLS is used only when the server offers it.
    """

    def __init__(self, smtp_url: str, sender: str) -> None:
        self._server = urlsplit(smtp_url)
        self._sender = sender

    @property
    def is_open(self) -> bool:
        """Whether there is a server to send through."""
        return bool(self._server.hostname)

    def send(self, name: str, address: str, subject: str, text: str, message_id: str) -> None:
        """Send one mail; raise smtplib.SMTPException or OSError. The same ``message_id`` marks a repetition."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self._sender, formataddr((_one_line(name), address))
        mail["Subject"], mail["Date"] = _one_line(subject), formatdate(usegmt=True)
        mail["Message-ID"] = f"<{message_id}@{self._sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(text)
        with self._connect() as server:
            if self._server.username:
                server.login(unquote(self._server.username), unquote(self._server.password or ""))
            server.send_message(mail)

    def _connect(self) -> smtplib.SMTP:
        host = self._server.hostname or ""
        if self._server.scheme == "smtps":
            return smtplib.SMTP_SSL(
                host, self._server.port or 465, timeout=TIMEOUT, context=ssl.create_default_context()
            )
        server = smtplib.SMTP(host, self._server.port or 587, timeout=TIMEOUT)
        server.ehlo()
        if server.has_extn("starttls") or host not in {"localhost", "127.0.0.1", "::1"}:
            server.starttls(context=ssl.create_default_context())
        return server


def _one_line(text: str) -> str:
    """Return a text that can end no header: the library would refuse it, for ever."""
    return " ".join(text.split())
