{% set flows = ['average', 'month_end'] -%}

with selected as (

    select * from {{ ref('int_figures_known') }}
    where series = 'exchange_rates' and period_type = 'month' and basis <> 'derived'

),

currencies as (

    select distinct
        code,
        name,
        issuer
    from {{ ref('exchange_rate_currencies') }}

),

months as (

    select
        period,
        period_starts_on as month,
        code,
    {% for flow in flows %}
    any_value(amount) filter (flow = '{{ flow }}') as {{ flow }}_pkr,
    any_value(first_published_amount) filter (flow = '{{ flow }}') as {{ flow }}_first_published_pkr,
    any_value(status) filter (flow = '{{ flow }}') as {{ flow }}_status,
    any_value(basis) filter (flow = '{{ flow }}') as {{ flow }}_basis,
    any_value(is_superseded) filter (flow = '{{ flow }}') as {{ flow }}_is_superseded,
    any_value(vintage_id) filter (flow = '{{ flow }}') as {{ flow }}_vintage_id{{ ',' if not loop.last }}
    {% endfor %}
    from selected
    group by period, period_starts_on, code

)

select
    this.period,
    this.month,
    {{ fiscal_year('this.month') }} as fiscal_year,
    this.code as currency_code,
    currencies.name as currency_name,
    currencies.issuer as currency_issuer,
{% for flow in flows %}
this.{{ flow }}_pkr,
{{ pct_change('this.' ~ flow ~ '_pkr', 'month_before.' ~ flow ~ '_pkr') }} as {{ flow }}_mom_pct,
{{ pct_change('this.' ~ flow ~ '_pkr', 'year_before.' ~ flow ~ '_pkr') }} as {{ flow }}_yoy_pct,
this.{{ flow }}_first_published_pkr,
this.{{ flow }}_status,
this.{{ flow }}_basis,
this.{{ flow }}_is_superseded,
this.{{ flow }}_vintage_id{{ ',' if not loop.last }}
{% endfor %}
from months as this
inner join currencies on this.code = currencies.code
left join months as month_before
    on this.code = month_before.code and this.month = month_before.month + interval 1 month
left join months as year_before
    on this.code = year_before.code and this.month = year_before.month + interval 1 year
order by this.month, this.code
