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
        max(exports_usd_mn) over all_before as previous_record_usd_mn,
        count(*) over two_years_before as months_known_before,
        rank(order by exports_usd_mn desc) over up_to_then as rank_so_far,
        lag(month) over (partition by item_code order by month) as month_before,
        lag(exports_yoy_pct) over (partition by item_code order by month) as yoy_pct_before
    from {{ ref('int_services_changes') }}
    where exports_usd_mn is not null
    window
        all_before as (
            partition by item_code order by month rows between unbounded preceding and 1 preceding
        ),
        up_to_then as (
            partition by item_code order by month rows between unbounded preceding and current row
        ),
        two_years_before as (
            partition by item_code order by month
            range between interval {{ months_for_a_record }} months preceding and interval 1 month preceding
        )

),

-- Months of growth without a month between that fell, or that is not known.
marked as (

    select
        * replace (
            case when month_before = month - interval 1 month then yoy_pct_before end as yoy_pct_before
        ),
        previous_record_usd_mn is null or exports_usd_mn > previous_record_usd_mn as is_highest,
        coalesce(exports_yoy_pct > 0, false) as is_growing,
        is_growing and not coalesce(
            month_before = month - interval 1 month and yoy_pct_before > 0, false
        ) as begins_a_streak
    from months

),

found as (

    select
        *,
        last_value(
            case
                when is_highest then struct_pack(month := month, exports_vintage_id := exports_vintage_id)
            end ignore nulls
        ) over (
            partition by item_code order by month rows between unbounded preceding and 1 preceding
        ) as previous_record,
        last_value(
            case when begins_a_streak then struct_pack(month := month, yoy_pct_before := yoy_pct_before) end
            ignore nulls
        ) over (
            partition by item_code order by month rows between unbounded preceding and current row
        ) as streak
    from marked

)

select
    item_code,
    month,
    months_known_before,
    case
        when months_known_before = {{ months_for_a_record }}
            then exports_usd_mn > previous_record_usd_mn
    end as is_record,
    previous_record_usd_mn,
    struct_extract(previous_record, 'month') as previous_record_month,
    struct_extract(previous_record, 'exports_vintage_id') as previous_record_vintage_id,
    rank_so_far,
    case
        when months_known_before >= {{ months_for_a_record // 2 }}
            then {{ first_above('exports_usd_mn', 'previous_record_usd_mn', threshold_step) }}
    end as threshold_first_crossed_usd_mn,
    case
        when is_growing then {{ months_between("struct_extract(streak, 'month')", 'month') }}
        when exports_yoy_pct is not null then 0
    end as yoy_streak_months,
    case when is_growing then struct_extract(streak, 'month') end as yoy_streak_began_month,
    case when is_growing then struct_extract(streak, 'yoy_pct_before') is null end as yoy_streak_is_cut_by_gap
from found
