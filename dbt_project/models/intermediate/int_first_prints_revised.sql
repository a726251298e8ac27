-- For each item, flow and fiscal year what its months, first printed so, became by a number of days after,
-- added up over the months. A month counts for a horizon only where it was printed again within it.
with prints as (

    select * from {{ ref('int_vintages_deduplicated') }}
    where {{ was_out() }}

),

figures as (

    select * from {{ ref('int_figures') }}
    where period_type = 'month' and amount_unit = 'million US$'

),

horizons as (

    select
        unnest(['next_edition', 'half_a_year', 'a_year_later', 'newest']) as horizon,
        unnest([62, 200, 400, null]) as within_days

),

first_prints as (

    select
        prints.figure_id,
        prints.release_id,
        prints.amount,
        prints.rounding,
        prints.published_on
    from prints
    inner join figures on prints.figure_id = figures.figure_id
    where prints.is_first_print and prints.amount is not null
    qualify row_number() over (
        partition by prints.figure_id, prints.release_id order by prints.published_on
    ) = 1

),

later_prints as (

    select
        first_prints.figure_id,
        first_prints.release_id,
        horizons.horizon,
        horizons.within_days,
        any_value(first_prints.amount) as first_amount,
        max_by(prints.amount, (prints.edition_ends_on, prints.published_on)) as later_amount,
        max_by(
            greatest(first_prints.rounding, prints.rounding), (prints.edition_ends_on, prints.published_on)
        ) as rounding
    from first_prints
    inner join prints
        on
            first_prints.figure_id = prints.figure_id
            and first_prints.release_id = prints.release_id
            and first_prints.published_on < prints.published_on
    cross join horizons
    where
        prints.amount is not null
        and (
            horizons.within_days is null
            or datediff('day', first_prints.published_on, prints.published_on) <= horizons.within_days
        )
    group by
        first_prints.figure_id, first_prints.release_id, horizons.horizon, horizons.within_days

),

revised as (

    select
        figures.series,
        figures.code,
        figures.flow,
        later_prints.release_id,
        later_prints.horizon,
        later_prints.within_days,
        figures.period,
        {{ fiscal_year_starts_on('figures.period_starts_on') }} as month,
        later_prints.first_amount,
        case
            when abs(later_prints.later_amount - later_prints.first_amount) > later_prints.rounding
                then later_prints.later_amount - later_prints.first_amount
            else 0
        end as revision
    from later_prints
    inner join figures on later_prints.figure_id = figures.figure_id

)

select
    series,
    code,
    flow,
    release_id,
    horizon,
    within_days,
    month,
    count(*) as months_compared,
    count_if(revision <> 0) as months_revised,
    sum(revision) as sum_of_revisions,
    sum(abs(revision)) as sum_of_absolute_revisions,
    sum(abs(first_amount)) as sum_of_first_amounts,
    arg_max(revision, (abs(revision), period)) as largest_revision,
    arg_max(period, (abs(revision), period)) as largest_revision_period
from revised
group by all
