-- How far months that are derived from printed columns lie from the same months as printed: of each fiscal
-- year the largest such gap.
with printed_months as (

    select * from {{ ref('int_figures_selected') }}
    where period_type = 'month'

),

differences as (

    select * from {{ ref('int_cumulative_differences') }}
    where is_printed

)

select
    differences.series,
    differences.code,
    differences.flow,
    {{ fiscal_year_starts_on('differences.month') }} as month,
    max(abs(differences.amount - printed_months.amount)) as largest_gap
from differences
inner join printed_months
    on
        differences.series = printed_months.series
        and differences.code = printed_months.code
        and differences.flow = printed_months.flow
        and differences.month = printed_months.period_starts_on
group by all
