-- How far a first print can be trusted: for each item and flow, what the months first printed became by a
-- number of days after. A month counts for a horizon only where it was printed again within it.
with prints as (

    select * from {{ ref('int_daily_prints') }}

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
    within_days::integer as within_days,
    count(*)::integer as months_compared,
    count_if(revision <> 0)::integer as months_revised,
    {{ share_pct('count_if(revision <> 0)', 'count(*)') }} as months_revised_pct,
    {{ usd_mn('avg(revision)') }} as mean_revision_usd_mn,
    {{ usd_mn('avg(abs(revision))') }} as mean_absolute_revision_usd_mn,
    {{ share_pct('avg(abs(revision))', 'avg(abs(first_amount))') }} as mean_absolute_revision_pct,
    {{ usd_mn('arg_max(revision, (abs(revision), period))') }} as largest_revision_usd_mn,
    arg_max(period, (abs(revision), period)) as largest_revision_period
from revised
group by series, code, flow, release_id, horizon, within_days
