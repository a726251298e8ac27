-- Months that no source prints, as differences of cumulative figures: of one edition before those of two, of
-- printed columns before those backed out.
with selected as (

    select * from {{ ref('int_figures_selected') }}

),

differences as (

    select * from {{ ref('int_cumulative_differences') }}

),

-- The months that were taken off a cumulative column, by the month to which it then reached.
backed_out as (

    select
        cumulative_figure_id,
        period_ends_on,
        later_month_figure_ids
    from {{ ref('int_cumulatives_derived') }}

),

printed_months as (

    select * from selected
    where period_type = 'month'

),

missing as (

    select differences.*
    from differences
    anti join printed_months
        on
            differences.series = printed_months.series
            and differences.code = printed_months.code
            and differences.flow = printed_months.flow
            and differences.month = printed_months.period_starts_on
    qualify row_number() over (
        partition by differences.series, differences.code, differences.flow, differences.month
        order by
            differences.is_across_vintages asc,
            differences.is_printed desc,
            differences.published_on desc,
            differences.release_id asc,
            -- June that is shown as the year to date and as the year is one or the other for good.
            differences.cumulative_figure_id asc,
            differences.cumulative_figure_id_before asc
    ) = 1

)

select
    missing.*,
    coalesce(backed_out.later_month_figure_ids, []) as later_month_figure_ids,
    coalesce(backed_out_before.later_month_figure_ids, []) as later_month_figure_ids_before,
    last_day(missing.month) as month_ends_on,
    strftime(missing.month, '%Y-%m') as period,
    missing.series || ':' || missing.code || ':' || missing.flow || ':' || strftime(missing.month, '%Y-%m')
    || ':derived' as vintage_id
from missing
left join backed_out
    on
        missing.cumulative_figure_id = backed_out.cumulative_figure_id
        and last_day(missing.month) = backed_out.period_ends_on
left join backed_out as backed_out_before
    on
        missing.cumulative_figure_id_before = backed_out_before.cumulative_figure_id
        and missing.month = backed_out_before.period_ends_on + interval 1 day
