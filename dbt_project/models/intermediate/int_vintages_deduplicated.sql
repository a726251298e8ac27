-- Prints in the order of their editions, one a day for a source and figure, each with the print that first
-- gave its value. A figure that an edition leaves out, though it prints its period, is withdrawn by it: a
-- print of nothing. Numbers only: what a print says in words stays in int_observations_unioned, which its
-- ids lead to.
with prints as (

    select
        figure_id,
        period_ends_on,
        release_id,
        source_id,
        published_on,
        valid_from,
        edition_ends_on,
        amount,
        rounding,
        unit,
        printed_code,
        status,
        is_first_print,
        cell,
        is_one_of_a_day,
        place_in_day,
        is_edition
    from {{ ref('int_observations_unioned') }}

),

withdrawals as (

    select * from {{ ref('int_withdrawals') }}

),

all_prints as (

    select
        *,
        {{ figure_of_release_id() }} as figure_of_release_id
    from prints
    union all by name
    select
        *,
        {{ figure_of_release_id() }} as figure_of_release_id
    from withdrawals

),

-- Of two files of one day the later edition counts with all its figures, so that they add up; of two prints
-- that quote one figure the more exact.
one_a_day as (

    select * from all_prints
    where not is_one_of_a_day
    union all
    select * from all_prints
    where is_one_of_a_day
    qualify row_number() over (
        partition by figure_of_release_id, published_on
        order by case when not is_edition then rounding end asc nulls first, place_in_day asc, cell asc
    ) = 1

),

-- A rounded copy of a figure that was printed exactly confirms it and never takes its place. How exact a
-- source is its most exact figure says: a workbook's 12.5 may be exact.
by_precision as (

    select
        *,
        min(rounding) over (partition by source_id) as source_rounding
    from one_a_day

),

beside_the_exact as (

    select
        *,
        min(source_rounding) over (partition by figure_of_release_id) as finest_rounding
    from by_precision

),

confirmed as (

    select
        *,
        last_value(case when source_rounding = finest_rounding then amount end ignore nulls) over before_it
            as exact_amount,
        last_value(case when source_rounding = finest_rounding then rounding end ignore nulls) over before_it
            as exact_rounding
    from beside_the_exact
    window before_it as (
        partition by figure_of_release_id
        order by edition_ends_on, published_on
        rows between unbounded preceding and 1 preceding
    )

),

as_exact as (

    select
        * exclude (source_rounding, finest_rounding, exact_amount, exact_rounding)
        replace (
            case when is_copy then exact_amount else amount end as amount,
            case when is_copy then exact_rounding else rounding end as rounding
        )
    from (
        select
            *,
            coalesce(
                source_rounding > finest_rounding and abs(amount - exact_amount) <= rounding, false
            ) as is_copy
        from confirmed
    ) as marked

),

-- A figure that is printed under another code than before, or in another unit, is a break, no revision.
changes as (

    select
        * exclude (cell, is_one_of_a_day, place_in_day, is_edition, unit, printed_code, is_copy),
        coalesce(amount is distinct from lag(amount) over by_edition, true) as is_change,
        coalesce(
            unit <> lag(unit) over by_edition or printed_code <> lag(printed_code) over by_edition, false
        ) as is_break
    from as_exact
    window by_edition as (partition by figure_of_release_id order by edition_ends_on, published_on)

)

select
    * exclude (figure_of_release_id),
    last_value(case when is_change then published_on end ignore nulls) over (
        partition by figure_of_release_id order by edition_ends_on, published_on
    ) as vintage_published_on,
    last_value(case when is_change then rounding end ignore nulls) over (
        partition by figure_of_release_id order by edition_ends_on, published_on
    ) as vintage_rounding
from changes
