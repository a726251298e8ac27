-- Each change of a figure: what the newest print said before, and what it says from this day on, whatever
-- its source. A difference within the rounding of either print, or within a source's tolerance, is none.
with prints as (

    select * from {{ ref('int_vintages_deduplicated') }}
    where {{ was_out() }}

),

releases as (

    select * from {{ ref('stg_releases') }}

),

figures as (

    select * from {{ ref('int_figures') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

-- Of one day the print of the source that counts more, then the more exact one.
of_day as (

    select
        prints.*,
        releases.tolerance_usd_mn,
        sources.newest_period_ends_on
    from prints
    inner join releases on prints.release_id = releases.release_id
    inner join sources on prints.source_id = sources.source_id
    qualify row_number() over (
        partition by prints.figure_id, prints.published_on
        order by releases.tier asc, prints.rounding asc nulls last, prints.release_id asc
    ) = 1

),

-- A print of an older edition than the newest that was out by then says nothing new: an old file that comes
-- later changes no figure.
of_newest_edition as (

    select *
    from (
        select
            *,
            max(newest_period_ends_on) over (
                partition by figure_id
                order by valid_from, published_on
                rows between unbounded preceding and 1 preceding
            ) as newest_before
        from of_day
    ) as beside_the_newest
    where newest_before is null or newest_period_ends_on >= newest_before

),

in_order as (

    select
        *,
        lag(amount) over by_day as previous_amount,
        lag(rounding) over by_day as previous_rounding,
        lag(tolerance_usd_mn) over by_day as previous_tolerance_usd_mn,
        lag(vintage_published_on) over by_day as previous_vintage_published_on,
        lag(release_id) over by_day as previous_release_id,
        lag(published_on) over by_day as previous_published_on,
        first_value(case when is_first_print then amount end) over by_day as first_amount,
        first_value(case when is_first_print then published_on end) over by_day as first_published_on
    from of_newest_edition
    window by_day as (partition by figure_id order by valid_from, edition_ends_on, published_on)

),

changed as (

    select
        *,
        amount is null as is_withdrawal
    from in_order
    where
        previous_amount is not null
        and (
            -- One source leaving a figure out takes back its own, not what another printed.
            (amount is null and release_id = previous_release_id)
            or abs(amount - previous_amount) > greatest(
                rounding,
                previous_rounding,
                tolerance_usd_mn,
                previous_tolerance_usd_mn
            )
        )

)

select
    figures.series,
    figures.code,
    case when figures.series = 'services' then figures.code end as item_code,
    figures.period_type,
    figures.period,
    figures.period_ends_on,
    case when figures.period_type = 'month' then figures.period_starts_on end as month,
    figures.flow,
    changed.published_on,
    changed.amount as value_usd_mn,
    changed.previous_amount as previous_usd_mn,
    changed.first_amount as first_usd_mn,
    {{ usd_mn('changed.amount - changed.previous_amount') }} as change_usd_mn,
    round(
        100 * (changed.amount - changed.previous_amount) / nullif(abs(changed.previous_amount), 0), 4
    )::decimal(18, 4) as change_pct,
    {{ usd_mn('changed.amount - changed.first_amount') }} as change_since_first_usd_mn,
    datediff('day', changed.first_published_on, changed.published_on)::integer as days_since_first_print,
    datediff('day', changed.previous_published_on, changed.published_on)::integer
        as days_since_previous_print,
    changed.status,
    changed.release_id,
    changed.previous_release_id,
    changed.is_withdrawal as is_withdrawn,
    changed.is_break and changed.release_id = changed.previous_release_id as is_break,
    case
        when not changed.is_withdrawal
            then {{ vintage_id('figures.figure_key', 'changed.release_id', 'changed.vintage_published_on') }}
    end as vintage_id,
    {{ vintage_id(
        'figures.figure_key', 'changed.previous_release_id', 'changed.previous_vintage_published_on'
    ) }}
        as previous_vintage_id
from changed
inner join figures on changed.figure_id = figures.figure_id
where figures.amount_unit = 'million US$'
