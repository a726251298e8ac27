{% set flows = ['exports', 'imports'] -%}
{% set months_for_a_record = 24 -%}
{% set threshold_step = 100 -%}

-- One row a month and item: each flow against the month before, the year before, and the months up to it, and
-- the place of its exports among the months known before it.
with months as (

    select
        *,
        period_starts_on as month
    from {{ ref('int_services_figures') }}
    where period_type = 'month'

),

to_date as (

    select * from {{ ref('int_services_periods') }}
    where period_type = 'fiscal_year_to_date'

),

-- A sum or an average is known only where each of its months is.
with_windows as (

    select
        *,
        {% for flow in flows + ['balance'] %}
        case
            when count({{ flow }}_usd_mn) over twelve_months = 12
                then sum({{ flow }}_usd_mn) over twelve_months
        end as {{ flow }}_12m_usd_mn,
        {% endfor %}
        case
            when count(exports_usd_mn) over six_months = 6 then avg(exports_usd_mn) over six_months
        end as exports_6m_average_with_month_usd_mn,
        case
            when count(exports_usd_mn) over six_months_before = 6
                then avg(exports_usd_mn) over six_months_before
        end as exports_6m_average_usd_mn,
        case
            when count(exports_usd_mn) over twelve_months_before = 12
                then avg(exports_usd_mn) over twelve_months_before
        end as exports_prior_12m_average_usd_mn
    from months
    window
        twelve_months as (
            partition by item_code order by month
            range between interval 11 months preceding and current row
        ),
        twelve_months_before as (
            partition by item_code order by month
            range between interval 12 months preceding and interval 1 month preceding
        ),
        six_months as (
            partition by item_code order by month
            range between interval 5 months preceding and current row
        ),
        six_months_before as (
            partition by item_code order by month
            range between interval 6 months preceding and interval 1 month preceding
        )

),

-- The rows of the month and the year before, looked up within the item: a join with all months would keep a
-- question about one item from being one about few rows.
with_bases as (

    select
        *,
        first_value(
            struct_pack(
                {% for flow in flows %}
                {{ flow }}_usd_mn := {{ flow }}_usd_mn,
                {{ flow }}_vintage_id := {{ flow }}_vintage_id,
                {% endfor %}
                balance_usd_mn := balance_usd_mn
            )
        ) over (
            partition by item_code order by month
            range between interval 1 month preceding and interval 1 month preceding
        ) as month_before,
        first_value(
            struct_pack(
                {% for flow in flows %}
                {{ flow }}_usd_mn := {{ flow }}_usd_mn,
                {{ flow }}_vintage_id := {{ flow }}_vintage_id,
                {{ flow }}_12m_usd_mn := {{ flow }}_12m_usd_mn,
                {% endfor %}
                balance_usd_mn := balance_usd_mn,
                balance_12m_usd_mn := balance_12m_usd_mn
            )
        ) over (
            partition by item_code order by month
            range between interval 1 year preceding and interval 1 year preceding
        ) as year_before
    from with_windows

),

changes as (

    select
        this.month,
        this.period_ends_on,
        this.item_code,
        {% for flow in flows %}
        {% set month_before_usd_mn = "struct_extract(this.month_before, '" ~ flow ~ "_usd_mn')" %}
        {% set year_before_usd_mn = "struct_extract(this.year_before, '" ~ flow ~ "_usd_mn')" %}
        this.{{ flow }}_usd_mn,
        {{ usd_mn('this.' ~ flow ~ '_usd_mn - ' ~ month_before_usd_mn) }} as {{ flow }}_mom_change_usd_mn,
        {{ pct_change('this.' ~ flow ~ '_usd_mn', month_before_usd_mn) }} as {{ flow }}_mom_pct,
        struct_extract(this.month_before, '{{ flow }}_vintage_id') as {{ flow }}_mom_base_vintage_id,
        {{ usd_mn('this.' ~ flow ~ '_usd_mn - ' ~ year_before_usd_mn) }} as {{ flow }}_yoy_change_usd_mn,
        {{ pct_change('this.' ~ flow ~ '_usd_mn', year_before_usd_mn) }} as {{ flow }}_yoy_pct,
        struct_extract(this.year_before, '{{ flow }}_vintage_id') as {{ flow }}_yoy_base_vintage_id,
        to_date.{{ flow }}_usd_mn as {{ flow }}_fytd_usd_mn,
        to_date.{{ flow }}_vintage_id as {{ flow }}_fytd_vintage_id,
        {{ usd_mn('to_date.' ~ flow ~ '_usd_mn - to_date.' ~ flow ~ '_year_before_usd_mn') }}
            as {{ flow }}_fytd_change_usd_mn,
        {{ pct_change('to_date.' ~ flow ~ '_usd_mn', 'to_date.' ~ flow ~ '_year_before_usd_mn') }}
            as {{ flow }}_fytd_yoy_pct,
        to_date.{{ flow }}_year_before_vintage_id as {{ flow }}_fytd_base_vintage_id,
        to_date.{{ flow }}_is_record as {{ flow }}_fytd_is_record,
        {{ usd_mn('this.' ~ flow ~ '_12m_usd_mn') }} as {{ flow }}_12m_usd_mn,
        {{ pct_change(
            'this.' ~ flow ~ '_12m_usd_mn', "struct_extract(this.year_before, '" ~ flow ~ "_12m_usd_mn')"
        ) }} as {{ flow }}_12m_yoy_pct,
        this.{{ flow }}_first_published_usd_mn,
        this.{{ flow }}_status,
        this.{{ flow }}_basis,
        this.{{ flow }}_release_id,
        {{ usd_mn('this.' ~ flow ~ '_rounding_usd_mn') }} as {{ flow }}_rounding_usd_mn,
        this.{{ flow }}_is_across_vintages,
        this.{{ flow }}_is_superseded,
        this.{{ flow }}_vintage_id,
        {% endfor %}
        {{ usd_mn('this.exports_prior_12m_average_usd_mn') }} as exports_prior_12m_average_usd_mn,
        {{ pct_change('this.exports_usd_mn', 'this.exports_prior_12m_average_usd_mn') }}
            as exports_vs_prior_12m_average_pct,
        {{ usd_mn('this.exports_6m_average_usd_mn') }} as exports_6m_average_usd_mn,
        {{ usd_mn('this.exports_6m_average_with_month_usd_mn') }} as exports_6m_average_with_month_usd_mn,
        this.balance_usd_mn,
        struct_extract(this.month_before, 'balance_usd_mn') as balance_month_before_usd_mn,
        struct_extract(this.year_before, 'balance_usd_mn') as balance_year_before_usd_mn,
        {{ usd_mn("this.balance_usd_mn - struct_extract(this.month_before, 'balance_usd_mn')") }}
            as balance_mom_change_usd_mn,
        {{ usd_mn("this.balance_usd_mn - struct_extract(this.year_before, 'balance_usd_mn')") }}
            as balance_yoy_change_usd_mn,
        to_date.balance_usd_mn as balance_fytd_usd_mn,
        {{ usd_mn('this.balance_12m_usd_mn') }} as balance_12m_usd_mn,
        {{ usd_mn("struct_extract(this.year_before, 'balance_12m_usd_mn')") }}
            as balance_12m_year_before_usd_mn,
        this.balance_vintage_id
    from with_bases as this
    left join to_date
        on this.item_code = to_date.item_code and this.period_ends_on = to_date.period_ends_on

),

with_places as (

    select
        *,
        max(exports_usd_mn) over all_before as highest_before_usd_mn,
        count(exports_usd_mn) over two_years_before as known_before,
        rank(order by exports_usd_mn desc) over up_to_then as place,
        case
            when lag(month) over (partition by item_code order by month) = month - interval 1 month
                then lag(exports_yoy_pct) over (partition by item_code order by month)
        end as yoy_pct_before
    from changes
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

-- A streak is months of growth without a month between that fell, or that is not known.
found as (

    select
        *,
        last_value(
            case
                when exports_usd_mn > coalesce(highest_before_usd_mn, exports_usd_mn - 1)
                    then struct_pack(month := month, exports_vintage_id := exports_vintage_id)
            end ignore nulls
        ) over (
            partition by item_code order by month rows between unbounded preceding and 1 preceding
        ) as record_before,
        last_value(
            case
                when exports_yoy_pct > 0 and not coalesce(yoy_pct_before > 0, false)
                    then struct_pack(month := month, yoy_pct_before := yoy_pct_before)
            end ignore nulls
        ) over (
            partition by item_code order by month rows between unbounded preceding and current row
        ) as streak
    from with_places

)

select
    * exclude (highest_before_usd_mn, known_before, place, yoy_pct_before, record_before, streak),
    case when exports_usd_mn is not null then known_before end as months_known_before,
    case
        when known_before = {{ months_for_a_record }}
            then exports_usd_mn > highest_before_usd_mn
    end as is_record,
    case when exports_usd_mn is not null then highest_before_usd_mn end as previous_record_usd_mn,
    case when exports_usd_mn is not null then struct_extract(record_before, 'month') end
        as previous_record_month,
    case when exports_usd_mn is not null then struct_extract(record_before, 'exports_vintage_id') end
        as previous_record_vintage_id,
    case when exports_usd_mn is not null then place end as rank_so_far,
    case
        when known_before >= {{ months_for_a_record // 2 }}
            then {{ first_above('exports_usd_mn', 'highest_before_usd_mn', threshold_step) }}
    end as threshold_first_crossed_usd_mn,
    case
        when exports_yoy_pct > 0 then {{ months_between("struct_extract(streak, 'month')", 'month') }}
        when exports_yoy_pct is not null then 0
    end as yoy_streak_months,
    case when exports_yoy_pct > 0 then struct_extract(streak, 'month') end as yoy_streak_began_month,
    case when exports_yoy_pct > 0 then struct_extract(streak, 'yoy_pct_before') is null end
        as yoy_streak_is_cut_by_gap
from found
