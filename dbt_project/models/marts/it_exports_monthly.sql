{% set segments = ['telecommunications', 'computer', 'information'] -%}

with changes as (

    select
        *,
        balance_usd_mn as net_exports_usd_mn,
        balance_month_before_usd_mn as net_exports_month_before_usd_mn,
        balance_year_before_usd_mn as net_exports_year_before_usd_mn
    from {{ ref('int_services_changes') }}
    where item_code = '9' and exports_usd_mn is not null

),

extremes as (

    select * from {{ ref('int_it_exports_extremes') }}

),

working_days as (

    select * from {{ ref('int_working_days') }}

),

per_day as (

    select
        changes.month,
        working_days.working_days,
        working_days.is_estimated,
        {{ usd_mn('changes.exports_usd_mn / working_days.working_days') }} as exports_usd_mn
    from changes
    inner join working_days on changes.month = working_days.month

),

parts as (

    select * from {{ ref('int_it_exports_parts') }}

),

surroundings as (

    select * from {{ ref('int_it_exports_surroundings') }}

),

targets as (

    select * from {{ ref('int_it_exports_targets') }}

),

rupees as (

    select * from {{ ref('int_it_exports_rupees') }}

)

select
    this.month,
    {{ fiscal_year('this.month') }} as fiscal_year,
    this.exports_usd_mn,
    this.exports_status,
    this.exports_basis,
    this.exports_is_superseded,
    this.exports_rounding_usd_mn,
    this.exports_first_published_usd_mn,
    this.exports_vintage_id,
    this.exports_mom_change_usd_mn,
    this.exports_mom_pct,
    this.exports_mom_base_vintage_id,
    this.exports_yoy_change_usd_mn,
    this.exports_yoy_pct,
    this.exports_yoy_base_vintage_id,
    this.exports_fytd_usd_mn,
    this.exports_fytd_vintage_id,
    this.exports_fytd_change_usd_mn,
    this.exports_fytd_yoy_pct,
    this.exports_fytd_base_vintage_id,
    this.exports_fytd_is_record,
    this.is_record,
    this.previous_record_usd_mn,
    this.previous_record_month,
    this.previous_record_vintage_id,
    this.rank_so_far as exports_rank_so_far,
    this.months_known_before,
    extremes.lowest_since_month as exports_lowest_since_month,
    extremes.highest_since_month as exports_highest_since_month,
    this.threshold_first_crossed_usd_mn,
    this.exports_prior_12m_average_usd_mn,
    this.exports_vs_prior_12m_average_pct,
    this.exports_6m_average_usd_mn,
    this.exports_6m_average_with_month_usd_mn,
    per_day.working_days,
    per_day.is_estimated as working_days_is_estimated,
    per_day.exports_usd_mn as exports_per_working_day_usd_mn,
    {{ pct_change('per_day.exports_usd_mn', 'per_day_month_before.exports_usd_mn') }}
        as exports_per_working_day_mom_pct,
    {{ pct_change('per_day.exports_usd_mn', 'per_day_year_before.exports_usd_mn') }}
        as exports_per_working_day_yoy_pct,
    this.yoy_streak_months as exports_yoy_streak_months,
    this.yoy_streak_began_month as exports_yoy_streak_began_month,
    this.yoy_streak_is_cut_by_gap as exports_yoy_streak_is_cut_by_gap,
    this.imports_usd_mn,
    this.imports_vintage_id,
    this.net_exports_usd_mn,
    this.balance_vintage_id as net_exports_vintage_id,
    {{ pct_change_of_surplus('this.net_exports_usd_mn', 'this.net_exports_month_before_usd_mn') }}
        as net_exports_mom_pct,
    {{ pct_change_of_surplus('this.net_exports_usd_mn', 'this.net_exports_year_before_usd_mn') }}
        as net_exports_yoy_pct,
    {{ share_pct('this.net_exports_usd_mn', 'this.exports_usd_mn') }} as net_exports_of_exports_pct,
    this.balance_fytd_usd_mn as net_exports_fytd_usd_mn,
    {{ share_pct('this.balance_fytd_usd_mn', 'this.exports_fytd_usd_mn') }}
        as net_exports_fytd_of_exports_pct,
    this.balance_12m_usd_mn as net_exports_12m_usd_mn,
    {{ pct_change_of_surplus('this.balance_12m_usd_mn', 'this.balance_12m_year_before_usd_mn') }}
        as net_exports_12m_yoy_pct,
    surroundings.is_largest_surplus,
    surroundings.runner_up_item_code,
    surroundings.runner_up_item_name,
    surroundings.runner_up_balance_usd_mn,
    surroundings.services_exports_usd_mn,
    surroundings.services_exports_vintage_id,
    surroundings.exports_share_pct as exports_share_of_services_pct,
    surroundings.exports_fytd_share_pct as exports_fytd_share_of_services_pct,
    surroundings.goods_exports_usd_mn,
    surroundings.goods_exports_vintage_id,
    {{ share_pct(
        'this.exports_usd_mn',
        '(surroundings.goods_exports_usd_mn + surroundings.services_exports_usd_mn)'
    ) }} as exports_share_of_goods_and_services_pct,
    {{ share_pct(
        'this.exports_fytd_usd_mn',
        '(surroundings.goods_exports_fytd_usd_mn + surroundings.services_exports_fytd_usd_mn)'
    ) }} as exports_fytd_share_of_goods_and_services_pct,
    {% for segment in segments %}
    parts.{{ segment }}_usd_mn,
    {{ share_pct('parts.' ~ segment ~ '_usd_mn', 'this.exports_usd_mn') }} as {{ segment }}_share_pct,
    parts.{{ segment }}_mom_pct,
    parts.{{ segment }}_yoy_pct,
    parts.{{ segment }}_vintage_id,
    {% endfor %}
    this.exports_12m_usd_mn,
    this.exports_12m_yoy_pct,
    targets.fytd_monthly_average_usd_mn as exports_fytd_monthly_average_usd_mn,
    targets.target_usd_mn,
    targets.target_gap_usd_mn,
    targets.target_required_monthly_average_usd_mn,
    targets.target_required_growth_pct,
    targets.projected_fiscal_year_usd_mn,
    targets.fiscal_year_before_usd_mn as exports_fiscal_year_before_usd_mn,
    targets.fiscal_year_before_vintage_id as exports_fiscal_year_before_vintage_id,
    targets.far_target_fiscal_year,
    targets.far_target_usd_mn,
    targets.far_target_required_cagr_pct,
    {{ pct_change('this.exports_usd_mn', 'five_years_before.exports_usd_mn') }} as exports_5y_growth_pct,
    {{ cagr_pct('this.exports_usd_mn', 'five_years_before.exports_usd_mn', 5) }} as exports_5y_cagr_pct,
    five_years_before.exports_vintage_id as exports_5y_base_vintage_id,
    rupees.usd_pkr,
    rupees.usd_pkr_vintage_id,
    rupees.exports_pkr_mn,
    rupees.exports_pkr_yoy_pct,
    rupees.exports_fytd_pkr_mn,
    rupees.exports_fytd_pkr_yoy_pct,
    parts.freelance_usd_mn,
    parts.freelance_yoy_pct,
    {{ share_pct('parts.freelance_usd_mn', 'this.exports_usd_mn') }} as freelance_share_pct,
    parts.freelance_fytd_usd_mn,
    parts.freelance_fytd_yoy_pct,
    parts.freelance_vintage_id,
    parts.freelance_other_business_usd_mn,
    parts.freelance_other_business_yoy_pct,
    parts.freelance_other_business_vintage_id,
    surroundings.goods_imports_usd_mn,
    surroundings.goods_imports_vintage_id,
    case
        when surroundings.goods_imports_usd_mn > surroundings.goods_exports_usd_mn
            then {{ share_pct(
                'this.net_exports_usd_mn',
                '(surroundings.goods_imports_usd_mn - surroundings.goods_exports_usd_mn)'
            ) }}
    end as net_exports_of_goods_deficit_pct
from changes as this
left join changes as five_years_before on this.month = five_years_before.month + interval 5 year
left join extremes on this.month = extremes.month
left join per_day on this.month = per_day.month
left join per_day as per_day_month_before on this.month = per_day_month_before.month + interval 1 month
left join per_day as per_day_year_before on this.month = per_day_year_before.month + interval 1 year
left join parts on this.month = parts.month
left join surroundings on this.month = surroundings.month
left join targets on this.month = targets.month
left join rupees on this.month = rupees.month
order by this.month
