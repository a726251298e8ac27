-- One row a month for which IT exports are known: the fiscal year so far against its target, and against
-- the farthest target that was set for a later one.
with months as (

    select
        *,
        {{ fiscal_year('month') }} as fiscal_year,
        {{ fiscal_year_starts_on('month') }} as fiscal_year_starts_on,
        {{ months_between(fiscal_year_starts_on('month'), 'month') }} as months_so_far
    from {{ ref('int_services_changes') }}
    where item_code = '9' and exports_usd_mn is not null

),

years as (

    select * from {{ ref('int_services_periods') }}
    where item_code = '9' and period_type = 'fiscal_year'

),

targets as (

    select * from {{ ref('it_export_targets') }}

),

-- A target counts for the months of which it had been said by their end.
farthest as (

    select
        months.month,
        max_by(targets.fiscal_year, targets.fiscal_year_ends_on) as fiscal_year,
        max_by(targets.target_usd_mn, targets.fiscal_year_ends_on) as target_usd_mn,
        max(datediff('year', months.fiscal_year_starts_on, targets.fiscal_year_ends_on)) as years
    from months
    inner join targets
        on months.period_ends_on >= targets.said_on and months.period_ends_on < targets.fiscal_year_starts_on
    group by months.month

)

select
    months.month,
    {{ usd_mn('months.exports_fytd_usd_mn / months.months_so_far') }} as fytd_monthly_average_usd_mn,
    targets.target_usd_mn,
    {{ usd_mn('targets.target_usd_mn - months.exports_fytd_usd_mn') }} as target_gap_usd_mn,
    {{ usd_mn(
        '(targets.target_usd_mn - months.exports_fytd_usd_mn) / nullif(12 - months.months_so_far, 0)'
    ) }} as target_required_monthly_average_usd_mn,
    year_before.exports_usd_mn as fiscal_year_before_usd_mn,
    year_before.exports_vintage_id as fiscal_year_before_vintage_id,
    {{ pct_change('targets.target_usd_mn', 'year_before.exports_usd_mn') }} as target_required_growth_pct,
    {{ usd_mn(
        'year_before.exports_usd_mn'
        ~ ' * (months.exports_fytd_usd_mn'
        ~ ' / nullif(months.exports_fytd_usd_mn - months.exports_fytd_change_usd_mn, 0))'
    ) }} as projected_fiscal_year_usd_mn,
    farthest.fiscal_year as far_target_fiscal_year,
    farthest.target_usd_mn as far_target_usd_mn,
    {{ cagr_pct('farthest.target_usd_mn', 'year_before.exports_usd_mn', 'farthest.years') }}
        as far_target_required_cagr_pct
from months
left join targets on months.fiscal_year = targets.fiscal_year
left join years as year_before
    on months.fiscal_year_starts_on = year_before.period_starts_on + interval 1 year
left join farthest on months.month = farthest.month
