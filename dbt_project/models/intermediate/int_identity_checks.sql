{{ config(materialized='view') }}

-- Every accounting identity in every edition and period of it, as landed: how far its terms are from adding
-- up to nothing, against the rounding of all of them. N/A counts as nothing. A view: one model reads it.
with prints as (

    select
        {{ line_id('series', 'code', 'flow') }} as term_id,
        hash(period_type, period_starts_on, period_ends_on) as period_id,
        period_type,
        period_starts_on,
        period_ends_on,
        release_id,
        source_id,
        published_on,
        exact_amount,
        rounding
    from {{ ref('int_observations_unioned') }}
    where is_edition and {{ was_out() }}

),

identities as (

    select
        *,
        {{ line_id('series', 'term_code', 'term_flow') }} as term_id,
        hash(check_name, series, code, flow) as identity_id
    from {{ ref('int_identities') }}

),

expected as (

    select
        identity_id,
        any_value(check_name) as check_name,
        any_value(series) as series,
        any_value(code) as code,
        any_value(flow) as flow,
        count(*) as terms
    from identities
    group by identity_id

),

added_up as (

    select
        identities.identity_id,
        prints.source_id,
        any_value(prints.period_type) as period_type,
        any_value(prints.period_starts_on) as period_starts_on,
        prints.period_ends_on,
        any_value(prints.release_id) as release_id,
        any_value(prints.published_on) as published_on,
        count(*) as terms,
        -- Rounded far below any tolerance: a sum of floating-point numbers ends as its order has it.
        round(abs(sum(identities.sign * prints.exact_amount)), 9) as difference,
        round(sum(prints.exact_amount) filter (identities.is_subject), 9) as left_amount,
        -- SBP's unrounded thousands close within 0.001; a larger gap is none of arithmetic.
        ({{ sum_of_roundings('prints.rounding') }} + 0.000001)::double as tolerance
    from prints
    inner join identities on prints.term_id = identities.term_id
    group by identities.identity_id, prints.source_id, prints.period_id, prints.period_ends_on
    having count_if(identities.is_subject) = 1 and count(*) > 1

)

select
    expected.check_name,
    expected.series,
    expected.code,
    expected.flow,
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
        when added_up.terms < expected.terms and expected.check_name <> 'net_is_credit_less_debit'
            then 'not_judged'
        else 'differs'
    end as verdict
from added_up
inner join expected on added_up.identity_id = expected.identity_id
