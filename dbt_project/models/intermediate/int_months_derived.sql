-- Months while no source prints them, as differences of cumulative figures: of one edition before those of
-- two, of printed columns before those backed out.
with differences as (

    select * replace (coalesce(valid_to, 'infinity'::date) as valid_to)
    from {{ ref('int_cumulative_differences') }}

),

printed_months as (

    select
        figures.series,
        figures.code,
        figures.flow,
        figures.period_starts_on as month,
        selected.valid_from,
        coalesce(selected.valid_to, 'infinity'::date) as valid_to
    from {{ ref('int_vintages_selected') }} as selected
    inner join {{ ref('int_figures') }} as figures on selected.figure_id = figures.figure_id
    where figures.period_type = 'month'

),

-- Days on which a month that is printed at some time is not: before its first print, and after one was
-- withdrawn.
gaps as (

    select
        series,
        code,
        flow,
        month,
        '-infinity'::date as valid_from,
        min(valid_from) as valid_to
    from printed_months
    group by all
    union all by name
    select
        series,
        code,
        flow,
        month,
        valid_to as valid_from,
        coalesce(
            lead(valid_from) over (partition by series, code, flow, month order by valid_from),
            'infinity'::date
        ) as valid_to
    from printed_months

),

candidates as (

    select differences.*
    from differences
    anti join printed_months
        on
            differences.series = printed_months.series
            and differences.code = printed_months.code
            and differences.flow = printed_months.flow
            and differences.month = printed_months.month
    union all by name
    select
        differences.* replace (
            greatest(differences.valid_from, gaps.valid_from) as valid_from,
            least(differences.valid_to, gaps.valid_to) as valid_to
        )
    from differences
    inner join gaps
        on
            differences.series = gaps.series
            and differences.code = gaps.code
            and differences.flow = gaps.flow
            and differences.month = gaps.month
            and differences.valid_from < gaps.valid_to
            and differences.valid_to > gaps.valid_from
    where gaps.valid_from < gaps.valid_to

),

days as (

    select
        series,
        code,
        flow,
        month,
        valid_from as day_on
    from candidates
    union
    select
        series,
        code,
        flow,
        month,
        valid_to as day_on
    from candidates

),

stretches as (

    select
        * exclude (day_on),
        day_on as valid_from,
        lead(day_on) over (partition by series, code, flow, month order by day_on) as valid_to
    from days

),

chosen as (

    select candidates.* replace (stretches.valid_from as valid_from, stretches.valid_to as valid_to)
    from candidates
    inner join stretches
        on
            candidates.series = stretches.series
            and candidates.code = stretches.code
            and candidates.flow = stretches.flow
            and candidates.month = stretches.month
            and candidates.valid_from <= stretches.valid_from
            and candidates.valid_to >= stretches.valid_to
    qualify row_number() over (
        partition by
            candidates.series, candidates.code, candidates.flow, candidates.month, stretches.valid_from
        order by
            candidates.is_across_vintages asc,
            candidates.is_printed desc,
            candidates.published_on desc,
            candidates.release_id asc,
            -- June that is shown as the year to date and as the year is one or the other for good.
            candidates.cumulative_figure_id asc,
            candidates.cumulative_figure_id_before asc
    ) = 1

)

select
    * replace (
        nullif(valid_to, 'infinity'::date) as valid_to,
        coalesce(later_month_figure_ids, []) as later_month_figure_ids,
        coalesce(later_month_figure_ids_before, []) as later_month_figure_ids_before
    ),
    last_day(month) as month_ends_on,
    strftime(month, '%Y-%m') as period,
    series || ':' || code || ':' || flow || ':' || strftime(month, '%Y-%m') || ':derived' as vintage_id
from chosen
