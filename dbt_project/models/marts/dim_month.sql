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

),

working_days as (

    select * from {{ ref('int_working_days') }}

)

select
    this.month,
    last_day(this.month) as month_ends_on,
    strftime(this.month, '%b-%y') as month_label,
    year(this.month)::integer as calendar_year,
    {{ fiscal_year('this.month') }} as fiscal_year,
    {{ fiscal_year_starts_on('this.month') }} as fiscal_year_starts_on,
    ({{ fiscal_year_starts_on('this.month') }} + interval 1 year - interval 1 day)::date
        as fiscal_year_ends_on,
    {{ fiscal_quarter('this.month') }} as fiscal_quarter,
    {{ months_between(fiscal_year_starts_on('this.month'), 'this.month') }}::integer as month_of_fiscal_year,
    day(last_day(this.month))::integer as days_in_month,
    working_days.working_days,
    working_days.is_estimated as working_days_is_estimated
from months as this
left join working_days on this.month = working_days.month
