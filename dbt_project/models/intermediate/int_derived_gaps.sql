-- Beside each derived month the largest gap that was seen, in whatever year, between a month of the same item
-- derived so and printed.
with derived as (

    select * from {{ ref('int_months_derived') }}

),

gaps as (

    select
        series,
        code,
        flow,
        max(largest_gap) as largest_gap
    from {{ ref('int_cumulative_gaps') }}
    group by series, code, flow

)

select
    derived.series,
    derived.code,
    derived.flow,
    derived.month,
    gaps.largest_gap
from derived
inner join gaps
    on derived.series = gaps.series and derived.code = gaps.code and derived.flow = gaps.flow
