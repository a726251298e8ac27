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
        row_number() over (partition by item_code order by month) as place,
        max(exports_usd_mn) over all_before as previous_record_usd_mn,
        count(*) over two_years_before as months_known_before
    from {{ ref('int_services_changes') }}
    where exports_usd_mn is not null
    window
        all_before as (
            partition by item_code order by month rows between unbounded preceding and 1 preceding
        ),
        two_years_before as (
            partition by item_code order by month
            range between interval {{ months_for_a_record }} months preceding and interval 1 month preceding
        )

),

-- Each month beside all before it: numbers alone, for of a thousand months these are half a million pairs an
-- item.
places as (

    select
        this.item_code,
        this.month,
        count(*) filter (before.exports_usd_mn > this.exports_usd_mn) as months_higher,
        min(before.place) filter (before.exports_usd_mn = this.previous_record_usd_mn) as record_place,
        max(before.place) filter (before.exports_usd_mn <= this.exports_usd_mn) as as_low_place,
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
    this.months_known_before,
    case
        when this.months_known_before = {{ months_for_a_record }}
            then this.exports_usd_mn > this.previous_record_usd_mn
    end as is_record,
    this.previous_record_usd_mn,
    record.month as previous_record_month,
    record.exports_vintage_id as previous_record_vintage_id,
    coalesce(places.months_higher, 0) + 1 as rank_so_far,
    case
        when this.months_known_before >= {{ months_for_a_record // 2 }}
            then {{ first_above('this.exports_usd_mn', 'this.previous_record_usd_mn', threshold_step) }}
    end as threshold_first_crossed_usd_mn,
    case
        when this.place - as_low.place = datediff('month', as_low.month, this.month)
            then as_low.month
    end as lowest_since_month,
    case
        when this.place - as_high.place = datediff('month', as_high.month, this.month)
            then as_high.month
    end as highest_since_month,
    case when this.exports_yoy_pct is not null then coalesce(streaks.months, 0) end as yoy_streak_months,
    streaks.began_month as yoy_streak_began_month,
    case when streaks.months is not null then before_streak.exports_yoy_pct is null end
        as yoy_streak_is_cut_by_gap
from months as this
left join places on this.item_code = places.item_code and this.month = places.month
left join months as record on this.item_code = record.item_code and places.record_place = record.place
left join months as as_low on this.item_code = as_low.item_code and places.as_low_place = as_low.place
left join months as as_high on this.item_code = as_high.item_code and places.as_high_place = as_high.place
left join streaks on this.item_code = streaks.item_code and this.month = streaks.month
left join months as before_streak
    on
        this.item_code = before_streak.item_code
        and streaks.began_month = before_streak.month + interval 1 month
