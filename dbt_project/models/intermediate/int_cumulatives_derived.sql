-- The fiscal year to a month that no source shows as a column, from one that shows a later one: its
-- cumulative column less the months after, all of the same edition, so that no revision gets between.
with prints as (

    select
        series,
        code,
        flow,
        period_type,
        period_starts_on,
        period_ends_on,
        figure_id,
        release_id,
        source_id,
        published_on,
        valid_from,
        edition_ends_on,
        exact_amount,
        rounding
    from {{ ref('int_observations_unioned') }}
    where period_type in ('month', 'fiscal_year_to_date') and flow in ('exports', 'imports', 'amount')

),

cumulative as (

    select * from prints
    where period_type = 'fiscal_year_to_date'

),

months as (

    select * from prints
    where period_type = 'month'

),

less_later_months as (

    select
        cumulative.series,
        cumulative.code,
        cumulative.flow,
        cumulative.period_starts_on,
        (months.period_starts_on - interval 1 day)::date as period_ends_on,
        cumulative.release_id,
        cumulative.source_id,
        cumulative.published_on,
        cumulative.valid_from,
        cumulative.edition_ends_on,
        cumulative.figure_id as cumulative_figure_id,
        list(months.figure_id) over later_months as later_month_figure_ids,
        cumulative.exact_amount - sum(months.exact_amount) over later_months as amount,
        cumulative.rounding
        + ({{ sum_of_roundings('months.rounding', window='later_months') }})::double as rounding,
        count(*) over later_months as months_taken,
        {{ months_between('months.period_starts_on', 'cumulative.period_ends_on') }} as months_to_take
    from cumulative
    inner join months
        on
            cumulative.source_id = months.source_id
            and cumulative.series = months.series
            and cumulative.code = months.code
            and cumulative.flow = months.flow
            and cumulative.period_starts_on < months.period_starts_on
            and cumulative.period_ends_on >= months.period_ends_on
    window later_months as (
        partition by cumulative.source_id, cumulative.figure_id
        order by months.period_starts_on desc
    )

),

-- Each counts until one that counts more is out. An edition that shows the column to February beside that to
-- March gives January twice: the shorter way.
ranked as (

    select
        * exclude (months_taken, months_to_take) replace ({{ usd_mn('amount') }} as amount),
        min(valid_from) over (
            partition by series, code, flow, period_starts_on, period_ends_on
            order by edition_ends_on desc, published_on desc, source_id asc, len(later_month_figure_ids) asc
            rows between unbounded preceding and 1 preceding
        ) as valid_to
    from less_later_months
    where months_taken = months_to_take

)

select * from ranked
where valid_to is null or valid_from < valid_to
