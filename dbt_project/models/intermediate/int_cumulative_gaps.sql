-- The largest gap that was seen, in whatever year, between a month as printed and the same month derived from
-- printed columns.
with printed_months as (

    select * from {{ ref('int_figures_selected') }}
    where period_type = 'month' and basis <> 'derived' and {{ stood() }}

),

differences as (

    select * from {{ ref('int_cumulative_differences') }}
    where is_printed and {{ stood() }}

)

select
    differences.series,
    differences.code,
    differences.flow,
    max(abs(differences.amount - printed_months.amount)) as largest_gap
from differences
inner join printed_months
    on
        differences.series = printed_months.series
        and differences.code = printed_months.code
        and differences.flow = printed_months.flow
        and differences.month = printed_months.period_starts_on
group by all
