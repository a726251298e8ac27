{% set flows = ['exports', 'imports'] -%}
{% set threshold_step = 500 -%}

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
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'this.' ~ flow ~ '_year_before_usd_mn') }}
        as {{ flow }}_yoy_pct,
    this.{{ flow }}_is_record,
    {% if flow == 'exports' %}
    case
        when count(this.exports_usd_mn) over two_years_earlier >= 4
            then {{ first_above(
                'this.exports_usd_mn', 'max(this.exports_usd_mn) over earlier', threshold_step
            ) }}
    end as exports_threshold_first_crossed_usd_mn,
    {{ pct_change('this.exports_usd_mn', 'this.exports_five_years_before_usd_mn') }} as exports_growth_5y_pct,
    {{ cagr_pct('this.exports_usd_mn', 'this.exports_five_years_before_usd_mn', 5) }} as exports_cagr_5y_pct,
    {% endif %}
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
window
    earlier as (
        partition by this.item_code order by this.period_starts_on
        rows between unbounded preceding and 1 preceding
    ),
    two_years_earlier as (
        partition by this.item_code order by this.period_starts_on
        range between interval 2 years preceding and interval 1 day preceding
    )
order by quarter_starts_on, items.sort_order
