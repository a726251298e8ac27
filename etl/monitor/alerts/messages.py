"""The words of an alert, for a line, a mail and a chat.

Here: layout for people, the same facts in each. Not here: which messages there are (`memory.py`), and
sending.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from etl.common.settings import TIME_ZONE
from etl.monitor.alerts.incidents import Incident, Kind
from etl.monitor.alerts.state import Message

_TITLES: dict[Kind, str] = {
    "failed_run": "failed run",
    "quarantine": "quarantine",
    "overdue": "overdue",
    "refused_key": "key refused",
    "new_release": "new release",
}
_LONGEST_CHAT = 20_000
"""Teams takes 28 kB in all, Slack 40,000 characters."""


def title(incident: Incident) -> str:
    """Return the kind of an incident in words."""
    return _TITLES[incident.kind]


def line_of_open(incident: Incident) -> str:
    """Return one line about an incident that is open."""
    return _one_line(f"open since {_moment(incident.since)}: {title(incident)}: {incident.words}")


def line(message: Message, now: datetime) -> str:
    """Return one line for the log file, its time in UTC."""
    return _one_line(f"{now:%Y-%m-%dT%H:%M:%SZ} {_sentence(message)}{_to_do(message, ' | ')}")


def subject(messages: Sequence[Message]) -> str:
    """Return the subject of a mail: the first message, and how many more there are."""
    rest = f" (and {len(messages) - 1} more)" if len(messages) > 1 else ""
    shown = _one_line(_sentence(messages[0]))
    return f"[SBP warehouse] {shown if len(shown) <= 120 else shown[:119] + '…'}{rest}"


def text(messages: Sequence[Message]) -> str:
    """Return the text of a mail or a chat message."""
    return "\n\n".join(_paragraph(message) for message in messages)


def chat(messages: Sequence[Message]) -> str:
    """Return the same, no longer than a chat takes."""
    shown = text(messages)
    rest = "\n… the log of alerts has the rest"
    return shown if len(shown) <= _LONGEST_CHAT else shown[:_LONGEST_CHAT] + rest


def _paragraph(message: Message) -> str:
    lines = [_sentence(message)]
    if message.over_at is None:
        if not message.incident.is_news:
            lines.append(f"Since: {_moment(message.incident.since)}")
        lines += [f"To do: {message.incident.to_do}"] if message.incident.to_do else []
        lines += ["", message.incident.more] if message.incident.more else []
    return "\n".join(lines)


def _sentence(message: Message) -> str:
    incident = message.incident
    if message.over_at is None:
        return f"{title(incident)}: {incident.words}"
    return f"over since {_moment(message.over_at)}: {title(incident)}: {incident.words}"


def _to_do(message: Message, before: str) -> str:
    return f"{before}{message.incident.to_do}" if message.over_at is None and message.incident.to_do else ""


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(TIME_ZONE)):%Y-%m-%d %H:%M} in Karachi"


def _one_line(words: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())
