-- One row a month whose holidays are known: Monday to Friday, less the holidays among them.
with holidays as (

    select
        holiday_on,
        bool_or(is_estimated) as is_estimated
    from (
        select
            holiday_on,
            is_estimated
        from {{ ref('stg_public_holidays') }}
        union all
        select
            holiday_on,
            false as is_estimated
        from {{ ref('declared_holidays') }}
    )
    group by holiday_on

),

span as (

    select
        date_trunc('year', min(holiday_on)) as starts_on,
        date_trunc('year', max(holiday_on)) + interval 1 year - interval 1 day as ends_on
    from holidays

),

days as (

    select unnest(generate_series(starts_on, ends_on, interval 1 day))::date as day_on
    from span

)

select
    date_trunc('month', days.day_on)::date as month,
    count(*) filter (holidays.holiday_on is null)::integer as working_days,
    coalesce(bool_or(holidays.is_estimated), false) as is_estimated
from days
left join holidays on days.day_on = holidays.holiday_on
where isodow(days.day_on) <= 5
group by date_trunc('month', days.day_on)
