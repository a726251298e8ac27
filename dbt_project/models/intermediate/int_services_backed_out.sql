-- The fiscal year to a month that no file shows as a column, from one file that shows a later one: its
-- cumulative column less the months after, all of the same edition, so that no revision gets between.
with prints as (

    select * from {{ ref('int_services_prints') }}
    where flow in ('exports', 'imports')

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
        cumulative.code as item_code,
        cumulative.flow,
        cumulative.file_sha256,
        cumulative.edition_ends_on,
        cumulative.published_on,
        cumulative.period_starts_on,
        (months.period_starts_on - interval 1 day)::date as period_ends_on,
        cumulative.value - sum(months.value) over later_months as value_thousand_usd,
        count(*) over later_months as months_taken,
        {{ months_between('months.period_starts_on', 'cumulative.period_ends_on') }} as months_to_take
    from cumulative
    inner join months
        on
            cumulative.file_sha256 = months.file_sha256
            and cumulative.code = months.code
            and cumulative.flow = months.flow
            and cumulative.period_starts_on < months.period_starts_on
            and cumulative.period_ends_on >= months.period_ends_on
    window later_months as (
        partition by cumulative.file_sha256, cumulative.code, cumulative.flow, cumulative.period_starts_on
        order by months.period_starts_on desc
    )

)

select
    item_code,
    flow,
    file_sha256,
    period_starts_on,
    period_ends_on,
    {{ usd_mn('value_thousand_usd * 0.001') }} as value_usd_mn
from less_later_months
where months_taken = months_to_take
qualify row_number() over (
    partition by item_code, flow, period_starts_on, period_ends_on
    order by edition_ends_on desc, published_on desc
) = 1
