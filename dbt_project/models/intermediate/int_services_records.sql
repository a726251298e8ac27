{{ config(materialized='by_fiscal_year', meta={'day': 'month', 'years_before': 'all'}) }}

-- One row a month and item whose exports are known: its place among the months known before it.
{% set months_for_a_record = 24 -%}
{% set threshold_step = 100 -%}

with months as (

    select
        item_code,
        month,
        exports_usd_mn,
        exports_yoy_pct,
        exports_vintage_id,
        row_number() over (partition by item_code order by month) as place
    from {{ ref('int_services_changes') }}
    where exports_usd_mn is not null

),

before as (

    select
        this.item_code,
        this.month,
        count(*) filter (before.month >= this.month - interval {{ months_for_a_record }} month)
            as months_known_before,
        count(*) filter (before.exports_usd_mn > this.exports_usd_mn) as months_higher,
        max(before.exports_usd_mn) as previous_record_usd_mn,
        max_by(before.month, row(before.exports_usd_mn, -before.place)) as previous_record_month,
        max_by(before.exports_vintage_id, row(before.exports_usd_mn, -before.place))
            as previous_record_vintage_id,
        max(before.month) filter (before.exports_usd_mn <= this.exports_usd_mn) as as_low_month,
        max(before.place) filter (before.exports_usd_mn <= this.exports_usd_mn) as as_low_place,
        max(before.month) filter (before.exports_usd_mn >= this.exports_usd_mn) as as_high_month,
        max(before.place) filter (before.exports_usd_mn >= this.exports_usd_mn) as as_high_place
    from months as this
    inner join months as before on this.item_code = before.item_code and this.month > before.month
    group by this.item_code, this.month

),

-- Months of growth without a month between that fell, or that is not known.
growing as (

    select
        item_code,
        month,
        month - to_months(row_number() over (partition by item_code order by month)::integer) as streak
    from months
    where exports_yoy_pct > 0

),

streaks as (

    select
        item_code,
        month,
        row_number() over (partition by item_code, streak order by month) as months,
        min(month) over (partition by item_code, streak) as began_month
    from growing

)

select
    this.item_code,
    this.month,
    coalesce(before.months_known_before, 0) as months_known_before,
    case
        when before.months_known_before = {{ months_for_a_record }}
            then this.exports_usd_mn > before.previous_record_usd_mn
    end as is_record,
    before.previous_record_usd_mn,
    before.previous_record_month,
    before.previous_record_vintage_id,
    coalesce(before.months_higher, 0) + 1 as rank_so_far,
    case
        when before.months_known_before >= {{ months_for_a_record // 2 }}
            then {{ first_above('this.exports_usd_mn', 'before.previous_record_usd_mn', threshold_step) }}
    end as threshold_first_crossed_usd_mn,
    case
        when this.place - before.as_low_place = datediff('month', before.as_low_month, this.month)
            then before.as_low_month
    end as lowest_since_month,
    case
        when this.place - before.as_high_place = datediff('month', before.as_high_month, this.month)
            then before.as_high_month
    end as highest_since_month,
    case when this.exports_yoy_pct is not null then coalesce(streaks.months, 0) end as yoy_streak_months,
    streaks.began_month as yoy_streak_began_month,
    case when streaks.months is not null then before_streak.exports_yoy_pct is null end
        as yoy_streak_is_cut_by_gap
from months as this
left join before on this.item_code = before.item_code and this.month = before.month
left join streaks on this.item_code = streaks.item_code and this.month = streaks.month
left join months as before_streak
    on
        this.item_code = before_streak.item_code
        and streaks.began_month = before_streak.month + interval 1 month
