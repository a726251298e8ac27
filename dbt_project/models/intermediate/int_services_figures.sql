{% set flows = ['exports', 'imports', 'balance'] -%}

-- One row an item and period with what was printed for it: exports, imports and balance beside each
-- other. The balance is the printed one only where it belongs to the same release as exports and imports.
with known as (

    select * from {{ ref('int_figures_known') }}
    where series = 'services'

),

side_by_side as (

    select
        code as item_code,
        period_type,
        period,
        period_starts_on,
        period_ends_on,
    {% for flow in flows %}
    any_value(amount) filter (flow = '{{ flow }}') as {{ flow }}_usd_mn,
    any_value(rounding) filter (flow = '{{ flow }}') as {{ flow }}_rounding_usd_mn,
    any_value(first_published_amount) filter (flow = '{{ flow }}') as {{ flow }}_first_published_usd_mn,
    any_value(status) filter (flow = '{{ flow }}') as {{ flow }}_status,
    any_value(basis) filter (flow = '{{ flow }}') as {{ flow }}_basis,
    any_value(is_across_vintages) filter (flow = '{{ flow }}') as {{ flow }}_is_across_vintages,
    any_value(is_superseded) filter (flow = '{{ flow }}') as {{ flow }}_is_superseded,
    any_value(vintage_id) filter (flow = '{{ flow }}') as {{ flow }}_vintage_id,
    any_value(release_id) filter (flow = '{{ flow }}') as {{ flow }}_release_id,
    any_value(source_id) filter (flow = '{{ flow }}') as {{ flow }}_source{{ ',' if not loop.last }}
    {% endfor %}
    from known
    group by code, period_type, period, period_starts_on, period_ends_on

),

matched as (

    select
        *,
        balance_release_id is not null
        and balance_release_id = coalesce(exports_release_id, balance_release_id)
        and balance_release_id = coalesce(imports_release_id, balance_release_id) as is_balance_printed
    from side_by_side

)

select
    * exclude (balance_usd_mn, balance_vintage_id, is_balance_printed),
    case
        when is_balance_printed then balance_usd_mn else {{ usd_mn('exports_usd_mn - imports_usd_mn') }}
    end as balance_usd_mn,
    case when is_balance_printed then balance_vintage_id end as balance_vintage_id
from matched
