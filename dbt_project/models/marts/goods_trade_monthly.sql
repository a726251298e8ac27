{% set flows = ['exports', 'imports', 'balance'] -%}

with selected as (

    select * from {{ ref('int_figures_known') }}
    where series = 'goods_trade' and basis <> 'derived'

),

-- Codes beside each other; June's months from July on are the fiscal year.
months as (

    select
        any_value(period) filter (period_type = 'month') as period,
        date_trunc('month', period_ends_on)::date as month,
    {% for flow in flows %}
    any_value(amount) filter (code = '{{ flow }}' and period_type = 'month') as {{ flow }}_usd_mn,
    any_value(amount) filter (code = '{{ flow }}' and period_type <> 'month') as {{ flow }}_fytd_usd_mn,
    any_value(first_published_amount) filter (code = '{{ flow }}' and period_type = 'month')
        as {{ flow }}_first_published_usd_mn,
    any_value(status) filter (code = '{{ flow }}' and period_type = 'month') as {{ flow }}_status,
    any_value(basis) filter (code = '{{ flow }}' and period_type = 'month') as {{ flow }}_basis,
    any_value(is_superseded) filter (code = '{{ flow }}' and period_type = 'month')
        as {{ flow }}_is_superseded,
    any_value(vintage_id) filter (code = '{{ flow }}' and period_type = 'month') as {{ flow }}_vintage_id,
    any_value(vintage_id) filter (code = '{{ flow }}' and period_type <> 'month')
        as {{ flow }}_fytd_vintage_id{{ ',' if not loop.last }}
    {% endfor %}
    from selected
    where period_type in ('month', 'fiscal_year_to_date', 'fiscal_year')
    group by date_trunc('month', period_ends_on)

)

select
    this.period,
    this.month,
    {{ fiscal_year('this.month') }} as fiscal_year,
    {% for flow in flows[:2] %}
    this.{{ flow }}_usd_mn,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'month_before.' ~ flow ~ '_usd_mn') }} as {{ flow }}_mom_pct,
    {{ pct_change('this.' ~ flow ~ '_usd_mn', 'year_before.' ~ flow ~ '_usd_mn') }} as {{ flow }}_yoy_pct,
    this.{{ flow }}_fytd_usd_mn,
    {{ pct_change('this.' ~ flow ~ '_fytd_usd_mn', 'year_before.' ~ flow ~ '_fytd_usd_mn') }}
        as {{ flow }}_fytd_yoy_pct,
    this.{{ flow }}_first_published_usd_mn,
    this.{{ flow }}_status,
    this.{{ flow }}_basis,
    this.{{ flow }}_is_superseded,
    this.{{ flow }}_vintage_id,
    this.{{ flow }}_fytd_vintage_id,
    {% endfor %}
    this.balance_usd_mn,
    {{ usd_mn('this.balance_usd_mn - month_before.balance_usd_mn') }} as balance_mom_change_usd_mn,
    {{ usd_mn('this.balance_usd_mn - year_before.balance_usd_mn') }} as balance_yoy_change_usd_mn,
    this.balance_fytd_usd_mn,
    this.balance_vintage_id,
    this.balance_fytd_vintage_id
from months as this
left join months as month_before on this.month = month_before.month + interval 1 month
left join months as year_before on this.month = year_before.month + interval 1 year
where this.period is not null
order by this.month
