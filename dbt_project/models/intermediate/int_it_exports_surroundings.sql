-- One row a month for which IT exports are known: what they are compared with. All services, the other
-- surpluses among them, and goods.
with shares as (

    select * from {{ ref('int_services_shares') }}

),

goods_figures as (

    select
        period_ends_on,
        period_type = 'month' as is_month,
        code in ('exports', 'P00030') as is_exports,
        series = 'goods_trade' as is_exact,
        amount,
        vintage_id
    from {{ ref('int_figures_known') }}
    where
        period_type in ('month', 'fiscal_year_to_date', 'fiscal_year')
        and (
            (series = 'goods_trade' and code in ('exports', 'imports'))
            or (series = 'balance_of_payments' and code in ('P00030', 'P00040'))
        )

),

months as (

    select
        month,
        period_ends_on
    from {{ ref('int_services_changes') }}
    where item_code = '9' and exports_usd_mn is not null

),

totals as (

    select * from {{ ref('int_services_changes') }}
    where item_code = 'S'

),

it_shares as (

    select
        period_ends_on,
        any_value(exports_share_pct) filter (period_type = 'month') as exports_share_pct,
        any_value(exports_share_pct) filter (period_type = 'fiscal_year_to_date') as exports_fytd_share_pct,
        any_value(is_largest_surplus) filter (period_type = 'month') as is_largest_surplus,
        any_value(runner_up_item_code) filter (period_type = 'month') as runner_up_item_code,
        any_value(runner_up_item_name) filter (period_type = 'month') as runner_up_item_name,
        any_value(runner_up_balance_usd_mn) filter (period_type = 'month') as runner_up_balance_usd_mn
    from shares
    where item_code = '9' and period_type in ('month', 'fiscal_year_to_date')
    group by period_ends_on

),

-- SBP's workbook of goods has the same figures as the balance of payments, and not rounded.
goods as (

    select
        period_ends_on,
        max_by(amount, is_exact) filter (is_exports and is_month) as exports_usd_mn,
        max_by(vintage_id, is_exact) filter (is_exports and is_month) as exports_vintage_id,
        max_by(amount, is_exact) filter (is_exports and not is_month) as exports_fytd_usd_mn,
        max_by(amount, is_exact) filter (not is_exports and is_month) as imports_usd_mn,
        max_by(vintage_id, is_exact) filter (not is_exports and is_month) as imports_vintage_id
    from goods_figures
    group by period_ends_on

)

select
    months.month,
    totals.exports_usd_mn as services_exports_usd_mn,
    totals.exports_vintage_id as services_exports_vintage_id,
    totals.exports_fytd_usd_mn as services_exports_fytd_usd_mn,
    it_shares.exports_share_pct,
    it_shares.exports_fytd_share_pct,
    it_shares.is_largest_surplus,
    it_shares.runner_up_item_code,
    it_shares.runner_up_item_name,
    it_shares.runner_up_balance_usd_mn,
    goods.exports_usd_mn as goods_exports_usd_mn,
    goods.exports_vintage_id as goods_exports_vintage_id,
    goods.exports_fytd_usd_mn as goods_exports_fytd_usd_mn,
    goods.imports_usd_mn as goods_imports_usd_mn,
    goods.imports_vintage_id as goods_imports_vintage_id
from months
left join totals on months.period_ends_on = totals.period_ends_on
left join it_shares on months.period_ends_on = it_shares.period_ends_on
left join goods on months.period_ends_on = goods.period_ends_on
