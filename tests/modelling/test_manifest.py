"""What a check found, in words that say where to look."""

from etl.modelling.manifest import Check


def test_a_check_with_words_of_its_own_says_them_and_the_query() -> None:
    check = Check(
        "test.x",
        "what_informs_agrees",
        "model.x",
        "",
        is_blocking=False,
        finding="sources that differ",
        see="from x",
    )

    assert check.in_words(1230, "reconciliations") == (
        'sources that differ: 1,230 in reconciliations; see `etl sql "from x"`'
    )


def test_a_check_without_says_its_name_and_arguments() -> None:
    check = Check("test.x", "unique_key", "model.x", "columns: ['month']", is_blocking=True)

    assert check.in_words(2, "services_monthly") == (
        "rows that fail the check unique_key (columns: ['month']): 2 in services_monthly"
    )
