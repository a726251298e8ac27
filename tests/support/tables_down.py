"""Tables whose periods run down the stub, as SBP prints them: trade in goods and exchange rates.

Figures and headers are SBP's own, retyped from `exp_import_BOP.xls` and `IBF_Arch.xls` of March 2026: a few
rows of the first, five currencies of the second. Columns and rows are closer together than SBP's.
"""

from datetime import date
from functools import cache

from tests.support.cells import Value, place
from tests.support.workbooks import Grid, xls

_GOODS = """
2014-07-14 |  | 1918.999975 | 1918.999975 | -8.709032099516955 | -12.526930161289407 | 4021.000216199999 | 4021.000216199999 | 12.250680131961104 | 16.276037738258175 | -2102.0002411999994 | -2102.0002411999994
2025-05-31 | R | 2444.0020881621663 | 29751.965616638397 | -6.21678443433148 | 4.25765996624085 | 5501.040270493438 | 54125.97338609116 | 4.86260967615355 | 11.556584186030612 | -3057.0381823312714 | -24374.00776945276
2025-06-30 | R | 2590.982443905514 | 32342.948060543913 | 6.013921037762851 | 4.399566211541702 | 5020.045573203479 | 59146.01895929464 | -8.743704347519966 | 11.267032942759728 | -2429.0631292979647 | -26803.070898750728

2025-07-01 |  | 2750.012407196279 | 2750.012407196279 | 6.137824811003016 | 16.280162645247152 | 5429.0349354247965 | 5429.0349354247965 | 8.147124488360495 | 11.939849821902229 | -2679.0225282285173 | -2679.0225282285173
2026-02-01 | R | 2480.029069337209 | 20739.458999353745 | -9.654182161678522 | -5.484540142763201 | 5164.958611024916 | 41891.06303064185 | -3.3866126217204453 | 8.975021050315046 | -2684.9295416877067 | -21151.60403128811
2026-03-01 | P | 2525.9859190784764 | 23265.444918432222 | 1.8530770590342096 | -5.815355806364429 | 4901.955970951368 | 46793.019001593224 | -5.092057069192244 | 7.8702538525840735 | -2375.9700518728914 | -23527.574083161002
"""  # noqa: E501
"""Rows 8, 148 to 151, 158 and 159 of sheet `Exp.Imp.(BOP)`; here they are rows 8 to 14."""

_GOODS_OF_A_YEAR = """
2025-05-31 | R | 2444.0020881621663 | 29751.965616638397 | -6.21678443433148 | 4.25765996624085 | 5501.040270493438 | 54125.97338609116 | 4.86260967615355 | 11.556584186030612 | -3057.0381823312714 | -24374.00776945276
2025-06-30 | R | 2590.982443905514 | 32342.948060543913 | 6.013921037762851 | 4.399566211541702 | 5020.045573203479 | 59146.01895929464 | -8.743704347519966 | 11.267032942759728 | -2429.0631292979647 | -26803.070898750728

2025-07-01 |  | 2750.012407196279 | 2750.012407196279 | 6.137824811003016 | 16.280162645247152 | 5429.0349354247965 | 5429.0349354247965 | 8.147124488360495 | 11.939849821902229 | -2679.0225282285173 | -2679.0225282285173
2025-08-01 |  | 2487.9747073347503 | 5237.98711453103 | -9.528600641067078 | 9.034669403519512 | 5020.0444189286445 | 10449.079354353442 | -7.533392607725969 | 9.32339646101499 | -2532.069711593894 | -5211.092239822412
2025-09-01 |  | 2609.001165736412 | 7846.988280267442 | 4.86445694342736 | 5.755449371920634 | 5040.007446348843 | 15489.086800702284 | 0.3976663502204345 | 8.703247848290149 | -2431.0062806124306 | -7642.098520434842
2025-10-01 | R | 2632.3655653498713 | 10479.353845617314 | 0.8955304397828597 | 0.5120309870075613 | 5395.984636904518 | 20885.071437606803 | 7.063029059878824 | 10.526645460176725 | -2763.619071554647 | -10405.717591989489
2025-11-01 | R | 2277.008457799999 | 12756.362303417312 | -13.499534875682858 | -3.477701727631256 | 4730.024641336963 | 25615.096078943767 | -12.341769674674094 | 11.297461688871296 | -2453.016183536964 | -12858.733775526454
2025-12-01 | R | 2758.027370529652 | 15514.389673946964 | 21.12503847238249 | -4.965507086319431 | 5765.001176260169 | 31380.097255203935 | 21.880996683997502 | 12.437344967019216 | -3006.9738057305167 | -15865.707581256971
2026-01-01 |  | 2745.040256069572 | 18259.429930016537 | -0.4708841760909046 | -5.557803167938202 | 5346.007164413006 | 36726.10441961694 | -7.267891177065986 | 9.99142797794859 | -2600.9669083434337 | -18466.674489600402
2026-02-01 | R | 2480.029069337209 | 20739.458999353745 | -9.654182161678522 | -5.484540142763201 | 5164.958611024916 | 41891.06303064185 | -3.3866126217204453 | 8.975021050315046 | -2684.9295416877067 | -21151.60403128811
2026-03-01 | P | 2525.9859190784764 | 23265.444918432222 | 1.8530770590342096 | -5.815355806364429 | 4901.955970951368 | 46793.019001593224 | -5.092057069192244 | 7.8702538525840735 | -2375.9700518728914 | -23527.574083161002
"""  # noqa: E501
"""Rows 148 to 159: months without a gap, as SBP prints them; here they are rows 8 to 19."""

_AVERAGE = """
Aug 1947 to Jun 1949 |  | ... | 3.30852 | ... | ... | ...
Jan | 1957 | 0.013249166653454304 | 4.7697 | ... | 9.972223047327589e-08 | 0
December | 2018 | 1.23244979642857 | 138.47125862069 | 157.447638808036 | -4.4502598285314 | -3.5871249813819506
February | 2026 | 1.8072959903846126 | 279.80700734127004 | 330.9922837019232 | -1.149926399909982 | 0.12384069324578033
March | 2026 | 1.7619771326923075 | 279.5112857142858 | 323.18617553365374 | 2.572045734955582 | 0.10579953014366521
"""  # noqa: E501
_AVERAGE_OF_A_WINTER = """
Aug 1947 to Jun 1949 |  | ... | 3.30852 | ... | ... | ...
December | 2025 | 1.8002270979020973 | 280.54096022727254 | 328.30730762237744 | 0.5760699043506822 | 0.11835060210664218
January | 2026 | 1.7865134166666654 | 280.15352227891174 | 328.7348499633699 | 0.7676226278232693 | 0.13829486961619478
February | 2026 | 1.8072959903846126 | 279.80700734127004 | 330.9922837019232 | -1.149926399909982 | 0.12384069324578033
March | 2026 | 1.7619771326923075 | 279.5112857142858 | 323.18617553365374 | 2.572045734955582 | 0.10579953014366521
"""  # noqa: E501
_MONTH_END_OF_A_WINTER = """
Aug 1947 to Jun 1949 |  | ... | 3.30852 | ... | ... | 0
December | 2025 | 1.790398903846154 | 280.33464285714285 | 328.9725984615385 | 0.28842089906842516 | 0.10612316657260878
January ( R ) | 2026 | 1.8187035961538465 | 279.95785714285716 | 333.73944615384613 | -1.5563114499553703 | 0.13458658318470473
February | 2026 | 1.7956191346153845 | 279.6704178571428 | 330.11409692307683 | 1.2855989944330042 | 0.10277786543058043
March | 2026 | 1.749535461538462 | 279.3789285714285 | 320.3547555769231 | 2.6340519577921917 | 0.10433474249643747
"""  # noqa: E501
"""Rows 10 and 841 to 844 of the two sheets in rupees: months without a gap, as SBP prints them."""
_MONTH_END = """
Aug 1947 to Jun 1949 |  | ... | 3.30852 | ... | ... | 0
Jan | 1957 | 0.013219789357057761 | 4.7697 | ... | 0.22222222166665695 | 0
December ( R ) | 2018 | 1.25529042857143 | 138.65 | 158.406505 | -3.11292645651847 | -0.37454767026873564
February | 2026 | 1.7956191346153845 | 279.6704178571428 | 330.11409692307683 | 1.2855989944330042 | 0.10277786543058043
March | 2026 | 1.749535461538462 | 279.3789285714285 | 320.3547555769231 | 2.6340519577921917 | 0.10433474249643747
"""  # noqa: E501
"""Rows 10, 14, 757, 843 and 844 of the two sheets in rupees: yen, US dollar and euro, then the appreciation
against yen and US dollar. Here they are rows 10 to 14 and columns C to E, G and H. The mark of December
stands on a sheet in US dollars.
"""


@cache
def goods() -> Grid:
    """Return an excerpt of the sheet of trade in goods: rows of every kind, with gaps between the months."""
    return _goods(_GOODS, last_row=14)


@cache
def goods_of_a_year() -> Grid:
    """Return the sheet of trade in goods with months without a gap."""
    return _goods(_GOODS_OF_A_YEAR, last_row=19)


def _goods(rows: str, last_row: int) -> Grid:
    cells: dict[str, Value] = {
        "A1": "Exports, Imports and Balance of Trade ",
        "A2": "As per BOP, SBP",
        "K3": "(Million US $)",
        **{"A4": "Period", "C4": "Exports (BOP)", "E4": "Growth Rate", "G4": "Imports (BOP)"},
        **{"I4": "Growth Rate", "K4": "Balance of Trade"},
        **{"C5": "Value", "D5": "Cumulative", "G5": "Value", "H5": "Cumulative"},
        **{"C6": "a", "D6": "b", "E6": "Monthly", "F6": "Period to Period", "G6": "c", "H6": "d"},
        **{"I6": "Monthly", "J6": "Period to Period", "K6": "a-c", "L6": "b-d"},
        **_rows(rows, first_row=8),
        f"A{last_row + 1}": "R: Revised, P: Provisional",
        f"A{last_row + 2}": "BoP: Balance of Payment",
        f"A{last_row + 3}": "Phone: 021-99999999",
    }
    merged = ["A1:L1", "A2:L2", "K3:L3", "A4:A6", "C4:D4", "E4:F5", "G4:H4", "I4:J5", "K4:L5"]
    return _grid("Exp.Imp.(BOP)", cells, merged)


@cache
def rates() -> tuple[Grid, ...]:
    """Return the sheets of exchange rates: two in rupees, one in US dollars, and the empty endnotes. An
    excerpt: rows of every kind, months with gaps between them.
    """
    return _sheets(_AVERAGE, _MONTH_END)


@cache
def rates_of_a_winter() -> tuple[Grid, ...]:
    """Return the same sheets with months without a gap."""
    return _sheets(_AVERAGE_OF_A_WINTER, _MONTH_END_OF_A_WINTER)


def _sheets(average: str, month_end: str) -> tuple[Grid, ...]:
    return (
        _rates("Monthly Average Exchange Rates", "Pak Rupees", average),
        _rates("Monthly Average Exchange Rates", "US Dollar", average),
        _rates("Month End Exchange Rates*", "Pak Rupees", month_end),
        Grid("Endnotes", {}),
    )


def rates_file() -> bytes:
    """Return the workbook of exchange rates."""
    return xls(*rates())


def _rates(title: str, currency: str, rows: str) -> Grid:
    cells: dict[str, Value] = {
        "A1": "State Bank of Pakistan",
        "A3": "Historical Exchange Rates",
        "A4": title,
        "A6": f"{currency} per Currency Unit",
        "G6": f"% App (+) / Dep (-) of {currency} (MoM)",
        **{"A8": "COUNTRY", "C8": " Japan", "D8": " U.S.A", "E8": " EMU", "G8": " Japan", "H8": " U.S.A"},
        **{"A9": "CURRENCY", "C9": "Japanese Yen", "D9": "U.S. Dollar", "E9": "Euro"},
        **{"G9": "Japanese Yen", "H9": "U.S. Dollar"},
        **_rows(rows, first_row=10, columns="ABCDEGH"),
        "A16": "Notes: \n",
        "A17": "1- The Exchange Rates are Mid points of bank’s floating buying and selling rate.",
        "B19": "021-99999999",
    }
    merged = ["A6:E6", "G6:H6", "A8:B8", "A9:B9", "A10:B10"]
    return _grid(f"{title[:11]} Ex. Rates in {currency[:3]} ", cells, merged)


def _rows(text: str, first_row: int, columns: str = "ABCDEFGHIJKL") -> dict[str, Value]:
    return {
        f"{column}{row}": _value(word.strip())
        for row, line in enumerate(text.strip("\n").splitlines(), first_row)
        if line
        for column, word in zip(columns, line.split("|"), strict=True)
        if word.strip()
    }


def _value(word: str) -> Value:
    for kind in (date.fromisoformat, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word


def _grid(name: str, cells: dict[str, Value], merged: list[str]) -> Grid:
    areas = [area.split(":") for area in merged]
    return Grid(
        name,
        {place(cell): value for cell, value in cells.items()},
        merged=tuple((place(first), place(last)) for first, last in areas),
    )
