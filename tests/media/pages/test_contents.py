from __future__ import annotations

from phototag.media.pages.contents import Exhibit, leaves, years
from phototag.types import Shown


def exhibits(**n_of_year: int) -> tuple[Exhibit, ...]:
    """So many photos of each year, "none" for those without a date."""
    return tuple(
        Exhibit("ab", "ab", 4, 3, Shown(taken=None if year == "none" else f"{year[1:]}-01-01T00:00:00"), b"", "", ())
        for year, n in n_of_year.items()
        for _ in range(n)
    )


def laid_out(found: tuple[Exhibit, ...], most: int) -> list[list[tuple[str, int, int]]]:
    return [[(part.year, len(part.exhibits), part.of) for part in leaf] for leaf in leaves(found, most)]


def test_few_photos_are_on_one_page() -> None:
    assert laid_out(exhibits(y2021=2, y2020=1, none=1), most=4) == [[("2021", 2, 2), ("2020", 1, 1), ("", 1, 1)]]


def test_a_year_that_does_not_fit_begins_a_page() -> None:
    assert laid_out(exhibits(y2021=2, y2020=3, y2019=1), most=4) == [[("2021", 2, 2)], [("2020", 3, 3), ("2019", 1, 1)]]


def test_a_large_year_takes_several_pages() -> None:
    assert laid_out(exhibits(y2021=1, y2020=5), most=2) == [
        [("2021", 1, 1)], [("2020", 2, 5)], [("2020", 2, 5)], [("2020", 1, 5)],
    ]  # fmt: skip


def test_a_year_is_found_on_its_first_page() -> None:
    assert years(leaves(exhibits(y2021=1, y2020=5, none=1), 2)) == {"2021": 1, "2020": 2, "": 4}
