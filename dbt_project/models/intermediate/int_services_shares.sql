{% set flows = ['exports', 'imports'] -%}

-- One row a period and item: its part of all services, and its place among the twelve main items.
with months as (

    select * from {{ ref('int_services_figures') }}
    where period_type = 'month'

),

longer_periods as (

    select * from {{ ref('int_services_periods') }}

),

items as (

    select * from {{ ref('ebops_items') }}

),

figures as (

    select
        item_code,
        period_type,
        period,
        period_starts_on,
        period_ends_on,
        exports_usd_mn,
        imports_usd_mn,
        balance_usd_mn,
        exports_source,
        imports_source
    from months
    union all by name
    select
        item_code,
        period_type,
        period,
        period_starts_on,
        period_ends_on,
        exports_usd_mn,
        imports_usd_mn,
        balance_usd_mn,
        exports_source,
        imports_source
    from longer_periods

),

named as (

    select
        figures.*,
        items.item_name,
        items.is_main_item,
        items.sort_order
    from figures
    inner join items on figures.item_code = items.item_code

),

totals as (

    select * from named
    where item_code = 'S'

),

-- Ranks are among the twelve main items, and only where all twelve are known.
ranks as (

    select
        item_code,
        item_name,
        period_type,
        period,
        balance_usd_mn,
        count(exports_usd_mn) over of_period as items_known,
        count(balance_usd_mn) over of_period as balances_known,
        rank()
            over (partition by period_type, period order by exports_usd_mn desc nulls last)
            as exports_rank,
        rank()
            over (partition by period_type, period order by balance_usd_mn desc nulls last)
            as balance_rank,
        row_number()
            over (partition by period_type, period order by balance_usd_mn desc nulls last, sort_order asc)
            as balance_place
    from named
    where is_main_item
    window of_period as (partition by period_type, period)

),

known as (

    select distinct
        period_type,
        period,
        items_known,
        balances_known
    from ranks

)

select
    this.period,
    this.period_type,
    this.period_starts_on,
    this.period_ends_on,
    this.item_code,
    this.item_name,
    {% for flow in flows %}
    {{ share_pct('this.' ~ flow ~ '_usd_mn', 'totals.' ~ flow ~ '_usd_mn') }} as {{ flow }}_share_pct,
    {% endfor %}
    case when known.items_known = 12 then ranks.exports_rank end as exports_rank,
    case when known.balances_known = 12 then ranks.balance_rank end as balance_rank,
    case
        when
            known.balances_known = 12 and ranks.item_code is not null
            then ranks.balance_rank = 1 and this.balance_usd_mn > 0
    end
        as is_largest_surplus,
    case when known.balances_known = 12 then runner_up.item_code end as runner_up_item_code,
    case when known.balances_known = 12 then runner_up.item_name end as runner_up_item_name,
    case when known.balances_known = 12 then runner_up.balance_usd_mn end as runner_up_balance_usd_mn,
    coalesce(known.items_known, 0) as items_known,
    coalesce(this.exports_source <> totals.exports_source, true) as is_mixed_vintage
from named as this
left join totals on this.period_type = totals.period_type and this.period = totals.period
left join ranks
    on
        this.item_code = ranks.item_code
        and this.period_type = ranks.period_type
        and this.period = ranks.period
left join ranks as runner_up
    on
        ranks.period_type = runner_up.period_type
        and ranks.period = runner_up.period
        and runner_up.balance_place = case when ranks.balance_place = 1 then 2 else 1 end
left join known on this.period_type = known.period_type and this.period = known.period
where this.item_code <> 'S'
