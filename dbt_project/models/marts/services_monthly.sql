{% set flows = ['exports', 'imports'] -%}

with months as (

    select
        *,
        period_starts_on as month
    from {{ ref('int_services_figures') }}
    where period_type = 'month'

),

to_date as (

    select * from {{ ref('int_services_periods') }}
    where period_type = 'fiscal_year_to_date'

),

items as (

    select * from {{ ref('ebops_items') }}

),

with_windows as (

    select
        *,
    {% for flow in flows %}
    case
        when count({{ flow }}_usd_mn) over twelve_months = 12
            then sum({{ flow }}_usd_mn) over twelve_months
    end as {{ flow }}_12m_usd_mn{{ ',' if not loop.last }}
    {% endfor %}
    from months
    window twelve_months as (
        partition by item_code order by month
        range between interval 11 months preceding and current row
    )

)

select
    this.month,
    {{ fiscal_year('this.month') }} as fiscal_year,
    this.item_code,
    items.item_name,
    {% for flow in flows %}
    this.{{ flow }}_usd_mn,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'month_before.' ~ flow ~ '_usd_mn') }} as {{ flow }}_mom_pct,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'year_before.' ~ flow ~ '_usd_mn') }} as {{ flow }}_yoy_pct,
    to_date.{{ flow }}_usd_mn as {{ flow }}_fytd_usd_mn,
    {{ pct_change('to_date.' ~ flow ~ '_usd_mn', 'to_date_year_before.' ~ flow ~ '_usd_mn') }}
        as {{ flow }}_fytd_yoy_pct,
    {{ usd_mn('this.' ~ flow ~ '_12m_usd_mn') }} as {{ flow }}_12m_usd_mn,
    this.{{ flow }}_first_published_usd_mn,
    this.{{ flow }}_status,
    this.{{ flow }}_basis,
    this.{{ flow }}_release_id,
    {{ usd_mn('this.' ~ flow ~ '_rounding_usd_mn') }} as {{ flow }}_rounding_usd_mn,
    this.{{ flow }}_is_across_vintages,
    this.{{ flow }}_largest_gap_usd_mn,
    this.{{ flow }}_is_superseded,
    this.{{ flow }}_vintage_id,
    {% endfor %}
    this.balance_usd_mn,
    {{ usd_mn('this.balance_usd_mn - month_before.balance_usd_mn') }} as balance_mom_change_usd_mn,
    {{ usd_mn('this.balance_usd_mn - year_before.balance_usd_mn') }} as balance_yoy_change_usd_mn,
    this.balance_vintage_id
from with_windows as this
inner join items on this.item_code = items.item_code
left join months as month_before
    on this.item_code = month_before.item_code and this.month = month_before.month + interval 1 month
left join months as year_before
    on this.item_code = year_before.item_code and this.month = year_before.month + interval 1 year
left join to_date
    on this.item_code = to_date.item_code and this.period_ends_on = to_date.period_ends_on
left join to_date as to_date_year_before
    on
        this.item_code = to_date_year_before.item_code
        and this.period_ends_on = last_day(to_date_year_before.period_ends_on + interval 1 year)
order by this.month, items.sort_order
