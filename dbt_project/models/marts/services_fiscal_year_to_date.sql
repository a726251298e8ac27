{% set flows = ['exports', 'imports'] -%}

with to_date as (

    select
        *,
        date_trunc('month', period_ends_on)::date as through_month
    from {{ ref('int_services_periods') }}
    where period_type = 'fiscal_year_to_date'

),

backed_out as (

    select * from {{ ref('int_cumulatives_derived') }}
    where series = 'services' and {{ stood() }}

),

items as (

    select * from {{ ref('ebops_items') }}

)

select
    {{ fiscal_year('this.period_ends_on') }} as fiscal_year,
    this.through_month,
    this.item_code,
    items.item_name,
    this.months_in_period,
    {% for flow in flows %}
    this.{{ flow }}_usd_mn,
    this.{{ flow }}_basis,
    this.{{ flow }}_printed_usd_mn as {{ flow }}_published_usd_mn,
    this.{{ flow }}_sum_of_months_usd_mn,
    {{ usd_mn('this.' ~ flow ~ '_printed_usd_mn - this.' ~ flow ~ '_sum_of_months_usd_mn') }}
        as {{ flow }}_published_less_months_usd_mn,
    {{ flow }}_backed_out.amount as {{ flow }}_backed_out_usd_mn,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'this.' ~ flow ~ '_year_before_usd_mn') }}
        as {{ flow }}_yoy_pct,
    this.{{ flow }}_is_record,
    this.{{ flow }}_is_superseded,
    this.{{ flow }}_vintage_id,
    {% endfor %}
    this.balance_usd_mn,
    this.balance_vintage_id
from to_date as this
inner join items on this.item_code = items.item_code
{% for flow in flows %}
left join backed_out as {{ flow }}_backed_out
    on
        this.item_code = {{ flow }}_backed_out.code
        and {{ flow }}_backed_out.flow = '{{ flow }}'
        and this.period_starts_on = {{ flow }}_backed_out.period_starts_on
        and this.period_ends_on = {{ flow }}_backed_out.period_ends_on
{% endfor %}
order by this.through_month, items.sort_order
