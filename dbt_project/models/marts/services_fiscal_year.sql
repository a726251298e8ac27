{% set flows = ['exports', 'imports'] -%}

with years as (

    select * from {{ ref('int_services_periods') }}
    where period_type = 'fiscal_year'

),

items as (

    select * from {{ ref('ebops_items') }}

)

select
    this.period as fiscal_year,
    this.period_ends_on as fiscal_year_ends_on,
    this.item_code,
    items.item_name,
    this.exports_months_known as months_known,
    {% for flow in flows %}
    this.{{ flow }}_usd_mn,
    this.{{ flow }}_basis,
    this.{{ flow }}_sum_of_known_months_usd_mn,
    this.{{ flow }}_months_known,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'this.' ~ flow ~ '_year_before_usd_mn') }}
        as {{ flow }}_yoy_pct,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'this.' ~ flow ~ '_five_years_before_usd_mn') }}
        as {{ flow }}_growth_5y_pct,
    {{ cagr_pct('this.' ~ flow ~ '_usd_mn', 'this.' ~ flow ~ '_five_years_before_usd_mn', 5) }}
        as {{ flow }}_cagr_5y_pct,
    this.{{ flow }}_is_record,
    {{ share_pct(
        '(this.' ~ flow ~ '_usd_mn - this.' ~ flow ~ '_year_before_usd_mn)', 'total_year_before.' ~ flow ~ '_usd_mn'
    ) }} as {{ flow }}_contribution_to_growth_pp,
    this.{{ flow }}_is_superseded,
    this.{{ flow }}_vintage_id,
    {% endfor %}
    this.balance_usd_mn,
    this.balance_vintage_id
from years as this
inner join items on this.item_code = items.item_code
left join years as total_year_before
    on
        total_year_before.item_code = 'S'
        and this.period_starts_on = total_year_before.period_starts_on + interval 1 year
order by fiscal_year_ends_on, items.sort_order
