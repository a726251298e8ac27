-- Every accounting identity in every edition and period of it, as landed: how far its terms are from adding
-- up to nothing, against the rounding of all of them. N/A counts as nothing.
with prints as (

    select
        series,
        code,
        flow,
        period_type,
        period_starts_on,
        period_ends_on,
        release_id,
        source_id,
        published_on,
        exact_amount,
        rounding
    from {{ ref('int_prints') }}
    where is_edition

),

identities as (

    select * from {{ ref('int_identities') }}

),

expected as (

    select
        check_name,
        series,
        code,
        flow,
        count(*) as terms
    from identities
    group by check_name, series, code, flow

),

added_up as (

    select
        identities.check_name,
        identities.series,
        identities.code,
        identities.flow,
        prints.period_type,
        prints.period_starts_on,
        prints.period_ends_on,
        prints.release_id,
        prints.source_id,
        prints.published_on,
        count(*) as terms,
        -- Rounded far below any tolerance: a sum of floating-point numbers ends as its order has it.
        round(abs(sum(identities.sign * prints.exact_amount)), 9) as difference,
        round(sum(prints.exact_amount) filter (identities.is_subject), 9) as left_amount,
        -- SBP's unrounded thousands close within 0.001; a larger gap is none of arithmetic.
        round(sum(prints.rounding) + 0.000001, 9) as tolerance
    from prints
    inner join identities
        on
            prints.series = identities.series
            and prints.code = identities.term_code
            and prints.flow = identities.term_flow
    group by all
    having count_if(identities.is_subject) = 1 and count(*) > 1

)

select
    added_up.check_name,
    added_up.series,
    added_up.code,
    added_up.flow,
    added_up.period_type,
    added_up.period_starts_on,
    added_up.period_ends_on,
    added_up.release_id,
    added_up.source_id,
    added_up.published_on,
    added_up.left_amount,
    added_up.difference,
    added_up.tolerance,
    case
        when added_up.difference <= added_up.tolerance then 'holds'
        -- Part of a table adds up to less than its total, and nothing is wrong with it.
        when added_up.terms < expected.terms and added_up.check_name <> 'net_is_credit_less_debit'
            then 'not_judged'
        else 'differs'
    end as verdict
from added_up
inner join expected
    on
        added_up.check_name = expected.check_name
        and added_up.series = expected.series
        and added_up.code = expected.code
        and added_up.flow = expected.flow
