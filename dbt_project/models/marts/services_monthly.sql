{% set flows = ['exports', 'imports'] -%}

with changes as (

    select * from {{ ref('int_services_changes') }}

),

gaps as (

    select
        code,
    {% for flow in flows %}
    any_value(largest_gap) filter (flow = '{{ flow }}') as {{ flow }}_largest_gap{{ ',' if not loop.last }}
    {% endfor %}
    from {{ ref('int_cumulative_gaps') }}
    where series = 'services'
    group by code

),

items as (

    select * from {{ ref('ebops_items') }}

)

select
    changes.month,
    {{ fiscal_year('changes.month') }} as fiscal_year,
    changes.item_code,
    items.item_name,
    {% for flow in flows %}
    changes.{{ flow }}_usd_mn,
    changes.{{ flow }}_mom_change_usd_mn,
    changes.{{ flow }}_mom_pct,
    changes.{{ flow }}_mom_base_vintage_id,
    changes.{{ flow }}_yoy_change_usd_mn,
    changes.{{ flow }}_yoy_pct,
    changes.{{ flow }}_yoy_base_vintage_id,
    changes.{{ flow }}_fytd_usd_mn,
    changes.{{ flow }}_fytd_vintage_id,
    changes.{{ flow }}_fytd_change_usd_mn,
    changes.{{ flow }}_fytd_yoy_pct,
    changes.{{ flow }}_12m_usd_mn,
    changes.{{ flow }}_12m_yoy_pct,
    {% if flow == 'exports' %}
    changes.exports_prior_12m_average_usd_mn,
    changes.exports_vs_prior_12m_average_pct,
    changes.is_record as exports_is_record,
    changes.previous_record_usd_mn as exports_previous_record_usd_mn,
    changes.previous_record_month as exports_previous_record_month,
    changes.rank_so_far as exports_rank_so_far,
    changes.months_known_before as exports_months_known_before,
    changes.yoy_streak_months as exports_yoy_streak_months,
    changes.yoy_streak_began_month as exports_yoy_streak_began_month,
    {% endif %}
    changes.{{ flow }}_first_published_usd_mn,
    changes.{{ flow }}_status,
    changes.{{ flow }}_basis,
    changes.{{ flow }}_release_id,
    changes.{{ flow }}_rounding_usd_mn,
    changes.{{ flow }}_is_across_vintages,
    case when changes.{{ flow }}_basis = 'derived' then gaps.{{ flow }}_largest_gap end
        as {{ flow }}_largest_gap_usd_mn,
    changes.{{ flow }}_is_superseded,
    changes.{{ flow }}_vintage_id,
    {% endfor %}
    changes.balance_usd_mn,
    changes.balance_mom_change_usd_mn,
    {{ ratio_of_balances('changes.balance_usd_mn', 'changes.balance_month_before_usd_mn') }}
        as balance_mom_ratio,
    changes.balance_yoy_change_usd_mn,
    {{ ratio_of_balances('changes.balance_usd_mn', 'changes.balance_year_before_usd_mn') }}
        as balance_yoy_ratio,
    changes.balance_fytd_usd_mn,
    changes.balance_12m_usd_mn,
    changes.balance_vintage_id
from changes
inner join items on changes.item_code = items.item_code
left join gaps on changes.item_code = gaps.code
order by changes.month, items.sort_order
