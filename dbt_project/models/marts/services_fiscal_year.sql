{% set flows = ['exports', 'imports'] -%}
{% set cagr_years = 5 -%}

with years as (

    select * from {{ ref('int_services_periods') }}
    where period_type = 'fiscal_year'

),

records as (

    select * from {{ ref('int_services_period_records') }}
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
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'year_before.' ~ flow ~ '_usd_mn') }} as {{ flow }}_yoy_pct,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'long_before.' ~ flow ~ '_usd_mn') }}
        as {{ flow }}_growth_{{ cagr_years }}y_pct,
    {{ cagr_pct('this.' ~ flow ~ '_usd_mn', 'long_before.' ~ flow ~ '_usd_mn', cagr_years) }}
        as {{ flow }}_cagr_{{ cagr_years }}y_pct,
    records.{{ flow }}_is_record,
    {{ share_pct(
        '(this.' ~ flow ~ '_usd_mn - year_before.' ~ flow ~ '_usd_mn)', 'total_year_before.' ~ flow ~ '_usd_mn'
    ) }} as {{ flow }}_contribution_to_growth_pp,
    this.{{ flow }}_is_superseded,
    this.{{ flow }}_vintage_id,
    {% endfor %}
    this.balance_usd_mn,
    this.balance_vintage_id
from years as this
inner join items on this.item_code = items.item_code
left join records on this.item_code = records.item_code and this.period_ends_on = records.period_ends_on
left join years as year_before
    on
        this.item_code = year_before.item_code
        and this.period_starts_on = year_before.period_starts_on + interval 1 year
left join years as long_before
    on
        this.item_code = long_before.item_code
        and this.period_starts_on = long_before.period_starts_on + interval {{ cagr_years }} year
left join years as total_year_before
    on
        total_year_before.item_code = 'S'
        and this.period_starts_on = total_year_before.period_starts_on + interval 1 year
order by fiscal_year_ends_on, items.sort_order
