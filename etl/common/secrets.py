"""What is written nowhere: passwords, and addresses that are as good as one.

Here: the value that hides them in whatever form it may be shown. Not here: EasyData's key, which is put into
addresses in one place only (`etl.common.secrets`).
"""

from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import quote

VARIABLES = ("EASYDATA_API_KEY", "ETL_SMTP_PASSWORD", "ETL_WEBHOOK")
"""Variables of the environment that hold one."""


def without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for a program that needs none of them."""
    return {name: value for name, value in environment.items() if name not in VARIABLES}


class Secret:
    """A text that shows itself to nobody: not in a log, not in a traceback, not in a settings value."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not written down")

    def reveal(self) -> str:
        """Return the text to who sends it to where it belongs, and to nobody else."""
        return self._text


VARIABLE = "EASYDATA_API_KEY"
PORTAL = "https://easydata.sbp.org.pk"
HOW_TO_GET_ONE = (
    f"at {PORTAL} under My Data Basket, Login, My Account, Generate API Key (guide: {PORTAL}/apex/f?p=10:22)"
)


class ApiKey:
    """A key that shows itself to nobody: not in a log, not in a traceback, not in a settings value."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "ApiKey(hidden)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("an API key is not written down")

    def added_to(self, target: str) -> str:
        """Return the target of a request with the key, percent-encoded: an unescaped `&` in it made SBP
        answer 500.
        """
        return f"{target}{'&' if '?' in target else '?'}api_key={quote(self._text, safe='')}"

    def is_in(self, content: bytes) -> bool:
        """Whether what a server sent repeats the key, as it is or percent-encoded."""
        return self._text.encode() in content or quote(self._text, safe="").encode() in content
