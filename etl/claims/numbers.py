"""Numbers as they are printed: a value and how exactly it is said.

Here: reading `2.24 billion`, `$437m` and `+23 %`, and whether two numbers can be the same one. Not here: what
a number is of.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from etl.errors import EtlError

_FORM = re.compile(
    r"(?P<sign>[+\-−]?)\s*(?:US)?\s*\$?\s*(?P<sign_behind>[+\-−]?)(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)\s*"
    r"(?P<unit>%|pc|per\s?cent|percent|billion|bn|b|million|mn|m)?(?:\s*(?:US\s*\$|US\s*dollars|dollars))?",
    re.IGNORECASE,
)
_HALF = Decimal("0.5")
_PER_CENT = ("%", "pc", "percent", "per cent")
_BILLION = ("billion", "bn", "b")


class NumberError(EtlError):
    """A number that cannot be read."""


@dataclass(frozen=True)
class Number:
    """A value that is known to within a half of its rounding on either side."""

    value: Decimal
    """Million US$, or per cent."""
    half: Decimal
    """Half a unit of the last printed digit; of a sum, the halves of its parts."""

    @property
    def low(self) -> Decimal:
        """The least that it can be."""
        return self.value - self.half

    @property
    def high(self) -> Decimal:
        """The most that it can be."""
        return self.value + self.half

    @property
    def known_digits(self) -> Decimal:
        """The value with no more digits than are known of it, and two after the point at most."""
        decimals = 0 if self.half >= _HALF else 1 if self.half >= _HALF / 10 else 2
        return round(self.value, decimals)

    def __add__(self, other: "Number") -> "Number":
        """Add; the roundings add up."""
        return Number(self.value + other.value, self.half + other.half)

    def __sub__(self, other: "Number") -> "Number":
        """Subtract; the roundings add up."""
        return Number(self.value - other.value, self.half + other.half)

    def equals(self, other: "Number") -> bool:
        """Tell whether both can be the same number, each rounded as it is: 437 and 436.5, not 437 and 436."""
        apart, room = abs(self.value - other.value), self.half + other.half
        return apart < room or (apart == room and not (self.half and other.half))

    def is_cut_from(self, known: "Number") -> bool:
        """Tell whether this is the known number with its further digits cut off instead of rounded, as
        2.23 billion is of 2,236; a number that is no more exact has none.
        """
        if known.half * 4 > self.half:
            return False
        beyond = (known.value - self.value) * (1 if known.value >= 0 else -1)
        return -known.half <= beyond < 2 * self.half + known.half and known.value * self.value > 0


@dataclass(frozen=True)
class Printed:
    """A number as a print has it."""

    number: Number
    is_pct: bool | None
    """None where no unit is said, which is per cent for a growth rate and million US$ for an amount."""


def parse(text: str) -> Printed:
    """Read a printed number: `437`, `1,720`, `$2.24 billion`, `366m`, `+23 %`; without a unit in million US$.

    Raises `NumberError` with how to write it.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None or (found["sign"] and found["sign_behind"]):
        raise NumberError(f"{text!r} is no number; write 437, '2.24 billion' or '+23 %'")
    digits = found["digits"].replace(",", "")
    unit = " ".join((found["unit"] or "").lower().split())
    scale = 1000 if unit in _BILLION else 1
    decimals = len(digits.partition(".")[2])
    sign = -1 if (found["sign"] or found["sign_behind"]) in ("-", "−") else 1
    number = Number(sign * scale * Decimal(digits), scale * Decimal(1).scaleb(-decimals) / 2)
    return Printed(number, unit in _PER_CENT if unit else None)


def growth(number: Number, base: Number) -> Number:
    """Give the growth from a base in per cent, with what both roundings make of it; the base is positive."""
    low = (number.low / base.high - 1) * 100
    high = (number.high / base.low - 1) * 100
    return Number((low + high) / 2, (high - low) / 2)


def base_of(number: Number, growth_pct: Number) -> Number:
    """Give the base from which a number grew by so many per cent, with what both roundings make of it."""
    low = number.low / (1 + growth_pct.high / 100)
    high = number.high / (1 + growth_pct.low / 100)
    return Number((low + high) / 2, (high - low) / 2)
