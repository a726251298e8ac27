-- One row an identity, edition and period: how many items or lines were checked, and the worst of them.
with checks as (

    select * from {{ ref('int_identity_checks') }}

),

by_edition as (

    select
        check_name,
        period_type,
        period_starts_on,
        period_ends_on,
        release_id,
        published_on,
        count(*) as figures_compared,
        count_if(verdict = 'differs') as figures_apart,
        count_if(verdict = 'holds') as figures_that_hold,
        arg_max(
            struct_pack(
                series := series,
                code := code,
                flow := flow,
                left_amount := left_amount,
                difference := difference,
                tolerance := tolerance
            ),
            (difference - tolerance, series, code, flow, left_amount)
        ) as worst
    from checks
    group by check_name, period_type, period_starts_on, period_ends_on, release_id, published_on

)

select
    * exclude (worst),
    struct_extract(worst, 'series') as series,
    struct_extract(worst, 'code') as code,
    struct_extract(worst, 'flow') as flow,
    struct_extract(worst, 'left_amount') as left_amount,
    struct_extract(worst, 'difference') as difference,
    struct_extract(worst, 'tolerance') as tolerance
from by_edition
