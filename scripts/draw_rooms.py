"""Draws the rooms of `etl/` and what each imports, from the code, into decision 1: `make rooms`.

Here: which room imports which, as a Mermaid picture. Not here: the rules (`tests/test_architecture.py`).
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "decisions" / "0001-rooms-and-one-way.md"
_BEGIN, _END = "<!-- rooms: written by `make rooms` -->\n", "<!-- end of rooms -->\n"


def arrows(package: Path) -> set[tuple[str, str]]:
    """Return which room of a package imports which other one."""
    found: set[tuple[str, str]] = set()
    for path in package.rglob("*.py"):
        room = path.relative_to(package).parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            module = node.module if isinstance(node, ast.ImportFrom) else None
            if module and module.startswith(f"{package.name}.") and not room.endswith(".py"):
                found.add((room, module.split(".")[1]))
    return {(room, other) for room, other in found if room != other}


def picture(package: Path) -> str:
    """Return the rooms as a Mermaid flow chart, an arrow from each to those that it imports."""
    lines = [f"    {room} --> {other}" for room, other in sorted(arrows(package))]
    return "\n".join(["```mermaid", "flowchart TD", *lines, "```", ""])


def with_picture(text: str, drawn: str) -> str:
    """Return a page with the picture between its two marks."""
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{drawn}{_END}{after}"


def main() -> None:
    """Draw the rooms into the page."""
    PAGE.write_text(with_picture(PAGE.read_text(encoding="utf-8"), picture(ROOT / "etl")), encoding="utf-8")


if __name__ == "__main__":
    main()
