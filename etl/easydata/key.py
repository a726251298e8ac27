"""The key of EasyData's API, which is written nowhere.

Here: the one value that holds it, hidden in whatever form it may be shown, and the one place that puts it
into an address. Not here: who sends that address (`connection.py`); nobody else may have it.
"""

from typing import NoReturn
from urllib.parse import quote

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
        """Give the target of a request with the key, percent-encoded: an unescaped `&` in it made SBP
        answer 500.
        """
        return f"{target}{'&' if '?' in target else '?'}api_key={quote(self._text, safe='')}"

    def is_in(self, content: bytes) -> bool:
        """Tell whether what a server sent repeats the key, as it is or percent-encoded."""
        return self._text.encode() in content or quote(self._text, safe="").encode() in content
