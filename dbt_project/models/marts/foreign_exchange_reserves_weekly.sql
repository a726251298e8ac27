-- SBP dates a week by its last working day, so weeks follow each other by six to eight days. A week that is
-- missing leaves the change of the one after it unknown.
with weeks as (

    select
        *,
        lag(period_ends_on) over (partition by code order by period_ends_on) as week_before_ended_on,
        lag(amount) over (partition by code order by period_ends_on) as amount_before
    from {{ ref('int_figures_known') }}
    where series = 'foreign_exchange_reserves' and period_type = 'week'

),

holders as (

    select * from {{ ref('foreign_exchange_reserves_holders') }}

)

select
    weeks.period,
    weeks.period_ends_on as week_ending_on,
    {{ fiscal_year('weeks.period_ends_on') }} as fiscal_year,
    weeks.code as holder_code,
    holders.name as holder_name,
    weeks.amount as reserves_usd_mn,
    {{ usd_mn(
        'case when weeks.period_ends_on - weeks.week_before_ended_on < 11 then weeks.amount - weeks.amount_before end'
    ) }} as reserves_wow_change_usd_mn,
    weeks.first_published_amount as reserves_first_published_usd_mn,
    weeks.status as reserves_status,
    weeks.basis as reserves_basis,
    weeks.is_superseded as reserves_is_superseded,
    weeks.vintage_id as reserves_vintage_id
from weeks
inner join holders on weeks.code = holders.code
order by weeks.period_ends_on, holders.code
