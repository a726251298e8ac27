"""Secrets that are looked for: a value, and every form in which it could stand somewhere."""

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, quote_plus

import psutil

PIECE = 9
"""So many characters of a secret in a row are a part of it."""


def forms(secret: str) -> frozenset[bytes]:
    """Return the secret's pieces, as they are, in addresses, in hexadecimal and in base64 at each
    alignment.
    """
    pieces = {secret[start : start + PIECE] for start in range(0, len(secret) - PIECE + 1, 3)}
    pieces |= {encode(secret) for encode in (quote, quote_plus, lambda text: quote(text, safe=""))}
    found = {piece.encode() for piece in pieces} | {secret.encode().hex().encode()}
    for skipped in range(3):  # base64 of a text that has it somewhere within
        aligned = secret.encode()[skipped:]
        found.add(base64.b64encode(aligned[: len(aligned) // 3 * 3]))
        found.add(base64.urlsafe_b64encode(aligned[: len(aligned) // 3 * 3]))
    return frozenset(found)


def leaks(secrets: Mapping[str, str], content: bytes) -> list[str]:
    """Return the names of the secrets that a content shows some of."""
    return [name for name, secret in secrets.items() if any(form in content for form in forms(secret))]


def leaking_files(secrets: Mapping[str, str], folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Return the files below a folder that show some of a secret, in their names too."""
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        if found := leaks(secrets, content + str(path.relative_to(folder)).encode(errors="replace")):
            yield str(path.relative_to(folder)), found


def command_lines(pid: int) -> bytes:
    """Return what a list of processes shows of a process and those below it."""
    try:
        process = psutil.Process(pid)
        lines = [process.cmdline(), *(child.cmdline() for child in process.children(recursive=True))]
    except psutil.Error:  # it has ended
        return b""
    return "\n".join(" ".join(line) for line in lines).encode(errors="replace")
