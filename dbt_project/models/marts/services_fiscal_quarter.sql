{% set flows = ['exports', 'imports'] -%}

with quarters as (

    select * from {{ ref('int_services_periods') }}
    where period_type = 'fiscal_quarter'

),

items as (

    select * from {{ ref('ebops_items') }}

)

select
    {{ fiscal_year('this.period_ends_on') }} as fiscal_year,
    {{ fiscal_quarter('this.period_ends_on') }} as quarter,
    this.period_starts_on as quarter_starts_on,
    this.item_code,
    items.item_name,
    {% for flow in flows %}
    this.{{ flow }}_usd_mn,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'year_before.' ~ flow ~ '_usd_mn') }} as {{ flow }}_yoy_pct,
    this.{{ flow }}_usd_mn = max(this.{{ flow }}_usd_mn) over up_to_this as {{ flow }}_is_record,
    this.{{ flow }}_basis,
    this.{{ flow }}_months_known,
    this.{{ flow }}_sum_of_known_months_usd_mn,
    this.{{ flow }}_is_superseded,
    this.{{ flow }}_vintage_id,
    {% endfor %}
    this.balance_usd_mn,
    this.balance_vintage_id
from quarters as this
inner join items on this.item_code = items.item_code
left join quarters as year_before
    on
        this.item_code = year_before.item_code
        and this.period_starts_on = year_before.period_starts_on + interval 1 year
window up_to_this as (partition by this.item_code order by this.period_starts_on)
order by quarter_starts_on, items.sort_order
