-- Each change of a figure: what the newest print said before, and what it says from this day on, whatever
-- its source. A difference within the rounding of either print, or within a source's tolerance, is none.
with prints as (

    select * from {{ ref('int_daily_prints') }}

),

releases as (

    select * from {{ ref('stg_releases') }}

),

-- Of one day the print of the source that counts more, then the more exact one.
of_day as (

    select
        prints.*,
        releases.tolerance_usd_mn
    from prints
    inner join releases on prints.release_id = releases.release_id
    qualify row_number() over (
        partition by
            prints.series, prints.code, prints.period_type, prints.period, prints.flow, prints.published_on
        order by releases.tier asc, prints.rounding_usd_mn asc nulls last, prints.release_id asc
    ) = 1

),

in_order as (

    select
        *,
        lag(value_usd_mn) over by_day as previous_usd_mn,
        lag(rounding_usd_mn) over by_day as previous_rounding_usd_mn,
        lag(tolerance_usd_mn) over by_day as previous_tolerance_usd_mn,
        lag(vintage_id) over by_day as previous_vintage_id,
        lag(release_id) over by_day as previous_release_id,
        lag(published_on) over by_day as previous_published_on,
        first_value(case when is_first_print then value_usd_mn end) over by_day as first_usd_mn,
        first_value(case when is_first_print then published_on end) over by_day as first_published_on
    from of_day
    window
        by_day as (
            partition by series, code, period_type, period, flow
            order by valid_from, edition_ends_on, published_on
        )

),

changed as (

    select
        *,
        value_usd_mn is null as is_withdrawal
    from in_order
    where
        previous_usd_mn is not null
        and (
            -- One source leaving a figure out takes back its own, not what another printed.
            (value_usd_mn is null and release_id = previous_release_id)
            or abs(value_usd_mn - previous_usd_mn) > greatest(
                rounding_usd_mn,
                previous_rounding_usd_mn,
                tolerance_usd_mn,
                previous_tolerance_usd_mn
            )
        )

)

select
    series,
    code,
    case when series = 'services' then code end as item_code,
    period_type,
    period,
    case when period_type = 'month' then period_starts_on end as month,
    flow,
    published_on,
    value_usd_mn,
    previous_usd_mn,
    first_usd_mn,
    {{ usd_mn('value_usd_mn - previous_usd_mn') }} as change_usd_mn,
    round(100 * (value_usd_mn - previous_usd_mn) / nullif(abs(previous_usd_mn), 0), 4)::decimal(18, 4)
        as change_pct,
    {{ usd_mn('value_usd_mn - first_usd_mn') }} as change_since_first_usd_mn,
    datediff('day', first_published_on, published_on)::integer as days_since_first_print,
    datediff('day', previous_published_on, published_on)::integer as days_since_previous_print,
    status,
    release_id,
    previous_release_id,
    is_withdrawal as is_withdrawn,
    is_break and release_id = previous_release_id as is_break,
    case when not is_withdrawal then vintage_id end as vintage_id,
    previous_vintage_id
from changed
order by series, code, period_type, period_starts_on, flow, published_on
