with latest as (

    select max(period_ends_on) as period_ends_on
    from {{ ref('int_figures') }}

),

months as (

    -- From the oldest month that SBP prints anywhere to the end of the fiscal year after the latest figure.
    select
        unnest(generate_series(
            date '1970-07-01',
            {{ fiscal_year_starts_on('latest.period_ends_on') }} + interval 23 month,
            interval 1 month
        ))::date as month
    from latest

)

select
    month,
    last_day(month) as month_ends_on,
    strftime(month, '%b-%y') as month_label,
    year(month)::integer as calendar_year,
    {{ fiscal_year('month') }} as fiscal_year,
    {{ fiscal_year_starts_on('month') }} as fiscal_year_starts_on,
    ({{ fiscal_year_starts_on('month') }} + interval 1 year - interval 1 day)::date as fiscal_year_ends_on,
    {{ fiscal_quarter('month') }} as fiscal_quarter,
    {{ months_between(fiscal_year_starts_on('month'), 'month') }}::integer as month_of_fiscal_year,
    day(last_day(month))::integer as days_in_month
from months
