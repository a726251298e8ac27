{% set flows = ['exports', 'imports'] -%}

-- Whether a period is a record among periods alike: quarters, years, or so many months from July on.
with periods as (

    select * from {{ ref('int_services_periods') }}

)

select
    item_code,
    period_type,
    period,
    period_ends_on,
{% for flow in flows %}
case
    when
        count({{ flow }}_usd_mn) over two_years_before
        = case period_type when 'fiscal_quarter' then 8 else 2 end
        then {{ flow }}_usd_mn > max({{ flow }}_usd_mn) over all_before
end as {{ flow }}_is_record{{ ',' if not loop.last }}
{% endfor %}
from periods
window
    all_before as (
        partition by item_code, period_type, months_in_period order by period_starts_on
        rows between unbounded preceding and 1 preceding
    ),
    two_years_before as (
        partition by item_code, period_type, months_in_period order by period_starts_on
        range between interval 2 years preceding and interval 1 day preceding
    )
