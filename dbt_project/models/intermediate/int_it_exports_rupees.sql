-- One row a month for which IT exports and the month's average rate are known: exports in rupees.
with months as (

    select * from {{ ref('int_services_changes') }}
    where item_code = '9' and exports_usd_mn is not null

),

rates as (

    select * from {{ ref('int_figures_known') }}
    where
        series = 'exchange_rates' and code = 'USD' and flow = 'average' and period_type = 'month'

),

in_rupees as (

    select
        months.month,
        {{ fiscal_year_starts_on('months.month') }} as fiscal_year_starts_on,
        rates.amount as usd_pkr,
        rates.vintage_id as usd_pkr_vintage_id,
        (months.exports_usd_mn::decimal(38, 6) * rates.amount)::decimal(18, 6) as exports_pkr_mn
    from months
    inner join rates on months.period_ends_on = rates.period_ends_on

),

-- July to a month is known only where each of its months is.
to_date as (

    select
        *,
        case
            when count(*) over year_so_far = {{ months_between('fiscal_year_starts_on', 'month') }}
                then sum(exports_pkr_mn) over year_so_far
        end as exports_fytd_pkr_mn
    from in_rupees
    window year_so_far as (partition by fiscal_year_starts_on order by month)

)

select
    this.month,
    this.usd_pkr,
    this.usd_pkr_vintage_id,
    this.exports_pkr_mn,
    {{ pct_change('this.exports_pkr_mn', 'year_before.exports_pkr_mn') }} as exports_pkr_yoy_pct,
    this.exports_fytd_pkr_mn::decimal(18, 6) as exports_fytd_pkr_mn,
    {{ pct_change('this.exports_fytd_pkr_mn', 'year_before.exports_fytd_pkr_mn') }}
        as exports_fytd_pkr_yoy_pct
from to_date as this
left join to_date as year_before on this.month = year_before.month + interval 1 year
