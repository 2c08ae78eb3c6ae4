"""Mail and webhook on failure, new quarantine and recovery; where to is said by settings, never by a report.

Addresses and passwords are read from the environment when they are needed and stand nowhere else: the settings of a
run are recorded by Dagster. A message that cannot be sent is a line of the log, since what it is about must go on.
"""

from __future__ import annotations

import json
import logging
import os
import smtplib
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pipelines.core.settings import Settings

LOG = logging.getLogger(__name__)

FAILURE, QUARANTINE, RECOVERY = "failure", "quarantine", "recovery"

_TITLES = {
    FAILURE: "入库失败 / the run failed",
    QUARANTINE: "新的隔离报告 / new in quarantine",
    RECOVERY: "已恢复 / recovered",
}
_SECONDS = 10
"""What a server may take to answer; a run does not wait longer for its message."""

_SHAPES = ("plain", "wecom", "dingtalk", "feishu")
"""What a webhook expects: our fields, or a text message of 企业微信, 钉钉 or 飞书."""


class _NoRedirect(HTTPRedirectHandler):
    """Follows nothing: a message goes where the settings say, or nowhere."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Channels:
    """Where messages go.

    Attributes:
        webhook: Address of a web hook, http or https; empty for none.
        shape: What it expects, one of `_SHAPES`.
        smtp: ``smtp://`` (with TLS where the server offers it) or ``smtps://``, user and password in the address.
        mail_from: Sender.
        mail_to: Recipients.
    """

    webhook: str = ""
    shape: str = "plain"
    smtp: str = ""
    mail_from: str = ""
    mail_to: tuple[str, ...] = ()

    @classmethod
    def from_environment(cls) -> Channels:
        """Read ``MINGZHANG_WEBHOOK``, ``…_WEBHOOK_SHAPE``, ``…_SMTP``, ``…_MAIL_FROM`` and ``…_MAIL_TO``.

        Raises:
            ValueError: A variable makes no sense, or mail lacks one of its three.
        """
        found = cls(
            webhook=_variable("WEBHOOK"),
            shape=_variable("WEBHOOK_SHAPE") or "plain",
            smtp=_variable("SMTP"),
            mail_from=_variable("MAIL_FROM"),
            mail_to=tuple(address.strip() for address in _variable("MAIL_TO").split(",") if address.strip()),
        )
        if found.webhook and not _is_address(found.webhook, ("http", "https")):
            raise ValueError("MINGZHANG_WEBHOOK is no http or https address")
        if found.shape not in _SHAPES:
            raise ValueError(f"MINGZHANG_WEBHOOK_SHAPE is one of {', '.join(_SHAPES)}, not {found.shape!r}")
        if found.smtp and not _is_address(found.smtp, ("smtp", "smtps")):
            raise ValueError("MINGZHANG_SMTP is no smtp or smtps address")
        if (found.smtp or found.mail_to) and not (found.smtp and found.mail_from and found.mail_to):
            raise ValueError("mail needs MINGZHANG_SMTP, MINGZHANG_MAIL_FROM and MINGZHANG_MAIL_TO")
        return found


def send(settings: Settings, event: str, detail: str, reports: Mapping[str, str] | None = None) -> None:
    """Tell people of an event over every channel there is; never raises.

    Args:
        settings: The warehouse it is about.
        event: ``failure``, ``quarantine`` or ``recovery``.
        detail: What happened, in a line.
        reports: Names of reports with what is to be said of each.
    """
    try:
        channels = Channels.from_environment()
    except ValueError:
        LOG.exception("nobody was told: the settings of messages are wrong")
        return
    title = f"明账 Mingzhang: {_TITLES[event]}"
    lines = [detail, *(f"{name}: {what}" for name, what in (reports or {}).items())]
    lines += [f"仓库 / warehouse: {settings.warehouse}", f"主机 / host: {socket.gethostname()}"]
    text = "\n".join(lines)
    for address, deliver in ((channels.webhook, _post), (channels.smtp, _mail)):
        if address:
            try:
                deliver(channels, event, title, text)
            except (OSError, smtplib.SMTPException, ValueError) as error:  # URLError and HTTPError are OSErrors
                LOG.error("nobody was told", extra={"by": urlsplit(address).hostname, "why": repr(error)})


def _post(channels: Channels, event: str, title: str, text: str) -> None:
    said = f"{title}\n{text}"
    bodies: dict[str, dict[str, Any]] = {
        "plain": {"event": event, "title": title, "text": text},
        "wecom": {"msgtype": "text", "text": {"content": said}},
        "dingtalk": {"msgtype": "text", "text": {"content": said}},
        "feishu": {"msg_type": "text", "content": {"text": said}},
    }
    data = json.dumps(bodies[channels.shape], ensure_ascii=False).encode()
    request = Request(channels.webhook, data, {"Content-Type": "application/json; charset=utf-8"})
    with build_opener(_NoRedirect).open(request, timeout=_SECONDS):
        pass


def _mail(channels: Channels, event: str, title: str, text: str) -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = title, channels.mail_from, ", ".join(channels.mail_to)
    message["X-Mingzhang-Event"] = event
    message.set_content(text)
    place = urlsplit(channels.smtp)
    assert place.hostname is not None
    secure = ssl.create_default_context()
    if place.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(place.hostname, place.port or 465, timeout=_SECONDS, context=secure)
    else:
        server = smtplib.SMTP(place.hostname, place.port or 25, timeout=_SECONDS)
    with server:
        server.ehlo()
        if place.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=secure)
            server.ehlo()
        if place.username:
            server.login(unquote(place.username), unquote(place.password or ""))
        server.send_message(message)


def _variable(name: str) -> str:
    return os.environ.get(f"MINGZHANG_{name}", "").strip()


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
