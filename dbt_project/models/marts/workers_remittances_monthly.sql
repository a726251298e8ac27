with months as (

    select * from {{ ref('int_figures_known') }}
    where series = 'workers_remittances' and period_type = 'month' and basis <> 'derived'

),

countries as (

    select * from {{ ref('workers_remittances_countries') }}

),

totals as (

    select
        months.period_starts_on,
        months.amount
    from months
    inner join countries on months.code = countries.code
    where countries.is_total

)

select
    this.period,
    this.period_starts_on as month,
    {{ fiscal_year('this.period_starts_on') }} as fiscal_year,
    this.code as country_code,
    countries.name as country_name,
    countries.parent_code as parent_country_code,
    this.amount as remittances_usd_mn,
    {{ pct_change('this.amount', 'month_before.amount') }} as remittances_mom_pct,
    {{ pct_change('this.amount', 'year_before.amount') }} as remittances_yoy_pct,
    {{ share_pct('this.amount', 'totals.amount') }} as remittances_share_pct,
    this.first_published_amount as remittances_first_published_usd_mn,
    this.status as remittances_status,
    this.basis as remittances_basis,
    this.is_superseded as remittances_is_superseded,
    this.vintage_id as remittances_vintage_id
from months as this
inner join countries on this.code = countries.code
left join totals on this.period_starts_on = totals.period_starts_on
left join months as month_before
    on
        this.code = month_before.code
        and this.period_starts_on = month_before.period_starts_on + interval 1 month
left join months as year_before
    on this.code = year_before.code and this.period_starts_on = year_before.period_starts_on + interval 1 year
order by this.period_starts_on, countries.sort_order
